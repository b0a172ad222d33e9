"""Runs the migrations inside the transaction that `catalogue.migrations.upgrade` has begun."""

from alembic import context

from catalogue.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
