"""What would change if the files were taken over: to look at, to decide on, and then to save."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Literal

import pandas as pd

from club.errors import InvalidInput
from club.imports.ratings.rows import Brought, LeftOut, Row, in_stars, left_out, stars_of
from club.matching import HOW, Match, TitleMatcher, title_key
from club.store import Store

State = Literal["new", "same", "changed", "uncertain", "unmatched", "again"]
Take = Literal["newer", "theirs", "ours"]
Matches = Mapping[tuple[str, int], Match]
MOST_ADDED = 1_000  # movies of the club's own at once
DAY = 86_400


@dataclass(frozen=True)
class Choices:
    """What somebody decided; nothing is taken over that needs a decision and has none.

    Args:
        members: (file, person in the file) -> member_id, or the name of a new member; whose rows
            are not among them stay out.
        tops: file -> where its scale ends, in place of what was found.
        movies: `Row.key` of an uncertain row -> the movie that it is, None for none of them.
        by_title: whether a row without a year is the one movie that is called so.
        take: whose stars count where the club has others: of equal or unknown date, the club's.
        theirs: (member, movie_id) -> whether the file's stars count, whatever `take` says.
        add_missing: whether movies that the catalogue lacks become the club's own.
        shortlist: movies of watchlists to put on the shortlist.
    """

    members: Mapping[tuple[str, str], int | str] = field(default_factory=dict)
    tops: Mapping[str, int] = field(default_factory=dict)
    movies: Mapping[tuple[str, int], int | None] = field(default_factory=dict)
    by_title: bool = False
    take: Take = "newer"
    theirs: Mapping[tuple[int | str, int], bool] = field(default_factory=dict)
    add_missing: bool = False
    shortlist: tuple[int, ...] = ()


@dataclass(frozen=True)
class Entry:
    """What becomes of one row.

    Args:
        match: what the row means.
        member: whose rating it is: a member_id, or the name of a new member.
        movie: the movie, or None: not known, or one to be added (then `added` is true).
        stars: 0.5..5.
        at: since when, in seconds; None where nobody knows.
        state: "new"; "same", the club has these stars; "changed", it has others; "uncertain";
            "unmatched"; "again", another row of the same member and movie counts.
        ours: the club's stars now.
        ours_at: since when.
        taken: whether saving writes it.
        added: whether saving adds the movie.
    """

    row: Row
    match: Match
    member: int | str
    movie: int | None
    stars: float
    at: int | None
    state: State
    ours: float | None = None
    ours_at: int | None = None
    taken: bool = False
    added: bool = False


@dataclass(frozen=True)
class Plan:
    """Everything that saving would do, and what it would leave out.

    Args:
        version: of the club that it was made for; it fits no other.
        entries: one for each rating of a person who was chosen.
        seen: (member, movie_id) without stars.
        wished: the movies of watchlists that whoever wishes for them has not seen, and that are not
            on the shortlist.
        shortlist: those of them that will be put on it.
        left_out: rows that no entry stands for.
    """

    version: int
    entries: tuple[Entry, ...]
    seen: tuple[tuple[int | str, int], ...]
    wished: tuple[int, ...]
    shortlist: tuple[int, ...]
    left_out: tuple[LeftOut, ...]

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
            "Left out": len(self.left_out) + len(self.of("again")),
        }


@dataclass(frozen=True)
class ClubNow:
    """What the club has at one version.

    Args:
        version: of the store, read before the rest.
        ratings: from `Store.ratings`.
        shortlist: from `Store.shortlist`.
        seen: (member_id, movie_id) of what members say to have seen.
    """

    version: int
    ratings: pd.DataFrame
    shortlist: Collection[int]
    seen: Set[tuple[int | str, int]]

    @classmethod
    def of(cls, store: Store) -> ClubNow:
        """Read it from a store."""
        version = store.version()
        seen = frozenset(store.seen().itertuples(index=False, name=None))
        return cls(version, store.ratings(), store.shortlist(), seen)

    def stars(self) -> dict[tuple[int, int], tuple[float, int]]:
        """Return (member_id, movie_id) -> stars and since when, in seconds."""
        columns = self.ratings[["member_id", "movie_id", "rating", "timestamp"]]
        return {
            (int(member), int(movie)): (float(stars), int(at))
            for member, movie, stars, at in columns.itertuples(index=False)
        }


def match(brought: Iterable[Brought], movies: pd.DataFrame) -> dict[tuple[str, int], Match]:
    """Return by `Row.key` the movie of the catalogue that each row of all files means.

    Rows of one person that match the same movie for certain, but are two movies in the file, are
    not certain: the most certain keeps it, if there is one.
    """
    matcher, found = TitleMatcher(movies), {}
    for source in brought:
        for rows in (source.ratings, source.seen, source.wished):
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
        most_certain = min(HOW.index(found[row.key].how) for row in claim)
        best = {_identity(r) for r in claim if HOW.index(found[r.key].how) == most_certain}
        if len({_identity(row) for row in claim}) == 1:
            continue
        for row in claim:
            if len(best) > 1 or _identity(row) not in best:
                why = "another row of the file looks like the same movie"
                found[row.key] = replace(
                    found[row.key], movie_id=None, how="", reason=why, alone=None
                )
    return found


def _identity(row: Row) -> tuple[object, ...]:
    return (row.source_id,) if row.source_id else (title_key(row.title), row.year)


def plan(
    brought: Sequence[Brought], matches: Matches, club: ClubNow, choices: Choices, *, now: int
) -> Plan:
    """Compare what was brought with what the club has.

    Args:
        matches: from `match`.
        now: in seconds; nothing was rated after it.
    """
    entries: list[Entry] = []
    wrong: list[LeftOut] = []
    for source in brought:
        top = choices.tops.get(source.file, source.scale.top)
        wrong += (in_stars(row, top) for row in source.left_out)
        for row in source.ratings:
            member = choices.members.get((source.file, row.person))
            stars = stars_of(row.rating or 0, top)
            if stars is None:
                wrong.append(left_out(row, f"{row.rating:g} is above {top}"))
            elif member is None:
                wrong.append(left_out(row, "nobody was chosen for it", stars))
            else:
                found = matches[row.key]
                entries.append(_entry(row, found, member, stars, choices=choices, now=now))
    last, have = _last_of_each(entries), club.stars()
    settled = tuple(_settled(entry, last, have, choices) for entry in entries)
    rated: set[tuple[int | str, int]] = {*have}
    rated |= {(entry.member, entry.movie) for entry in settled if entry.movie is not None}
    seen = [
        pair
        for pair in _sure(((source, source.seen) for source in brought), matches, choices)
        if pair not in rated and pair not in club.seen
    ]
    known = rated | {*seen} | club.seen
    wished = dict.fromkeys(
        movie
        for who, movie in _sure(((source, source.wished) for source in brought), matches, choices)
        if (who, movie) not in known and movie not in club.shortlist
    )
    shortlist = tuple(movie for movie in wished if movie in choices.shortlist)
    return Plan(club.version, settled, tuple(seen), tuple(wished), shortlist, tuple(wrong))


def _entry(
    row: Row, found: Match, member: int | str, stars: float, *, choices: Choices, now: int
) -> Entry:
    at = None if row.at is None or row.at > now + DAY else min(row.at, now)
    entry = Entry(row, found, member, found.movie_id, stars, at, "new")
    if found.movie_id is not None:
        return entry
    if choices.by_title and found.alone is not None and row.key not in choices.movies:
        return replace(entry, movie=found.alone)
    if found.alternatives and row.key not in choices.movies:
        return replace(entry, state="uncertain")
    chosen = choices.movies.get(row.key)
    if chosen is not None:
        return replace(entry, movie=chosen)
    added = choices.add_missing and not found.is_ours
    return replace(entry, state="unmatched", taken=added, added=added)


def _what(entry: Entry) -> tuple[object, ...] | None:
    """Return what tells the rated thing from all others, None where nobody knows."""
    if entry.movie is not None:
        return entry.member, entry.movie
    return (entry.member, title_key(entry.row.title), entry.row.year) if entry.added else None


def _last_of_each(entries: Iterable[Entry]) -> dict[tuple[object, ...], tuple[str, int]]:
    """Return the key of the row that counts for each: the latest, and of one day the last."""
    last: dict[tuple[object, ...], Entry] = {}
    for entry in entries:
        what = _what(entry)
        if what is not None and (what not in last or (entry.at or 0) >= (last[what].at or 0)):
            last[what] = entry
    return {what: entry.row.key for what, entry in last.items()}


def _settled(
    entry: Entry,
    last: Mapping[tuple[object, ...], tuple[str, int]],
    have: Mapping[tuple[int, int], tuple[float, int]],
    choices: Choices,
) -> Entry:
    what = _what(entry)
    if what is None:
        return entry
    if last[what] != entry.row.key:
        return replace(entry, state="again", taken=False, added=False)
    if entry.movie is None:
        return entry
    if not isinstance(entry.member, int) or (entry.member, entry.movie) not in have:
        return replace(entry, taken=True)
    ours, ours_at = have[entry.member, entry.movie]
    if ours == entry.stars:
        return replace(entry, state="same", ours=ours, ours_at=ours_at)
    newer = entry.at is not None and entry.at > ours_at
    taken = newer if choices.take == "newer" else choices.take == "theirs"
    taken = choices.theirs.get((entry.member, entry.movie), taken)
    return replace(entry, state="changed", ours=ours, ours_at=ours_at, taken=taken)


def _sure(
    lists: Iterable[tuple[Brought, tuple[Row, ...]]], matches: Matches, choices: Choices
) -> list[tuple[int | str, int]]:
    """Return (member, movie_id) of the rows that mean a movie for certain, each once."""
    found: dict[tuple[int | str, int], None] = {}
    for source, rows in lists:
        for row in rows:
            member, movie = (
                choices.members.get((source.file, row.person)),
                matches[row.key].movie_id,
            )
            if member is not None and movie is not None:
                found[member, movie] = None
    return list(found)


def require_room(found: Plan) -> None:
    """Raise InvalidInput if the plan adds more movies than the club takes at once."""
    added = sum(entry.added for entry in found.entries)
    if added > MOST_ADDED:
        raise InvalidInput(
            f"{added:,} movies are more than the {MOST_ADDED:,} that can be added at once."
        )
