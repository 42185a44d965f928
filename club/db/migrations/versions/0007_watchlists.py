"""What each member wants to watch; IMDb number, directors and cast of the club's own movies."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table and the columns."""
    op.create_table(
        "watchlists",
        sa.Column("member_id", sa.Integer, nullable=False),
        sa.Column("movie_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.member_id"], name="fk_watchlists_member_id"
        ),
        sa.PrimaryKeyConstraint("member_id", "movie_id", name="pk_watchlists"),
    )
    op.add_column("movies", sa.Column("imdb_id", sa.String(12)))
    op.add_column("movies", sa.Column("directors", sa.JSON))
    op.add_column("movies", sa.Column("cast", sa.JSON))
