"""How fast and how right the search for movies is, beside plain rapidfuzz in the same run.

    python -m benchmarks.search            # a table
    python -m benchmarks.search --json

Right: whether a famous movie is found by a text as people type it: a letter lost, doubled or
exchanged, no article, the first words only. The rival compares the text with every title by
rapidfuzz's WRatio.
"""

from __future__ import annotations

import random
import statistics
import timeit
from argparse import Namespace
from collections.abc import Callable, Sequence

import pandas as pd
from rapidfuzz import fuzz, process, utils

from benchmarks import command
from club.search import MovieSearch
from recommender import load_bundled

FAMOUS, MANY = 1500, 50_000
Find = Callable[[str], list[int]]


def slips(title: str, rng: random.Random) -> dict[str, str]:
    """Return ways of typing a title, by name."""
    at, words = rng.randrange(1, max(len(title) - 1, 2)), title.split()
    return {
        "as it is": title,
        "a letter lost": title[:at] + title[at + 1 :],
        "a letter doubled": title[:at] + title[at - 1 : at] + title[at:],
        "two letters exchanged": title[:at] + title[at : at + 2][::-1] + title[at + 2 :],
        "without articles": " ".join(w for w in words if w.casefold() not in {"the", "a", "an"}),
        "first two words": " ".join(words[:2]),
        "small letters, no marks": "".join(c for c in title.lower() if c.isalnum() or c == " "),
    }


def catalogue(movies: pd.DataFrame, size: int) -> pd.DataFrame:
    """Return `movies`, and others with titles made of their words, `size` in all."""
    rng, n = random.Random(0), size - len(movies)
    words = sorted({word for title in movies["title"] for word in title.split()})
    lengths = [len(title.split()) for title in movies["title"]]
    titles = [" ".join(rng.choices(words, k=rng.choice(lengths))) for _ in range(n)]
    aliases = [(rng.choice(titles),) if rng.random() < 0.3 else () for _ in titles]
    years = [rng.randrange(1920, 2020) for _ in titles]
    more = pd.DataFrame({"title": titles, "year": years, "aliases": aliases})
    more.index += movies.index.max() + 1
    return pd.concat([movies[["title", "year", "aliases"]], more])


def plain(movies: pd.DataFrame) -> Find:
    """Return the rival: the movies whose titles are most like the text."""
    ids = movies.index.tolist()
    titles = [utils.default_process(title) for title in movies["title"]]

    def find(text: str) -> list[int]:
        query = utils.default_process(text)
        return [ids[at] for _, _, at in process.extract(query, titles, scorer=fuzz.WRatio, limit=8)]

    return find


def quality(find: Find, asked: list[tuple[int, str]]) -> dict[str, float]:
    """Return the share of texts whose movie is first, among the first three, among eight."""
    found = [(find(text), movie) for movie, text in asked]
    return {f"hit@{k}": statistics.mean(m in ids[:k] for ids, m in found) for k in (1, 3, 8)}


def speed(find: Find, texts: list[str]) -> dict[str, float]:
    """Return the median and the 99th percentile, milliseconds."""
    times = [1000 * timeit.timeit(lambda: find(text), number=1) for text in texts]  # noqa: B023
    return {"median_ms": statistics.median(times), "p99_ms": statistics.quantiles(times, n=100)[98]}


def show(options: Namespace) -> None:
    """Print speed and quality."""
    data, rng = load_bundled(), random.Random(1)
    famous = data.rating_counts.nlargest(options.movies).index
    typed = {movie: slips(data.movies.at[movie, "title"], rng) for movie in famous}
    titles = [ways["as it is"] for ways in typed.values()]
    texts = [t[:n] for t in titles[:: max(len(titles) // 30, 1)] for n in range(1, len(t) + 1)]
    texts += [text for ways in list(typed.values())[:40] for text in ways.values()]
    found: dict[str, dict[str, float]] = {}
    for size in command.steps((len(data.movies), MANY)):
        movies = catalogue(data.movies, size)
        built = timeit.timeit(lambda: MovieSearch(movies, data.rating_counts), number=1)  # noqa: B023
        ours = MovieSearch(movies, data.rating_counts).find
        found[f"ours, {size:,} movies"] = {"build_s": built, **speed(ours, texts)}
        found[f"WRatio, {size:,} movies"] = speed(plain(movies), texts[:: max(len(texts) // 60, 1)])
    small, rival = MovieSearch(data.movies, data.rating_counts).find, plain(data.movies)
    for way in next(iter(typed.values())):
        asked = [(movie, ways[way]) for movie, ways in typed.items()]
        found |= {f"ours: {way}": quality(small, asked), f"WRatio: {way}": quality(rival, asked)}
    table = pd.DataFrame.from_dict(found, orient="index").rename_axis("search").reset_index()
    command.show(table, options.json)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = command.parser("search", __doc__)
    parser.add_argument("--movies", type=command.whole, default=FAMOUS, help="how many to look for")
    return command.run(parser, show, argv)


if __name__ == "__main__":
    raise SystemExit(main())
