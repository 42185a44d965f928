"""A table with a column of ratings for each member, as clubs keep it in a spreadsheet."""

from __future__ import annotations

import re
from dataclasses import replace

from club.errors import InvalidInput
from club.imports.ratings import cells, headers, plain
from club.imports.ratings.columns import brought, rows_of
from club.imports.ratings.rows import HUNDREDS, Brought, LeftOut, Row
from club.imports.ratings.table import MOST_COLUMNS, MOST_ROWS, Table
from club.validation import clean_name, name_key

KIND = "A table with a column for each member"
FEWEST, MOST_WORDS = 2, 3
ENOUGH = 0.5  # of the cells that hold something
# Numbers about a movie that are nobody's ratings, by a word of the header.
NO_PERSON = {
    "imdb", "tmdb", "letterboxd", "trakt", "rotten", "tomatoes", "tomatometer", "metacritic",
    "metascore", "rt", "mc", "critic", "critics", "audience", "community", "public", "world",
    "average", "avg", "mean", "median", "total", "sum", "count", "group", "club", "overall",
    "final", "difference", "diff", "rank", "ranking", "position", "place", "no", "nr", "number",
    "id", "index", "order", "week", "month", "day", "date", "year", "decade", "season", "episode",
    "episodes", "runtime", "length", "duration", "minutes", "mins", "time", "votes", "budget",
    "gross", "price", "cost", "age", "seen", "watched", "rewatch", "rewatches", "times", "views",
    "plot", "story", "acting", "visuals", "music", "sound", "script", "direction", "effects",
    "durchschnitt", "schnitt", "jahr", "dauer", "laufzeit", "moyenne", "duree", "promedio",
    "duracion", "media", "notes", "notizen", "tags", "genre", "genres",
}  # fmt: skip
_OF_RATING = re.compile(
    r"(?i)(?:['’]s?)?\s*\b(?:rating|score|stars|bewertung|note|nota|puntos)\b\s*:?|[-–:]\s*$"
)


def recognises(table: Table) -> bool:
    """Tell whether there are titles, and members above columns of ratings."""
    if plain.first(table, headers.TITLE) is None or plain.first(table, headers.PERSON) is not None:
        return False
    rating = plain.first(table, headers.RATING)  # "PG-13" is none
    if rating is not None and _are_ratings(table, rating):
        return False
    return len(_people(table)) >= FEWEST


def read(table: Table) -> Brought:
    """Read each member's column; a blank cell is a movie that they have not rated.

    Raises:
        InvalidInput: two columns are called the same, it holds strangers' ratings, or mixes scales.
    """
    people = _people(table)
    if len({name_key(name) for name in people.values()}) < len(people):
        raise InvalidInput(f"{table.file} has two columns of ratings for one name.")
    plain.require_members(table.file, len(people))
    filled = (not cells.is_blank(texts[at]) for _, texts in table.records for at in people)
    if sum(filled) > MOST_ROWS:
        raise InvalidInput(
            f"{table.file} has more than {MOST_ROWS:,} ratings, more than a club's ratings take."
        )
    rows: list[Row] = []
    wrong = list(table.left_out)
    texts: list[str] = []
    for place, name in people.items():
        found, unusable = _column(table, place)
        rows += (replace(row, file=f"{row.file}: {name}", person=name) for row in found)
        wrong += (replace(row, file=f"{row.file}: {name}", member=name) for row in unusable)
        used = {row.line for row in found}
        texts += (row[place] for line, row in table.records if line in used)
    tops = {top for place in people if (top := headers.top(table.header[place]))}
    scale = plain.scale_of(table.file, texts, tops)
    return brought(KIND, table, rows, wrong, scale)


def _column(table: Table, place: int) -> tuple[list[Row], list[LeftOut]]:
    records = [row for row in table.records if not cells.is_blank(row[1][place])]
    columns = replace(plain.columns_of(table, place), person=None)
    return rows_of(replace(table, records=records, left_out=()), columns)


def _people(table: Table) -> dict[int, str]:
    """Return the place of each member's column, and what they are called."""
    columns = plain.columns_of(table, None)
    taken = {
        columns.title, columns.other_title, columns.year, columns.date, columns.movie_id,
        columns.tmdb_id, columns.imdb_id, columns.kind,
    }  # fmt: skip
    found = {}
    for place, header in enumerate(table.header[:MOST_COLUMNS]):
        name = _name(header)
        if place not in taken and name and _are_ratings(table, place):
            found[place] = name
    return found


def _are_ratings(table: Table, place: int) -> bool:
    """Tell whether most cells of a column that hold something hold a rating."""
    texts = [texts[place] for _, texts in table.records if not cells.is_blank(texts[place])]
    found = [rating for text in texts if (rating := cells.rating(text)) is not None]
    return 0 < len(texts) * ENOUGH <= sum(number <= HUNDREDS for number, _ in found)


def _name(header: str) -> str | None:
    """Return the member in "Ana's rating (/10)", None where it is no name of one."""
    said = " ".join(headers.bare(header).replace("_", " ").split())
    name = _OF_RATING.sub(" ", said).strip(" -–:")
    words = headers.folded(name).split()
    if not 0 < len(words) <= MOST_WORDS or NO_PERSON & {*words} or any(w.isdigit() for w in words):
        return None
    try:
        return clean_name(name)
    except InvalidInput:
        return None
