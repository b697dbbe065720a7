"""The list of servers: entries apart, each one read, ids and URLs unique."""

from __future__ import annotations

import getpass
import hashlib
import itertools
import os
import re
from collections import Counter
from collections.abc import Callable, Container, Sequence
from dataclasses import replace

from monserv.errors import SettingsError
from monserv.model import ways
from monserv.model.server import DEFAULT_SSH_PORT, Credentials, Reach, Server
from monserv.model.server_url import LOCAL_URL, MalformedUrlError, ServerUrl, nobody, parse

MAX_SLUG_LENGTH = 40
LOCAL_NAME = "this machine"
LOCAL_ID = "local"
_OPEN_TAGS = re.compile(
    r"@[^@]*\?(?:[^&@]*&)*tags=[^&@]*\Z|\A(?:local|ssh)://[^@]*[?&]tags=[^&@]*\Z"
)
_MORE_TAGS = re.compile(r"[^@:/?&=]+(?:&.*)?")


def split(text: str) -> list[str]:
    """Cut ``SERVERS`` at its commas and line ends; a comma between tags belongs to them."""
    entries: list[str] = []
    for piece in re.split(r"[,\n]", text):
        if entries and _OPEN_TAGS.search(entries[-1]) and _MORE_TAGS.fullmatch(piece.strip()):
            entries[-1] += f",{piece.strip()}"
        else:
            entries.append(piece.strip())
    return entries


def read(
    entries: Sequence[str], local_user: str, user_of: Callable[[str], str | None] = nobody
) -> tuple[Server, ...]:
    """Return the servers that ``entries`` name; ``user_of`` knows who is configured for a host.

    Raises ``SettingsError`` with the position of the entry, from 1, and the reason.
    """
    numbered = [(number, text) for number, text in enumerate(entries, 1) if text]
    # An entry that is only the rest of a password would make the one before it
    # look wrong, so those come first.
    for number, text in numbered:
        if "://" not in text:
            _read_one(number, text, user_of)
    found = [(number, _read_one(number, text, user_of)) for number, text in numbered]
    _refuse_doubles(found)
    urls = [url for _, url in found]
    slugs = Counter(_slug(url) for url in urls)
    servers = [_server(url, local_user, unique=slugs[_slug(url)] == 1) for url in urls]
    return _behind_jumps([number for number, _ in found], servers)


def this_machine(local_user: str) -> Server:
    """Return the machine that monserv runs on, as ``local://`` names it."""
    return _server(parse(LOCAL_URL), local_user, unique=True)


def this_user() -> str:
    """Return the name of the user that monserv runs as."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        return str(os.getuid())


def free_id(reach: Reach, username: str, host: str, port: int, taken: Container[str]) -> str:
    """Return an id, made as for settings, that is not among those ``taken``."""
    slug = slug_of(reach, username, host, port)
    if slug not in taken:
        return slug
    candidate = f"{slug}-{_fingerprint(username, host, port)}"
    numbered = (f"{candidate}-{number}" for number in itertools.count(2))
    return next(one for one in itertools.chain([candidate], numbered) if one not in taken)


def _read_one(number: int, text: str, user_of: Callable[[str], str | None]) -> ServerUrl:
    try:
        return parse(text, user_of)
    except MalformedUrlError as error:
        raise SettingsError(f"SERVERS, entry {number}: it {error}") from None


def _refuse_doubles(found: Sequence[tuple[int, ServerUrl]]) -> None:
    first: dict[tuple[str, str, int], int] = {}
    for number, url in found:
        user = url.username or url.configured_user
        earlier = first.setdefault((user, url.host.lower(), url.port), number)
        if earlier != number:
            raise SettingsError(
                f"SERVERS, entry {number}: {url.url} is already entry {earlier}; "
                "a server is known by its user, host and port"
            )


def _behind_jumps(numbers: Sequence[int], servers: Sequence[Server]) -> tuple[Server, ...]:
    """Return the servers with the jump servers that their entries name."""
    called: dict[str, list[int]] = {}
    for index, server in enumerate(servers):
        called.setdefault(server.name, []).append(index)

    def jump_of(server: Server) -> Server:
        indexes = called.get(server.jump, [])
        if not indexes:
            raise ways.NoWayError(
                "has a jump server that is none of the entries; it is named by the other entry's "
                "name, or else its host"
            )
        if len(indexes) > 1:
            entries = " or ".join(f"entry {numbers[index]}" for index in indexes)
            raise ways.NoWayError(
                f"has a jump server that may be {entries}; give each its own name"
            )
        return servers[indexes[0]]

    found = []
    for number, server in zip(numbers, servers, strict=True):
        try:
            found.append(replace(server, hops=ways.hops(server, jump_of)))
        except ways.NoWayError as error:
            raise SettingsError(f"SERVERS, entry {number}: it {error}") from None
    return tuple(found)


def _server(url: ServerUrl, local_user: str, *, unique: bool) -> Server:
    is_local = url.reach is Reach.LOCAL
    return Server(
        id=_slug(url)
        if unique
        else f"{_slug(url)}-{_fingerprint(url.username, url.host, url.port)}",
        name=url.name or (LOCAL_NAME if is_local else url.host),
        reach=url.reach,
        host=url.host,
        port=url.port,
        username=local_user if is_local else url.username or url.configured_user,
        url=url.url,
        tags=url.tags,
        credentials=Credentials(url.password, url.key_path),
        jump=url.jump,
    )


def _slug(url: ServerUrl) -> str:
    return slug_of(url.reach, url.username, url.host, url.port)


def slug_of(reach: Reach, username: str, host: str, port: int) -> str:
    """Return an id from user, host and port, by which a server is known.

    It is the same at every start, whatever its name, its password and its
    neighbours are. What does not show in it is told apart by a fingerprint.
    """
    if reach is Reach.LOCAL:
        return LOCAL_ID
    port_text = "" if port == DEFAULT_SSH_PORT else f" {port}"
    known_as = f"{username} {host}{port_text}".lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", known_as))
    if known_as.isascii() and len(slug) <= MAX_SLUG_LENGTH:
        return slug
    return f"{slug[:MAX_SLUG_LENGTH]}-{_fingerprint(username, host, port)}"


def _fingerprint(username: str, host: str, port: int) -> str:
    known_as = f"{username}@{host.lower()}:{port}"
    return hashlib.sha256(known_as.encode()).hexdigest()[:6]
