# ruff: noqa: INP001 -- Alembic loads this file by its path
"""Runs the migrations on the connection that ``monserv.db.revisions`` hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
