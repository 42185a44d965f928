"""Run by Alembic: migrate over the connection (and within the transaction) that it was given."""

from alembic import context

from club.db import schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata,
    version_table=schema.REVISION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
