"""Every table, a module a group; ``metadata`` lists them all."""

from monserv.db.tables import accounts, journal, outbox, rollups, servers
from monserv.db.tables.columns import metadata

__all__ = ["accounts", "journal", "metadata", "outbox", "rollups", "servers"]
