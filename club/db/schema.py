"""The tables of the club's database, as the newest migration leaves them.

Times are whole seconds since 1970 in UTC, so that SQLite and PostgreSQL keep them alike. Stars are
kept as half stars, 1..10, so that no rounding can ever change a rating.
"""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa

REVISION = "0008"  # of the newest migration; a database that says so needs none
OLDEST = "0004"  # of release 0.1.0; revisions are numbered in order
REVISION_TABLE = "club_revision"

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _of_a_night() -> sa.Column[int]:
    night = sa.ForeignKey("nights.night_id", ondelete="CASCADE")
    return sa.Column("night_id", sa.Integer, night, primary_key=True)


def _of_a_person(ondelete: str | None = None) -> sa.Column[int]:
    person = sa.ForeignKey("members.member_id", ondelete=ondelete)
    return sa.Column("member_id", sa.Integer, person, primary_key=True)


def _of_a_movie() -> sa.Column[int]:
    return sa.Column("movie_id", sa.Integer, primary_key=True, autoincrement=False)


def _half_stars() -> sa.Column[int]:
    check = sa.CheckConstraint("half_stars BETWEEN 1 AND 10", name="half_stars")
    return sa.Column("half_stars", sa.Integer, check, nullable=False)


def _flag(name: str, **options: Any) -> sa.Column[bool]:
    kind = sa.Boolean(create_constraint=False)
    return sa.Column(name, kind, nullable=False, **options)


def _seconds(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


# One row. Every write locks it first, which puts all writers in a queue on either database.
club = sa.Table(
    "club",
    metadata,
    sa.Column(
        "club_id", sa.Integer, sa.CheckConstraint("club_id = 1", name="one_row"), primary_key=True
    ),
    sa.Column("name", sa.String(60), nullable=False),
    _flag("is_demo"),
    _seconds("created_at"),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("last_movie_id", sa.Integer, nullable=False),  # counts down; ids are never used again
    # Whether a member may enter what is another's: stars, votes, what they have seen.
    _flag("for_others", server_default=sa.true()),
    # Random: made with the database, and anew by a restore.
    sa.Column("identity", sa.String(32), nullable=False, server_default=sa.text("''")),
    sa.Column("calendar_key", sa.String(32)),  # in the address of the nights' calendar; NULL: none
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("member_id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("name_key", sa.Text, nullable=False),  # casefolded: what must differ
    sa.Column("world_user_id", sa.Integer),
    _seconds("joined_at"),
    sa.Column("left_at", sa.BigInteger),
    sqlite_autoincrement=True,
)
sa.Index(
    "uq_members_name_key_present",
    members.c.name_key,
    unique=True,
    sqlite_where=sa.text("left_at IS NULL"),
    postgresql_where=sa.text("left_at IS NULL"),
)

# What counts now. Always equal to a replay of rating_events.
ratings = sa.Table(
    "ratings",
    metadata,
    _of_a_person(),
    _of_a_movie(),
    _half_stars(),
    _seconds("rated_at"),
)

# What ever happened, only added to. An event holds the rating before and after it, so taking it
# back is the same event with the two exchanged. `step` groups what was done at once and is the
# version that the write made; `undoes` names the step that this one takes back.
rating_events = sa.Table(
    "rating_events",
    metadata,
    sa.Column("event_id", sa.Integer, primary_key=True),
    sa.Column("step", sa.BigInteger, nullable=False, index=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("undoes", sa.BigInteger, index=True),
    _seconds("at"),
    sa.Column("member_id", sa.Integer, sa.ForeignKey("members.member_id"), nullable=False),
    sa.Column("movie_id", sa.Integer, nullable=False),
    sa.Column("half_before", sa.Integer),
    sa.Column("rated_before", sa.BigInteger),
    sa.Column("half_after", sa.Integer),
    sa.Column("rated_after", sa.BigInteger),
    sa.Column("changed_by", sa.String(60)),
    sa.Index("ix_rating_events_member_movie", "member_id", "movie_id"),
    sqlite_autoincrement=True,
)

# Who did what, one row for every write of the club; only added to. The rows that it names may be
# gone by now. What it says of ratings is in `rating_events`, where step is the version.
changes = sa.Table(
    "changes",
    metadata,
    sa.Column("change_id", sa.Integer, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False, index=True),
    _seconds("at"),
    sa.Column("who", sa.String(60)),  # NULL where nobody said
    sa.Column("act", sa.String(60), nullable=False),
    sa.Column("member_id", sa.Integer),
    sa.Column("movie_id", sa.Integer),
    sa.Column("night_id", sa.Integer),
    # Random: tells the states apart that different writes of the same version made.
    sa.Column("state", sa.String(32)),
    sqlite_autoincrement=True,
)

shortlist = sa.Table(
    "shortlist",
    metadata,
    _of_a_movie(),
    sa.Column("position", sa.Integer, nullable=False),
    _seconds("added_at"),
)

# Movies that the club added; their ids are negative. What comes last is NULL where nobody knows.
movies = sa.Table(
    "movies",
    metadata,
    _of_a_movie(),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("year", sa.Integer),
    sa.Column("genres", sa.JSON, nullable=False),
    sa.Column("keywords", sa.JSON, nullable=False),
    _seconds("added_at"),
    sa.Column("runtime", sa.Integer),  # minutes
    sa.Column("overview", sa.Text),
    sa.Column("tmdb_id", sa.Integer),
    sa.Column("aliases", sa.JSON(none_as_null=True)),
    sa.Column("imdb_id", sa.String(12)),
    sa.Column("directors", sa.JSON(none_as_null=True)),
    sa.Column("cast", sa.JSON(none_as_null=True)),
)

# What was fetched about movies of the world, whose catalogue is not ours to change. The title is
# the catalogue's at that time: in another world the same id may be another movie. Keywords are of
# earlier releases and not used any more.
movie_details = sa.Table(
    "movie_details",
    metadata,
    _of_a_movie(),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("tmdb_id", sa.Integer, nullable=False),
    sa.Column("runtime", sa.Integer),
    sa.Column("overview", sa.Text, nullable=False),
    sa.Column("keywords", sa.JSON, nullable=False),
    _seconds("fetched_at"),
)

# People who come along: members who are not of the club. Their keywords speak for them until their
# stars do.
guests = sa.Table(
    "guests",
    metadata,
    _of_a_person(ondelete="CASCADE"),
    sa.Column("likes", sa.JSON, nullable=False),
    sa.Column("dislikes", sa.JSON, nullable=False),
)

# Movies that somebody has seen without giving stars.
seen = sa.Table("seen", metadata, _of_a_person(), _of_a_movie(), _seconds("at"))

# What each wants to watch; a row stays when its movie is seen, and counts no more.
watchlists = sa.Table("watchlists", metadata, _of_a_person(), _of_a_movie(), _seconds("added_at"))

# What was decided, when and on which model's word cannot change any more: a trigger sees to it.
nights = sa.Table(
    "nights",
    metadata,
    sa.Column("night_id", sa.Integer, primary_key=True),
    sa.Column("on_date", sa.Date, nullable=False),
    sa.Column("starts_at", sa.Integer),  # minutes after midnight
    sa.Column("place", sa.String(200), nullable=False),
    sa.Column("picker_id", sa.Integer, sa.ForeignKey("members.member_id")),
    sa.Column("movie_id", sa.Integer),
    sa.Column("notes", sa.Text, nullable=False),
    _flag("rewatch"),
    sa.Column("longest", sa.Integer),  # minutes
    sa.Column("voting", sa.String(10)),  # "approve" or "rank"
    sa.Column("drawn_movie_id", sa.Integer),
    sa.Column("draws", sa.Integer, nullable=False),
    sa.Column("decided_at", sa.BigInteger),
    sa.Column("decided_by", sa.String(30)),
    sa.Column("model", sa.String(120)),
    sa.Column("club_version", sa.BigInteger),  # that the decision made
    sa.Column("opened_at", sa.BigInteger),
    sa.Column("called_off_at", sa.BigInteger),
    _seconds("created_at"),
    sa.Column(
        "thresholds", sa.JSON(none_as_null=True)
    ),  # of the predictions; NULL before release 0.2
    sa.Column("votes_revealed_at", sa.BigInteger),  # NULL while the ballots are hidden
    sa.Column("decided_movie_id", sa.Integer),  # movie_id is what was watched
    sqlite_autoincrement=True,
)


attendance = sa.Table("attendance", metadata, _of_a_night(), _of_a_person())

vetoes = sa.Table("vetoes", metadata, _of_a_night(), _of_a_person(), _of_a_movie())

ballots = sa.Table(
    "ballots",
    metadata,
    _of_a_night(),
    _of_a_person(),
    sa.Column("choices", sa.JSON, nullable=False),  # movie ids, best first
    _seconds("cast_at"),
)

# What was predicted when a night was decided, in stars. Triggers refuse to change or add anything
# then, and to delete anything while the night is there.
predictions = sa.Table(
    "predictions",
    metadata,
    _of_a_night(),
    _of_a_person(),
    _of_a_movie(),
    sa.Column("mean", sa.Float, nullable=False),
    sa.Column("sd", sa.Float, nullable=False),
    sa.Column("low", sa.Float, nullable=False),  # of the 80% interval
    sa.Column("high", sa.Float, nullable=False),
    sa.Column("like_chance", sa.Float, nullable=False),  # of 4 stars or more
    sa.Column("own_mean", sa.Float, nullable=False),  # of the person's ratings, else the world's
    sa.Column("crowd", sa.Float, nullable=False),  # what everybody should give
    _flag("known"),  # rated already then
    sa.Column(
        "shared_sd", sa.Float
    ),  # the part of sd that all have in common; NULL before release 0.2
)

# What people gave a night's movie; hidden until the night is revealed (opened_at).
night_ratings = sa.Table(
    "night_ratings",
    metadata,
    _of_a_night(),
    _of_a_person(),
    _half_stars(),
    _seconds("rated_at"),
    sa.Column("entered_by", sa.String(60)),  # NULL: unknown
)

# Triggers that keep prediction snapshots as they are: (name, event, condition, sentence). The
# conditions mean the same to SQLite and PostgreSQL. They belong to no revision: every migration
# makes them anew.
TRIGGERS = [
    (
        "predictions_stay_as_they_are",
        "UPDATE ON predictions",
        "1 = 1",
        "A stored prediction cannot be changed.",
    ),
    (
        "predictions_come_before_the_decision",
        "INSERT ON predictions",
        "(SELECT decided_at FROM nights WHERE night_id = NEW.night_id) IS NOT NULL",
        "No prediction can be added to a night that is decided.",
    ),
    (
        "predictions_go_with_their_night",
        "DELETE ON predictions",
        "EXISTS (SELECT 1 FROM nights WHERE night_id = OLD.night_id)",
        "A stored prediction cannot be deleted.",
    ),
    (
        "decisions_stay_as_they_are",
        "UPDATE ON nights",
        "OLD.decided_at IS NOT NULL AND ("
        "coalesce(NEW.decided_at, 0) <> OLD.decided_at"
        " OR coalesce(NEW.decided_movie_id, 0) <> coalesce(OLD.decided_movie_id, 0)"
        " OR coalesce(NEW.decided_by, '') <> coalesce(OLD.decided_by, '')"
        " OR coalesce(NEW.model, '') <> coalesce(OLD.model, '')"
        " OR coalesce(NEW.club_version, 0) <> coalesce(OLD.club_version, 0)"
        " OR coalesce(CAST(NEW.thresholds AS text), '')"
        " <> coalesce(CAST(OLD.thresholds AS text), ''))",
        "When, how and with which model a night was decided cannot be changed.",
    ),
]


def new_identity() -> str:
    """Return an identity for a database that is made or restored."""
    return secrets.token_hex(16)
