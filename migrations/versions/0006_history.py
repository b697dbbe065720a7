# ruff: noqa: INP001 -- Alembic loads this file by its path
"""History: which series there are, their newest points, and blocks of older ones."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "history_series",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("server_id", sa.Text, nullable=False),
        sa.Column("known_as", sa.Text, nullable=False),
        sa.Column("metrics", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_history_series"),
        sa.UniqueConstraint(
            *("server_id", "known_as", "metrics", "item"),
            name="uq_history_series_server_id_known_as_metrics_item",
        ),
    )
    op.create_table(
        "history_points",
        sa.Column("tier", sa.SmallInteger, nullable=False),
        sa.Column("slot", sa.BigInteger, nullable=False),
        sa.Column("series", sa.BigInteger, nullable=False),
        sa.Column("point", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tier", "slot", "series", name="pk_history_points"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "history_blocks",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("tier", sa.SmallInteger, nullable=False),
        sa.Column("block", sa.BigInteger, nullable=False),
        sa.Column("series", sa.BigInteger, nullable=False),
        sa.Column("points", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_history_blocks"),
        sa.UniqueConstraint("tier", "block", "series", name="uq_history_blocks_tier_block_series"),
    )
    op.create_table(
        "history_marks",
        sa.Column("tier", sa.SmallInteger, nullable=False),
        sa.Column("slot", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("tier", name="pk_history_marks"),
    )
