"""The list of servers: entries apart, each one read, ids and URLs unique."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

from monserv.errors import SettingsError
from monserv.model.server import DEFAULT_SSH_PORT, Credentials, Reach, Server
from monserv.model.server_url import MalformedUrlError, ServerUrl, identity, parse

MAX_SLUG_LENGTH = 40
LOCAL_NAME = "this machine"
LOCAL_ID = "local"
_OPEN_TAGS = re.compile(r"@[^@]*\?(?:[^&@]*&)*tags=[^&@]*\Z|\Alocal://[^@]*[?&]tags=[^&@]*\Z")
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


def read(entries: Sequence[str], local_user: str) -> tuple[Server, ...]:
    """Return the servers that ``entries`` name; with none, this machine itself.

    Raises ``SettingsError`` with the position of the entry, from 1, and the reason.
    """
    numbered = [(number, text) for number, text in enumerate(entries, 1) if text]
    # An entry that is only the rest of a password would make the one before it
    # look wrong, so those come first.
    for number, text in numbered:
        if "://" not in text:
            _read_one(number, text)
    found = [(number, _read_one(number, text)) for number, text in numbered]
    _refuse_doubles(found)
    urls = [url for _, url in found] or [parse("local://")]
    slugs = Counter(_slug(url) for url in urls)
    return tuple(_server(url, local_user, unique=slugs[_slug(url)] == 1) for url in urls)


def _read_one(number: int, text: str) -> ServerUrl:
    try:
        return parse(text)
    except MalformedUrlError as error:
        raise SettingsError(f"SERVERS, entry {number}: it {error}") from None


def _refuse_doubles(found: Sequence[tuple[int, ServerUrl]]) -> None:
    first: dict[str, int] = {}
    for number, url in found:
        earlier = first.setdefault(identity(url.url), number)
        if earlier != number:
            raise SettingsError(
                f"SERVERS, entry {number}: {url.url} is already entry {earlier}; "
                "a server is known by its user, host and port"
            )


def _server(url: ServerUrl, local_user: str, *, unique: bool) -> Server:
    is_local = url.reach is Reach.LOCAL
    return Server(
        id=_slug(url) if unique else f"{_slug(url)}-{_fingerprint(url)}",
        name=url.name or (LOCAL_NAME if is_local else url.host),
        reach=url.reach,
        host=url.host,
        port=url.port,
        username=local_user if is_local else url.username,
        url=url.url,
        tags=url.tags,
        credentials=Credentials(url.password, url.key_path),
    )


def _slug(url: ServerUrl) -> str:
    """Return an id from user, host and port, by which a server is known.

    It is the same at every start, whatever its name, its password and its
    neighbours are. What does not show in it is told apart by a fingerprint.
    """
    if url.reach is Reach.LOCAL:
        return LOCAL_ID
    port = "" if url.port == DEFAULT_SSH_PORT else f" {url.port}"
    known_as = f"{url.username} {url.host}{port}".lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", known_as))
    if known_as.isascii() and len(slug) <= MAX_SLUG_LENGTH:
        return slug
    return f"{slug[:MAX_SLUG_LENGTH]}-{_fingerprint(url)}"


def _fingerprint(url: ServerUrl) -> str:
    known_as = f"{url.username}@{url.host.lower()}:{url.port}"
    return hashlib.sha256(known_as.encode()).hexdigest()[:6]
