"""Look movies up at Wikidata: what the club's own ones lack, and newer ones than the catalogue's.

Each is the work of a background job or of a command: it reports its progress, is ended by what the
report raises, and writes once, at its end, what it has found by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta

import pandas as pd

from club.errors import NotFound
from club.matching import TitleMatcher, same_title
from club.movies import NewMovie
from club.sources.wikidata import FILMS, IMDB, TMDB, Wikidata, parts
from club.store import Store

FOLDER = "wikidata"  # of what was answered, in that of the club's own files

Report = Callable[..., None]


def complete(
    wikidata: Wikidata,
    store: Store,
    movies: pd.DataFrame,
    report: Report,
) -> None:
    """Fill in what the club's own movies lack, in one write at the end.

    A movie is found by its number at IMDb or TMDB, else by title and year; what is not certain is
    left to people. One that turns out to be in the base dataset becomes one with it.

    Args:
        movies: the catalogue, see `club.catalogue.catalogue`.
        report: called after each step with the numbers of movies done and in all, and by name:
            filled, same (made one with another movie), unsure.

    Raises:
        SourceError: Wikidata cannot be asked; what was found before is kept.
        StoreUnavailable: the facts cannot be stored.
    """
    own = store.movies.own()
    has_all = own["genres"].map(bool) & own["directors"].map(bool) & own["runtime"].notna()
    lacking = own[~has_all]
    base = movies[~movies.index.isin(own.index)]
    twins = {number: int(movie) for movie, number in base["imdb_id"].items() if number}
    found: dict[int, NewMovie] = {}
    asked = 0
    try:
        for part in parts(lacking.index.tolist(), FILMS):
            report(asked, len(lacking), **_counts(found, twins, asked))
            found |= _certain(wikidata, lacking.loc[part])
            asked += len(part)
    finally:
        same = {one: twins[film.imdb_id] for one, film in found.items() if film.imdb_id in twins}
        rest = {one: film for one, film in found.items() if one not in same}
        if rest:
            store.movies.complete(rest)
        for one, other in same.items():
            with suppress(NotFound):  # it went meanwhile
                store.movies.merge(one, other)
        report(asked, len(lacking), **_counts(found, twins, asked))


def add_newer(
    wikidata: Wikidata,
    store: Store,
    movies: pd.DataFrame,
    report: Report,
    *,
    since: int,
    today: date | None = None,
) -> None:
    """Add the widely known movies of the years from `since` on that the catalogue lacks.

    In one write at the end. `movies` and errors are as for `complete`.

    Args:
        report: called after each step with the numbers of steps done and in all, and by name:
            added, known (that the catalogue has already).
    """
    quarters = list(_quarters(since, today or date.today()))
    near = movies[(movies["year"] >= since - 1).fillna(False)]
    matcher = TitleMatcher(near)
    numbers = {*movies["imdb_id"], *movies["tmdb_id"].dropna()} - {""}
    items: dict[str, None] = {}
    new: list[NewMovie] = []
    known = done = 0
    total = 2 * len(quarters)  # as many pages of facts, until it is known
    try:
        for start, end in quarters:
            report(done, total, added=0, known=0)
            items |= dict.fromkeys(wikidata.known(start, end))
            done += 1
        pages = list(parts(list(items), FILMS))
        total = done + len(pages)
        for page in pages:
            report(done, total, added=len(new), known=known)
            for film in wikidata.films(page).values():
                if film.year is None or film.year < since:  # it was only shown again
                    continue
                has_number = not {film.imdb_id, film.tmdb_id}.isdisjoint(numbers)
                if has_number or matcher.find(film.titles, film.year, within=1):
                    known += 1
                else:
                    new.append(film)
            done += 1
    finally:
        added = store.movies.add_all(new) if new else []
        report(done, total, added=len(added), known=known + len(new) - len(added))


def _certain(wikidata: Wikidata, movies: pd.DataFrame) -> dict[int, NewMovie]:
    """Return the film that each of some movies is for certain."""
    tmdb = {movie: str(number) for movie, number in movies["tmdb_id"].dropna().items()}
    imdb = {movie: number for movie, number in movies["imdb_id"].items() if number}
    by_imdb = wikidata.numbered(IMDB, imdb.values())
    by_tmdb = wikidata.numbered(TMDB, tmdb.values())
    found = {
        int(movie): by_imdb.get(imdb.get(movie, ""), set())
        | by_tmdb.get(tmdb.get(movie, ""), set())
        for movie in movies.index
    }
    rest = movies.loc[[movie for movie, items in found.items() if not items]]
    rest = rest[rest["year"].notna()]
    called = wikidata.called(rest["title"])
    films = wikidata.films([*called, *(item for items in found.values() for item in items)])
    for movie, row in rest.iterrows():
        titles = (row["title"], *row["aliases"])
        found[int(str(movie))] = {
            item
            for item in called
            if (film := films.get(item)) is not None
            and film.year == row["year"]
            and film.imdb_id in {row["imdb_id"] or film.imdb_id, None}
            and same_title(titles, film.titles)
        }
    pairs = ((movie, next(iter(items))) for movie, items in found.items() if len(items) == 1)
    return {movie: films[item] for movie, item in pairs if item in films}


def _counts(found: Mapping[int, NewMovie], twins: Mapping[str, int], asked: int) -> dict[str, int]:
    same = sum(film.imdb_id in twins for film in found.values())
    return {"filled": len(found) - same, "same": same, "unsure": asked - len(found)}


def words(base: pd.DataFrame) -> set[str]:
    """Return the keywords of a base dataset's movies, the only ones that are used."""
    return set(base["keywords"].explode().dropna())


def last_year(base: pd.DataFrame, today: date) -> int:
    """Return the year with which a base dataset's movies end; movies to come do not count."""
    years = base["year"].dropna()
    return int(years[years <= today.year].max()) if len(years) else today.year


def _quarters(since: int, today: date) -> Iterator[tuple[date, date]]:
    """Yield the first day of each quarter from a year on, and that after its last, until today."""
    starts = [
        date(year, month, 1) for year in range(since, today.year + 1) for month in (1, 4, 7, 10)
    ]
    for start, following in zip(starts, [*starts[1:], date.max], strict=True):
        if start <= today:
            yield start, min(following, today + timedelta(days=1))
