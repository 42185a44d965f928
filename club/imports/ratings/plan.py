"""Plan an import of ratings: compare it with the club, decide, and write all of it or nothing."""

from __future__ import annotations

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import astuple, dataclass, field, fields, replace
from typing import Literal

import pandas as pd

from club import members, movies, ratings
from club.db import schema
from club.db.transfer import OnStep
from club.errors import InvalidInput
from club.export import csv_table
from club.imports.ratings.rows import Kind, RatingsFile, RejectedRow, Row, stars_of
from club.matching import HOW, NONE_NEAR, Match, TitleMatcher
from club.section import insert_missing
from club.store import Store
from club.validation import half_stars

State = Literal["new", "same", "changed", "uncertain", "unmatched", "again"]
Take = Literal["newer", "theirs", "ours"]
Numbers = Literal["movielens", "tmdb"]
Matches = Mapping[tuple[str, int], Match]
Member = int | str  # a member_id, or the name of a new member
Pair = tuple[Member, int]
DAY = 86_400
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Choices:
    """What people decided; nothing is imported that needs a decision and has none.

    Args:
        members: (file, person in the file) -> whose ratings they are; others are not imported.
        tops: file -> where its scale ends, in place of what was found.
        movies: `Row.key` of an uncertain row -> the movie that it is, None for none of them.
        all_decided: whether an uncertain row without a decision is its likely movie, or else none.
        take: whose stars count where the club has others; the club's if the dates tell nothing.
        add_missing: whether movies that the catalogue lacks become the club's own; those without
            a title never do.
    """

    members: Mapping[tuple[str, str], Member] = field(default_factory=dict)
    tops: Mapping[str, int] = field(default_factory=dict)
    movies: Mapping[tuple[str, int], int | None] = field(default_factory=dict)
    all_decided: bool = False
    take: Take = "newer"
    add_missing: bool = False


@dataclass(frozen=True)
class Entry:
    """What becomes of one row.

    Args:
        match: the movie that the row means.
        movie: the movie, or None: not known, or to be added (then `added` is true).
        stars: 0.5..5, None for a row without a rating.
        at: when it was rated, in seconds; None if the file does not say.
        state: "new"; "same", the club knows that; "changed", it has other stars; "uncertain";
            "unmatched"; "again", another row of the same member and movie counts.
        ours: the club's stars now.
        taken: whether saving writes it.
        added: whether saving adds the movie.
    """

    row: Row
    match: Match
    member: Member
    movie: int | None
    stars: float | None
    at: int | None
    state: State
    ours: float | None = None
    taken: bool = False
    added: bool = False

    @property
    def kind(self) -> Kind:
        """The kind of the row."""
        return self.row.kind

    @property
    def pair(self) -> Pair | None:
        """The member and the movie, None while the movie is not known."""
        return None if self.movie is None else (self.member, self.movie)

    @property
    def counted(self) -> tuple[object, ...] | None:
        """What only one row can say: member, kind and movie; None while no movie is known."""
        if self.movie is not None:
            return self.kind, self.member, self.movie
        return (self.kind, self.member, self.row.movie_key) if self.added else None


@dataclass(frozen=True)
class Plan:
    """Everything that saving would do, and what it would leave out.

    Args:
        version: of the club that it was made for; it fits no other.
        entries: one for each row of a person who was chosen.
        unused: rows that no entry stands for.
    """

    version: int
    entries: tuple[Entry, ...]
    unused: tuple[RejectedRow, ...]

    def of(self, *states: State, kind: Kind | None = None) -> list[Entry]:
        """Return the entries in these states, in the order of the files."""
        found = (entry for entry in self.entries if entry.state in states)
        return [entry for entry in found if kind in {None, entry.kind}]

    def taken(self, kind: Kind = "rating") -> list[Entry]:
        """Return the entries of a kind that saving writes."""
        return [entry for entry in self.entries if entry.taken and entry.kind == kind]

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

    @property
    def lacking(self) -> dict[object, Row]:
        """The movies that the catalogue lacks: what identifies each, and a row that names it."""
        rows = (entry.row for entry in self.of("unmatched") if not entry.match.is_ours)
        return {row.movie_key: row for row in rows if row.titles}

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
            reason, names = entry.match.reason or NONE_NEAR, ""
            if entry.state == "again":
                reason = "there more than once; the latest counts"
            elif entry.state in {"uncertain", "unmatched"} and not entry.taken:
                names = "; ".join(map(name, entry.match.alternatives))
            else:
                continue
            rows.append(RejectedRow.of(entry.row, reason, entry.stars, names))
        return rows


@dataclass(frozen=True)
class ClubNow:
    """What the club has at one version.

    Args:
        version: of the store, read before the rest.
        ratings: from `Store.ratings`.
        seen: (member_id, movie_id) of movies that members have marked as seen.
        wished: the same of their watchlists.
    """

    version: int
    ratings: pd.DataFrame
    seen: Set[Pair]
    wished: Set[Pair]

    @classmethod
    def of(cls, store: Store) -> ClubNow:
        """Read it from a store."""
        version = store.version()
        seen, wished = (
            frozenset(pairs.itertuples(index=False, name=None))
            for pairs in (store.members.seen(), store.watchlists.all())
        )
        return cls(version, store.ratings.current(), seen, wished)


def match(
    files: Iterable[RatingsFile], matcher: TitleMatcher, numbers: Numbers = "movielens"
) -> dict[tuple[str, int], Match]:
    """Return by `Row.key` the movie of the catalogue that each row of all files means.

    Rows of one person that match the same movie for certain, but are two movies in the file, are
    not certain: the most certain keeps it, if there is one.

    Args:
        matcher: of the catalogue.
        numbers: whose the numbers of movies are in files without titles.
    """
    found = {}
    for file in files:
        claims: dict[tuple[object, ...], list[tuple[Row, Match]]] = defaultdict(list)
        asked: Sequence[Row] = file.rows
        if file.is_numbered and numbers == "tmdb":
            asked = [replace(row, movie_id=None, tmdb_id=row.movie_id) for row in file.rows]
        for row, one in zip(file.rows, matcher.match_all(asked), strict=True):
            found[row.key] = one
            if one.movie_id is not None:
                claims[row.kind, row.person, one.movie_id].append((row, one))
        for claim in claims.values():
            first = min(HOW.index(one.how) for _, one in claim)
            best = {row.identity for row, one in claim if HOW.index(one.how) == first}
            for row, one in claim:
                if best != {row.identity}:
                    why = "another row of the file looks like the same movie"
                    found[row.key] = replace(one, movie_id=None, how="", reason=why)
    return found


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
        top = choices.tops.get(file.file, file.scale.top)
        unused += (row.in_stars(top) for row in file.rejected)
        for row in file.rows:
            member = choices.members.get((file.file, row.person))
            stars = stars_of(row.rating or 0, top)
            if stars is None and row.kind == "rating":
                unused.append(RejectedRow.of(row, f"{row.rating:g} is above {top}"))
            elif member is None:
                unused.append(RejectedRow.of(row, "no member was chosen for it", stars))
            else:
                at = None if row.at is None or row.at > now + DAY else min(row.at, now)
                found = matches[row.key]
                entry = Entry(row, found, member, found.movie_id, stars, at, "new")
                entries.append(_with_movie(entry, choices))
    last: dict[object, Entry] = {}  # of one member and movie the latest, and of one day the last
    for entry in entries:
        before = last.get(entry.counted)
        if before is None or (entry.at or 0) >= (before.at or 0):
            last[entry.counted] = entry
    columns = club.ratings[["member_id", "movie_id", "rating", "timestamp"]]
    have = {
        (member, movie): (stars, at) for member, movie, stars, at in columns.itertuples(index=False)
    }
    rated = {*have} | {entry.pair for entry in entries if entry.kind == "rating"}
    seen = rated | club.seen
    seen_now = seen | {entry.pair for entry in entries if entry.kind == "seen"}
    known = {"rating": set(), "seen": seen, "wished": seen_now | club.wished}
    compared = (
        entry
        if entry.counted is None
        else _compared(entry, last[entry.counted], have, known[entry.kind], choices)
        for entry in entries
    )
    return Plan(club.version, tuple(compared), tuple(unused))


def _with_movie(entry: Entry, choices: Choices) -> Entry:
    """Return the entry with the movie that was matched or chosen."""
    row, found = entry.row, entry.match
    if found.movie_id is not None:
        return entry
    chosen = found.likely if choices.all_decided else None
    if row.key in choices.movies:
        chosen = choices.movies[row.key]
    elif found.alternatives and not choices.all_decided:
        return replace(entry, state="uncertain")
    if chosen is not None:
        return replace(entry, movie=chosen)
    added = choices.add_missing and not found.is_ours and bool(row.titles)
    return replace(entry, state="unmatched", taken=added, added=added)


def _compared(
    entry: Entry,
    last: Entry,
    have: Mapping[Pair, tuple[float, int]],
    known: Set[Pair | None],
    choices: Choices,
) -> Entry:
    """Return the entry compared with the member's other rows and with what the club knows."""
    if last is not entry:
        return replace(entry, state="again", taken=False, added=False)
    if entry.pair is None:
        return entry
    if entry.pair in known:
        return replace(entry, state="same")
    if entry.kind != "rating" or entry.pair not in have:
        return replace(entry, taken=True)
    ours, ours_at = have[entry.pair]
    if ours == entry.stars:
        return replace(entry, state="same", ours=ours)
    newer = entry.at is not None and entry.at > ours_at
    taken = newer if choices.take == "newer" else choices.take == "theirs"
    return replace(entry, state="changed", ours=ours, taken=taken)


def as_csv(rows: Sequence[RejectedRow]) -> str:
    """Return rows as CSV that no spreadsheet computes, and that can be imported again."""
    header = [field.name for field in fields(RejectedRow)]
    return csv_table(header, map(astuple, rows)).decode()


def save(store: Store, plan: Plan, on_step: OnStep | None = None) -> dict[str, int]:
    """Write what the plan takes; all ratings are one step that can be undone.

    Ratings keep the date of the file. Doing it twice changes nothing.

    Args:
        on_step: called with (movies added, movies to add).

    Returns:
        What was written: "rating" (new or changed), "movie" (added), "member" (joined), "seen"
        and "wished" (movies) -> number.

    Raises:
        InvalidInput: the club was changed since the plan was made, or a name cannot be used.
        StoreUnavailable: it cannot be written.
    """
    began = time.perf_counter()
    taken = [entry for entry in plan.entries if entry.taken]
    lacking = {entry.row.movie_key: entry.row for entry in taken if entry.movie is None}
    with store.database.write("imported ratings") as write:
        if write.version != plan.version + 1:
            raise InvalidInput("The club has changed meanwhile. Look at it once more.")
        ids = {
            member: member if isinstance(member, int) else members.insert_member(write, member)
            for member in dict.fromkeys(entry.member for entry in taken)
        }
        new = [row.new_movie() for row in lacking.values()]
        added = dict(zip(lacking, movies.insert_movies(write, new, on_step), strict=True))
        wanted: dict[tuple[int, int], int | None] = {}
        rated_at: dict[tuple[int, int], int] = {}
        others: dict[tuple[Kind, int], list[int]] = defaultdict(list)
        for entry in taken:
            member = ids[entry.member]
            movie = added[entry.row.movie_key] if entry.movie is None else entry.movie
            if entry.kind != "rating":
                others[entry.kind, member].append(movie)
                continue
            wanted[member, movie] = half_stars(entry.stars)
            if entry.at is not None:
                rated_at[member, movie] = entry.at
        ratings.record(write, wanted, rated_at=rated_at)
        marked = Counter[Kind]()
        for (kind, member), found in others.items():
            table = schema.seen if kind == "seen" else schema.watchlists
            marked[kind] += insert_missing(write, table, member, found)
        joined = sum(isinstance(member, str) for member in ids)
        write.commit_if(bool(wanted or joined or marked.total()))
    seconds = time.perf_counter() - began
    log.info("imported ratings: %d rows of %d in %.2f s", len(wanted), len(plan.entries), seconds)
    written = {"rating": len(wanted), "movie": len(added), "member": joined}
    return written | {"seen": marked["seen"], "wished": marked["wished"]}
