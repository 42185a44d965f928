"""The tables of the club's database, as the newest migration leaves them.

Times are whole seconds since 1970 in UTC, so that SQLite and PostgreSQL keep them alike. Stars are
kept as half stars, 1..10, so that no rounding can ever change a rating.
"""

from __future__ import annotations

import secrets

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
    true,
)

REVISION = "0008"  # of the newest migration; a database that says so needs none
OLDEST = "0004"  # of release 0.1.0; revisions are numbered in order
REVISION_TABLE = "club_revision"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _of_a_night() -> Column[int]:
    night = ForeignKey("nights.night_id", ondelete="CASCADE")
    return Column("night_id", Integer, night, primary_key=True)


def _of_a_person() -> Column[int]:
    return Column("member_id", Integer, ForeignKey("members.member_id"), primary_key=True)


def _of_a_movie() -> Column[int]:
    return Column("movie_id", Integer, primary_key=True, autoincrement=False)


def _half_stars() -> Column[int]:
    check = CheckConstraint("half_stars BETWEEN 1 AND 10", name="half_stars")
    return Column("half_stars", Integer, check, nullable=False)


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
    # Whether a member may enter what is another's: stars, votes, what they have seen.
    Column("for_others", Boolean(create_constraint=False), nullable=False, server_default=true()),
    # Random: made with the database, and anew by a restore.
    Column("identity", String(32), nullable=False, server_default=text("''")),
    Column("calendar_key", String(32)),  # in the address of the nights' calendar; NULL: none
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
    _of_a_person(),
    _of_a_movie(),
    _half_stars(),
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

# Who did what, one row for every write of the club; only added to. The rows that it names may be
# gone by now. What it says of ratings is in `rating_events`, where step is the version.
changes = Table(
    "changes",
    metadata,
    Column("change_id", Integer, primary_key=True),
    Column("version", BigInteger, nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("who", String(60)),  # NULL where nobody said
    Column("act", String(60), nullable=False),
    Column("member_id", Integer),
    Column("movie_id", Integer),
    Column("night_id", Integer),
    # Random: tells the states apart that different writes of the same version made.
    Column("state", String(32)),
    sqlite_autoincrement=True,
)

shortlist = Table(
    "shortlist",
    metadata,
    _of_a_movie(),
    Column("position", Integer, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)

# Movies that the club added; their ids are negative. What comes last is NULL where nobody knows.
movies = Table(
    "movies",
    metadata,
    _of_a_movie(),
    Column("title", String(200), nullable=False),
    Column("year", Integer),
    Column("genres", JSON, nullable=False),
    Column("keywords", JSON, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("runtime", Integer),  # minutes
    Column("overview", Text),
    Column("tmdb_id", Integer),
    Column("aliases", JSON(none_as_null=True)),
    Column("imdb_id", String(12)),
    Column("directors", JSON(none_as_null=True)),
    Column("cast", JSON(none_as_null=True)),
)

# What was fetched about movies of the world, whose catalogue is not ours to change. The title is
# the catalogue's at that time: in another world the same id may be another movie. Keywords are of
# earlier releases and not used any more.
movie_details = Table(
    "movie_details",
    metadata,
    _of_a_movie(),
    Column("title", Text, nullable=False),
    Column("tmdb_id", Integer, nullable=False),
    Column("runtime", Integer),
    Column("overview", Text, nullable=False),
    Column("keywords", JSON, nullable=False),
    Column("fetched_at", BigInteger, nullable=False),
)

# People who come along: members who are not of the club. Their keywords speak for them until their
# stars do.
guests = Table(
    "guests",
    metadata,
    Column(
        "member_id",
        Integer,
        ForeignKey("members.member_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("likes", JSON, nullable=False),
    Column("dislikes", JSON, nullable=False),
)

# Movies that somebody has seen without giving stars.
seen = Table(
    "seen",
    metadata,
    _of_a_person(),
    _of_a_movie(),
    Column("at", BigInteger, nullable=False),
)

# What each wants to watch; a row stays when its movie is seen, and counts no more.
watchlists = Table(
    "watchlists",
    metadata,
    _of_a_person(),
    _of_a_movie(),
    Column("added_at", BigInteger, nullable=False),
)

# What was decided, when and on which model's word cannot change any more: a trigger sees to it.
nights = Table(
    "nights",
    metadata,
    Column("night_id", Integer, primary_key=True),
    Column("on_date", Date, nullable=False),
    Column("starts_at", Integer),  # minutes after midnight
    Column("place", String(200), nullable=False),
    Column("picker_id", Integer, ForeignKey("members.member_id")),
    Column("movie_id", Integer),
    Column("notes", Text, nullable=False),
    Column("rewatch", Boolean(create_constraint=False), nullable=False),
    Column("longest", Integer),  # minutes
    Column("voting", String(10)),  # "approve" or "rank"
    Column("drawn_movie_id", Integer),
    Column("draws", Integer, nullable=False),
    Column("decided_at", BigInteger),
    Column("decided_by", String(30)),
    Column("model", String(120)),
    Column("club_version", BigInteger),  # that the decision made
    Column("opened_at", BigInteger),
    Column("called_off_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("thresholds", JSON(none_as_null=True)),  # of the predictions; NULL before release 0.2
    Column("votes_revealed_at", BigInteger),  # NULL while the ballots are hidden
    Column("decided_movie_id", Integer),  # movie_id is what was watched
    sqlite_autoincrement=True,
)


attendance = Table("attendance", metadata, _of_a_night(), _of_a_person())

vetoes = Table(
    "vetoes",
    metadata,
    _of_a_night(),
    _of_a_person(),
    _of_a_movie(),
)

ballots = Table(
    "ballots",
    metadata,
    _of_a_night(),
    _of_a_person(),
    Column("choices", JSON, nullable=False),  # movie ids, best first
    Column("cast_at", BigInteger, nullable=False),
)

# What was predicted when a night was decided, in stars. Triggers refuse to change or add anything
# then, and to delete anything while the night is there.
predictions = Table(
    "predictions",
    metadata,
    _of_a_night(),
    _of_a_person(),
    _of_a_movie(),
    Column("mean", Float, nullable=False),
    Column("sd", Float, nullable=False),
    Column("low", Float, nullable=False),  # of the 80% interval
    Column("high", Float, nullable=False),
    Column("like_chance", Float, nullable=False),  # of 4 stars or more
    Column("own_mean", Float, nullable=False),  # of the person's ratings, else the world's
    Column("crowd", Float, nullable=False),  # what everybody should give
    Column("known", Boolean(create_constraint=False), nullable=False),  # rated already then
    Column("shared_sd", Float),  # the part of sd that all have in common; NULL before release 0.2
)

# What people gave a night's movie; hidden until the night is revealed (opened_at).
night_ratings = Table(
    "night_ratings",
    metadata,
    _of_a_night(),
    _of_a_person(),
    _half_stars(),
    Column("rated_at", BigInteger, nullable=False),
    Column("entered_by", String(60)),  # NULL: unknown
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
