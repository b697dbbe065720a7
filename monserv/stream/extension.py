"""Which extension a client's offers lead to (RFC 6455, section 9.1; RFC 7692); pure.

The only one is permessage-deflate, and no side keeps what it knows from one message for
the next: so one compression serves all who agreed to the same window.
"""

from __future__ import annotations

from dataclasses import dataclass

from monserv.stream.forms import WEB_SOCKET, WEB_SOCKET_DEFLATE, WEB_SOCKET_DEFLATE_4K, Form

_NAME = "permessage-deflate"
_WINDOW_BITS = frozenset(map(str, range(8, 16)))
_FLAGS = ("server_no_context_takeover", "client_no_context_takeover")
_SERVER_WINDOW = "server_max_window_bits"
_CLIENT_WINDOW = "client_max_window_bits"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the handshake's answer says, and in which form the client gets its messages.

    ``header`` is the value of Sec-WebSocket-Extensions, empty for none.
    """

    header: str
    form: Form


_NONE = Agreement("", WEB_SOCKET)
_USUAL = Agreement("; ".join((_NAME, *_FLAGS)), WEB_SOCKET_DEFLATE)
# A window that was asked for is answered, by the same one or a smaller one.
_LARGE = Agreement(f"{_USUAL.header}; {_SERVER_WINDOW}=15", WEB_SOCKET_DEFLATE)
_SMALL = Agreement(f"{_USUAL.header}; {_SERVER_WINDOW}=12", WEB_SOCKET_DEFLATE_4K)
# Below 4 KiB messages grow to twice their size, and so there is none.
_BY_WINDOW = {"12": _SMALL, "13": _SMALL, "14": _SMALL, "15": _LARGE}


def agree(offers: str) -> Agreement:
    """Return what is made of the value of Sec-WebSocket-Extensions in a request.

    The first offer that can be kept is taken, and one that is malformed is passed over, as
    are those of other extensions. The value of a parameter may be quoted, but is a token
    all the same, so that a comma or a semicolon always stands between two of them.
    """
    for offer in offers.split(","):
        name, *parameters = (part.strip(" \t") for part in offer.split(";"))
        if name == _NAME and (agreement := _judged(parameters)) is not None:
            return agreement
    return _NONE


def _judged(parameters: list[str]) -> Agreement | None:
    """Return what an offer of permessage-deflate leads to; None when it is declined."""
    found: dict[str, str | None] = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        name = name.rstrip(" \t")
        if name in found:
            return None
        found[name] = _unquoted(value.lstrip(" \t")) if equals else None
    if not all(_is_valid(name, value) for name, value in found.items()):
        return None
    window_bits = found.get(_SERVER_WINDOW)
    return _USUAL if window_bits is None else _BY_WINDOW.get(window_bits)


def _is_valid(name: str, value: str | None) -> bool:
    """Whether RFC 7692, section 7.1, allows this parameter in an offer."""
    if name in _FLAGS:
        return value is None
    if name == _CLIENT_WINDOW:
        return value is None or value in _WINDOW_BITS
    return name == _SERVER_WINDOW and value in _WINDOW_BITS


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1] if is_quoted else value
