"""What an answer says of a group that not every box can tell: a value, or why there is none.

Each takes the sections of the answer and the mounts that were asked about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monserv.model.hardware import Temperature
from monserv.model.quality import Group
from monserv.model.sample import Disk, Inodes
from monserv.model.services import Container, LoggedIn, Units
from monserv.probe import capabilities, disks, sensors
from monserv.probe import containers as engines
from monserv.probe import logins as who
from monserv.probe import units as systemd
from monserv.probe.capabilities import Shortcoming
from monserv.probe.mounts import Mount

Sections = Mapping[str, str]
ENGINES = ("docker", "podman")


def units(answer: Sections, _: Sequence[Mount] = ()) -> Units | Shortcoming:
    """Return the failed units."""
    text = answer.get("units", "")
    found = systemd.units(text)
    return found or capabilities.failure(Group.UNITS, text) or capabilities.NO_UNITS


def logins(answer: Sections, _: Sequence[Mount] = ()) -> tuple[LoggedIn, ...] | Shortcoming:
    """Return who is logged in."""
    text = answer.get("logins", "")
    return capabilities.failure(Group.LOGINS, text) or who.logins(text)


def temperatures(
    answer: Sections, _: Sequence[Mount] = ()
) -> tuple[Temperature, ...] | Shortcoming:
    """Return the temperatures."""
    return sensors.temperatures(answer.get("sensors", "")) or capabilities.NO_SENSORS


def containers(answer: Sections, _: Sequence[Mount] = ()) -> tuple[Container, ...] | Shortcoming:
    """Return the containers of all engines; one that is there and fails spoils none of another."""
    found: list[Container] = []
    failures: list[Shortcoming] = []
    is_answered = False
    for engine in ENGINES:
        text = answer.get(engine, "! absent")
        failure = capabilities.failure(Group.CONTAINERS, text)
        rows = engines.containers(text, engine) if failure is None else None
        if rows is not None:
            found += rows
            is_answered = True
        elif failure is not None and not text.startswith("! absent"):
            failures.append(failure)
    if is_answered:
        return tuple(found)
    return failures[0] if failures else capabilities.NO_CONTAINERS


def inodes(answer: Sections, asked: Sequence[Mount]) -> Mapping[str, Inodes] | Shortcoming:
    """Return mount point -> inodes."""
    found = disks.inodes(answer.get("inodes", ""), asked)
    return capabilities.NO_INODES if found is None else found


def network_disks(answer: Sections, asked: Sequence[Mount]) -> tuple[Disk, ...] | Shortcoming:
    """Return the network file systems that answered."""
    text = answer.get("remote", "")
    found = disks.disks(text, asked)
    if found:
        return found
    return capabilities.REMOTE_HANGS if has_timeout(answer) else capabilities.DF_FAILED


def has_timeout(answer: Sections) -> bool:
    """Whether a network file system did not answer in time."""
    return "! timeout\n" in answer.get("remote", "")
