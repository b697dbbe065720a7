"""Why a change is not made; each raises ``ChangeRefused`` with a sentence for a person."""

from __future__ import annotations

from collections.abc import Iterable

from monserv.errors import BeyondAccess, ServerConflict, UnfitChange
from monserv.inventory import jumps
from monserv.inventory.roster import Roster
from monserv.model import ways
from monserv.model.access import Access
from monserv.model.server import Server, Source

MAX_SERVERS = 5000
# For several reasons, so that it tells of none: another one is in the way, or there are too many.
NOT_FOR_YOU = (
    "This server cannot be watched as it is given here; ask somebody who sees all servers."
)


def refuse_unseen(server: Server, access: Access) -> None:
    """Refuse what whoever asks for it could not see afterwards."""
    if not access.sees(server.tags):
        raise BeyondAccess(
            f"The server must have one of your tags: {', '.join(sorted(access.tags))}."
        )


def refuse_too_many(number: int, access: Access) -> None:
    """Refuse one more than there may be."""
    if number >= MAX_SERVERS:
        if access.tags:
            raise ServerConflict(NOT_FOR_YOU)
        raise ServerConflict(f"There are {MAX_SERVERS} servers already, which is all.")


def refuse_double(server: Server, others: Iterable[Server], access: Access) -> None:
    """Refuse a second server where there is one; whether there is learns who may see that one."""
    for other in others:
        if other.known_as == server.known_as and other.id != server.id:
            if not access.sees(other.tags):
                raise ServerConflict(NOT_FOR_YOU)
            raise ServerConflict(
                f"{server.url} is watched already; a server is known by its user, host and port."
            )


def refuse_lost(server: Server, roster: Roster, access: Access) -> None:
    """Refuse a jump server with which this one, or one behind it, could not be reached."""
    jumps.led(server, roster.listed)
    for one in ways.resolved({**roster.listed, server.id: server}.values()).values():
        if one.jump and not one.hops and roster.running[one.id].hops:
            name = one.name if access.sees(one.tags) else "A server that you do not see"
            raise UnfitChange("jump", f"{name}, which is behind it, could not be reached.")


def refuse_used(server: Server, listed: Iterable[Server], access: Access) -> None:
    """Refuse to remove a server that others are reached through."""
    behind = [one for one in listed if one.source is Source.MANAGED and one.jump == server.id]
    if behind:
        names = [one.name for one in behind if access.sees(one.tags)]
        if len(names) < len(behind):
            names.append("servers that you do not see")
        raise ServerConflict(
            f"{server.name} is the jump server of {', '.join(names)}; give them another way first."
        )
