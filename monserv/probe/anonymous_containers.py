"""What container engines print, without names: a JSON object a line."""

from __future__ import annotations

import json
from typing import Any

from monserv.probe.containers import LONGEST_LINE
from monserv.probe.pseudonyms import Kind, Pseudonyms

# What an engine says of its own, in words that parsers read.
_ENGINES_WORDS = frozenset(
    {"State", "Status", "CreatedAt", "Created", "RunningFor", "Size", "LocalVolumes", "Exited"}
)
# Whole stories about a machine, which nobody parses.
_LEFT_OUT = frozenset({"Labels", "Annotations"})


def engine(line: str, names: Pseudonyms) -> str:
    """Return a line of ``docker ps`` or ``podman ps``."""
    if len(line) > LONGEST_LINE:
        return names.scrub(line, Kind.CONTAINER)
    try:
        row = json.loads(line)
        if isinstance(row, dict):
            return json.dumps(_object(row, names), separators=(",", ":"))
    except (ValueError, RecursionError):
        # Nobody reads what is no JSON; its words are replaced like all others.
        return names.scrub(line, Kind.CONTAINER)
    return names.scrub(line, Kind.CONTAINER)


def _object(row: dict[str, Any], names: Pseudonyms) -> dict[str, Any]:
    return {key: _field(key, value, names) for key, value in row.items()}


def _field(key: str, value: Any, names: Pseudonyms) -> Any:
    if key in _LEFT_OUT:
        return None if value is None else type(value)()
    if key in _ENGINES_WORDS and isinstance(value, str):
        return value
    return _scrubbed(value, names)


def _scrubbed(value: Any, names: Pseudonyms) -> Any:
    """Return a value of JSON; whatever lies deeper in it has its keys replaced, too."""
    if isinstance(value, str):
        return names.scrub(value, Kind.CONTAINER)
    if isinstance(value, list):
        return [_scrubbed(one, names) for one in value]
    if isinstance(value, dict):
        return {
            names.scrub(key, Kind.CONTAINER): _scrubbed(one, names) for key, one in value.items()
        }
    return value
