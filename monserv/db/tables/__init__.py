"""Every table, a module a group; ``metadata`` lists them all."""

from monserv.db.tables import journal, outbox, servers
from monserv.db.tables.columns import metadata

__all__ = ["journal", "metadata", "outbox", "servers"]
