"""Where the SSH configuration leads: a server as it is configured becomes one to log in on.

Its identity stays what was configured: id, URL and name are never what this returns.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

from monserv.errors import Cause, PollError
from monserv.model.server import DEFAULT_SSH_PORT, Credentials, Identities, Reach, Server
from monserv.model.server_url import MalformedUrlError, bare_host, masked
from monserv.sshconfig import answer, jumps
from monserv.sshconfig.answer import Answer, UnusableError
from monserv.sshconfig.book import Book
from monserv.sshconfig.jumps import MAX_JUMPS, Jump


def resolved(server: Server, book: Book) -> Server:
    """Return the server to log in on: the very same where nothing is configured for it.

    What its URL says goes before what the configuration says. Raises
    ``PollError(UNREACHABLE)`` for what is configured and cannot be used.
    """
    if server.reach is Reach.LOCAL:
        return server
    user = server.username if "@" in server.url else None
    found, itself = _led(server, user, _port(server), book)
    hops = tuple(_hops(server, found, book))
    return itself if hops == server.hops else replace(itself, hops=hops)


def _port(server: Server) -> int | None:
    """Return the port that was written, if one was."""
    is_written = server.port != DEFAULT_SSH_PORT or server.url.endswith(f":{DEFAULT_SSH_PORT}")
    return server.port if is_written else None


def _led(server: Server, user: str | None, port: int | None, book: Book) -> tuple[Answer, Server]:
    """Return what is configured for a server, and where that leads, hops aside."""
    found = book.ask(server.host, user, port)
    if found == Answer(user=user, port=port):
        return found, server
    try:
        place = replace(
            server,
            host=bare_host(answer.hostname_of(found, server.host)),
            port=found.port or server.port,
            username=found.user or server.username,
        )
        held = _identified(server, place, found, book.local_user)
    except MalformedUrlError:
        raise _unusable(
            server, "gives it a HostName that is neither a name nor an address"
        ) from None
    except UnusableError as error:
        raise _unusable(server, str(error)) from None
    return found, replace(place, credentials=held)


def _identified(server: Server, place: Server, found: Answer, local_user: str) -> Credentials:
    """Return the credentials with the keys that are configured; a password goes before them."""
    held = server.credentials
    if held.password is not None and held.key_path is None:
        return held
    tokens = answer.tokens(server.host, place.host, place.username, place.port, local_user)

    def paths(written: Sequence[str]) -> tuple[str, ...]:
        return tuple(answer.filled(one, tokens) for one in written if one.lower() != "none")

    names = Identities(
        key_paths=paths(found.identity_files) if found.identity_files else None,
        certificate_paths=paths(found.certificate_files),
        is_only=found.identities_only,
        agent=_agent(found.identity_agent, tokens),
    )
    return replace(held, identities=names)


def _agent(written: str | None, tokens: dict[str, str]) -> str | None:
    """Return the socket that ``IdentityAgent`` names; ``None`` for that of the environment."""
    if written is None or written == "SSH_AUTH_SOCK":
        return None
    if written.lower() == "none":
        return ""
    if written.startswith("$") and not written.startswith("${"):
        return os.environ.get(written[1:], "")
    return os.path.expanduser(answer.filled(written, tokens))  # noqa: PTH111 -- it stays a text


def _hops(server: Server, found: Answer, book: Book) -> Iterator[Server]:
    """Give the jump servers, the first one first; those of the server itself go before."""
    if server.jump and not server.hops:
        # Its own leads nowhere, and it is reached on no other way.
        return
    if server.hops:
        first, *others = server.hops
        yield from _way(first, book)
        for hop in others:
            yield _led(hop, hop.username, _port(hop), book)[1]
        return
    yield from _configured(server, found, book, ())


def _way(first: Server, book: Book) -> Iterator[Server]:
    """Give the way to a jump server that is dialled from here, and itself."""
    found, itself = _led(first, first.username, _port(first), book)
    yield from _configured(first, found, book, ())
    yield itself


def _configured(
    server: Server, found: Answer, book: Book, behind: tuple[Jump, ...]
) -> Iterator[Server]:
    """Give the jump servers of a ``ProxyJump``; the first one may have its own."""
    if (found.proxy_command or "none").lower() != "none":
        raise _unusable(
            server,
            "reaches it through a ProxyCommand, and nothing is executed here; a ProxyJump, or "
            "jump= in SERVERS, does the same",
        )
    for index, jump in enumerate(jumps.read(found.proxy_jump or "none")):
        if jump in behind or len(behind) >= MAX_JUMPS or jump.name == server.host:
            raise _unusable(server, "has jump servers that lead in a circle")
        hop = _jump_server(jump, book)
        its_own, itself = _led(hop, jump.user, jump.port, book)
        _check_place(server, itself)
        if index == 0:
            yield from _configured(hop, its_own, book, (*behind, jump))
        yield itself


def _check_place(server: Server, jump: Server) -> None:
    """Refuse a name that is none: keys of what is behind it are kept under it, in a file of lines.

    Raises ``PollError(UNREACHABLE)``.
    """
    try:
        bare_host(jump.host)
    except MalformedUrlError:
        raise _unusable(server, "has a jump server that is neither a name nor an address") from None


def _jump_server(jump: Jump, book: Book) -> Server:
    """Return a jump server as the configuration names it; keys alone let in there."""
    user, port = jump.user or book.local_user, jump.port or DEFAULT_SSH_PORT
    return Server(
        id=f"jump-{jump.name}",
        name=jump.name,
        reach=Reach.SSH,
        host=jump.name,
        port=port,
        username=user,
        url=masked(Reach.SSH, user, jump.name, port, has_password=False),
    )


def _unusable(server: Server, reason: str) -> PollError:
    return PollError(Cause.UNREACHABLE, f"The SSH configuration for {server.host} {reason}")
