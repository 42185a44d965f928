"""What a club's database holds, as rows for `SHEETS`; what is sealed is not among it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

import pandas as pd
from sqlalchemy import Connection, RowMapping, Select, select

from club import ballots, evenings
from club.db import schema, transfer
from club.exports.sheets import FORMAT

Row = dict[str, Any]
_members, _guests, _nights = schema.members.c, schema.guests.c, schema.nights.c


@dataclass(frozen=True)
class Names:
    """Names of people and titles of movies beside their numbers.

    Args:
        people: member_id -> name, of everybody who ever was there.
        movies: movie_id -> title and year, of every movie there is.
    """

    people: dict[int, str]
    movies: dict[int, tuple[str, int | None]]

    @classmethod
    def of(cls, connection: Connection, movies: pd.DataFrame) -> Names:
        """Return the names as they are now; `movies` in the form of `Dataset.movies`."""
        query = select(_members.member_id, _members.name)
        people = {row.member_id: row.name for row in connection.execute(query)}
        years = [None if pd.isna(year) else int(year) for year in movies["year"]]
        known = zip(movies["title"].astype(str), years, strict=True)
        return cls(people, dict(zip(movies.index, known, strict=True)))

    def member(self, member_id: int) -> Row:
        """Return the columns that say who somebody is."""
        return {"member_id": member_id, "member": self.people[member_id]}

    def movie(self, movie_id: int) -> Row:
        """Return the columns that say which movie it is; no title if this world has none."""
        title, year = self.movies.get(movie_id, ("", None))
        return {"movie_id": movie_id, "title": title, "year": year}


def all_rows(connection: Connection, movies: pd.DataFrame) -> dict[str, list[Row]]:
    """Return the rows of every file, by its name.

    Args:
        connection: to which the database stays as it is, see `transfer.snapshot`.
        movies: where titles are looked up, in the form of `Dataset.movies`.
    """
    names = Names.of(connection, movies)
    return {
        "club.csv": _club(connection),
        "members.csv": _people(connection),
        "ratings.csv": _ratings(connection, names, guests=False),
        "guest_ratings.csv": _ratings(connection, names, guests=True),
        "seen.csv": [
            {
                **names.member(row["member_id"]),
                **names.movie(row["movie_id"]),
                "marked_at": _moment(row["at"]),
            }
            for row in _table(connection, schema.seen)
        ],
        "nights.csv": [_night(row, names) for row in _table(connection, schema.nights)],
        "attendance.csv": [
            {"night_id": row["night_id"], **names.member(row["member_id"])}
            for row in _table(connection, schema.attendance)
        ],
        "vetoes.csv": [
            {
                "night_id": row["night_id"],
                **names.member(row["member_id"]),
                **names.movie(row["movie_id"]),
            }
            for row in _table(connection, schema.vetoes)
        ],
        "votes.csv": list(_votes(connection, names)),
        "predictions.csv": [
            {
                "night_id": row["night_id"],
                **names.member(row["member_id"]),
                **names.movie(row["movie_id"]),
                **{name: row[name] for name in ("mean", "sd", "low", "high")},
                "like": row["like_chance"],
                **{name: row[name] for name in ("own_mean", "crowd", "known")},
            }
            for row in _table(connection, schema.predictions)
        ],
        "night_ratings.csv": _night_ratings(connection, names),
        "shortlist.csv": [
            {
                "position": row["position"],
                **names.movie(row["movie_id"]),
                "added_at": _moment(row["added_at"]),
            }
            for row in _rows(
                connection, select(schema.shortlist).order_by(schema.shortlist.c.position)
            )
        ],
        "movies.csv": [
            {
                **{name: row[name] for name in ("movie_id", "title", "year", "genres", "keywords")},
                **{name: row[name] for name in ("runtime", "tmdb_id")},
                "overview": row["overview"] or "",
                "aliases": row["aliases"],
                "added_at": _moment(row["added_at"]),
            }
            for row in _table(connection, schema.movies)
        ],
        "history.csv": [
            {
                **{name: row[name] for name in ("event_id", "step", "kind")},
                "at": _moment(row["at"]),
                **names.member(row["member_id"]),
                **names.movie(row["movie_id"]),
                "before": _stars(row["half_before"]),
                "before_rated_at": _moment(row["rated_before"]),
                "after": _stars(row["half_after"]),
                "after_rated_at": _moment(row["rated_after"]),
                **{name: row[name] for name in ("undoes", "changed_by")},
            }
            for row in _table(connection, schema.rating_events)
        ],
        "changes.csv": [
            {**row, "at": _moment(row["at"])} for row in _table(connection, schema.changes)
        ],
    }


def sealed(connection: Connection, rows: dict[str, list[Row]]) -> tuple[int, int]:
    """Return how many ballots and ratings of nights are not in `rows`, because they are sealed."""
    there = transfer.counts(connection)
    ballots_shown = {(row["night_id"], row["member_id"]) for row in rows["votes.csv"]}
    return (
        there["ballots"] - len(ballots_shown),
        there["night_ratings"] - len(rows["night_ratings.csv"]),
    )


def _rows(connection: Connection, query: Select[Any]) -> Iterable[RowMapping]:
    return connection.execute(query).mappings()


def _table(connection: Connection, table: Any) -> Iterable[RowMapping]:
    return _rows(connection, select(table).order_by(*table.primary_key))


def _club(connection: Connection) -> list[Row]:
    return [
        {
            "format": FORMAT,
            "name": row["name"],
            "is_demo": row["is_demo"],
            "created_at": _moment(row["created_at"]),
            "for_others": row["for_others"],
        }
        for row in _table(connection, schema.club)
    ]


def _people(connection: Connection) -> list[Row]:
    query = (
        select(schema.members, _guests.member_id.label("guest"), _guests.likes, _guests.dislikes)
        .outerjoin(schema.guests)
        .order_by(_members.member_id)
    )
    return [
        {
            "member_id": row["member_id"],
            "member": row["name"],
            "is_guest": row["guest"] is not None,
            **{name: row[name] for name in ("likes", "dislikes", "world_user_id")},
            "joined_at": _moment(row["joined_at"]),
            "left_at": _moment(row["left_at"]),
        }
        for row in _rows(connection, query)
    ]


def _ratings(connection: Connection, names: Names, *, guests: bool) -> list[Row]:
    table = schema.ratings
    query = select(table, _guests.member_id.label("guest")).outerjoin(
        schema.guests, _guests.member_id == table.c.member_id
    )
    return [
        {
            **names.member(row["member_id"]),
            **names.movie(row["movie_id"]),
            "stars": _stars(row["half_stars"]),
            "rated_at": _moment(row["rated_at"]),
        }
        for row in _rows(connection, query.order_by(*table.primary_key))
        if (row["guest"] is not None) == guests
    ]


def _night(row: RowMapping, names: Names) -> Row:
    minutes, movie, picker = row["starts_at"], row["movie_id"], row["picker_id"]
    return {
        "night_id": row["night_id"],
        "on": row["on_date"],
        "starts_at": None if minutes is None else time(*divmod(minutes, 60)),
        "picker_id": picker,
        "picker": None if picker is None else names.people[picker],
        "movie_id": movie,
        "title": None if movie is None else names.movie(movie)["title"] or None,
        **{name: row[name] for name in ("place", "notes", "rewatch", "longest", "voting")},
        **{name: row[name] for name in ("drawn_movie_id", "draws", "decided_by", "model")},
        "club_version": row["club_version"],
        **{name: _moment(row[name]) for name in ("decided_at", "opened_at", "called_off_at")},
        "created_at": _moment(row["created_at"]),
    }


def _votes(connection: Connection, names: Names) -> Iterator[Row]:
    when = {
        (row["night_id"], row["member_id"]): row["cast_at"]
        for row in _table(connection, schema.ballots)
    }
    for night in reversed(evenings.every(connection)):
        box = ballots.ballot_box(connection, night.night_id).ballots
        if box is None:  # what is sealed stays so
            continue
        for member_id, choices in box.items():
            for place, movie_id in enumerate(choices or [None], start=1):
                movie = names.movie(movie_id) if movie_id is not None else {"movie_id": None}
                yield {
                    "night_id": night.night_id,
                    **names.member(member_id),
                    "place": place,
                    "title": "",
                    "year": None,
                    **movie,
                    "cast_at": _moment(when[night.night_id, member_id]),
                }


def _night_ratings(connection: Connection, names: Names) -> list[Row]:
    table = schema.night_ratings
    query = select(table).join(schema.nights).where(_nights.opened_at.is_not(None))
    return [
        {
            "night_id": row["night_id"],
            **names.member(row["member_id"]),
            "stars": _stars(row["half_stars"]),
            "rated_at": _moment(row["rated_at"]),
        }
        for row in _rows(connection, query.order_by(*table.primary_key))
    ]


def _stars(halves: int | None) -> float | None:
    return None if halves is None else halves / 2


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
