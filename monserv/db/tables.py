"""The tables, and how values lie in them.

``transitions`` is append-only: an episode of an alert is its raised row and, once
it has ended, its recovered row. The one thing ever added to a row is
``announced_at``, the receipt that people have been told.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from monserv.model.alert import AlertType, Kind, Resolution, Severity

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware UTC time as whole microseconds since 1970: it sorts, and nothing is rounded."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 -- SQLAlchemy's signature
        """Return microseconds; a time without a zone is a bug and raises ``TypeError``."""
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 -- SQLAlchemy's signature
        """Return the time, in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


class Words(TypeDecorator[str]):
    """Text that may come from a watched server; what no database can hold becomes ``?``."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 -- SQLAlchemy's signature
        """Return the text without lone surrogates and NUL."""
        if value is None:
            return None
        return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "?")


def _one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_is_known")


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

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
    _one_of("kind", Kind),
    _one_of("type", AlertType),
    _one_of("severity", Severity),
    _one_of("resolution", Resolution),
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
