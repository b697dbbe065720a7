"""The table of the journal.

``transitions`` is append-only: an episode of an alert is its raised row and, once
it has ended, its recovered row. The one thing ever added to a row is
``announced_at``, the receipt that people have been told.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from monserv.db.tables.columns import Instant, Words, metadata, one_of
from monserv.model.alert import AlertType, Kind, Resolution, Severity

transitions = Table(
    "transitions",
    metadata,
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("event_id", Words, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("alert_id", Words, nullable=False),
    Column("server_id", Words, nullable=False),
    Column("server_url", Words, nullable=False),
    Column("hostname", Words, nullable=False),
    Column("type", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("item", Words, nullable=False),
    Column("incarnation", Words, nullable=False),
    Column("triggered_at", Instant, nullable=False),
    Column("subject", Words, nullable=False),
    Column("message", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("resolution", Text),
    Column("announced_at", Instant),
    UniqueConstraint("event_id", "kind"),
    one_of("kind", Kind),
    one_of("type", AlertType),
    one_of("severity", Severity),
    one_of("resolution", Resolution),
    CheckConstraint(
        f"(kind = '{Kind.RECOVERED}') = (resolution IS NOT NULL)",
        name="resolution_says_why_it_closed",
    ),
)

_raised = transitions.c.kind == Kind.RAISED.value
_unannounced = transitions.c.announced_at.is_(None)

Index(
    "ix_transitions_raised",
    transitions.c.triggered_at,
    transitions.c.sequence,
    sqlite_where=_raised,
    postgresql_where=_raised,
)
Index(
    "ix_transitions_raised_by_server",
    transitions.c.server_id,
    transitions.c.triggered_at,
    transitions.c.sequence,
    sqlite_where=_raised,
    postgresql_where=_raised,
)
Index(
    "ix_transitions_unannounced",
    transitions.c.sequence,
    sqlite_where=_unannounced,
    postgresql_where=_unannounced,
)
