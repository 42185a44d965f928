"""Tables that people keep: columns are recognised by their headers, the scale by the ratings.

Either one row a rating, with or without a column that names the member, or one row a movie with a
column of ratings for each member.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from club.errors import InvalidInput
from club.imports.ratings import cells
from club.imports.ratings.rows import (
    FIVES,
    HUNDREDS,
    TENS,
    RatingsFile,
    Row,
    Scale,
    read_rows,
)  # fmt: skip
from club.imports.tables import (
    MAX_COLUMNS,
    MAX_ROWS,
    Table,
    header_key,
    scale_in_header,
    without_remark,
)  # fmt: skip
from club.validation import clean_name, name_key

KIND, KIND_OF_CLUB = "A table of ratings", "A table with a column for each member"
KIND_OF_NUMBERS = "A table of numbers of movies"
NUMBERED = {"user id", "movie id", "rating"}  # what a table without titles needs
MAX_PEOPLE = 60
RATING_OF_TEN = "rating10"  # beside the rating in Letterboxd's format for imports
# Headers in several languages, the most certain first: exports also have everybody's ratings.
RATING = (
    RATING_OF_TEN, "your rating", "my rating", "user rating", "userrating", "user vote",
    "uservote", "my score",
    "your score", "you rated", "personal rating", "deine bewertung", "meine bewertung", "mi nota",
    "tu nota", "mi puntuacion", "ma note", "votre note", "minha nota", "il mio voto",
    "moja ocena",
    "个人评分", "stars", "rating", "score", "bewertung", "wertung", "sterne", "nota",
    "puntuacion", "calificacion", "valoracion", "note", "voto", "avaliacao", "ocena", "hodnoceni",
    "оценка",
)  # fmt: skip
PERSON = (
    "member", "member name", "user", "user name", "username", "person", "who", "rater", "reviewer",
    "friend", "your name", "rated by", "mitglied", "wer", "miembro", "usuario", "membre",
    "utilisateur", "utente",
)  # fmt: skip
HEADERS = {
    "title": (
        "title", "movie title", "film title", "movie", "film", "movie name", "film name",
        "which movie", "which film", "filmtitel", "titel", "titulo", "pelicula", "titre", "titolo",
        "filme", "tytul", "nazev", "название", "标题", "电影名", "name", "name eng",
        "english title", "original title", "original name", "name rus",
    ),
    "other_title": (
        "pl title", "polish title", "name rus", "russian title", "original title",
        "originaltitel", "titulo original", "titre original",
        "titolo originale", "tytul oryginalny",
    ),
    "year": (
        "year", "release year", "movie year", "film year", "year released", "released",
        "release date", "jahr", "erscheinungsjahr", "produktionsjahr", "ano", "annee",
        "annee de sortie", "anno", "rok", "год", "年份", "上映日期",
    ),
    "date": (
        "date", "rated at", "date rated", "rated on", "rating date", "watched date", "watcheddate",
        "date watched", "watched on", "date added", "vote date", "votedate", "timestamp",
        "created at", "datum",
        "bewertet am", "gesehen am", "fecha", "fecha de voto", "vu le", "data", "打分日期",
    ),
    "movie_id": ("movie id", "movieid"),
    "tmdb_id": ("tmdb", "tmdb id", "tmdbid", "tmdb url"),
    "imdb_id": ("imdb id", "imdbid", "imdb", "const", "tconst", "imdb url"),
    "kind": ("type", "title type", "media type", "format", "typ", "tipo"),
    "genres": ("genres", "genre"),
    "runtime": ("runtime",),
    "directors": ("directors", "director"),
    "list": ("kind", "status", "watchlist"),
}  # fmt: skip
OF_TEN = ("trakt id", "trakt rating", "simkl id")  # services whose ratings end at ten
LISTS: dict[str, Literal["seen", "wished"]] = {  # of rows without a rating
    "seen": "seen", "watched": "seen", "completed": "seen", "wished": "wished",
    "plantowatch": "wished", "plan to watch": "wished", "watchlist": "wished",
}  # fmt: skip
REJECTED = ("reason", "alternatives")  # the table of rejected rows has stars
# Numbers about a movie that are no member's ratings, by a word of the header.
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
MIN_MEMBERS, MAX_NAME_WORDS = 2, 3
_OF_RATING = re.compile(
    r"(?i)(?:['’]s?)?(?:\s*\b|(?<=[a-z]))(?:rating|score|stars|bewertung|note|nota|puntos)\b\s*:?|[-–:]\s*$"
)


def recognises(table: Table) -> bool:
    """Return True if titles, or a user's numbers of movies, and ratings can be found in `table`."""
    if table.first(HEADERS["title"]) is None:
        return table.columns.keys() >= NUMBERED
    return _rating_column(table) is not None or len(_member_columns(table)) >= MIN_MEMBERS


def read(table: Table) -> RatingsFile:
    """Read a table that is recognised.

    Raises:
        InvalidInput: it has more people than a club, two columns of one name, or mixes scales.
    """
    columns = table.find_columns(HEADERS)
    is_numbered = "title" not in columns
    members = {} if is_numbered else _member_columns(table)
    if len(members) >= MIN_MEMBERS:
        return _read_members(table, columns, members)
    rating = _rating_column(table) or 0
    columns["rating"] = rating
    names = ("user id",) if is_numbered else (*PERSON, "name")
    person = table.first(name for name in names if table.first([name]) not in columns.values())
    # Rejected rows of a file that names nobody have an empty column.
    if person is not None and any(texts[person].strip() for _, texts in table.rows):
        columns["person"] = person
    listed = {line: _list_of(texts, columns) for line, texts in table.rows}
    rated = replace(table, rows=[row for row in table.rows if listed[row[0]] is None])
    rows, rejected = read_rows(rated, columns)
    rows = _with_one_spelling(rows)
    _require_members(table.file, len({row.person for row in rows}))
    lines = {row.line for row in rows}
    texts = [texts[rating] for line, texts in table.rows if line in lines]
    scale = _known_scale(table, rating) or _scale_of(table, texts, [rating])
    rest = replace(table, rows=[row for row in table.rows if listed[row[0]]], unread=())
    columns.pop("rating")
    others, more = read_rows(rest, columns)
    seen, wished = (
        tuple(row for row in others if listed[row.line] == kind) for kind in ("seen", "wished")
    )
    return RatingsFile(
        KIND_OF_NUMBERS if is_numbered else KIND,
        table.file,
        tuple(rows),
        scale,
        seen,
        wished,
        (*rejected, *more),
        is_numbered,
    )


def _list_of(texts: list[str], columns: Mapping[str, int]) -> Literal["seen", "wished"] | None:
    """Return which list a row is on if it has no rating."""
    if "list" not in columns or not cells.is_blank(texts[columns["rating"]]):
        return None
    return LISTS.get(texts[columns["list"]].strip().casefold())


def _read_members(
    table: Table, columns: Mapping[str, int], members: Mapping[int, str]
) -> RatingsFile:
    """Read each member's column; a blank cell is a movie that they have not rated."""
    if len({name_key(name) for name in members.values()}) < len(members):
        raise InvalidInput(f"{table.file} has two columns of ratings for one name.")
    _require_members(table.file, len(members))
    rated_by = {
        column: [row for row in table.rows if not cells.is_blank(row[1][column])]
        for column in members
    }
    if sum(map(len, rated_by.values())) > MAX_ROWS:
        raise InvalidInput(
            f"{table.file} has more than {MAX_ROWS:,} ratings, more than a club's ratings take."
        )
    rows: list[Row] = []
    _, rejected = read_rows(replace(table, rows=[]), {})
    texts: list[str] = []
    for column, name in members.items():
        filled = rated_by[column]
        part = Table(f"{table.file}: {name}", table.header, filled)
        found, unusable = read_rows(part, {**columns, "rating": column})
        rows += (replace(row, person=name) for row in found)
        rejected += (replace(row, member=name) for row in unusable)
        lines = {row.line for row in found}
        texts += (row[column] for line, row in filled if line in lines)
    scale = _scale_of(table, texts, members)
    return RatingsFile(KIND_OF_CLUB, table.file, tuple(rows), scale, rejected=tuple(rejected))


def _with_one_spelling(rows: list[Row]) -> list[Row]:
    """Return the rows with one spelling of each person's name."""
    names: dict[str, str] = {}
    for row in rows:
        names.setdefault(name_key(row.person), row.person)
    return [replace(row, person=names[name_key(row.person)]) for row in rows]


def _require_members(file: str, people: int) -> None:
    if people > MAX_PEOPLE:
        raise InvalidInput(
            f"{file} holds ratings of {people:,} people; {MAX_PEOPLE} members are the most. "
            "Other people's ratings are imported under Settings, Catalogue."
        )


# Columns


def _rating_column(table: Table) -> int | None:
    """Return the position of the ratings: "Stars" may be actors, and "Rating" an age limit."""
    named = [table.columns[name] for name in RATING if name in table.columns]
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
    if table.first(PERSON) is not None or (
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
    if not 0 < len(words) <= MAX_NAME_WORDS or NO_PERSON & {*words}:
        return None
    try:
        return None if any(word.isdigit() for word in words) else clean_name(name.strip(" -–:"))
    except InvalidInput:
        return None


# The scale

# A smaller share of ratings above the lower scale may be slips: whoever rates up to ten gives more
# than five now and then, whoever rates up to a hundred nearly always more than ten.
SLIPS = {TENS: 0.02, HUNDREDS: 0.5}


def _known_scale(table: Table, rating: int) -> Scale | None:
    """Return the scale of a format that has one."""
    if all(name in table.columns for name in REJECTED):
        return Scale(FIVES, fixed=True)
    of_ten = rating == table.columns.get(RATING_OF_TEN) or table.first(OF_TEN) is not None
    return Scale(TENS, fixed=True) if of_ten else None


def _scale_of(table: Table, texts: Iterable[str], columns: Iterable[int]) -> Scale:
    """Return the scale of ratings as they are written.

    Args:
        columns: of the ratings; scales that cells name count before those that headers name.
    """
    ratings = [found for text in texts if (found := cells.rating(text)) is not None]
    in_headers = {scale_in_header(table.header[column]) for column in columns} - {None}
    named = {top for _, top in ratings if top} or in_headers
    if len(named) > 1:
        scales = " and ".join(map(str, sorted(filter(None, named))))
        raise InvalidInput(f"{table.file} mixes ratings of up to {scales}; import them one by one.")
    if top := next(iter(named), None):
        return Scale(top, fixed=True)
    return find_scale([rating for rating, _ in ratings])


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
