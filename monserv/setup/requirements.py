"""What the requirements files ask for, and whether this Python already has it."""

from __future__ import annotations

import hashlib
import operator
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

_LINE = re.compile(r"([A-Za-z0-9._-]+)(?:\[[a-z,]*\])?\s*(.*)")
_BOUND = re.compile(r"(>=|<=|==|<|>)\s*([0-9][0-9.]*)")
_COMPARISONS = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}


def unmet(file: Path) -> list[str]:
    """Return the requirements of ``file`` that this Python does not meet, as written."""
    return [line for line in _lines(file) if not _is_met(line)]


def fingerprint(files: Iterable[Path]) -> str:
    """Return what changes when the files, the Python version or the platform do."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes() + b"\0")
    python = f"{sys.implementation.name} {sys.version_info[0]}.{sys.version_info[1]}"
    return f"{digest.hexdigest()} {python} {sysconfig.get_platform()}"


def _lines(file: Path) -> Iterator[str]:
    for line in file.read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if text.startswith("-r"):
            yield from _lines(file.parent / text[2:].strip())
        elif text:
            yield text


def _is_met(line: str) -> bool:
    found = _LINE.fullmatch(line)
    assert found is not None, line
    try:
        present = _release(metadata.version(found.group(1)))
    except metadata.PackageNotFoundError:
        return False
    bounds = _BOUND.findall(found.group(2))
    return all(_COMPARISONS[sign](present, _release(bound)) for sign, bound in bounds)


def _release(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, without zeros at the end: 1.2.0 is 1.2."""
    numbers = re.match(r"[0-9]+(?:\.[0-9]+)*", version)
    parts = [int(part) for part in numbers.group().split(".")] if numbers else []
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)
