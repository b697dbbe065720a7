"""What a person wants a server to be; what is absent stays as it is."""

from __future__ import annotations

from typing import TypedDict

from monserv.model.secret import Secret
from monserv.model.server import Reach


class Changes(TypedDict, total=False):
    """Fields of a server, each already checked by itself.

    ``None`` for ``password`` or ``key`` takes it away; ``key`` is the path of a private
    key, and a password beside it is its passphrase. ``tags`` stand in their order.
    ``jump`` names the server through which it is reached, and is empty for none.
    ``host_key`` is the fingerprint for which a person vouches; no part of the server.
    """

    reach: Reach
    name: str
    host: str
    port: int
    username: str
    password: Secret | None
    key: str | None
    description: str
    tags: tuple[str, ...]
    is_active: bool
    location: str
    latitude: float | None
    longitude: float | None
    jump: str
    host_key: str
