"""How long the server takes to draw each page again, and to save one tap on the wall of Rate.

    python -m benchmarks.pages            # a table
    python -m benchmarks.pages --json

The club has 20 members, 5,000 ratings and 50,000 movies; its figures are medians of reruns of a
page that was drawn before, as `AppTest` runs it: everything but the network and the browser.
"""

from __future__ import annotations

import functools
import os
import statistics
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from benchmarks import command
from benchmarks.search import MANY, catalogue
from club import config
from club.catalogue import training_data
from club.imports.catalogue import Import, load, save
from club.store import Store
from recommender import Dataset, HybridModel, TrainingOptions, load_bundled
from ui.jobs import LearnedFrom, Trainer

MEMBERS, EACH = 20, 250  # ratings of each member
SHORTLIST = 8
APP = Path(__file__).resolve().parent.parent / "app.py"
QUICK = TrainingOptions(epochs=1)
PAGES: tuple[tuple[str, dict[str, str]], ...] = (
    ("tonight", {}),
    ("explore", {}),
    ("rate", {}),
    ("rate", {"movie": "318"}),
    ("nights", {}),
    ("club", {}),
    ("club", {"about": "Our taste"}),
    ("club", {"about": "Our year"}),
    ("movie", {"movie": "318"}),
    ("settings", {}),
    ("settings", {"set": "Catalogue"}),
    ("bring", {}),
)


def large_club(folder: Path) -> None:
    """Fill `folder` as $MOVIE_CLUB_VAR."""
    bundled, rng = load_bundled(), np.random.default_rng(0)
    more = catalogue(bundled.movies, MANY).iloc[len(bundled.movies) :]
    like = bundled.movies.iloc[rng.integers(len(bundled.movies), size=len(more))]
    described = {name: like[name].to_numpy() for name in ("genres", "keywords", "runtime")}
    movies = pd.concat([bundled.movies, more.assign(**described)])
    found = Dataset(bundled.ratings, movies)
    nothing = found.movies.iloc[:0]
    save(Import("Benchmark", found, {}, nothing, ()), folder / config.WORLD)
    data = load(folder / config.WORLD).data
    store = Store(folder / config.FILE)
    store.start_own_club("A large club")
    counts = bundled.ratings["user_id"].value_counts()
    for number, user in enumerate(counts.index[counts >= EACH][:MEMBERS]):
        member = store.members.add(f"Member {number}")
        own = bundled.ratings[bundled.ratings["user_id"] == user].sample(EACH, random_state=0)
        stars = zip(own["movie_id"].tolist(), own["rating"].tolist(), strict=True)
        store.ratings.rate_many([(member, movie, given) for movie, given in stars])
    unseen = data.rating_counts.drop(store.ratings.current()["movie_id"].unique())
    for movie in unseen.nlargest(SHORTLIST).index:
        store.movies.add_to_shortlist(int(movie))
    model = HybridModel.fit(training_data(data, store), QUICK)
    Trainer(folder).adopt(model, LearnedFrom(store.version(), data.content_hash))


def milliseconds(run: Callable[[], object], runs: int) -> float:
    """Return the median of the wall-clock times of `run`."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def open_page(page: str, query: dict[str, str]) -> AppTest:
    """Open a page and draw it twice."""
    app = AppTest.from_file(str(APP), default_timeout=300)
    for name, value in query.items():
        app.query_params[name] = value
    if page != "tonight":
        app.switch_page(f"pages/{page}.py")
    app.run().run()
    if app.exception or app.error:
        raise RuntimeError(f"{page}: {[*app.exception, *app.error]}")
    return app


def rate_taps(app: AppTest, store: Store) -> Callable[[], object]:
    """Return what a tap on the wall does: it saves stars for the next movie, and draws again."""
    (member,) = app.session_state["walls"]
    movies = iter(app.session_state["walls"][member])

    def tap() -> None:
        store.ratings.rate_many([(member, next(movies), 3.5)])
        app.run()

    return tap


def show(options: Namespace) -> None:
    """Print the figures."""
    scan = functools.cache(manifest_scanner.scan_component_manifests)  # a browser does not need it
    with (
        tempfile.TemporaryDirectory(prefix="movie-club-") as folder,
        mock.patch.dict(os.environ, {config.VAR: folder, config.LOG: "ERROR"}),
        mock.patch.object(manifest_scanner, "scan_component_manifests", scan),
    ):
        os.environ.pop(config.DATABASE, None)
        large_club(Path(folder))
        rows = []
        for number, (page, query) in enumerate(PAGES):
            command.progress(number, len(PAGES), page)
            took = milliseconds(open_page(page, query).run, options.runs)
            rows.append((" ".join([page, *query.values()]), took))
        tap = rate_taps(open_page("rate", {}), Store(Path(folder) / config.FILE))
        rows.append(("one tap on Rate", milliseconds(tap, options.runs)))
    command.show(pd.DataFrame(rows, columns=["page", "median_ms"]), options.json)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = command.parser("pages", __doc__)
    parser.add_argument("--runs", type=command.whole, default=7, help="to take the median of")
    return command.run(parser, show, argv)


if __name__ == "__main__":
    raise SystemExit(main())
