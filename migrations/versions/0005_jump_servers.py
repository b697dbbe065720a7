# ruff: noqa: INP001 -- Alembic loads this file by its path
"""The server through which one is reached, and the way for which its password was sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns; what was stored before is reached directly."""
    op.add_column("servers", sa.Column("jump", sa.Text, nullable=False, server_default=""))
    op.add_column("servers", sa.Column("way", sa.Text, nullable=False, server_default=""))
