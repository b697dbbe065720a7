"""Which extension a client's offers lead to (RFC 6455, section 9.1; RFC 7692); pure.

The only one is permessage-deflate. No client keeps what it knows from one message for the
next, and neither does the server where each message stands for itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from monserv.stream.forms import (
    WEB_SOCKET,
    WEB_SOCKET_CHAINED,
    WEB_SOCKET_CHAINED_4K,
    WEB_SOCKET_DEFLATE,
    WEB_SOCKET_DEFLATE_4K,
    Form,
)

_NAME = "permessage-deflate"
_WINDOW_BITS = frozenset(map(str, range(8, 16)))
_FORGETFUL_SERVER = "server_no_context_takeover"
_FORGETFUL_CLIENT = "client_no_context_takeover"
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
# What a window that was asked for is answered by: the same one or a smaller one, and nothing
# where none was. Below 4 KiB messages grow to twice their size, and so there is none.
_SMALL_WINDOW = "12"
_WINDOWS = {None: None, "12": "12", "13": "12", "14": "12", "15": "15"}
# By the larger and the smaller window.
_FORGETFUL = WEB_SOCKET_DEFLATE, WEB_SOCKET_DEFLATE_4K
_CHAINED = WEB_SOCKET_CHAINED, WEB_SOCKET_CHAINED_4K


def agree(offers: str, *, may_chain: bool = False) -> Agreement:
    """Return what is made of the value of Sec-WebSocket-Extensions in a request.

    The first offer that can be kept is taken, and one that is malformed is passed over, as
    are those of other extensions. The value of a parameter may be quoted, but is a token
    all the same, so that a comma or a semicolon always stands between two of them.
    ``may_chain`` says that messages may refer to earlier ones, if the client does not mind.
    """
    for offer in offers.split(","):
        name, *parameters = (part.strip(" \t") for part in offer.split(";"))
        if name == _NAME and (agreement := _judged(parameters, may_chain)) is not None:
            return agreement
    return _NONE


def _judged(parameters: list[str], may_chain: bool) -> Agreement | None:
    """Return what an offer of permessage-deflate leads to; None when it is declined."""
    found: dict[str, str | None] = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        name = name.rstrip(" \t")
        if name in found:
            return None
        found[name] = _unquoted(value.lstrip(" \t")) if equals else None
    asked = found.get(_SERVER_WINDOW)
    is_well = all(_is_valid(name, value) for name, value in found.items())
    if not is_well or asked not in _WINDOWS:
        return None
    return _agreement(_WINDOWS[asked], is_chained=may_chain and _FORGETFUL_SERVER not in found)


def _agreement(window_bits: str | None, *, is_chained: bool) -> Agreement:
    words = [_NAME, _FORGETFUL_CLIENT]
    if not is_chained:
        words.insert(1, _FORGETFUL_SERVER)
    if window_bits is not None:
        words.append(f"{_SERVER_WINDOW}={window_bits}")
    large, small = _CHAINED if is_chained else _FORGETFUL
    return Agreement("; ".join(words), small if window_bits == _SMALL_WINDOW else large)


def _is_valid(name: str, value: str | None) -> bool:
    """Whether RFC 7692, section 7.1, allows this parameter in an offer."""
    if name in {_FORGETFUL_SERVER, _FORGETFUL_CLIENT}:
        return value is None
    if name == _CLIENT_WINDOW:
        return value is None or value in _WINDOW_BITS
    return name == _SERVER_WINDOW and value in _WINDOW_BITS


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1] if is_quoted else value
