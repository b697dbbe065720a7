"""Which file systems are worth a row, from ``/proc/self/mountinfo``.

The kernel escapes spaces, tabs, newlines and backslashes as octal there, so one
line is one mount whatever its name. Each device counts once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Kernel interfaces, memory and images: nothing an operator can fill or empty.
# fmt: off -- a list of words, several a line
PSEUDO_TYPES = frozenset(
    {
        "autofs",
        "binfmt_misc",
        "bpf",
        "cgroup",
        "cgroup2",
        "configfs",
        "cpuset",
        "debugfs",
        "devfs",
        "devpts",
        "devtmpfs",
        "efivarfs",
        "fuse.gvfsd-fuse",
        "fuse.lxcfs",
        "fuse.portal",
        "fuse.snapfuse",
        "fusectl",
        "hugetlbfs",
        "mqueue",
        "nsfs",
        "pipefs",
        "proc",
        "pstore",
        "ramfs",
        "rootfs",
        "rpc_pipefs",
        "securityfs",
        "selinuxfs",
        "sockfs",
        "squashfs",
        "sysfs",
        "tmpfs",
        "tracefs",
    }
)
# fmt: on

_LINE = re.compile(
    r"^\d+ \d+ (?P<device>\d+:\d+) (?P<root>\S+) (?P<mountpoint>\S+) (?P<options>\S+)"
    r"(?: [^-]\S*)* - (?P<fstype>\S+) (?P<source>\S+) (?P<super_options>\S+)$",
    re.MULTILINE,
)
_OCTAL = re.compile(rb"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Mount:
    """A mounted file system, its names as the kernel has them, unescaped."""

    device: str
    mountpoint: str
    fstype: str
    read_only: bool


def mounts(mountinfo: str) -> tuple[Mount, ...]:
    """Return each real file system once, in the order of mounting.

    A device mounted several times (bind mounts, subvolumes) is shown where its
    root is mounted, else at the shortest path. An overlay is a real file system
    only where it is the root of a container.
    """
    # What is mounted later on the same path hides what was there.
    visible = {_unescape(found["mountpoint"]): found for found in _LINE.finditer(mountinfo)}
    best: dict[str, tuple[tuple[bool, int], Mount]] = {}
    for mountpoint, found in visible.items():
        fstype, device = found["fstype"], found["device"]
        if fstype in PSEUDO_TYPES or (fstype == "overlay" and mountpoint != "/"):
            continue
        options = f"{found['options']},{found['super_options']}".split(",")
        mount = Mount(_unescape(found["source"]), mountpoint, fstype, "ro" in options)
        rank = (found["root"] != "/", len(mountpoint))
        if device not in best or rank < best[device][0]:
            best[device] = (rank, mount)
    return tuple(mount for _, mount in best.values())


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    raw = text.encode("utf-8", "surrogateescape")
    plain = _OCTAL.sub(lambda octal: bytes([int(octal[1], 8) & 0xFF]), raw)
    return plain.decode("utf-8", "surrogateescape")
