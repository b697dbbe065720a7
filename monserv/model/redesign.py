"""What changes make of a server: pure decisions, above all about its credentials."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from monserv.errors import UnfitChange
from monserv.model.changes import Changes
from monserv.model.server import DEFAULT_SSH_PORT, Credentials, Reach, Server, Source
from monserv.model.server_url import masked

PLAIN = ("name", "description", "tags", "is_active", "location", "latitude", "longitude")
LOGIN = ("host", "port", "username", "password", "key", "jump")


def made(changes: Changes, server_id: str, now: datetime) -> Server:
    """Return a new server; ``changes`` holds at least its host and user."""
    blank = Server(
        id=server_id,
        name=changes["host"],
        reach=changes.get("reach", Reach.SSH),
        host=changes["host"],
        port=changes.get("port", DEFAULT_SSH_PORT),
        username=changes["username"],
        url="",
        source=Source.MANAGED,
        credentials=Credentials(changes.get("password"), changes.get("key")),
        created_at=now,
        updated_at=now,
        jump=changes.get("jump", ""),
    )
    return _addressed(_described(blank, changes))


def changed(server: Server, changes: Changes, now: datetime) -> Server:
    """Return ``server`` with ``changes``.

    Raises ``UnfitChange`` when it would be reached elsewhere, or as somebody else, and
    its credentials, which are dropped then, do not come anew: they are shown to nobody
    for whom they were not meant.
    """
    if server.reach is Reach.LOCAL:
        for field in LOGIN:
            if field in changes:
                raise UnfitChange(field, "This machine is watched without a login.")
    after = replace(
        server,
        host=changes.get("host", server.host),
        port=changes.get("port", server.port),
        username=changes.get("username", server.username),
        jump=changes.get("jump", server.jump),
        updated_at=now,
    )
    if server.name == server.host:
        # Nobody has named it.
        after = replace(after, name=after.host)
    after = replace(after, credentials=_credentials(server, after, changes))
    return _addressed(_described(after, changes))


def is_moved(before: Server, after: Server) -> bool:
    """Whether what was given for the one is for another place, user or way than the other's."""
    return (before.known_as, before.jump) != (after.known_as, after.jump)


def _credentials(before: Server, after: Server, changes: Changes) -> Credentials:
    given = Credentials(changes.get("password"), changes.get("key"))
    held = before.credentials
    if is_moved(before, after):
        if held.are_given and not given.are_given:
            raise UnfitChange(
                "password",
                "Another host, port, username or jump server needs the password or key again: "
                "what is stored is for the one before.",
            )
        return given
    return Credentials(
        password=given.password if "password" in changes else held.password,
        key_path=given.key_path if "key" in changes else held.key_path,
        problem=None if "password" in changes else held.problem,
        way=held.way,
    )


def _described(server: Server, changes: Changes) -> Server:
    wanted = {field: changes[field] for field in PLAIN if field in changes}  # type: ignore[literal-required]  # PLAIN names its fields
    return replace(server, **wanted)


def _addressed(server: Server) -> Server:
    held = server.credentials
    has_password = held.password is not None or held.problem is not None
    url = masked(server.reach, server.username, server.host, server.port, has_password=has_password)
    return replace(server, url=url)
