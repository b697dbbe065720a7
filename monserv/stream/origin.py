"""Where clients come from: what counts as one place, and what is this machine."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

# What one customer has of an IPv6 network: all of it is one place.
_IPV6_PREFIX = 64
# Every request has an address, mostly the one of the request before.
_KEPT = 1024


@lru_cache(_KEPT)
def place(address: str) -> str:
    """Return what stands for all addresses that one client could take."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # a Unix socket has no address
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), _IPV6_PREFIX), strict=False))


@lru_cache(_KEPT)
def is_this_machine(address: str) -> bool:
    """Whether it is loopback, or a Unix socket: where a proxy on this machine comes from."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return True
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback
