"""Any table with titles and ratings; its columns are found by their names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from club.errors import InvalidInput
from club.imports.ratings import cells, headers
from club.imports.ratings.columns import Columns, brought, rows_of
from club.imports.ratings.rows import FIVES, TENS, Brought, Row, Scale
from club.imports.ratings.scale import find_scale
from club.imports.ratings.table import Table
from club.validation import name_key

KIND = "A table of ratings"
MOST_PEOPLE = 60


def first(table: Table, names: Iterable[str]) -> int | None:
    """Return the place of the column that has the first of these names that there are."""
    have = table.columns
    return next((have[name] for name in names if name in have), None)


def recognises(table: Table) -> bool:
    """Tell whether titles and ratings can be found in `table`."""
    return first(table, headers.TITLE) is not None and _rating(table) is not None


def _rating(table: Table) -> int | None:
    """Return the place of the ratings: of ten, where the others beside those are all blank."""
    have = table.columns
    places = [have[name] for name in headers.RATING if name in have]
    # "Stars" may be those who play in a movie.
    rating = next((at for at in places if not _is_text(table, at)), places[0] if places else None)
    of_ten = have.get(headers.RATING_OF_TEN)
    if rating is None or of_ten is None:
        return of_ten if rating is None else rating
    filled = any(not cells.is_blank(texts[rating]) for _, texts in table.records)
    return rating if filled or not table.records else of_ten


def _is_text(table: Table, place: int) -> bool:
    """Tell whether none of the cells that hold something holds a rating."""
    texts = [texts[place] for _, texts in table.records if not cells.is_blank(texts[place])]
    return bool(texts) and not any(cells.rating(text) for text in texts)


def columns_of(table: Table, rating: int | None) -> Columns:
    """Return where what is in a table that has titles."""
    have = table.columns
    title, person = first(table, headers.TITLE), first(table, headers.PERSON)
    assert title is not None
    if person is None and title != have.get("name"):
        person = have.get("name")
    if person is not None and not any(texts[person].strip() for _, texts in table.records):
        person = None  # in what was left out of a file that names nobody
    return Columns(
        title=title,
        other_title=first(table, headers.OTHER_TITLE),
        year=first(table, headers.YEAR),
        rating=rating,
        person=person,
        date=first(table, headers.DATE),
        movie_id=first(table, headers.MOVIE_ID),
        tmdb_id=first(table, headers.TMDB_ID),
        imdb_id=first(table, headers.IMDB_ID),
        kind=first(table, headers.TYPE),
        by_hand=True,
    )


def read(table: Table) -> Brought:
    """Read any table that `recognises` knows.

    Raises:
        InvalidInput: it holds strangers' ratings, or mixes scales.
    """
    rating = _rating(table)
    assert rating is not None
    found, wrong = rows_of(table, columns_of(table, rating))
    rows, notes = _as_people(found)
    used = {row.line for row in rows}
    texts = [texts[rating] for line, texts in table.records if line in used]
    top = headers.top(table.header[rating])
    scale = _fixed(table, rating) or scale_of(table.file, texts, {top} if top else set())
    return brought(KIND, table, rows, wrong, scale, notes=notes)


def _fixed(table: Table, rating: int) -> Scale | None:
    """Return the scale of whose table this is."""
    have = table.columns
    if all(name in have for name in headers.LEFT_OUT):
        return Scale(FIVES, fixed=True)
    of_ten = rating == have.get(headers.RATING_OF_TEN) or any(n in have for n in headers.OF_TEN)
    return Scale(TENS, fixed=True) if of_ten else None


def scale_of(file: str, texts: Iterable[str], tops: set[int]) -> Scale:
    """Return the scale of ratings as they are written.

    Args:
        tops: what the headers say; where cells say it themselves, those count.

    Raises:
        InvalidInput: several scales are named.
    """
    ratings = [found for text in texts if (found := cells.rating(text)) is not None]
    named = {top for _, top in ratings if top} or tops
    return find_scale(file, [rating for rating, _ in ratings], named)


def require_members(file: str, people: int) -> None:
    """Raise InvalidInput if there are more people than members can be."""
    if people > MOST_PEOPLE:
        raise InvalidInput(
            f"{file} holds ratings of {people:,} people; {MOST_PEOPLE} members are the most. "
            "Strangers' ratings are for the Catalogue page."
        )


def _as_people(rows: list[Row]) -> tuple[list[Row], tuple[str, ...]]:
    """Return rows under one spelling of each name, and what people should know about the names.

    Raises:
        InvalidInput: there are more people than members can be.
    """
    called: dict[str, str] = {}
    for row in rows:
        called.setdefault(name_key(row.person), row.person)
    if rows:
        require_members(rows[0].file, len(called))
    alike: dict[str, list[str]] = {}
    for name in called.values():
        alike.setdefault(headers.folded(name), []).append(name)
    notes = tuple(
        f"{' and '.join(names)} are taken for {len(names)} people."
        for names in alike.values()
        if len(names) > 1
    )
    return [replace(row, person=called[name_key(row.person)]) for row in rows], notes
