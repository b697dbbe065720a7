"""Why a group is missing on a box, and the one line that would mend it: pure words."""

from __future__ import annotations

from dataclasses import dataclass

from monserv.model.quality import Group, Quality
from monserv.probe.text import clean


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """Why a group could not be read; ``fix`` as in ``GroupState``."""

    quality: Quality
    reason: str
    fix: str = ""


# What a program said when it failed, as far as a person reads it.
SAID_LIMIT = 160

_FREE_MOUNT = "umount -l <mount point>"

DF_HANGS = Shortcoming(
    Quality.TIMEOUT, "df does not answer: a mounted file system hangs.", _FREE_MOUNT
)
REMOTE_HANGS = Shortcoming(Quality.TIMEOUT, "A network file system does not answer.", _FREE_MOUNT)
DF_FAILED = Shortcoming(Quality.UNSUPPORTED, "df told nothing of the file systems.")
NO_INODES = Shortcoming(
    Quality.UNSUPPORTED, "df -i told nothing: some df of BusyBox does not know it."
)
NO_MOUNTS = Shortcoming(Quality.UNSUPPORTED, "/proc/self/mountinfo could not be read.")
NO_PROCESSES = Shortcoming(
    Quality.UNSUPPORTED, "/proc/<pid>/stat or the page size could not be read."
)
HIDDEN_PROCESSES = Shortcoming(
    Quality.DENIED,
    "Only some processes are visible: /proc is mounted with hidepid.",
    "usermod -aG <group of gid= in the options of /proc> <user>",
)
NO_SENSORS = Shortcoming(
    Quality.UNSUPPORTED,
    "The kernel shows no temperature: virtual machines have none, others need a driver.",
    "sensors-detect --auto",
)
NO_UNITS = Shortcoming(Quality.UNSUPPORTED, "systemctl told no state of systemd.")
NO_CONTAINERS = Shortcoming(
    Quality.UNSUPPORTED, "No docker runs here, and no podman was ever used."
)
NOT_YET = Shortcoming(Quality.STALE, "It was not read yet.")
TOO_OLD = Shortcoming(Quality.STALE, "It was not read for a while.")

# Counters that are read at each poll, and what is wrong when they are missing.
COUNTERS = {
    Group.CPU: Shortcoming(Quality.UNSUPPORTED, "/proc/stat could not be read."),
    Group.MEMORY: Shortcoming(
        Quality.UNSUPPORTED,
        "/proc/meminfo has no MemTotal and MemAvailable, which came with Linux 3.14.",
    ),
    Group.LOAD: Shortcoming(Quality.UNSUPPORTED, "/proc/loadavg could not be read."),
    Group.NETWORK: Shortcoming(Quality.UNSUPPORTED, "/proc/net/dev could not be read."),
    Group.DISK_IO: Shortcoming(
        Quality.UNSUPPORTED,
        "/proc/diskstats shows no disk: a container may see none of its host's.",
    ),
    Group.PRESSURE: Shortcoming(
        Quality.UNSUPPORTED,
        "The kernel tells no pressure (PSI): it is older than 4.20, or does not count it.",
        "psi=1 on the kernel's command line",
    ),
}

# What the probe itself says in place of an answer.
_SAID = {
    (Group.UNITS, "absent"): Shortcoming(Quality.UNSUPPORTED, "There is no systemd here."),
    (Group.LOGINS, "absent"): Shortcoming(Quality.UNSUPPORTED, "There is no program who."),
    (Group.LOGINS, "unrecorded"): Shortcoming(
        Quality.UNSUPPORTED,
        "This machine keeps no record of who is logged in.",
        "install -m 664 -g utmp /dev/null /run/utmp",
    ),
    (Group.CONTAINERS, "absent"): NO_CONTAINERS,
    (Group.CONTAINERS, "hidden"): Shortcoming(
        Quality.DENIED, "podman was used by root, and shows the containers of root to root alone."
    ),
}
_DENIED_FIX = {
    Group.CONTAINERS: "usermod -aG docker <user> (which makes that user as good as root there)"
}
_FAILED_FIX = {Group.CONTAINERS: "systemctl start docker", Group.UNITS: "apt install dbus"}
_DENIED_WORDS = (
    "permission denied",
    "access denied",
    "not permitted",
    "authentication is required",
)


def failure(group: Group, section: str) -> Shortcoming | None:
    """Return why a section of an optional program is no answer, ``None`` when it is one.

    ``! <why>`` stands in its place: a word of the probe, or what the program said.
    """
    if not section.startswith("! "):
        return None
    why = section[2:].partition("\n")[0].strip()
    if (group, why) in _SAID:
        return _SAID[group, why]
    if why == "timeout":
        return hangs(group)
    said = clean(why, SAID_LIMIT)
    if any(words in why.lower() for words in _DENIED_WORDS):
        return Shortcoming(Quality.DENIED, f"It is refused: {said}", _DENIED_FIX.get(group, ""))
    return Shortcoming(Quality.UNSUPPORTED, f"It failed: {said}", _FAILED_FIX.get(group, ""))


def hangs(group: Group) -> Shortcoming:
    """Return what is wrong when the question about ``group`` is not answered."""
    if group is Group.NETWORK_DISKS:
        return REMOTE_HANGS
    return Shortcoming(Quality.TIMEOUT, "The program that tells does not answer.")
