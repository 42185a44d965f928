"""Identity of the database, whole prediction snapshots, and who entered a night's ratings."""

import sqlalchemy as sa
from alembic import op

from club.db.schema import new_identity

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns; nights that are decided keep the snapshot that they have."""
    op.add_column("club", sa.Column("identity", sa.String(32), nullable=False, server_default=""))
    op.execute(sa.text("UPDATE club SET identity = :new").bindparams(new=new_identity()))
    op.add_column("changes", sa.Column("state", sa.String(32)))
    op.add_column("nights", sa.Column("thresholds", sa.JSON))
    op.add_column("predictions", sa.Column("shared_sd", sa.Float))
    op.add_column("night_ratings", sa.Column("entered_by", sa.String(60)))
    # So far only the audit log said it.
    op.execute(
        "UPDATE night_ratings SET entered_by = (SELECT who FROM changes"
        " WHERE changes.night_id = night_ratings.night_id"
        " AND changes.member_id = night_ratings.member_id AND act = 'rated a night'"
        " ORDER BY change_id DESC LIMIT 1)"
    )
