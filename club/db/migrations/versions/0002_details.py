"""What the club knows of movies: more of its own ones, and details fetched for the catalogue's."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns, empty for movies that are there, and the table."""
    op.add_column("movies", sa.Column("runtime", sa.Integer))
    op.add_column("movies", sa.Column("overview", sa.Text))
    op.add_column("movies", sa.Column("tmdb_id", sa.Integer))
    op.add_column("movies", sa.Column("aliases", sa.JSON))
    op.create_table(
        "movie_details",
        sa.Column("movie_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("tmdb_id", sa.Integer, nullable=False),
        sa.Column("runtime", sa.Integer),
        sa.Column("overview", sa.Text, nullable=False),
        sa.Column("keywords", sa.JSON, nullable=False),
        sa.Column("fetched_at", sa.BigInteger, nullable=False),
    )
