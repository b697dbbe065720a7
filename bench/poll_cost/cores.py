"""Which core does what: the measured program has one for itself, all else the others."""

from __future__ import annotations

import os

_OURS = sorted(os.sched_getaffinity(0))
MEASURED = _OURS[:1]
OTHERS = _OURS[1:] or _OURS


def on(cores: list[int], command: list[str]) -> list[str]:
    """Return a command that runs on these cores alone."""
    return ["taskset", "-c", ",".join(map(str, cores)), *command]
