"""Who did what, for every change; whether members may enter what is another's."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the list of changes, empty, and let members rate for others, as they could before."""
    op.create_table(
        "changes",
        sa.Column("change_id", sa.Integer, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False, index=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String(60)),
        sa.Column("act", sa.String(60), nullable=False),
        sa.Column("member_id", sa.Integer),
        sa.Column("movie_id", sa.Integer),
        sa.Column("night_id", sa.Integer),
        sqlite_autoincrement=True,
    )
    op.add_column(
        "club", sa.Column("for_others", sa.Boolean, nullable=False, server_default=sa.true())
    )
