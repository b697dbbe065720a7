"""Read what the probe's shell, the programs that it ran and its sshd have used."""

from __future__ import annotations

import re

TICKS_PER_SECOND = 100

# What ``times`` prints: the shell's own user and system time, and its children's below.
_TIMES = re.compile(r"(\d{1,9})m(\d{1,2})[.,](\d{1,6})s")
_ALL_TIMES = 4

_FORKS = "forks "
_LONGEST_COUNT = 12

# Positions after the name in /proc/<pid>/stat.
_STAT = re.compile(r"^\d+ \((sshd|sshd-session|dropbear)\) [A-Za-z](.*)$", re.MULTILINE)
_UTIME, _STIME = 14 - 4, 15 - 4


def cpu_seconds(text: str) -> float | None:
    """Return seconds of CPU since the session began; ``None`` where they are not told.

    The time of sshd is part of it where the shell's parent is one.
    """
    # The row of sshd has fifty numbers, and a parenthesis before nearly all of them.
    times = _TIMES.findall(text.partition("(")[0])[:_ALL_TIMES]
    if len(times) < _ALL_TIMES:
        return None
    shell = sum(int(minutes) * 60 + float(f"{whole}.{part}") for minutes, whole, part in times)
    return round(shell + _sshd(text), 3)


def forks(text: str) -> int | None:
    """Return how many processes the probe has made; ``None`` where it does not tell."""
    before, _, after = text.rpartition(_FORKS)
    count = after.partition("\n")[0]
    is_line = not before or before.endswith("\n")
    is_count = count.isascii() and count.isdecimal() and len(count) <= _LONGEST_COUNT
    return int(count) if is_line and is_count else None


def _sshd(text: str) -> float:
    found = _STAT.search(text)
    fields = found[2].split(None, _STIME + 1) if found else []
    if len(fields) <= _STIME or not all(one.isdigit() for one in fields[_UTIME : _STIME + 1]):
        return 0.0
    return (int(fields[_UTIME]) + int(fields[_STIME])) / TICKS_PER_SECOND
