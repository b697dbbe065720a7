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

# A row has six fields, any number of optional ones, a dash, and three more.
_FIXED_FIELDS = 6

# Somebody else's disks, which are asked about apart: their df waits for the network.
# fmt: off -- a list of words, several a line
REMOTE_TYPES = frozenset(
    {
        "9p",
        "afs",
        "ceph",
        "cifs",
        "fuse.ceph",
        "fuse.cephfs",
        "fuse.davfs",
        "fuse.glusterfs",
        "fuse.juicefs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.sshfs",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
    }
)
# fmt: on

# What is sent back to df and on to every client; no machine that a person looks
# after has more.
MAX_MOUNTS = 512

# The kernel's PATH_MAX.
LONGEST_PATH = 4096

_OCTAL = re.compile(rb"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Mount:
    """A mounted file system, its names as the kernel has them, unescaped."""

    device: str
    mountpoint: str
    fstype: str
    read_only: bool

    @property
    def is_remote(self) -> bool:
        """Whether its disk is behind a network."""
        return self.fstype in REMOTE_TYPES


def mounts(mountinfo: str) -> tuple[Mount, ...]:
    """Return each real file system once, at most ``MAX_MOUNTS``, in the order of mounting.

    A device mounted several times (bind mounts, subvolumes) is shown where its
    root is mounted, else at the shortest path. An overlay is a real file system
    only where it is the root of a container. Paths with a newline come last,
    because ``df`` may print them raw: what follows it there could be a forged row.
    """
    # What is mounted later on the same path hides what was there.
    visible = {row.mount.mountpoint: row for row in map(_row, mountinfo.split("\n")) if row}
    best: dict[str, _Row] = {}
    for row in visible.values():
        if not _is_real(row.mount):
            continue
        known = best.get(row.device_number)
        if known is None or row.rank < known.rank:
            best[row.device_number] = row
    found = [row.mount for row in best.values()]
    found.sort(key=lambda mount: "\n" in mount.mountpoint)
    return tuple(found[:MAX_MOUNTS])


@dataclass(frozen=True, slots=True)
class _Row:
    device_number: str
    rank: tuple[bool, int]
    mount: Mount


def _row(line: str) -> _Row | None:
    fields = line.split(" ")
    try:
        dash = fields.index("-", _FIXED_FIELDS)
        _, _, device_number, root, path, _ = fields[:_FIXED_FIELDS]
        fstype, source, *super_options = fields[dash + 1 :]
    except ValueError:
        return None
    mountpoint = unescape(path)
    if len(mountpoint) > LONGEST_PATH:
        return None
    return _Row(
        device_number,
        (root != "/", len(mountpoint)),
        Mount(
            device=unescape(source),
            mountpoint=mountpoint,
            fstype=fstype,
            # What the mount itself says is not asked: in the sandbox of a service all mounts
            # are read-only, and the file systems fill all the same.
            read_only="ro" in ",".join(super_options).split(","),
        ),
    )


def _is_real(mount: Mount) -> bool:
    if mount.fstype == "overlay":
        return mount.mountpoint == "/"
    return mount.fstype not in PSEUDO_TYPES and mount.mountpoint.startswith("/")


def unescape(text: str) -> str:
    """Return a name of the kernel's list as it is."""
    if "\\" not in text:
        return text
    raw = text.encode("utf-8", "surrogateescape")
    plain = _OCTAL.sub(lambda octal: bytes([int(octal[1], 8) & 0xFF]), raw)
    return plain.decode("utf-8", "surrogateescape")
