"""What runs on a machine: ``os-release(5)``, the kernel's release and the architecture."""

from __future__ import annotations

import re
from itertools import islice

from monserv.model.services import OperatingSystem
from monserv.probe.text import clean

# The file has some twenty.
_MOST_LINES = 128
_LONGEST_VALUE = 1024

_ASSIGNMENT = re.compile(r"^[ \t]*([A-Z][A-Z0-9_]{0,63})=(.*)$", re.MULTILINE)
# What a backslash protects in the shell's double quotes.
_ESCAPED = re.compile(r"\\([\"$`\\])")


def system(os_release: str, kernel: str) -> OperatingSystem | None:
    """Return what is known; ``None`` when nothing is.

    ``kernel`` is the release, and the architecture on a second line where it is told.
    """
    values = {
        name: _unquote(value.strip()[:_LONGEST_VALUE])
        for name, value in (
            line.groups() for line in islice(_ASSIGNMENT.finditer(os_release), _MOST_LINES)
        )
    }
    named = f"{values.get('NAME', '')} {values.get('VERSION', '')}"
    name = values.get("PRETTY_NAME") or named.strip()
    release, _, architecture = kernel.partition("\n")
    found = OperatingSystem(clean(name), clean(release.strip()), clean(architecture.strip()))
    return found if found.name or found.kernel or found.architecture else None


def _unquote(value: str) -> str:
    """Read a value as the shell does, but for expansions, which the format forbids."""
    quote = value[:1]
    if quote not in ("'", '"'):
        return value
    inner, closing, _ = value[1:].rpartition(quote)
    if not closing:
        inner = value[1:]
    return inner if quote == "'" else _ESCAPED.sub(r"\1", inner)
