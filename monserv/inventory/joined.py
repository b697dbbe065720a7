"""The servers from settings and those from the database in one list."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from monserv.db.servers import Stored
from monserv.model.server import Server, Source
from monserv.settings.servers import free_id, this_machine, this_user

log = logging.getLogger(__name__)


def joined(configured: Iterable[Server], stored: Stored) -> Iterator[Server]:
    """Return the servers from settings, then the others; what is in settings goes before."""
    configured = tuple(configured)
    ids = {server.id for server in (*stored.servers, *configured)}
    known = {server.known_as: server.id for server in stored.servers}
    taken = set[str]()
    for server in configured:
        own_id = server.id
        if own_id in known.values() and known.get(server.known_as) != own_id:
            own_id = free_id(server.reach, server.username, server.host, server.port, ids)
        taken.add(server.known_as)
        yield replace(server, id=own_id, is_active=own_id not in stored.paused)
    for server in stored.servers:
        if server.known_as not in taken:
            yield server
        else:
            log.warning("%s is in SERVERS too, and watched as it says there", server.url)


def first(now: datetime) -> Server:
    """Return what is watched where nothing was ever configured: this machine."""
    here = this_machine(this_user())
    return replace(here, source=Source.MANAGED, created_at=now, updated_at=now)
