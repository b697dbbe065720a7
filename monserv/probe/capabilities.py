"""Why a group is missing on a box, and the one line that would mend it: pure words."""

from __future__ import annotations

from dataclasses import dataclass

from monserv.model.quality import Group, Quality


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """Why a group could not be read; ``fix`` as in ``GroupState``."""

    quality: Quality
    reason: str
    fix: str = ""


DF_HANGS = Shortcoming(
    Quality.TIMEOUT, "df does not answer: a mounted file system hangs.", "umount -l <mount point>"
)
REMOTE_HANGS = Shortcoming(
    Quality.TIMEOUT, "A network file system does not answer.", "umount -l <mount point>"
)
DF_FAILED = Shortcoming(Quality.UNSUPPORTED, "df told nothing of the file systems.")
NO_MOUNTS = Shortcoming(Quality.UNSUPPORTED, "/proc/self/mountinfo could not be read.")
NO_PROCESSES = Shortcoming(
    Quality.UNSUPPORTED, "/proc/<pid>/stat or the page size could not be read."
)
NOT_YET = Shortcoming(Quality.STALE, "It was not read yet.")
TOO_OLD = Shortcoming(Quality.STALE, "It was not read for a while.")

# Counters that are read at each poll, and what is wrong when they are missing.
COUNTERS = {
    Group.CPU: Shortcoming(Quality.UNSUPPORTED, "/proc/stat could not be read."),
    Group.MEMORY: Shortcoming(
        Quality.UNSUPPORTED,
        "/proc/meminfo has no MemTotal and MemAvailable: kernels before 3.14 tell none.",
    ),
    Group.LOAD: Shortcoming(Quality.UNSUPPORTED, "/proc/loadavg could not be read."),
    Group.NETWORK: Shortcoming(Quality.UNSUPPORTED, "/proc/net/dev could not be read."),
}
