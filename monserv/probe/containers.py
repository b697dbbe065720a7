"""Read what ``docker ps`` and ``podman ps`` print: a JSON object a line.

Their keys differ (``ID`` and ``Id``, ``Names`` a text or a list), and an old docker gives
no ``State``, only a ``Status`` for people.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from monserv.model.services import Container
from monserv.probe.text import clean

# What a person looks after on one machine; and how long a line is with all its labels.
MAX_CONTAINERS = 512
LONGEST_LINE = 2**16

_STATE = re.compile(r"[a-z]{1,32}")
_FIRST_WORDS = {
    "up": "running",
    "exited": "exited",
    "created": "created",
    "restarting": "restarting",
    "removal": "removing",
    "dead": "dead",
}


def containers(text: str, engine: str) -> tuple[Container, ...] | None:
    """Return the containers of one engine; ``None`` when not one line is what it prints."""
    lines = [
        line for line in islice(text.split("\n", MAX_CONTAINERS), MAX_CONTAINERS) if line.strip()
    ]
    found = tuple(one for one in (_container(line, engine) for line in lines) if one is not None)
    return found if found or not lines else None


def _container(line: str, engine: str) -> Container | None:
    if len(line) > LONGEST_LINE:
        return None
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict):
        return None
    identity = _text(row, "ID", "Id")
    if not identity:
        return None
    status = _text(row, "Status")
    return Container(
        engine=engine,
        id=clean(identity),
        name=clean(_text(row, "Names", "Name")),
        image=clean(_text(row, "Image")),
        state=_state(_text(row, "State"), status),
        status=clean(status),
    )


def _text(row: Mapping[str, Any], *keys: str) -> str:
    """Return the first of the keys that is a text, or a list that begins with one."""
    for key in keys:
        value = row.get(key)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, str):
            return value
    return ""


def _state(state: str, status: str) -> str:
    """Return one word, ``unknown`` where the engine tells none that can be read."""
    word = state.lower()
    if _STATE.fullmatch(word):
        return word
    if status.endswith("(Paused)"):
        return "paused"
    return _FIRST_WORDS.get(status.partition(" ")[0].lower(), "unknown")
