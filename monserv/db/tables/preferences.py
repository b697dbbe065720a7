"""The table of what people set on the pages: a name, and its value as JSON."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from monserv.db.tables.columns import Instant, Words, metadata

preferences = Table(
    "preferences",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Words, nullable=False),
    Column("changed_at", Instant, nullable=False),
)
