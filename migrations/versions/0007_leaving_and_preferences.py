# ruff: noqa: INP001 -- Alembic loads this file by its path
"""Servers that were removed and may still be brought back; what people set on the pages."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column, empty for all that are watched, and the table."""
    op.add_column("servers", sa.Column("left_at", sa.BigInteger))
    op.create_table(
        "preferences",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_preferences"),
    )
