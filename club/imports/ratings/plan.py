"""Plan an import of ratings: compare it with the club, decide, and write all of it or nothing."""

from __future__ import annotations

import csv
import io
import logging
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Literal

import pandas as pd

from club import members, movies, ratings
from club.errors import InvalidInput
from club.export import safe_cell
from club.imports.ratings.rows import RatingsFile, RejectedRow, Row, is_exact, stars_of
from club.matching import HOW, NONE_NEAR, Match, TitleMatcher, title_key
from club.store import Store
from club.validation import half_stars

State = Literal["new", "same", "changed", "uncertain", "unmatched", "again"]
Take = Literal["newer", "theirs", "ours"]
Matches = Mapping[tuple[str, int], Match]
Member = int | str  # a member_id, or the name of a new member
MAX_ADDED = 1_000  # movies of the club's own at once
DAY = 86_400
log = logging.getLogger(__name__)


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

    def rejected(self, movies: pd.DataFrame) -> list[RejectedRow]:
        """Return every row that saving leaves out, with the reason.

        Args:
            movies: the catalogue, for the names of the alternatives.
        """

        def name(movie_id: int) -> str:
            title, year = movies.at[movie_id, "title"], movies.at[movie_id, "year"]
            return str(title) if pd.isna(year) else f"{title} ({year})"

        rows = [*self.unused]
        for entry in self.entries:
            if entry.state == "again":
                why = "rated more than once; the latest counts"
                rows.append(RejectedRow.of(entry.row, why, entry.stars))
            elif entry.state in {"uncertain", "unmatched"} and not entry.taken:
                names = "; ".join(map(name, entry.match.alternatives))
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
            claims: dict[tuple[str, int], list[tuple[Row, Match]]] = defaultdict(list)
            for row, one in zip(rows, matcher.match_all(rows), strict=True):
                found[row.key] = one
                if one.movie_id is not None:
                    claims[row.person, one.movie_id].append((row, one))
            for claim in claims.values():
                first = min(HOW.index(one.how) for _, one in claim)
                best = {_identity(row) for row, one in claim if HOW.index(one.how) == first}
                for row, one in claim:
                    if best != {_identity(row)}:
                        why = "another row of the file looks like the same movie"
                        found[row.key] = replace(one, movie_id=None, how="", reason=why)
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

    def certain(lists: Iterable[tuple[RatingsFile, Iterable[Row]]]) -> Iterator[tuple[Member, int]]:
        for file, rows in lists:
            for row in rows:
                member, movie = choices.members.get((file.file, row.person)), matches[row.key]
                if member is not None and movie.movie_id is not None:
                    yield member, movie.movie_id

    watched = dict.fromkeys(certain((file, file.seen) for file in files))
    seen = tuple(pair for pair in watched if pair not in rated and pair not in club.seen)
    known = rated.union(club.seen, seen)
    wished = dict.fromkeys(
        movie
        for member, movie in certain((file, file.wished) for file in files)
        if (member, movie) not in known and movie not in club.shortlist
    )
    shortlist = tuple(movie for movie in wished if movie in choices.shortlist)
    return Plan(club.version, compared, seen, tuple(wished), shortlist, tuple(unused))


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
        return replace(entry, state="same", ours=ours)
    newer = entry.at is not None and entry.at > ours_at
    taken = newer if choices.take == "newer" else choices.take == "theirs"
    taken = choices.theirs.get((entry.member, entry.movie), taken)
    return replace(entry, state="changed", ours=ours, taken=taken)


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


@dataclass(frozen=True)
class Saved:
    """Numbers of what was written.

    Args:
        version: of the store.
        ratings: how many are new or changed.
        movies: how many the club has added.
        members: how many have joined.
        seen: how many movies are marked as seen without stars.
    """

    version: int
    ratings: int
    movies: int
    members: int
    seen: int


def save(store: Store, plan: Plan) -> Saved:
    """Write what the plan takes; all ratings are one step that can be undone.

    Ratings keep the date of the file. Doing it twice changes nothing.

    Raises:
        InvalidInput: the club was changed since the plan was made, it adds more movies than the
            club takes at once, or a name cannot be used.
        StoreUnavailable: it cannot be written.
    """
    began, number = time.perf_counter(), sum(entry.added for entry in plan.entries)
    if number > MAX_ADDED:
        raise InvalidInput(
            f"{number:,} movies are more than the {MAX_ADDED:,} that can be added at once."
        )
    people = [*(entry.member for entry in plan.taken), *(member for member, _ in plan.seen)]
    lacking = {entry.row_title: entry.row for entry in plan.taken if entry.movie is None}
    with store.database.write("imported ratings") as write:
        if write.version != plan.version + 1:
            raise InvalidInput("Somebody has changed the club meanwhile; look at it once more.")
        ids = {
            member: member if isinstance(member, int) else members.insert_member(write, member)
            for member in dict.fromkeys(people)
        }
        added: dict[object, int] = {}
        for identity, row in lacking.items():
            title, *aliases = row.titles
            movie = movies.NewMovie(title, row.year, tmdb_id=row.tmdb_id, aliases=aliases)
            added[identity] = movies.insert_movie(write, movie)
        wanted: dict[tuple[int, int], int | None] = {}
        rated_at: dict[tuple[int, int], int] = {}
        for entry in plan.taken:
            pair = ids[entry.member], added[entry.row_title] if entry.movie is None else entry.movie
            wanted[pair] = half_stars(entry.stars)
            if entry.at is not None:
                rated_at[pair] = entry.at
        ratings.record(write, wanted, rated_at=rated_at)
        marked = sum(members.insert_seen(write, ids[who], movie_id) for who, movie_id in plan.seen)
        for movie_id in plan.shortlist:
            movies.append_to_shortlist(write, movie_id)
        joined = sum(isinstance(member, str) for member in ids)
        version = write.commit_if(bool(wanted or joined or marked or plan.shortlist))
    seconds = time.perf_counter() - began
    log.info("imported ratings: %d rows of %d in %.2f s", len(wanted), len(plan.entries), seconds)
    return Saved(version, len(wanted), len(added), joined, marked)
