# ruff: noqa: INP001 -- Alembic loads this file by its path
"""The outbox: one row for each transition that a channel is to be told of."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table and its indexes."""
    op.create_table(
        "deliveries",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("alert_id", sa.Text, nullable=False),
        sa.Column("server_id", sa.Text, nullable=False),
        sa.Column("server_url", sa.Text, nullable=False),
        sa.Column("hostname", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("happened_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("last_error", sa.Text),
        sa.PrimaryKeyConstraint("sequence", name="pk_deliveries"),
        sa.UniqueConstraint(
            "event_id", "kind", "channel", name="uq_deliveries_event_id_kind_channel"
        ),
        sa.CheckConstraint("kind IN ('alert', 'recovery')", name="ck_deliveries_kind_is_known"),
        sa.CheckConstraint(
            "severity IN ('warning', 'critical')", name="ck_deliveries_severity_is_known"
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'sent', 'failed', 'skipped')",
            name="ck_deliveries_state_is_known",
        ),
    )
    is_open = sa.text("state = 'pending'")
    op.create_index(
        "ix_deliveries_open",
        "deliveries",
        ["channel", "sequence"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("ix_deliveries_finished", "deliveries", ["finished_at"])
