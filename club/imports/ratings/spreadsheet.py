"""Tables that people keep: columns are recognised by their headers, the scale by the ratings.

Either one row a rating, with or without a column that names the member, or one row a movie with a
column of ratings for each member. To read another language's headers, add them to headers.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from club.errors import InvalidInput
from club.imports.ratings import cells
from club.imports.ratings.rows import (
    FIVES,
    HUNDREDS,
    TENS,
    WORDS,
    RatingsFile,
    Row,
    Scale,
    read_rows,
)  # fmt: skip
from club.imports.tables import (
    MAX_COLUMNS,
    Table,
    header_key,
    refuse_many,
    scale_in_header,
    without_remark,
)  # fmt: skip
from club.validation import clean_name, name_key

KIND_OF_CLUB = "A table with a column for each member"
NUMBERED = {"user id", "movie id", "rating"}  # what a table without titles needs
MAX_PEOPLE = 60
RATING_OF_TEN = "rating10"  # beside the rating in Letterboxd's format for imports
RATING: tuple[str, ...] = tuple(WORDS["rating"])
HEADERS: dict[str, list[str]] = WORDS["columns"]
MIN_MEMBERS, MAX_NAME_WORDS = 2, 3
_OF_RATING = re.compile(
    r"(?i)(?:['’]s?)?(?:\s*\b|(?<=[a-z]))(?:rating|score|stars|bewertung|note|nota|puntos)\b\s*:?|[-–:]\s*$"
)


@dataclass(frozen=True)
class Format:
    """What is known of the tables of a service; by default, of any table with titles and ratings.

    Args:
        kind: for people.
        needs: the headers, as in `tables.header_key`, of which all are there.
        headers: as HEADERS, of columns that are called otherwise in it.
        rating: the headers that the ratings may have, the most certain first.
        top: where the ratings end; 0 if the ratings tell.
        unrated: what movies without a rating are; "" rejects them.
    """

    kind: str = "A table of ratings"
    needs: frozenset[str] = frozenset()
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rating: tuple[str, ...] = RATING
    top: int = 0
    unrated: Literal["", "seen", "wished"] = ""

    def recognises(self, table: Table) -> bool:
        """Return True if `table` is in this format."""
        return self.needs <= table.columns.keys()


TABLE = Format()


def recognises(table: Table) -> bool:
    """Return True if titles, or a user's numbers of movies, and ratings can be found in `table`."""
    if table.first(HEADERS["title"]) is None:
        return table.columns.keys() >= NUMBERED
    return _rating_column(table, RATING) is not None or len(_member_columns(table)) >= MIN_MEMBERS


def read(table: Table, form: Format = TABLE) -> RatingsFile:
    """Read a table that is recognised.

    Raises:
        InvalidInput: it has more people than a club, two columns of one name, or mixes scales.
    """
    headers = {**HEADERS, **form.headers}.items()
    columns = {name: at for name, names in headers if (at := table.first(names)) is not None}
    is_numbered = "title" not in columns
    if form is TABLE and not is_numbered and len(members := _member_columns(table)) >= MIN_MEMBERS:
        return _read_members(table, columns, members)
    rating = _rating_column(table, form.rating)
    if rating is not None:
        columns["rating"] = rating
    names = ("user id",) if is_numbered else (*WORDS["person"], "name")
    person = table.first(name for name in names if table.first([name]) not in columns.values())
    # Rejected rows of a file that names nobody have an empty column.
    if person is not None and any(texts[person].strip() for _, texts in table.rows):
        columns["person"] = person
    rows, rejected = read_rows(table, columns, form.unrated)
    top = TENS if rating is not None and rating == table.first([RATING_OF_TEN]) else form.top
    rated = [] if rating is None else [rating]
    scale = Scale(top, fixed=True) if top else _scale_of(table, rows, rated)
    found = RatingsFile(form.kind, table.file, tuple(rows), scale, tuple(rejected), is_numbered)
    _require_members(table.file, len(found.people))
    return found


def _read_members(
    table: Table, columns: Mapping[str, int], members: Mapping[int, str]
) -> RatingsFile:
    """Read each member's column; a blank cell is a movie that they have not rated."""
    if len({name_key(name) for name in members.values()}) < len(members):
        raise InvalidInput(f"{table.file} has two columns of ratings for one name.")
    _require_members(table.file, len(members))
    rows, rejected = read_rows(replace(table, rows=[]), {})
    for column, name in members.items():
        filled = [row for row in table.rows if not cells.is_blank(row[1][column])]
        part = Table(f"{table.file}: {name}", table.header, filled)
        found, unusable = read_rows(part, {**columns, "rating": column})
        rows += (replace(row, person=name) for row in found)
        rejected += (replace(row, member=name) for row in unusable)
        refuse_many(table.file, rows)
    scale = _scale_of(table, rows, members)
    return RatingsFile(KIND_OF_CLUB, table.file, tuple(rows), scale, tuple(rejected))


def _require_members(file: str, people: int) -> None:
    if people > MAX_PEOPLE:
        raise InvalidInput(
            f"{file} holds ratings of {people:,} people; {MAX_PEOPLE} members are the most. "
            "Other people's ratings are imported under Settings, Catalogue."
        )


# Columns


def _rating_column(table: Table, names: Iterable[str]) -> int | None:
    """Return the position of the ratings: "Stars" may be actors, and "Rating" an age limit."""
    named = [table.columns[name] for name in names if name in table.columns]
    rated = [at for at in named if _share_of_ratings(table, at) > 0]
    return next(iter((*rated, *named)), None)


def _share_of_ratings(table: Table, column: int) -> float:
    """Return the share of filled cells that hold a rating, 0 if there is none."""
    texts = [row[column] for _, row in table.rows if not cells.is_blank(row[column])]
    ratings = [found[0] for text in texts if (found := cells.rating(text)) is not None]
    return sum(number <= HUNDREDS for number in ratings) / max(len(texts), 1)


def _member_columns(table: Table) -> dict[int, str]:
    """Return the members by the positions of their columns of ratings; {} for other tables."""
    rating = table.first(RATING)
    if table.first(WORDS["person"]) is not None or (
        rating is not None and _share_of_ratings(table, rating) >= 0.5
    ):
        return {}
    columns = {table.first(names) for names in HEADERS.values()}
    return {
        column: name
        for column, header in enumerate(table.header[:MAX_COLUMNS])
        if column not in columns
        and (name := _member(header))
        and _share_of_ratings(table, column) >= 0.5
    }


def _member(header: str) -> str | None:
    """Return the member in "Ana's rating (/10)", None for another header."""
    name = _OF_RATING.sub(" ", " ".join(without_remark(header).replace("_", " ").split()))
    words = header_key(name).strip(" -–:").split()
    if not 0 < len(words) <= MAX_NAME_WORDS or not {*words}.isdisjoint(WORDS["no_person"]):
        return None
    try:
        return None if any(word.isdigit() for word in words) else clean_name(name.strip(" -–:"))
    except InvalidInput:
        return None


# The scale

# A smaller share of ratings above the lower scale may be slips: whoever rates up to ten gives more
# than five now and then, whoever rates up to a hundred nearly always more than ten.
SLIPS = {TENS: 0.02, HUNDREDS: 0.5}


def _scale_of(table: Table, rows: Iterable[Row], columns: Iterable[int]) -> Scale:
    """Return the scale of ratings as they are written.

    Args:
        columns: of the ratings; scales that cells name count before those that headers name.
    """
    rated = [row for row in rows if row.rating is not None]
    in_headers = {scale_in_header(table.header[column]) for column in columns} - {None}
    named = {row.top for row in rated if row.top} or in_headers
    if len(named) > 1:
        scales = " and ".join(map(str, sorted(filter(None, named))))
        raise InvalidInput(f"{table.file} mixes ratings of up to {scales}; import them one by one.")
    if top := next(iter(named), None):
        return Scale(top, fixed=True)
    return find_scale([row.rating for row in rated if row.rating is not None])


def find_scale(ratings: Sequence[float]) -> Scale:
    """Return the scale that a column of ratings is on."""
    most = max((rating for rating in ratings if rating <= HUNDREDS), default=0.0)
    if most > FIVES:
        top, lower = (TENS, FIVES) if most <= TENS else (HUNDREDS, TENS)
        above = sum(rating > lower for rating in ratings)
        if above >= SLIPS[top] * len(ratings):
            return Scale(top)
        are = "is" if above == 1 else "are"
        doubt = f"Only {above:,} of {len(ratings):,} ratings {are} above {lower}."
        fine = max((rating for rating in ratings if rating <= lower), default=0.0)
        return Scale(FIVES if fine <= FIVES else TENS, doubt=doubt, contradicts=True)
    if ratings and all(rating.is_integer() for rating in ratings):
        return Scale(FIVES, doubt="All ratings are whole numbers from 1 to 5.")
    return Scale(FIVES)
