"""The first schema: the club, its members, ratings with their history, shortlist and movies."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables and the club's one row."""
    club = op.create_table(
        "club",
        sa.Column(
            "club_id",
            sa.Integer,
            sa.CheckConstraint("club_id = 1", name="one_row"),
            primary_key=True,
        ),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("is_demo", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("last_movie_id", sa.Integer, nullable=False),
    )
    op.create_table(
        "members",
        sa.Column("member_id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("world_user_id", sa.Integer),
        sa.Column("joined_at", sa.BigInteger, nullable=False),
        sa.Column("left_at", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_members_name_key_present",
        "members",
        ["name_key"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "ratings",
        sa.Column("member_id", sa.Integer, sa.ForeignKey("members.member_id"), primary_key=True),
        sa.Column("movie_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("half_stars", sa.Integer, nullable=False),
        sa.Column("rated_at", sa.BigInteger, nullable=False),
        sa.CheckConstraint("half_stars BETWEEN 1 AND 10", name="half_stars"),
    )
    op.create_table(
        "rating_events",
        sa.Column("event_id", sa.Integer, primary_key=True),
        sa.Column("step", sa.BigInteger, nullable=False, index=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("undoes", sa.BigInteger, index=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.Integer, sa.ForeignKey("members.member_id"), nullable=False),
        sa.Column("movie_id", sa.Integer, nullable=False),
        sa.Column("half_before", sa.Integer),
        sa.Column("rated_before", sa.BigInteger),
        sa.Column("half_after", sa.Integer),
        sa.Column("rated_after", sa.BigInteger),
        sa.Column("changed_by", sa.String(60)),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rating_events_member_movie", "rating_events", ["member_id", "movie_id"])
    op.create_table(
        "shortlist",
        sa.Column("movie_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "movies",
        sa.Column("movie_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("year", sa.Integer),
        sa.Column("genres", sa.JSON, nullable=False),
        sa.Column("keywords", sa.JSON, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
    )
    row = {"club_id": 1, "name": "Our movie club", "is_demo": False, "version": 0}
    op.bulk_insert(club, [{**row, "created_at": int(time.time()), "last_movie_id": 0}])
