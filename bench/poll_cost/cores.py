"""Which core does what: the measured program has one for itself, all else the others."""

from __future__ import annotations

import os

ALL = sorted(os.sched_getaffinity(0))
MEASURED = ALL[:1]
OTHERS = ALL[1:] or ALL


def on(cores: list[int], command: list[str]) -> list[str]:
    """Return a command that runs on these cores alone."""
    return ["taskset", "-c", ",".join(map(str, cores)), *command]
