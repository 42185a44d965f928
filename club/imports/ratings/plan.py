"""What an import of ratings would change: to look at, to decide on, and then to save."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Literal

import pandas as pd

from club.errors import InvalidInput
from club.export import safe_cell
from club.imports.ratings.rows import RatingsFile, RejectedRow, Row, is_exact, stars_of
from club.matching import HOW, NONE_NEAR, Match, TitleMatcher, title_key
from club.store import Store

State = Literal["new", "same", "changed", "uncertain", "unmatched", "again"]
Take = Literal["newer", "theirs", "ours"]
Matches = Mapping[tuple[str, int], Match]
Member = int | str  # a member_id, or the name of a new member
MAX_ADDED = 1_000  # movies of the club's own at once
DAY = 86_400


@dataclass(frozen=True)
class Choices:
    """What people decided; nothing is imported that needs a decision and has none.

    Args:
        members: (file, person in the file) -> whose ratings they are; others are not imported.
        tops: file -> where its scale ends, in place of what was found.
        movies: `Row.key` of an uncertain row -> the movie that it is, None for none of them.
        by_title: whether a row without a year is the one movie of its title.
        take: whose stars count where the club has others; the club's if the dates tell nothing.
        theirs: (member, movie_id) -> whether the file's stars count, whatever `take` is.
        add_missing: whether movies that the catalogue lacks become the club's own.
        shortlist: movies of watchlists to put on the shortlist.
    """

    members: Mapping[tuple[str, str], Member] = field(default_factory=dict)
    tops: Mapping[str, int] = field(default_factory=dict)
    movies: Mapping[tuple[str, int], int | None] = field(default_factory=dict)
    by_title: bool = False
    take: Take = "newer"
    theirs: Mapping[tuple[Member, int], bool] = field(default_factory=dict)
    add_missing: bool = False
    shortlist: tuple[int, ...] = ()

    def top(self, file: RatingsFile) -> int:
        """Return where the scale of a file ends."""
        return self.tops.get(file.file, file.scale.top)


@dataclass(frozen=True)
class Entry:
    """What becomes of one row with a rating.

    Args:
        match: the movie that the row means.
        movie: the movie, or None: not known, or to be added (then `added` is true).
        stars: 0.5..5.
        at: when it was rated, in seconds; None if the file does not say.
        state: "new"; "same", the club has these stars; "changed", it has others; "uncertain";
            "unmatched"; "again", another row of the same member and movie counts.
        ours: the club's stars now.
        ours_at: when the club's were given, in seconds.
        taken: whether saving writes it.
        added: whether saving adds the movie.
    """

    row: Row
    match: Match
    member: Member
    movie: int | None
    stars: float
    at: int | None
    state: State
    ours: float | None = None
    ours_at: int | None = None
    taken: bool = False
    added: bool = False

    @property
    def rated(self) -> tuple[object, ...] | None:
        """The member and the movie, None while the movie is not known."""
        if self.movie is not None:
            return self.member, self.movie
        return (self.member, *self.row_title) if self.added else None

    @property
    def row_title(self) -> tuple[object, ...]:
        """What identifies a movie that the catalogue lacks: title and year."""
        return title_key(self.row.title), self.row.year


@dataclass(frozen=True)
class Plan:
    """Everything that saving would do, and what it would leave out.

    Args:
        version: of the club that it was made for; it fits no other.
        entries: one for each rating of a person who was chosen.
        seen: (member, movie_id) without stars.
        wished: movies of watchlists that their member has not seen, not on the shortlist.
        shortlist: those of them that will be put on it.
        unused: rows that no entry stands for.
    """

    version: int
    entries: tuple[Entry, ...]
    seen: tuple[tuple[Member, int], ...]
    wished: tuple[int, ...]
    shortlist: tuple[int, ...]
    unused: tuple[RejectedRow, ...]

    def of(self, *states: State) -> list[Entry]:
        """Return the entries in these states, in the order of the files."""
        return [entry for entry in self.entries if entry.state in states]

    @property
    def taken(self) -> list[Entry]:
        """The entries that saving writes."""
        return [entry for entry in self.entries if entry.taken]

    @property
    def counts(self) -> dict[str, int]:
        """Label for people -> number of rows."""
        return {
            "New": len(self.of("new")),
            "Already there": len(self.of("same")),
            "Other stars": len(self.of("changed")),
            "To decide": len(self.of("uncertain")),
            "Not found": len(self.of("unmatched")),
            "Left out": len(self.unused) + len(self.of("again")),
        }

    def require_room(self) -> None:
        """Raise InvalidInput if it adds more movies than the club takes at once."""
        added = sum(entry.added for entry in self.entries)
        if added > MAX_ADDED:
            raise InvalidInput(
                f"{added:,} movies are more than the {MAX_ADDED:,} that can be added at once."
            )

    def rejected(self, movies: pd.DataFrame) -> list[RejectedRow]:
        """Return every row that saving leaves out, with the reason.

        Args:
            movies: the catalogue, for the names of the alternatives.
        """
        rows = [*self.unused]
        for entry in self.entries:
            if entry.state == "again":
                why = "rated more than once; the latest counts"
                rows.append(RejectedRow.of(entry.row, why, entry.stars))
            elif entry.state in {"uncertain", "unmatched"} and not entry.taken:
                names = "; ".join(_name(movies, movie) for movie in entry.match.alternatives)
                reason = entry.match.reason or NONE_NEAR
                rows.append(RejectedRow.of(entry.row, reason, entry.stars, names))
        return rows


@dataclass(frozen=True)
class ClubNow:
    """What the club has at one version.

    Args:
        version: of the store, read before the rest.
        ratings: from `Store.ratings`.
        shortlist: from `Store.shortlist`.
        seen: (member_id, movie_id) of movies that members have marked as seen.
    """

    version: int
    ratings: pd.DataFrame
    shortlist: Collection[int]
    seen: Set[tuple[Member, int]]

    @classmethod
    def of(cls, store: Store) -> ClubNow:
        """Read it from a store."""
        version = store.version()
        seen = frozenset(store.members.seen().itertuples(index=False, name=None))
        return cls(version, store.ratings.current(), store.movies.shortlist(), seen)

    def stars(self) -> dict[tuple[Member, int], tuple[float, int]]:
        """Return (member_id, movie_id) -> stars and when they were given, in seconds."""
        columns = self.ratings[["member_id", "movie_id", "rating", "timestamp"]]
        return {
            (int(member), int(movie)): (float(stars), int(at))
            for member, movie, stars, at in columns.itertuples(index=False)
        }


def match(files: Iterable[RatingsFile], movies: pd.DataFrame) -> dict[tuple[str, int], Match]:
    """Return by `Row.key` the movie of the catalogue that each row of all files means.

    Rows of one person that match the same movie for certain, but are two movies in the file, are
    not certain: the most certain keeps it, if there is one.
    """
    matcher, found = TitleMatcher(movies), {}
    for file in files:
        for rows in (file.ratings, file.seen, file.wished):
            found.update(_without_conflicts(rows, matcher.match_all(rows)))
    return found


def _without_conflicts(
    rows: Sequence[Row], matches: Sequence[Match]
) -> dict[tuple[str, int], Match]:
    found = {row.key: match for row, match in zip(rows, matches, strict=True)}
    claims: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in rows:
        movie = found[row.key].movie_id
        if movie is not None:
            claims[row.person, movie].append(row)
    for claim in claims.values():
        if len({_identity(row) for row in claim}) == 1:
            continue
        most_certain = min(HOW.index(found[row.key].how) for row in claim)
        best = {_identity(r) for r in claim if HOW.index(found[r.key].how) == most_certain}
        for row in claim:
            if len(best) > 1 or _identity(row) not in best:
                why = "another row of the file looks like the same movie"
                doubtful = replace(found[row.key], movie_id=None, how="", reason=why, alone=None)
                found[row.key] = doubtful
    return found


def _identity(row: Row) -> tuple[object, ...]:
    return (row.source_id,) if row.source_id else (title_key(row.title), row.year)


def plan(
    files: Sequence[RatingsFile], matches: Matches, club: ClubNow, choices: Choices, *, now: int
) -> Plan:
    """Compare the files with what the club has.

    Args:
        matches: from `match`.
        now: in seconds; nothing was rated after it.
    """
    entries: list[Entry] = []
    unused: list[RejectedRow] = []
    for file in files:
        top = choices.top(file)
        unused += (row.in_stars(top) for row in file.rejected)
        for row in file.ratings:
            member = choices.members.get((file.file, row.person))
            stars = stars_of(row.rating or 0, top)
            if stars is None:
                unused.append(RejectedRow.of(row, f"{row.rating:g} is above {top}"))
            elif member is None:
                unused.append(RejectedRow.of(row, "nobody was chosen for it", stars))
            else:
                at = None if row.at is None or row.at > now + DAY else min(row.at, now)
                found = matches[row.key]
                entry = Entry(row, found, member, found.movie_id, stars, at, "new")
                entries.append(_with_movie(entry, choices))
    last: dict[object, Entry] = {}  # of one member and movie the latest, and of one day the last
    for entry in entries:
        before = last.get(entry.rated)
        if before is None or (entry.at or 0) >= (before.at or 0):
            last[entry.rated] = entry
    have = club.stars()
    compared = tuple(_compared(entry, last[entry.rated], have, choices) for entry in entries)
    rated = {*have} | {(entry.member, entry.movie) for entry in compared if entry.movie is not None}
    watched = _certain(((file, row) for file in files for row in file.seen), matches, choices)
    seen = [pair for pair in watched if pair not in rated and pair not in club.seen]
    known = rated | {*seen} | club.seen
    wished = dict.fromkeys(
        movie
        for member, movie in _certain(
            ((file, row) for file in files for row in file.wished), matches, choices
        )
        if (member, movie) not in known and movie not in club.shortlist
    )
    shortlist = tuple(movie for movie in wished if movie in choices.shortlist)
    return Plan(club.version, compared, tuple(seen), tuple(wished), shortlist, tuple(unused))


def _with_movie(entry: Entry, choices: Choices) -> Entry:
    """Return the entry with the movie that was matched or chosen."""
    row, found = entry.row, entry.match
    if found.movie_id is not None:
        return entry
    if row.key not in choices.movies:
        if choices.by_title and found.alone is not None:
            return replace(entry, movie=found.alone)
        if found.alternatives:
            return replace(entry, state="uncertain")
    chosen = choices.movies.get(row.key)
    if chosen is not None:
        return replace(entry, movie=chosen)
    added = choices.add_missing and not found.is_ours
    return replace(entry, state="unmatched", taken=added, added=added)


def _compared(
    entry: Entry,
    last: Entry,
    have: Mapping[tuple[Member, int], tuple[float, int]],
    choices: Choices,
) -> Entry:
    """Return the entry compared with the member's other rows and with the club's stars."""
    if entry.rated is None:
        return entry
    if last is not entry:
        return replace(entry, state="again", taken=False, added=False)
    if entry.movie is None:
        return entry
    if (entry.member, entry.movie) not in have:
        return replace(entry, taken=True)
    ours, ours_at = have[entry.member, entry.movie]
    if ours == entry.stars:
        return replace(entry, state="same", ours=ours, ours_at=ours_at)
    newer = entry.at is not None and entry.at > ours_at
    taken = newer if choices.take == "newer" else choices.take == "theirs"
    taken = choices.theirs.get((entry.member, entry.movie), taken)
    return replace(entry, state="changed", ours=ours, ours_at=ours_at, taken=taken)


def _certain(
    rows: Iterable[tuple[RatingsFile, Row]], matches: Matches, choices: Choices
) -> list[tuple[Member, int]]:
    """Return (member, movie_id) of the rows that mean a movie for certain, each once."""
    found: dict[tuple[Member, int], None] = {}
    for file, row in rows:
        member, movie = choices.members.get((file.file, row.person)), matches[row.key].movie_id
        if member is not None and movie is not None:
            found[member, movie] = None
    return list(found)


def notes(files: Iterable[RatingsFile], choices: Choices) -> list[str]:
    """Return what people should know about the files, in sentences."""
    found = []
    for file in files:
        top = choices.top(file)
        ratings = [row.rating for row in file.ratings if row.rating is not None]
        between = sum(not is_exact(rating, top) for rating in ratings if rating <= top)
        if between:
            lie, are = ("lies", "is") if between == 1 else ("lie", "are")
            found.append(
                f"{file.file}: {between:,} of {len(ratings):,} ratings {lie} between two half "
                f"stars and {are} rounded."
            )
        found += [f"{file.file}: {note}" for note in file.notes]
    return found


def as_csv(rows: Sequence[RejectedRow]) -> str:
    """Return rows as CSV that no spreadsheet computes, and that can be imported again."""
    out = io.StringIO(newline="")
    # With both in the end of a line, a cell with either is put in quotes.
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(field.name for field in fields(RejectedRow))
    for row in rows:
        writer.writerow(safe_cell(str(cell)) for cell in asdict(row).values())
    return out.getvalue()


def _name(movies: pd.DataFrame, movie_id: int) -> str:
    title, year = movies.at[movie_id, "title"], movies.at[movie_id, "year"]
    return str(title) if pd.isna(year) else f"{title} ({year})"
