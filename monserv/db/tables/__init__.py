"""Every table, a module a group; ``metadata`` lists them all."""

from monserv.db.tables import accounts, journal, outbox, preferences, rollups, servers
from monserv.db.tables.columns import metadata

__all__ = ["accounts", "journal", "metadata", "outbox", "preferences", "rollups", "servers"]
