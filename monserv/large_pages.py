"""The memory of a large fleet lies on large pages, where the system lets it.

Between two polls of a server hundreds of others are polled, so that neither what is known of it
nor where that lies is in the processor's caches any more. To find that out for pages of 4 KiB
takes a seventh of a poll; the few entries for pages of 2 MiB stay where they are needed.
"""

from __future__ import annotations

import ctypes
import logging
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

from monserv.offload import CallTimeout, real_threads

log = logging.getLogger(__name__)

PAGE_BYTES = 2 * 1024 * 1024
# A small fleet's memory is found quickly as it is.
LEAST_BYTES = 16 * PAGE_BYTES
# So much of a region must be in use. A thread's stack, for one, is nearly empty.
LEAST_USED = 0.8

# Looking takes a tenth of a second, in a thread of its own, and memory grows ever more slowly.
FIRST_PAUSE_SECONDS = 15.0
MOST_PAUSE_SECONDS = 960.0
LIMIT_SECONDS = 60.0

_SWITCH = Path("/sys/kernel/mm/transparent_hugepage/enabled")
_REGIONS = Path("/proc/self/smaps")
# Since Linux 6.1; Python has no name for it yet.
_MADV_COLLAPSE = 25

# One that can be written, is nobody else's and has no file behind it.
_REGION = re.compile(
    r"^(?P<start>[0-9a-f]+)-(?P<end>[0-9a-f]+) rw-p 0+ 00:00 0 +(?:\[heap\])?\n"
    r"(?:[A-Za-z_]+: .*\n)*?Rss: +(?P<used>\d+) kB$",
    re.MULTILINE,
)


def keep(pause_seconds: float = FIRST_PAUSE_SECONDS) -> None:
    """Move the process's memory to large pages, and ever less often what is new of it.

    Not where the administrator has turned large pages off, or the kernel has none.
    """
    if _is_allowed():
        threading.Thread(
            target=_keep_moving, args=(pause_seconds,), name="monserv-pages", daemon=True
        ).start()


def worth_it(smaps: str) -> list[tuple[int, int]]:
    """Return address and bytes of each region that should lie on large pages.

    ``smaps`` is in the form of proc_pid_smaps(5).
    """
    ranges = list(_whole_pages(smaps))
    return ranges if sum(nbytes for _, nbytes in ranges) >= LEAST_BYTES else []


def _whole_pages(smaps: str) -> Iterator[tuple[int, int]]:
    for found in _REGION.finditer(smaps):
        start, end = int(found["start"], 16), int(found["end"], 16)
        if int(found["used"]) * 1024 < LEAST_USED * (end - start):
            continue
        first = -(-start // PAGE_BYTES) * PAGE_BYTES
        nbytes = end // PAGE_BYTES * PAGE_BYTES - first
        if nbytes > 0:
            yield first, nbytes


def _is_allowed() -> bool:
    try:
        return "[never]" not in _SWITCH.read_text()
    except OSError:
        return False


def _keep_moving(pause_seconds: float) -> None:
    never, threads = threading.Event(), real_threads("monserv-pages", 1)
    while not never.wait(pause_seconds):
        pause_seconds = min(MOST_PAUSE_SECONDS, 2 * pause_seconds)
        try:
            threads.call(LIMIT_SECONDS, _move)
        except (CallTimeout, OSError) as error:
            log.info("memory stays on small pages: %s", error)
            return


def _move() -> None:
    """Move what is worth it; what is on large pages is left as it is, by the kernel.

    A page that cannot be moved just now (there may be no large one) stays until the next time.
    """
    advise = ctypes.CDLL(None, use_errno=True).madvise
    advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for address, nbytes in worth_it(_REGIONS.read_text()):
        if advise(address, nbytes, _MADV_COLLAPSE):
            why = os.strerror(ctypes.get_errno())
            log.debug("some of %d MiB stay on small pages: %s", nbytes // 2**20, why)
