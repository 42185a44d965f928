"""The secret in the address of the nights' calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column."""
    op.add_column("club", sa.Column("calendar_key", sa.String(32)))
