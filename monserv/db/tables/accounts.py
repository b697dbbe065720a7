"""The tables of those who may come in. None holds a password, a token or a cookie in clear."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text

from monserv.db.tables.columns import Instant, Words, metadata, one_of
from monserv.model.access import Role
from monserv.model.account import Scope

accounts = Table(
    "accounts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Words, nullable=False),
    # The name as it is compared.
    Column("name_key", Words, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("tags", Words, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("is_disabled", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    one_of("role", Role),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Words, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("scope", Text, nullable=False),
    Column("tags", Words, nullable=False),
    Column("account_id", Text, ForeignKey("accounts.id", ondelete="CASCADE")),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    one_of("scope", Scope),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("account_id", Text, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("address", Words, nullable=False),
    Column("agent", Words, nullable=False),
)

Index("ix_tokens_account_id", tokens.c.account_id)
Index("ix_sessions_account_id", sessions.c.account_id)
