"""Which servers stand behind which: where the name of a jump server leads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from monserv.errors import MonservError
from monserv.model.server import Credentials, Reach, Server, Source

MAX_HOPS = 4
_CHANGED = "The way to it has changed with its jump server; give the password again"


class NoWayError(MonservError):
    """A jump server leads nowhere; the text is the reason, without a subject."""


def hops(server: Server, jump_of: Callable[[Server], Server]) -> tuple[Server, ...]:
    """Return the jump servers on the way to ``server``, the first one first.

    ``jump_of`` finds the server that another one's ``jump`` names. Raises ``NoWayError``.
    """
    found: list[Server] = []
    last = server
    while last.jump:
        jump = jump_of(last)
        if jump.id == last.id:
            raise NoWayError("is its own jump server, or behind one that is")
        if jump.id == server.id or any(jump.id == one.id for one in found):
            raise NoWayError("is behind jump servers that lead in a circle")
        if jump.reach is Reach.LOCAL:
            raise NoWayError("has this machine as a jump server, which it reaches without one")
        found.insert(0, jump)
        if len(found) > MAX_HOPS:
            raise NoWayError(f"is behind more than {MAX_HOPS} jump servers")
        last = jump
    way: tuple[Server, ...] = ()
    for one in found:
        way = (*way, replace(_fit(replace(one, hops=way)), hops=(), jump=""))
    return way


def resolved(servers: Iterable[Server]) -> dict[str, Server]:
    """Return all servers by id, with their hops; none where a jump server leads nowhere.

    Those from settings name others from settings, the others have the id of any.
    """
    by_id = {server.id: server for server in servers}
    jump_of = _finder(by_id)
    return {one.id: _led_or_not(one, jump_of) if one.jump else one for one in by_id.values()}


def led(server: Server, servers: Mapping[str, Server]) -> Server:
    """Return ``server`` with its hops, which are among ``servers``; raises ``NoWayError``."""
    return _fit(replace(server, hops=hops(server, _finder(servers))))


def named(text: str, servers: Iterable[Server]) -> Server:
    """Return the server that ``text`` means, by its id or else its name; raises ``NoWayError``."""
    listed = tuple(servers)
    found = [one for one in listed if one.id == text] or [one for one in listed if one.name == text]
    if not found:
        raise NoWayError("has a jump server that is none of the servers")
    if len(found) > 1:
        ids = ", ".join(one.id for one in found)
        raise NoWayError(f"has a jump server whose name several have; name it by its id ({ids})")
    return found[0]


def _finder(by_id: Mapping[str, Server]) -> Callable[[Server], Server]:
    by_name = {one.name: one for one in by_id.values() if one.source is Source.SETTINGS}

    def jump_of(server: Server) -> Server:
        known = by_name if server.source is Source.SETTINGS else by_id
        if server.jump not in known:
            raise NoWayError("has a jump server that is none of the servers")
        return known[server.jump]

    return jump_of


def _led_or_not(server: Server, jump_of: Callable[[Server], Server]) -> Server:
    try:
        return _fit(replace(server, hops=hops(server, jump_of)))
    except NoWayError:
        return replace(server, hops=())


def _fit(server: Server) -> Server:
    """Keep a stored password from another way than the one for which it was given.

    Beside a key it is a passphrase, which is shown to no server.
    """
    held = server.credentials
    if server.source is Source.SETTINGS or held.way == server.way:
        return server
    if held.password is None or held.key_path is not None:
        return server
    return replace(server, credentials=Credentials(problem=_CHANGED, way=held.way))
