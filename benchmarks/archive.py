"""What an archive of up to 32 million ratings costs: taking it over, learning, opening, reacting.

    python -m benchmarks.archive                       # 0.1 and 1 million ratings
    python -m benchmarks.archive --millions 0.1,1,5,32 --import-only

The archives are generated, with MovieLens's long tail: a few movies have most of the ratings. Every
size is measured in a process of its own.
"""

from __future__ import annotations

import resource
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import command
from club.imports import catalogue
from recommender import HybridModel, TrainingOptions, load_bundled
from recommender.dataset import Dataset

MOVIES, PER_PERSON, CHUNK = 87_000, 160, 1_000_000


def generate(ratings: int, path: Path) -> None:
    """Write an archive as MovieLens's: movies.csv and ratings.csv, in a folder in a ZIP."""
    rng = np.random.default_rng(ratings)
    bundled = load_bundled().movies.head(MOVIES)
    more = MOVIES - len(bundled)
    titles = [f"{row.title} ({row.year})" for row in bundled.itertuples()]
    titles += [f"Film {number} ({1950 + number % 74})" for number in range(more)]
    ids = np.arange(1, MOVIES + 1)
    movies = pd.DataFrame({"movieId": ids, "title": titles, "genres": "Drama"})
    fame = rng.permutation(1 / np.arange(3, MOVIES + 3) ** 1.1)
    chosen = fame.cumsum() / fame.sum()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("ml/movies.csv", "w") as file:
            movies.to_csv(file, index=False)
        with archive.open("ml/ratings.csv", "w", force_zip64=True) as file:
            for start in range(0, ratings, CHUNK):
                size = min(CHUNK, ratings - start)
                columns = {
                    "userId": 1 + np.arange(start, start + size) // PER_PERSON,
                    "movieId": ids[np.searchsorted(chosen, rng.random(size))],
                    "rating": rng.choice([1.0, 2.0, 3.0, 3.5, 4.0, 4.5, 5.0], size),
                    "timestamp": 10**9 + np.arange(start, start + size),
                }
                pd.DataFrame(columns).to_csv(file, index=False, header=not start)


def measure(ratings: int, import_only: bool) -> dict[str, float]:
    """Return seconds of each step with an archive of so many ratings, and MiB at most so far."""
    found: dict[str, float] = {"ratings": ratings}

    @contextmanager
    def step(name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        found[f"{name}_s"] = time.perf_counter() - began
        found[f"{name}_MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with step("generate"):
            generate(ratings, folder / "ml.zip")
        with step("import"):
            joined = catalogue.join(catalogue.read(folder / "ml.zip"), load_bundled())
            catalogue.save(joined, folder / "world")
        data: Dataset = joined.data
        found["import_us_a_rating"] = 1e6 * found["import_s"] / ratings
        found["learned_from"] = len(data.ratings)
        if import_only:
            return found
        with step("learn"):
            HybridModel.fit(data, TrainingOptions()).save(folder / "model")
        with step("open"):
            model = HybridModel.load(folder / "model")
        own = data.ratings[data.ratings["user_id"].isin(data.user_ids[:8])]
        with step("react"):
            model.react(own.rename(columns={"user_id": "member_id"}), model.movie_ids).interval()
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = command.parser("archive", __doc__)
    parser.add_argument("--millions", default="0.1,1", help="of ratings (default %(default)s)")
    meaning = "learn nothing: at most a million ratings are learned from, which costs the same"
    parser.add_argument("--import-only", action="store_true", help=meaning)
    options = parser.parse_args(argv)
    sizes = [round(float(part) * 1e6) for part in options.millions.split(",")]
    rows = []
    for size in command.steps(sizes):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            rows.append(alone.submit(measure, size, options.import_only).result())
    command.show(pd.DataFrame(rows).T.reset_index(names="what"), options.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
