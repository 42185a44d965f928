"""Movie nights: who comes, what they choose, what was predicted and what they gave; guests."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the tables, empty."""
    op.create_table(
        "guests",
        sa.Column(
            "member_id",
            sa.Integer,
            sa.ForeignKey("members.member_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("likes", sa.JSON, nullable=False),
        sa.Column("dislikes", sa.JSON, nullable=False),
    )
    op.create_table(
        "seen",
        sa.Column("member_id", sa.Integer, sa.ForeignKey("members.member_id"), primary_key=True),
        sa.Column("movie_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "nights",
        sa.Column("night_id", sa.Integer, primary_key=True),
        sa.Column("on_date", sa.Date, nullable=False),
        sa.Column("starts_at", sa.Integer),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("picker_id", sa.Integer, sa.ForeignKey("members.member_id")),
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
        sqlite_autoincrement=True,
    )
    _of_people_at_a_night("attendance")
    _of_people_at_a_night("vetoes", _movie())
    _of_people_at_a_night(
        "ballots",
        sa.Column("choices", sa.JSON, nullable=False),
        sa.Column("cast_at", sa.BigInteger, nullable=False),
    )
    stars = ("mean", "sd", "low", "high", "like_chance", "own_mean", "crowd")
    _of_people_at_a_night(
        "predictions",
        _movie(),
        *(sa.Column(name, sa.Float, nullable=False) for name in stars),
        sa.Column("known", sa.Boolean, nullable=False),
    )
    _of_people_at_a_night(
        "night_ratings",
        sa.Column("half_stars", sa.Integer, nullable=False),
        sa.Column("rated_at", sa.BigInteger, nullable=False),
        sa.CheckConstraint("half_stars BETWEEN 1 AND 10", name="half_stars"),
    )


def _movie() -> sa.Column:
    return sa.Column("movie_id", sa.Integer, primary_key=True, autoincrement=False)


def _of_people_at_a_night(name: str, *parts: sa.Column | sa.CheckConstraint) -> None:
    night = sa.ForeignKey("nights.night_id", ondelete="CASCADE")
    op.create_table(
        name,
        sa.Column("night_id", sa.Integer, night, primary_key=True),
        sa.Column("member_id", sa.Integer, sa.ForeignKey("members.member_id"), primary_key=True),
        *parts,
    )
