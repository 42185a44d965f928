"""How fast and how right the search for movies is, beside plain rapidfuzz in the same run.

    python -m benchmarks.search            # a table
    python -m benchmarks.search --json

Right: whether a famous movie is found by a text as people type it: a letter lost, doubled or
exchanged, no article, the first words only, another title. The rival compares the text with every
title by rapidfuzz's WRatio.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable

import pandas as pd
from rapidfuzz import fuzz, process, utils

from benchmarks import command
from club.search import MovieSearch
from recommender import load_bundled

FAMOUS, MANY = 1500, 50_000
Find = Callable[[str], list[int]]


def slips(title: str, rng: random.Random) -> dict[str, str]:
    """Return ways of typing a title, by name."""
    at = rng.randrange(1, max(len(title) - 1, 2))
    swapped = title[:at] + title[at : at + 2][::-1] + title[at + 2 :]
    words = title.split()
    return {
        "as it is": title,
        "a letter lost": title[:at] + title[at + 1 :],
        "a letter doubled": title[:at] + title[at - 1 : at] + title[at:],
        "two letters exchanged": swapped,
        "without articles": " ".join(w for w in words if w.casefold() not in {"the", "a", "an"}),
        "first two words": " ".join(words[:2]),
        "small letters, no marks": "".join(c for c in title.lower() if c.isalnum() or c == " "),
    }


def catalogue(movies: pd.DataFrame, size: int) -> pd.DataFrame:
    """Return `movies` and as many more, with titles made of their words, as make `size`."""
    rng = random.Random(0)
    words = sorted({word for title in movies["title"] for word in title.split()})
    lengths = [len(title.split()) for title in movies["title"]]
    titles = [
        " ".join(rng.choices(words, k=rng.choice(lengths))) for _ in range(size - len(movies))
    ]
    more = pd.DataFrame(
        {
            "title": titles,
            "year": [rng.randrange(1920, 2020) for _ in titles],
            "aliases": [(rng.choice(titles),) if rng.random() < 0.3 else () for _ in titles],
        },
        index=range(10_000_000, 10_000_000 + len(titles)),
    )
    return pd.concat([movies[["title", "year", "aliases"]], more])


def plain(movies: pd.DataFrame) -> Find:
    """The rival: the likeness of the text to every title."""
    ids = movies.index.tolist()
    titles = [utils.default_process(title) for title in movies["title"]]

    def find(text: str) -> list[int]:
        query = utils.default_process(text)
        return [ids[at] for _, _, at in process.extract(query, titles, scorer=fuzz.WRatio, limit=8)]

    return find


def quality(find: Find, asked: list[tuple[int, str]]) -> dict[str, float]:
    """Share of the texts whose movie is first, among the first three, among eight."""
    places = [(find(text)[:8], movie) for movie, text in asked]
    return {
        f"hit@{k}": statistics.mean(movie in found[:k] for found, movie in places)
        for k in (1, 3, 8)
    }


def speed(find: Find, texts: list[str]) -> dict[str, float]:
    """Median and slowest hundredth, milliseconds."""
    times = []
    for text in texts:
        start = time.perf_counter()
        find(text)
        times.append(1000 * (time.perf_counter() - start))
    return {"median_ms": statistics.median(times), "p99_ms": statistics.quantiles(times, n=100)[98]}


def main(argv: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = command.parser("search", __doc__ or "")
    parser.add_argument("--movies", type=command.whole, default=FAMOUS, help="how many to look for")
    options = parser.parse_args(argv)
    world, rng = load_bundled(), random.Random(1)
    famous = world.rating_counts.nlargest(options.movies).index
    typed = {movie: slips(world.movies.at[movie, "title"], rng) for movie in famous}
    found: dict[str, dict[str, float]] = {}
    for size in (len(world.movies), MANY):
        movies = catalogue(world.movies, size)
        start = time.perf_counter()
        ours = MovieSearch(movies, world.rating_counts).find
        built = time.perf_counter() - start
        prefixes = [
            text["as it is"][:n]
            for text in list(typed.values())[:: max(len(typed) // 30, 1)]
            for n in range(1, len(text["as it is"]) + 1)
        ]
        texts = prefixes + [t for ways in list(typed.values())[:40] for t in ways.values()]
        found[f"ours, {size:,} movies"] = {"build_s": built, **speed(ours, texts)}
        found[f"WRatio, {size:,} movies"] = speed(plain(movies), texts[:: max(len(texts) // 60, 1)])
    small, rival = MovieSearch(world.movies, world.rating_counts).find, plain(world.movies)
    for way in next(iter(typed.values())):
        asked = [(movie, ways[way]) for movie, ways in typed.items()]
        found[f"ours: {way}"] = quality(small, asked)
        found[f"WRatio: {way}"] = quality(rival, asked)
    table = pd.DataFrame([{"search": name, **figures} for name, figures in found.items()])
    command.show(table, options.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
