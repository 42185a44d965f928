"""Another program on the same club: it does what it is told, a line each, and answers with a line.

Told ["ratings.rate", 1, 50, 4.5] it does `store.ratings.rate(1, 50, 4.5)`, told
["learn", folder] it learns.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any

import pandas as pd

from club.catalogue import training_data
from club.store import Store
from recommender import Dataset, TrainingOptions
from ui.jobs import LearnedFrom, Trainer

ROOT = Path(__file__).resolve().parents[2]


def small_world() -> Dataset:
    """Ten strangers, of whom the even ones love even movies, and the odd ones odd movies."""
    ratings = [(u, m, 5.0 if (u + m) % 2 else 1.0) for u in range(1, 11) for m in range(1, 11)]
    movies = pd.DataFrame(
        {"title": [f"Movie {m}" for m in range(1, 11)], "year": 2000, "genres": [("Drama",)] * 10},
        index=pd.Index(range(1, 11), name="movie_id"),
    )
    columns = ["user_id", "movie_id", "rating"]
    return Dataset(
        pd.DataFrame(ratings, columns=columns), movies.assign(keywords=[("train",)] * 10)
    )


def learn(store: Store, folder: str) -> list[Any]:
    """Learn as the app does, and return how it ended, and from which version of the club."""
    trainer = Trainer(Path(folder))
    small = TrainingOptions(components=2, epochs=1, repeats=1, min_movies=2)
    learned_from = LearnedFrom(store.version())
    trainer.learn(lambda: training_data(small_world(), store), learned_from, small)
    trainer.wait(60)
    return [trainer.status.state, trainer.learned_version]


@contextmanager
def other_program(location: str) -> Iterator[Callable[..., Any]]:
    """Start it, and yield how to tell it something and hear what came of it."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.club.other_program", location],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None

        def tell(*what: Any) -> Any:
            program.stdin.write(json.dumps(what) + "\n")
            program.stdin.flush()
            return json.loads(program.stdout.readline())

        yield tell
        program.stdin.close()
    assert program.returncode == 0


if __name__ == "__main__":
    ours = Store(sys.argv[1])
    for line in sys.stdin:
        name, *details = json.loads(line)
        found = learn(ours, *details) if name == "learn" else attrgetter(name)(ours)(*details)
        print(json.dumps(found, default=str), flush=True)
