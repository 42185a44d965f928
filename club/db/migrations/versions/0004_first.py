"""The schema of release 0.1.0, the first one; its tables are in 0004_first.sql."""

import re
import time
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = None


def upgrade() -> None:
    """Create the tables and the club's one row."""
    script = Path(__file__).with_suffix(".sql").read_text("utf-8").strip().removesuffix(";")
    if op.get_bind().dialect.name == "postgresql":
        counted = r"(CREATE TABLE (\w+) \(\s*\w+) INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT"
        script = re.sub(counted, r"\1 SERIAL NOT NULL CONSTRAINT pk_\2 PRIMARY KEY", script)
        script = script.replace("club_id INTEGER", "club_id SERIAL").replace(
            "DEFAULT 1", "DEFAULT true"
        )
    for statement in script.split(";\n"):
        op.execute(statement)
    row = "INSERT INTO club VALUES (1, 'Our movie club', false, :now, 0, 0, true)"
    op.execute(sa.text(row).bindparams(now=int(time.time())))
