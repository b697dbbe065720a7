"""A monitored machine and how to reach it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monserv.model.secret import Secret

DEFAULT_SSH_PORT = 22


class Reach(StrEnum):
    """How a server is reached."""

    SSH = "ssh"
    LOCAL = "local"


class Source(StrEnum):
    """Where a server is configured."""

    SETTINGS = "settings"
    MANAGED = "managed"


@dataclass(frozen=True, slots=True)
class Identities:
    """Which keys are offered where a server has neither a password nor a key of its own.

    Without ``key_paths`` (``None``) these are the user's default ones. The ``agent`` is
    the path of its socket, empty for none, and ``None`` for the one of the environment;
    with ``is_only`` it signs with the named keys alone.
    """

    key_paths: tuple[str, ...] | None = None
    certificate_paths: tuple[str, ...] = ()
    is_only: bool = False
    agent: str | None = None


DEFAULT_IDENTITIES = Identities()


@dataclass(frozen=True, slots=True)
class Credentials:
    """What monserv may show a server to log in.

    With a ``key_path`` the password is that key's passphrase, and of no use when
    the key is not encrypted. With neither, the agent and the user's default keys
    are tried. While there is a ``problem``, a sentence, they are not known and
    nothing is tried at all. ``way`` is the one for which they were given, as
    ``Server.way`` spells it.
    """

    password: Secret | None = None
    key_path: str | None = None
    problem: str | None = None
    way: str = ""
    identities: Identities = DEFAULT_IDENTITIES

    @property
    def are_given(self) -> bool:
        """Whether anything was given, be it no longer known."""
        return any((self.password, self.key_path, self.problem))


@dataclass(frozen=True, slots=True)
class Server:
    """A monitored machine, as configured.

    ``id`` is a short stable slug. ``url`` is the masked URL that older clients
    key on: unique, without query, the password as three stars. One that is not
    ``is_active`` is paused: nothing is asked of it. ``latitude`` and ``longitude``
    are in degrees. ``created_at`` and ``updated_at`` are unknown for settings.

    ``jump`` names the server through which this one is reached, as configured, and
    is empty without one. ``hops`` are the jump servers that it leads to, the first
    one first, each with its own credentials; none while ``jump`` leads nowhere.
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
    source: Source = Source.SETTINGS
    credentials: Credentials = field(default=Credentials(), repr=False)
    is_active: bool = True
    location: str = ""
    latitude: float | None = None
    longitude: float | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    jump: str = ""
    hops: tuple[Server, ...] = field(default=(), repr=False)

    @property
    def known_as(self) -> str:
        """What no two servers share: user, host and port, or this machine."""
        if self.reach is Reach.LOCAL:
            return "local://"
        return f"{self.username}@{self.host.lower()}:{self.port}"

    def is_reached_like(self, other: Server) -> bool:
        """Whether a session with one is a session with the other."""
        return self._access == other._access

    @property
    def place(self) -> str:
        """Host and port, as OpenSSH spells them: the port only where it is another one."""
        if self.port == DEFAULT_SSH_PORT:
            return self.host.lower()
        return f"[{self.host.lower()}]:{self.port}"

    @property
    def way(self) -> str:
        """The places of the jump servers, each followed by ``>``; empty when reached directly.

        The same address behind two ways is two machines.
        """
        return "".join(f"{hop.place}>" for hop in self.hops)

    @property
    def _access(self) -> tuple[object, ...]:
        """Where somebody logs in, as whom, with what and through what."""
        hops = tuple((hop.known_as, hop.credentials) for hop in self.hops)
        return self.known_as, self.credentials, bool(self.jump), hops
