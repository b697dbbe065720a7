"""A monitored machine and how to reach it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from monserv.model.secret import Secret

DEFAULT_SSH_PORT = 22


class Reach(StrEnum):
    """How a server is reached."""

    SSH = "ssh"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What monserv may show a server to log in.

    With a ``key_path`` the password is that key's passphrase, and of no use when
    the key is not encrypted. With neither, the agent and the user's default keys
    are tried.
    """

    password: Secret | None = None
    key_path: str | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """A monitored machine, as configured.

    ``id`` is a short stable slug. ``url`` is the masked URL that older clients
    key on: unique, without query, the password as three stars.
    """

    id: str
    name: str
    reach: Reach
    host: str
    port: int
    username: str
    url: str
    tags: tuple[str, ...] = ()
    description: str = ""
    source: str = "settings"
    credentials: Credentials = field(default=Credentials(), repr=False)
