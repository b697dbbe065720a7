"""The table of the outbox.

``deliveries`` has a row for each transition and channel, written in the transaction
of the transition itself: what is to be told is durable before anything is tried.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint

from monserv.db.tables.columns import Instant, Words, metadata, one_of
from monserv.model.alert import Kind, Severity
from monserv.model.delivery import DeliveryState

deliveries = Table(
    "deliveries",
    metadata,
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("event_id", Words, nullable=False),
    Column("kind", Text, nullable=False),
    Column("channel", Words, nullable=False),
    Column("alert_id", Words, nullable=False),
    Column("server_id", Words, nullable=False),
    Column("server_url", Words, nullable=False),
    Column("hostname", Words, nullable=False),
    Column("severity", Text, nullable=False),
    Column("subject", Words, nullable=False),
    Column("message", Words, nullable=False),
    Column("happened_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("last_error", Words),
    UniqueConstraint("event_id", "kind", "channel"),
    one_of("kind", Kind),
    one_of("severity", Severity),
    one_of("state", DeliveryState),
)

_open = deliveries.c.state == DeliveryState.PENDING.value

Index(
    "ix_deliveries_open",
    deliveries.c.channel,
    deliveries.c.sequence,
    sqlite_where=_open,
    postgresql_where=_open,
)
Index("ix_deliveries_finished", deliveries.c.finished_at)
