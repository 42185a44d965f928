"""Movie nights: who comes, what they choose, what was predicted and what they gave; guests."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# (name, what happens before which the database looks, when it refuses, what it says). The
# conditions mean the same to SQLite and to PostgreSQL.
_TRIGGERS = [
    (
        "predictions_stay_as_they_are",
        "UPDATE ON predictions",
        "1 = 1",
        "A frozen prediction cannot be changed.",
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
        "A frozen prediction cannot be deleted.",
    ),
    (
        "decisions_stay_as_they_are",
        "UPDATE ON nights",
        "OLD.decided_at IS NOT NULL AND ("
        "coalesce(NEW.decided_at, 0) <> OLD.decided_at"
        " OR coalesce(NEW.decided_by, '') <> coalesce(OLD.decided_by, '')"
        " OR coalesce(NEW.model, '') <> coalesce(OLD.model, '')"
        " OR coalesce(NEW.club_version, 0) <> coalesce(OLD.club_version, 0))",
        "When, how and with which model a night was decided cannot be changed.",
    ),
]


def upgrade() -> None:
    """Add the tables, empty, and the triggers that keep predictions frozen."""
    _people()
    _nights()
    _predictions_and_ratings()
    for name, event, condition, sentence in _TRIGGERS:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            )
        else:
            _function(name, condition, sentence)
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
    if op.get_bind().dialect.name == "postgresql":  # only there is a way around DELETE
        name = "predictions_are_not_truncated"
        _function(name, "1 = 1", "A frozen prediction cannot be deleted.")
        op.execute(
            f"CREATE TRIGGER {name} BEFORE TRUNCATE ON predictions EXECUTE FUNCTION {name}()"
        )


def _people() -> None:
    op.create_table(
        "guests",
        sa.Column("member_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("likes", sa.JSON, nullable=False),
        sa.Column("dislikes", sa.JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.member_id"], name="fk_guests_member_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name="pk_guests"),
    )
    op.create_table(
        "seen",
        sa.Column("member_id", sa.Integer, nullable=False),
        sa.Column("movie_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.member_id"], name="fk_seen_member_id"),
        sa.PrimaryKeyConstraint("member_id", "movie_id", name="pk_seen"),
    )


def _nights() -> None:
    op.create_table(
        "nights",
        sa.Column("night_id", sa.Integer, nullable=False),
        sa.Column("on_date", sa.Date, nullable=False),
        sa.Column("starts_at", sa.Integer),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("picker_id", sa.Integer),
        sa.Column("movie_id", sa.Integer),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("rewatch", sa.Boolean, nullable=False),
        sa.Column("longest", sa.Integer),
        sa.Column("voting", sa.String(10)),
        sa.Column("drawn_movie_id", sa.Integer),
        sa.Column("draws", sa.Integer, nullable=False),
        sa.Column("decided_at", sa.BigInteger),
        sa.Column("decided_by", sa.String(30)),
        sa.Column("model", sa.String(120)),
        sa.Column("club_version", sa.BigInteger),
        sa.Column("opened_at", sa.BigInteger),
        sa.Column("called_off_at", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["picker_id"], ["members.member_id"], name="fk_nights_picker_id"),
        sa.PrimaryKeyConstraint("night_id", name="pk_nights"),
        sqlite_autoincrement=True,
    )
    _of_people_at_a_night("attendance")
    _of_people_at_a_night(
        "vetoes", sa.Column("movie_id", sa.Integer, nullable=False, autoincrement=False)
    )
    _of_people_at_a_night(
        "ballots",
        sa.Column("choices", sa.JSON, nullable=False),
        sa.Column("cast_at", sa.BigInteger, nullable=False),
    )


def _predictions_and_ratings() -> None:
    stars = ("mean", "sd", "low", "high", "like_chance", "own_mean", "crowd")
    _of_people_at_a_night(
        "predictions",
        sa.Column("movie_id", sa.Integer, nullable=False, autoincrement=False),
        *(sa.Column(name, sa.Float, nullable=False) for name in stars),
        sa.Column("known", sa.Boolean, nullable=False),
    )
    _of_people_at_a_night(
        "night_ratings",
        sa.Column("half_stars", sa.Integer, nullable=False),
        sa.Column("rated_at", sa.BigInteger, nullable=False),
        sa.CheckConstraint("half_stars BETWEEN 1 AND 10", name="ck_night_ratings_half_stars"),
    )


def _of_people_at_a_night(name: str, *parts: sa.Column | sa.CheckConstraint) -> None:
    movie = ["movie_id"] if any(getattr(part, "name", "") == "movie_id" for part in parts) else []
    op.create_table(
        name,
        sa.Column("night_id", sa.Integer, nullable=False),
        sa.Column("member_id", sa.Integer, nullable=False),
        *parts,
        sa.ForeignKeyConstraint(
            ["night_id"], ["nights.night_id"], name=f"fk_{name}_night_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.member_id"], name=f"fk_{name}_member_id"),
        sa.PrimaryKeyConstraint("night_id", "member_id", *movie, name=f"pk_{name}"),
    )


def _function(name: str, condition: str, sentence: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{sentence}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN coalesce(NEW, OLD); END $$"
    )
