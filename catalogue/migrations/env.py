"""Runs the migrations inside the transaction that `catalogue.migrations.upgrade` has begun."""

from alembic import context

import catalogue.union_tables  # noqa: F401 - its tables belong to the schema
from catalogue.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
