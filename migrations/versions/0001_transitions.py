# ruff: noqa: INP001 -- Alembic loads this file by its path
"""The journal of alerts: one row for each alert raised and each recovery."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table and its indexes."""
    op.create_table(
        "transitions",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("alert_id", sa.Text, nullable=False),
        sa.Column("server_id", sa.Text, nullable=False),
        sa.Column("server_url", sa.Text, nullable=False),
        sa.Column("hostname", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("incarnation", sa.Text, nullable=False),
        sa.Column("triggered_at", sa.BigInteger, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("resolution", sa.Text),
        sa.Column("announced_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("sequence", name="pk_transitions"),
        sa.UniqueConstraint("event_id", "kind", name="uq_transitions_event_id_kind"),
        sa.CheckConstraint("kind IN ('alert', 'recovery')", name="ck_transitions_kind_is_known"),
        sa.CheckConstraint(
            "type IN ('cpu', 'memory', 'disk', 'process', 'host', 'authentication', 'host_key')",
            name="ck_transitions_type_is_known",
        ),
        sa.CheckConstraint(
            "severity IN ('warning', 'critical')", name="ck_transitions_severity_is_known"
        ),
        sa.CheckConstraint(
            "resolution IN ('recovered', 'gone')", name="ck_transitions_resolution_is_known"
        ),
        sa.CheckConstraint(
            "(kind = 'recovery') = (resolution IS NOT NULL)",
            name="ck_transitions_resolution_says_why_it_closed",
        ),
    )
    raised = sa.text("kind = 'alert'")
    op.create_index(
        "ix_transitions_raised",
        "transitions",
        ["triggered_at", "sequence"],
        sqlite_where=raised,
        postgresql_where=raised,
    )
    op.create_index(
        "ix_transitions_raised_by_server",
        "transitions",
        ["server_id", "triggered_at", "sequence"],
        sqlite_where=raised,
        postgresql_where=raised,
    )
    unannounced = sa.text("announced_at IS NULL")
    op.create_index(
        "ix_transitions_unannounced",
        "transitions",
        ["sequence"],
        sqlite_where=unannounced,
        postgresql_where=unannounced,
    )
