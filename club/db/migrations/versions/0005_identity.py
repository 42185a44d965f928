"""Identity of the database, whole prediction snapshots, and who entered a night's ratings."""

import sqlalchemy as sa
from alembic import op

from club.db.schema import new_identity

revision = "0005"
down_revision = "0004"

_TRIGGER = "decisions_stay_as_they_are"
_SENTENCE = "When, how and with which model a night was decided cannot be changed."
_CONDITION = (
    "OLD.decided_at IS NOT NULL AND ("
    "coalesce(NEW.decided_at, 0) <> OLD.decided_at"
    " OR coalesce(NEW.decided_by, '') <> coalesce(OLD.decided_by, '')"
    " OR coalesce(NEW.model, '') <> coalesce(OLD.model, '')"
    " OR coalesce(NEW.club_version, 0) <> coalesce(OLD.club_version, 0)"
    " OR coalesce(CAST(NEW.thresholds AS text), '') <> coalesce(CAST(OLD.thresholds AS text), ''))"
)


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
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {_TRIGGER}")
        op.execute(
            f"CREATE TRIGGER {_TRIGGER} BEFORE UPDATE ON nights WHEN {_CONDITION} "
            f"BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
        )
    else:
        op.execute(
            f"CREATE OR REPLACE FUNCTION {_TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {_CONDITION} THEN RAISE EXCEPTION '{_SENTENCE}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            "RETURN coalesce(NEW, OLD); END $$"
        )
