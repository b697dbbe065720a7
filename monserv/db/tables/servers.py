"""The tables of servers that are managed here.

``servers`` holds what was added through the API; its passwords are tokens that only
the key file beside the database opens. ``paused_servers`` names those from settings
that are paused, and ``milestones`` what happens once in a database's life.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, Table, Text, UniqueConstraint

from monserv.db.tables.columns import Instant, Words, metadata, one_of
from monserv.model.server import Reach

servers = Table(
    "servers",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", Words, nullable=False),
    # User, host and port: no two servers share it.
    Column("known_as", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("reach", Text, nullable=False),
    Column("host", Words, nullable=False),
    Column("port", Integer, nullable=False),
    Column("username", Words, nullable=False),
    Column("password_token", Text),
    Column("key_path", Words),
    Column("tags", Words, nullable=False),
    Column("description", Words, nullable=False),
    Column("is_active", Boolean(create_constraint=False), nullable=False),
    Column("location", Words, nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    # The id of the server through which it is reached, and the places on that way for
    # which the password was sealed.
    Column("jump", Words, nullable=False, server_default=""),
    Column("way", Words, nullable=False, server_default=""),
    # When it was removed, while it may still be brought back.
    Column("left_at", Instant),
    UniqueConstraint("id"),
    UniqueConstraint("known_as"),
    one_of("reach", Reach),
)

paused_servers = Table(
    "paused_servers",
    metadata,
    Column("server_id", Words, primary_key=True),
    Column("paused_at", Instant, nullable=False),
)

milestones = Table(
    "milestones",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)
