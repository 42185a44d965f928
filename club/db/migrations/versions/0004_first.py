"""The schema of release 0.1.0, the first one."""

import time
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = None


def upgrade() -> None:
    """Create the tables and the club's one row."""
    club = op.create_table(
        "club",
        _id("club_id", sa.CheckConstraint("club_id = 1", name="one_row")),
        _column("name", sa.String(60)),
        _column("is_demo", sa.Boolean),
        *_columns(sa.BigInteger, "created_at", "version"),
        _column("last_movie_id", sa.Integer),
        _column("for_others", sa.Boolean, server_default=sa.true()),
    )
    _counted_table(
        "members",
        _id("member_id"),
        _column("name", sa.String(60)),
        _column("name_key", sa.Text),
        sa.Column("world_user_id", sa.Integer),
        _column("joined_at", sa.BigInteger),
        sa.Column("left_at", sa.BigInteger),
    )
    op.create_index(
        "uq_members_name_key_present",
        "members",
        ["name_key"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table("ratings", _member(), _movie(), *_stars())
    _counted_table(
        "rating_events",
        _id("event_id"),
        _column("step", sa.BigInteger, index=True),
        _column("kind", sa.String(10)),
        sa.Column("undoes", sa.BigInteger, index=True),
        _column("at", sa.BigInteger),
        _column("member_id", sa.Integer, sa.ForeignKey("members.member_id")),
        _column("movie_id", sa.Integer),
        sa.Column("half_before", sa.Integer),
        sa.Column("rated_before", sa.BigInteger),
        sa.Column("half_after", sa.Integer),
        sa.Column("rated_after", sa.BigInteger),
        sa.Column("changed_by", sa.String(60)),
    )
    op.create_index("ix_rating_events_member_movie", "rating_events", ["member_id", "movie_id"])
    _counted_table(
        "changes",
        _id("change_id"),
        _column("version", sa.BigInteger, index=True),
        _column("at", sa.BigInteger),
        sa.Column("who", sa.String(60)),
        _column("act", sa.String(60)),
        *(sa.Column(name, sa.Integer) for name in ("member_id", "movie_id", "night_id")),
    )
    op.create_table(
        "shortlist",
        _movie(),
        _column("position", sa.Integer),
        _column("added_at", sa.BigInteger),
    )
    op.create_table(
        "movies",
        _movie(),
        _column("title", sa.String(200)),
        sa.Column("year", sa.Integer),
        *_columns(sa.JSON, "genres", "keywords"),
        _column("added_at", sa.BigInteger),
        sa.Column("runtime", sa.Integer),
        sa.Column("overview", sa.Text),
        sa.Column("tmdb_id", sa.Integer),
        sa.Column("aliases", sa.JSON),
    )
    op.create_table(
        "movie_details",
        _movie(),
        _column("title", sa.Text),
        _column("tmdb_id", sa.Integer),
        sa.Column("runtime", sa.Integer),
        _column("overview", sa.Text),
        _column("keywords", sa.JSON),
        _column("fetched_at", sa.BigInteger),
    )
    guest = sa.ForeignKey("members.member_id", ondelete="CASCADE")
    op.create_table(
        "guests",
        sa.Column("member_id", sa.Integer, guest, primary_key=True, autoincrement=False),
        *_columns(sa.JSON, "likes", "dislikes"),
    )
    op.create_table("seen", _member(), _movie(), _column("at", sa.BigInteger))
    _counted_table(
        "nights",
        _id("night_id"),
        _column("on_date", sa.Date),
        sa.Column("starts_at", sa.Integer),
        _column("place", sa.String(200)),
        sa.Column("picker_id", sa.Integer, sa.ForeignKey("members.member_id")),
        sa.Column("movie_id", sa.Integer),
        _column("notes", sa.Text),
        _column("rewatch", sa.Boolean),
        sa.Column("longest", sa.Integer),
        sa.Column("voting", sa.String(10)),
        sa.Column("drawn_movie_id", sa.Integer),
        _column("draws", sa.Integer),
        sa.Column("decided_at", sa.BigInteger),
        sa.Column("decided_by", sa.String(30)),
        sa.Column("model", sa.String(120)),
        sa.Column("club_version", sa.BigInteger),
        sa.Column("opened_at", sa.BigInteger),
        sa.Column("called_off_at", sa.BigInteger),
        _column("created_at", sa.BigInteger),
    )
    op.create_table("attendance", _night(), _member())
    op.create_table("vetoes", _night(), _member(), _movie())
    ballot = _column("choices", sa.JSON), _column("cast_at", sa.BigInteger)
    op.create_table("ballots", _night(), _member(), *ballot)
    stars = ("mean", "sd", "low", "high", "like_chance", "own_mean", "crowd")
    predicted = (*_columns(sa.Float, *stars), _column("known", sa.Boolean))
    op.create_table("predictions", _night(), _member(), _movie(), *predicted)
    op.create_table("night_ratings", _night(), _member(), *_stars())
    row = {"club_id": 1, "name": "Our movie club", "is_demo": False, "version": 0}
    row |= {"created_at": int(time.time()), "last_movie_id": 0, "for_others": True}
    op.bulk_insert(club, [row])


def _counted_table(name: str, *columns: sa.Column) -> None:
    """Create a table that never gives an id twice."""
    op.create_table(name, *columns, sqlite_autoincrement=True)


def _column(
    name: str, kind: type | sa.String, *parts: sa.ForeignKey | sa.CheckConstraint, **options: Any
) -> sa.Column[Any]:
    return sa.Column(name, kind, *parts, nullable=False, **options)


def _columns(kind: type, *names: str) -> list[sa.Column]:
    return [_column(name, kind) for name in names]


def _id(name: str, *checks: sa.CheckConstraint) -> sa.Column:
    return sa.Column(name, sa.Integer, *checks, primary_key=True)


def _night() -> sa.Column:
    night = sa.ForeignKey("nights.night_id", ondelete="CASCADE")
    return sa.Column("night_id", sa.Integer, night, primary_key=True)


def _member() -> sa.Column:
    return sa.Column("member_id", sa.Integer, sa.ForeignKey("members.member_id"), primary_key=True)


def _movie() -> sa.Column:
    return sa.Column("movie_id", sa.Integer, primary_key=True, autoincrement=False)


def _stars() -> list[sa.Column]:
    check = sa.CheckConstraint("half_stars BETWEEN 1 AND 10", name="half_stars")
    return [
        sa.Column("half_stars", sa.Integer, check, nullable=False),
        *_columns(sa.BigInteger, "rated_at"),
    ]
