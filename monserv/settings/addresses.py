"""Hosts and origins: what is loopback, and by which names this machine is called."""

from __future__ import annotations

import re
import socket
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address
from itertools import pairwise
from pathlib import Path

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 -- named to be recognised
MAX_PORT = 65535

# Every request has a Host and an address, mostly the same ones.
KEPT = 256

_NAME = re.compile(r"(?!-)[\w.-]{1,253}")
_PORT = re.compile(r"[0-9]{1,5}")
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://(\[[0-9a-f:.]+\]|[\w.-]+)(:[0-9]{1,5})?/?")


def bare_host(text: str) -> str | None:
    """Return a host without brackets, in lower case; ``None`` when it is none."""
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    return text.lower() if _is_ipv6(text) or _NAME.fullmatch(text) else None


@lru_cache(KEPT)
def split_port(text: str) -> tuple[str, str] | None:
    """Split ``host[:port]`` into a bare host and the port's text; ``None`` when it is neither."""
    if ":" not in text or text.endswith("]") or _is_ipv6(text):
        host, port = text, ""
    else:
        host, _, port = text.rpartition(":")
        if not _PORT.fullmatch(port) or not 0 < int(port) <= MAX_PORT:
            return None
    bare = bare_host(host)
    return None if bare is None else (bare, port)


def origin(text: str) -> str | None:
    """Return an origin as browsers send it; ``None`` when it is none."""
    found = _ORIGIN.fullmatch(text.lower())
    if found is None:
        return None
    scheme, host, port = found.groups(default="")
    default = {"http": ":80", "https": ":443"}.get(scheme)
    return f"{scheme}://{host}{'' if port == default else port}"


def in_url(host: str) -> str:
    """Return the host as a URL writes it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    """Whether only this machine can connect to ``host``."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_bindable(host: str) -> bool:
    """Whether the system takes ``host`` as a name at all: no part empty, none too long."""
    try:
        return bool(host.encode("idna"))
    except UnicodeError:
        return False


def machine_names() -> tuple[str, ...]:
    """Return the names and addresses of this machine, without asking any other."""
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    return tuple(filter(None, (name, short, f"{short}.local", *_ipv4(), *_ipv6())))


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def _ipv4() -> list[str]:
    """Return the addresses that the kernel's routing table calls its own."""
    lines = _lines("/proc/net/fib_trie")
    return [
        before.split()[-1]
        for before, line in pairwise(lines)
        if "/32 host LOCAL" in line and _is_ipv4(before.split()[-1])
    ]


def _is_ipv4(text: str) -> bool:
    try:
        return not IPv4Address(text).is_loopback
    except AddressValueError:
        return False


def _ipv6() -> list[str]:
    addresses = [IPv6Address(int(line.split()[0], 16)) for line in _lines("/proc/net/if_inet6")]
    return [str(one) for one in addresses if not one.is_loopback]


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return []
