"""The tables of the club's database, as the newest migration leaves them.

Times are whole seconds since 1970 in UTC, so that SQLite and PostgreSQL keep them alike. Stars are
kept as half stars, 1..10, so that no rounding can ever change a rating.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

REVISION = "0002"  # of the newest migration; a database that says so needs none
REVISION_TABLE = "club_revision"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# One row. Every write locks it first, which puts all writers in a queue on either database.
club = Table(
    "club",
    metadata,
    Column("club_id", Integer, CheckConstraint("club_id = 1", name="one_row"), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("is_demo", Boolean(create_constraint=False), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("last_movie_id", Integer, nullable=False),  # counts down; ids are never used again
)

members = Table(
    "members",
    metadata,
    Column("member_id", Integer, primary_key=True),
    Column("name", String(60), nullable=False),
    Column("name_key", Text, nullable=False),  # casefolded: what must differ
    Column("world_user_id", Integer),
    Column("joined_at", BigInteger, nullable=False),
    Column("left_at", BigInteger),
    sqlite_autoincrement=True,
)
Index(
    "uq_members_name_key_present",
    members.c.name_key,
    unique=True,
    sqlite_where=text("left_at IS NULL"),
    postgresql_where=text("left_at IS NULL"),
)

# What counts now. Always equal to a replay of rating_events.
ratings = Table(
    "ratings",
    metadata,
    Column("member_id", Integer, ForeignKey("members.member_id"), primary_key=True),
    Column("movie_id", Integer, primary_key=True, autoincrement=False),
    Column(
        "half_stars",
        Integer,
        CheckConstraint("half_stars BETWEEN 1 AND 10", name="half_stars"),
        nullable=False,
    ),
    Column("rated_at", BigInteger, nullable=False),
)

# What ever happened, only added to. An event holds the rating before and after it, so taking it
# back is the same event with the two exchanged. `step` groups what was done at once and is the
# version that the write made; `undoes` names the step that this one takes back.
rating_events = Table(
    "rating_events",
    metadata,
    Column("event_id", Integer, primary_key=True),
    Column("step", BigInteger, nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    Column("undoes", BigInteger, index=True),
    Column("at", BigInteger, nullable=False),
    Column("member_id", Integer, ForeignKey("members.member_id"), nullable=False),
    Column("movie_id", Integer, nullable=False),
    Column("half_before", Integer),
    Column("rated_before", BigInteger),
    Column("half_after", Integer),
    Column("rated_after", BigInteger),
    Column("changed_by", String(60)),
    Index("ix_rating_events_member_movie", "member_id", "movie_id"),
    sqlite_autoincrement=True,
)

shortlist = Table(
    "shortlist",
    metadata,
    Column("movie_id", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)

# Movies that the club added; their ids are negative. What comes last is NULL where nobody knows.
movies = Table(
    "movies",
    metadata,
    Column("movie_id", Integer, primary_key=True, autoincrement=False),
    Column("title", String(200), nullable=False),
    Column("year", Integer),
    Column("genres", JSON, nullable=False),
    Column("keywords", JSON, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("runtime", Integer),  # minutes
    Column("overview", Text),
    Column("tmdb_id", Integer),
    Column("aliases", JSON(none_as_null=True)),
)

# What was fetched about movies of the world, whose catalogue is not ours to change. The title is
# the catalogue's at that time: in another world the same id may be another movie.
movie_details = Table(
    "movie_details",
    metadata,
    Column("movie_id", Integer, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("tmdb_id", Integer, nullable=False),
    Column("runtime", Integer),
    Column("overview", Text, nullable=False),
    Column("keywords", JSON, nullable=False),
    Column("fetched_at", BigInteger, nullable=False),
)
