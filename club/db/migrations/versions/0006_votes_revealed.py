"""When a night's votes were revealed, and which movie was decided if another one was watched."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns; votes that were open because all had voted stay so."""
    op.add_column("nights", sa.Column("votes_revealed_at", sa.BigInteger))
    op.add_column("nights", sa.Column("decided_movie_id", sa.Integer))
    op.execute("UPDATE nights SET decided_movie_id = movie_id WHERE decided_at IS NOT NULL")
    op.execute(
        "UPDATE nights SET votes_revealed_at ="
        " (SELECT max(cast_at) FROM ballots WHERE ballots.night_id = nights.night_id)"
        " WHERE decided_at IS NULL AND EXISTS"
        " (SELECT 1 FROM attendance WHERE attendance.night_id = nights.night_id)"
        " AND NOT EXISTS (SELECT 1 FROM attendance WHERE attendance.night_id = nights.night_id"
        " AND NOT EXISTS (SELECT 1 FROM ballots WHERE ballots.night_id = nights.night_id"
        " AND ballots.member_id = attendance.member_id))"
    )
