"""The way to a server through jump servers, as a person names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from monserv.errors import UnfitChange
from monserv.model import ways
from monserv.model.access import Access
from monserv.model.changes import Changes
from monserv.model.server import Server


def named(changes: Changes, listed: Mapping[str, Server], access: Access) -> Changes:
    """Return changes that name a jump server by its id; raises ``UnfitChange``."""
    if not changes.get("jump"):
        return changes
    seen = [one for one in listed.values() if access.sees(one.tags)]
    try:
        return {**changes, "jump": ways.named(changes["jump"], seen).id}
    except ways.NoWayError as error:
        raise UnfitChange("jump", f"It {error}.") from None


def led(server: Server, listed: Mapping[str, Server]) -> Server:
    """Return ``server`` with its hops; raises ``UnfitChange`` when its jump leads nowhere."""
    try:
        return ways.led(server, {**listed, server.id: server})
    except ways.NoWayError as error:
        raise UnfitChange("jump", f"It {error}.") from None


def bound(server: Server, listed: Mapping[str, Server]) -> Server:
    """Return a server whose credentials are for the way that it now has, and no other."""
    way = led(server, listed).way
    return replace(server, credentials=replace(server.credentials, way=way))
