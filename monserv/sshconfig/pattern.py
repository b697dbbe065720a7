"""Patterns of host names: ``*``, ``?`` and exceptions, as OpenSSH has them.

``fnmatch`` would take the brackets of ``[host]:port`` for a set of characters. The time
is at most the product of both lengths, whatever a pattern looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_WILD = re.compile(r"[*?]")


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether one of ``patterns`` is for ``name``, and none of those with ``!``."""
    is_found = False
    for pattern in patterns:
        if matches_one(name, pattern.removeprefix("!")):
            if pattern.startswith("!"):
                return False
            is_found = True
    return is_found


def matches_one(name: str, pattern: str) -> bool:
    """Whether ``name`` is what ``pattern`` describes."""
    # Most patterns are plain names, and a file may have thousands of them.
    if "*" not in pattern and "?" not in pattern:
        return name == pattern
    # Most patterns are not for most names, which their first and last letters show.
    first, *_, last = _WILD.split(pattern)
    if not name.startswith(first) or not name.endswith(last):
        return False
    return _glob(name, pattern)


def _glob(name: str, pattern: str) -> bool:
    at = step = 0
    # Where to go on when a longer piece must be left to the last star.
    star = resume = -1
    while at < len(name):
        if step < len(pattern) and pattern[step] == "*":
            star, resume = step, at
            step += 1
        elif step < len(pattern) and pattern[step] in ("?", name[at]):
            at, step = at + 1, step + 1
        elif star >= 0:
            resume += 1
            at, step = resume, star + 1
        else:
            return False
    return not pattern[step:].strip("*")
