"""What a sample says of what runs on a server: units, containers, people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FailedUnit:
    """A systemd unit that has failed."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Units:
    """The failed units; ``state`` is systemd's own word: ``running``, ``degraded``, ..."""

    state: str
    failed: tuple[FailedUnit, ...]


@dataclass(frozen=True, slots=True)
class Container:
    """A container; ``state`` is one word (``running``, ``exited``), ``status`` the engine's own."""

    engine: str
    id: str
    name: str
    image: str
    state: str
    status: str


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A user at a terminal; ``since`` as the server words it, ``origin`` empty when local."""

    username: str
    terminal: str
    since: str
    origin: str


@dataclass(frozen=True, slots=True)
class OperatingSystem:
    """What runs on the machine, as it names itself; empty where it does not."""

    name: str
    kernel: str
    architecture: str
