"""How a database becomes one of today's; Alembic finds its scripts in versions/."""
