"""The tables of history.

``history_series`` gives a small number to each group of metrics of each server, and to
each of its disks. ``history_points`` holds the newest points as they come, in the order
of time: a minute is a few pages at the end. Once a block of slots is over, its points
become one row of ``history_blocks``, compressed, again in the order of time, so that
what is too old is a run at the beginning. ``history_marks`` says up to which slot the
points of the finer tier are in those of a tier.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from monserv.db.tables.columns import Words, metadata

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

series = Table(
    "history_series",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    Column("server_id", Words, nullable=False),
    Column("known_as", Words, nullable=False),
    Column("metrics", Text, nullable=False),
    Column("item", Words, nullable=False),
    # The end of its newest block, or when it began, in seconds since 1970.
    Column("seen_at", BigInteger, nullable=False),
    UniqueConstraint("server_id", "known_as", "metrics", "item"),
)

points = Table(
    "history_points",
    metadata,
    Column("tier", SmallInteger, primary_key=True, autoincrement=False),
    Column("slot", BigInteger, primary_key=True, autoincrement=False),
    Column("series", BigInteger, primary_key=True, autoincrement=False),
    Column("point", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

blocks = Table(
    "history_blocks",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    Column("tier", SmallInteger, nullable=False),
    Column("block", BigInteger, nullable=False),
    Column("series", BigInteger, nullable=False),
    Column("points", LargeBinary, nullable=False),
    UniqueConstraint("tier", "block", "series"),
)

marks = Table(
    "history_marks",
    metadata,
    Column("tier", SmallInteger, primary_key=True, autoincrement=False),
    Column("slot", BigInteger, nullable=False),
)
