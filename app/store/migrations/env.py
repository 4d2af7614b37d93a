"""Run by Alembic inside `app.store.database.migrate`: the connection and its transaction are the caller's."""

from alembic import context

from app.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
