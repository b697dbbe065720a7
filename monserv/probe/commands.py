r"""Read ``/proc/<pid>/cmdline``: arguments that end in ``\0``, chosen by whoever runs it."""

from __future__ import annotations

from monserv.probe.masking import masked
from monserv.probe.text import PATH_LIMIT, clean


def line(cmdline: str) -> str:
    """Return the command line as a person reads it: on one line, masked, cut where it is long.

    A kernel's thread has none, and one that may not be read is not told.
    """
    arguments = cmdline.rstrip("\0\n").split("\0")
    return clean(" ".join(masked(arguments)), PATH_LIMIT)
