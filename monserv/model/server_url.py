"""Servers as people write them: ``ssh://user:password@host:port?name=nas&tags=a,b``.

The userinfo ends at the last ``@`` and the user at the first ``:``, so that a
password may be written as it is; whatever is percent-encoded is decoded, and a
``%`` without two hexadecimal digits is itself. No text raised here repeats any
part of what was written, since any part may be a password in the wrong place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import unquote_to_bytes

from monserv.model.secret import Secret
from monserv.model.server import DEFAULT_SSH_PORT, Reach

STARS = "***"
LOCAL_URL = "local://"
MAX_PORT = 65535
MAX_HOST_LENGTH = 253

_OPTIONS = ("name", "tags", "key", "jump")
_OPTION_IN_USERINFO = re.compile(rf"@[^@]*\?(?:{'|'.join(_OPTIONS)})=")
_HOST = re.compile(r"[\w.-]+")
_PORT = re.compile(r"[0-9]{1,5}")
# What would end or split a URL, or hide in one: these stay encoded in a user's name.
_TO_ENCODE = re.compile(r"[\x00-\x20\x7f%@:/?#,]")


class MalformedUrlError(ValueError):
    """The text names no server; the message is the reason, without a subject."""


@dataclass(frozen=True, slots=True)
class ServerUrl:
    """What a server's URL says, decoded; ``url`` is the masked form that may be shown.

    One that names no user has an empty ``username``, and the one that is configured for
    its host as ``configured_user``.
    """

    reach: Reach
    username: str
    password: Secret | None
    host: str
    port: int
    url: str
    name: str | None = None
    tags: tuple[str, ...] = ()
    key_path: str | None = None
    jump: str = ""
    configured_user: str = ""


def nobody(_host: str) -> str | None:
    """Return the user who is configured for a host: none is."""
    return None


def parse(text: str, user_of: Callable[[str], str | None] = nobody) -> ServerUrl:
    """Read one server; raises ``MalformedUrlError`` with the reason.

    ``user_of`` is asked who is configured for a host whose URL names no user.
    """
    scheme, separator, rest = text.strip().partition("://")
    scheme = scheme.lower()
    if separator and scheme == "ssh":
        return _ssh(rest, user_of)
    if separator and scheme == "local":
        return _local(rest)
    if separator and scheme in {"http", "https"}:
        raise MalformedUrlError(
            "is an HTTP agent of the older Go program, which monserv does not need: "
            "it logs in over SSH itself; write ssh://user@host"
        )
    raise MalformedUrlError(
        "does not begin with ssh:// or local:// (a comma in a password is written %2C)"
    )


def mask(username: str, host: str, port_text: str = "", *, has_password: bool) -> str:
    """Return the URL that may be shown: the password as three stars, whatever its length.

    ``host`` is as in a URL, an IPv6 address in brackets; ``port_text`` is empty
    when no port was written.
    """
    user = _TO_ENCODE.sub(lambda found: f"%{ord(found.group()):02X}", username)
    secret = f":{STARS}" if has_password else ""
    port = f":{port_text}" if port_text else ""
    return f"ssh://{user}{secret}@{host}{port}" if username else f"ssh://{host}{port}"


def masked(reach: Reach, username: str, host: str, port: int, *, has_password: bool) -> str:
    """Return the URL that may be shown of a server that is known by its parts."""
    if reach is Reach.LOCAL:
        return LOCAL_URL
    place = f"[{host}]" if ":" in host else host
    port_text = "" if port == DEFAULT_SSH_PORT else str(port)
    return mask(username, place, port_text, has_password=has_password)


def bare_host(text: str) -> str:
    """Read a host that stands alone: a name or an address, IPv6 with or without brackets.

    Raises ``MalformedUrlError`` with a sentence.
    """
    text = text.strip()
    if ":" in text and "/" not in text:
        try:
            return _ipv6(text.removeprefix("[").removesuffix("]"))[1:-1].lower()
        except MalformedUrlError:
            # The sentence below says what a host is, whichever kind was meant.
            pass
    elif _HOST.fullmatch(text) and len(text) <= MAX_HOST_LENGTH:
        return text
    raise MalformedUrlError(
        "Must be a host name or an address alone, without ssh://, user, port or path."
    )


def identity(url: str) -> str:
    """Return what two masked URLs of one server share: case of the host and ``:22`` aside."""
    head, separator, place = url.rpartition("@")
    return head + separator + place.lower().removesuffix(f":{DEFAULT_SSH_PORT}")


def _ssh(rest: str, user_of: Callable[[str], str | None]) -> ServerUrl:
    userinfo, at, place = rest.rpartition("@")
    if not at:
        return _without_user(rest, user_of)
    if _OPTION_IN_USERINFO.search(userinfo):
        raise MalformedUrlError("has an @ in an option; write it as %40")
    username, colon, password = userinfo.partition(":")
    username = _decode(username, "user")
    if not username:
        raise MalformedUrlError("names no user; write ssh://user@host")
    place, _, query = place.partition("?")
    host, port_text = _place(place.removesuffix("/"))
    options = _options(query)
    secret = _decode(password, "password", printable=False) if colon else ""
    return _at_host(host, port_text, options, username, secret)


def _without_user(rest: str, user_of: Callable[[str], str | None]) -> ServerUrl:
    """Read ``host:port``, which is enough where a user is configured for that host."""
    place, _, query = rest.partition("?")
    configured = None
    try:
        host, port_text = _place(place.removesuffix("/"))
        configured = user_of(host.strip("[]"))
    except MalformedUrlError:
        # It may be the beginning of a password with a comma in it.
        pass
    if not configured:
        raise MalformedUrlError("names no user; write ssh://user@host")
    url = _at_host(host, port_text, _options(query), "", "")
    return replace(url, configured_user=configured)


def _at_host(
    host: str, port_text: str, options: dict[str, str], username: str, secret: str
) -> ServerUrl:
    return ServerUrl(
        reach=Reach.SSH,
        username=username,
        password=Secret(secret) if secret else None,
        host=host.strip("[]"),
        port=int(port_text or DEFAULT_SSH_PORT),
        url=mask(username, host, port_text, has_password=bool(secret)),
        name=options.get("name"),
        tags=_tags(options.get("tags", "")),
        key_path=options.get("key"),
        jump=options.get("jump", ""),
    )


def _local(rest: str) -> ServerUrl:
    place, _, query = rest.partition("?")
    if place not in {"", "/"}:
        raise MalformedUrlError("must be local:// alone: it is this machine, without user or host")
    options = _options(query)
    for option in ("key", "jump"):
        if option in options:
            raise MalformedUrlError(f"has a {option}, which local:// does not need")
    return ServerUrl(
        reach=Reach.LOCAL,
        username="",
        password=None,
        host="localhost",
        port=DEFAULT_SSH_PORT,
        url=LOCAL_URL,
        name=options.get("name"),
        tags=_tags(options.get("tags", "")),
    )


def _place(text: str) -> tuple[str, str]:
    """Split ``host[:port]``; an IPv6 address keeps its brackets, and its zone's ``%``."""
    if text.startswith("["):
        host, bracket, rest = text.partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise MalformedUrlError("has a bracket that is not closed around an IPv6 address")
        host, port_text, colon = _ipv6(host[1:]), rest[1:], bool(rest)
    else:
        host, separator, port_text = text.partition(":")
        colon = bool(separator)
        if ":" in port_text:
            raise MalformedUrlError("has an IPv6 address without brackets; write ssh://user@[::1]")
        if not host:
            raise MalformedUrlError("names no host; write ssh://user@host")
        if not _HOST.fullmatch(host) or len(host) > MAX_HOST_LENGTH:
            raise MalformedUrlError("has a host with characters that no host name has")
    if colon and not (_PORT.fullmatch(port_text) and 0 < int(port_text) <= MAX_PORT):
        raise MalformedUrlError(f"has a port that is not a number from 1 to {MAX_PORT}")
    return host, port_text


def _ipv6(text: str) -> str:
    address = text.replace("%25", "%", 1)
    zone = address.partition("%")[2]
    try:
        IPv6Address(address)
    except AddressValueError:
        raise MalformedUrlError("has no IPv6 address between its brackets") from None
    if zone and not _HOST.fullmatch(zone):
        raise MalformedUrlError("has an IPv6 zone with characters that no interface has")
    return f"[{address}]"


def _options(query: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        key, _, value = part.partition("=")
        if key not in _OPTIONS:
            raise MalformedUrlError(
                "has an unknown option after the ?; known are name, tags, key and jump"
            )
        if key in options:
            raise MalformedUrlError(f"gives {key} twice")
        options[key] = _decode(value, key).strip()
        if not options[key]:
            raise MalformedUrlError(f"has an empty {key}")
    return options


def _tags(text: str) -> tuple[str, ...]:
    stripped = (tag.strip() for tag in text.split(","))
    return tuple(dict.fromkeys(filter(None, stripped)))


def _decode(text: str, what: str, *, printable: bool = True) -> str:
    try:
        decoded = unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise MalformedUrlError(f"has a {what} that is not UTF-8 once decoded") from None
    except UnicodeEncodeError:
        raise MalformedUrlError(f"has a {what} that is not UTF-8") from None
    if printable and not decoded.isprintable():
        raise MalformedUrlError(f"has a {what} with control characters")
    return decoded
