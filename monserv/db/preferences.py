"""What people have set on the pages, by its name."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from monserv.db.tables.preferences import preferences

log = logging.getLogger(__name__)


def load(connection: Connection, name: str) -> dict[str, Any]:
    """Return what is stored under a name; nothing where that is no JSON object."""
    value = connection.execute(
        select(preferences.c.value).where(preferences.c.name == name)
    ).scalar_one_or_none()
    if value is None:
        return {}
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        log.error("what is stored as %s makes no sense; the defaults count", name)
        return {}
    return found


# Made once: each would be garbage that only a search for it finds.
_UPSERT = insert(preferences)
_STORE = _UPSERT.on_conflict_do_update(
    index_elements=["name"],
    set_={"value": _UPSERT.excluded.value, "changed_at": _UPSERT.excluded.changed_at},
)


def store(connection: Connection, name: str, value: dict[str, Any], now: datetime) -> None:
    """Store a value under a name, in place of what was there."""
    connection.execute(_STORE, {"name": name, "value": json.dumps(value), "changed_at": now})
