"""Any table with titles and ratings; its columns are found by their names."""

from __future__ import annotations

from club.brought import cells
from club.brought.columns import Columns, rows_of, series_note
from club.brought.rows import TENS, Brought, Scale
from club.brought.scale import find_scale
from club.brought.table import Table
from club.errors import InvalidInput

KIND = "A table of ratings"
TITLE = ("title", "movie title", "film title", "movie", "film", "movie name", "name")
RATING = ("stars", "rating", "your rating", "my rating", "user rating", "score")
RATING_OF_TEN = "rating10"  # beside the rating in Letterboxd's form for imports
YEAR = ("year", "release year", "movie year", "released", "release date")
PERSON = ("member", "member name", "user", "user name", "username", "person", "who", "rater")
DATE = ("date", "rated at", "date rated", "rated on", "watched date", "watcheddate", "date added",
        "timestamp", "created at")  # fmt: skip
MOVIE_ID = ("movie id", "movieid")
TMDB_ID = ("tmdb", "tmdb id", "tmdbid")
OTHER_TITLE = ("original title",)
TYPE = ("type", "title type", "media type")
MOST_PEOPLE = 60


def recognises(table: Table) -> bool:
    """Tell whether titles and ratings can be found in `table`."""
    have = table.columns
    return any(name in have for name in TITLE) and any(
        name in have for name in (*RATING, RATING_OF_TEN)
    )


def read(table: Table) -> Brought:
    """Read any table that `recognises` knows.

    Raises:
        InvalidInput: it holds strangers' ratings, or mixes scales.
    """
    have = table.columns

    def first(*names: str) -> int | None:
        return next((have[name] for name in names if name in have), None)

    title = first(*TITLE)
    assert title is not None
    person = first(*PERSON)
    if person is None and title != have.get("name"):
        person = first("name")
    rating = first(*RATING)
    columns = Columns(
        title=title,
        other_title=first(*OTHER_TITLE),
        year=first(*YEAR),
        rating=have[RATING_OF_TEN] if rating is None else rating,
        person=person,
        date=first(*DATE),
        movie_id=first(*MOVIE_ID),
        tmdb_id=first(*TMDB_ID),
        kind=first(*TYPE),
    )
    rows, wrong = rows_of(table, columns)
    people = len({row.person for row in rows})
    if people > MOST_PEOPLE:
        raise InvalidInput(
            f"{table.file} holds ratings of {people:,} people; {MOST_PEOPLE} members are the most. "
            "Strangers' ratings are for the Catalogue page."
        )
    if rating is None:
        scale = Scale(TENS, fixed=True)
    else:
        texts = [texts[rating] for _, texts in table.records]
        named = {found[1] for text in texts if (found := cells.rating(text)) and found[1]}
        scale = find_scale(table.file, [row.rating or 0 for row in rows], named)
    return Brought(
        KIND, table.file, tuple(rows), scale, left_out=tuple(wrong), notes=series_note(wrong)
    )
