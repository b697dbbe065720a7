"""What a client of ``monserv.v2`` asks for, checked strictly; no I/O.

Two requests, each a JSON object with exactly these names, of which all but ``type``,
``epoch`` and ``seq`` may be left out or null:

- ``subscribe``: ``servers`` (ids), ``tags``, ``fields`` (names of a server's fields, or
  up to three with dots between, such as ``metrics.cpu.used_percent``),
  ``min_interval_seconds`` (0 to 3600). It replaces the former subscription. A server is
  selected when it is named or has one of the tags; with neither, all are.
- ``resume``: ``epoch``, ``seq``, and the same four: the subscription that goes on, since
  a new connection has none.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import orjson

from monserv.errors import MonservError
from monserv.stream.selection import DEPTH, Fields, Selection, Tags

MAX_BYTES = 16 * 1024
MAX_NAMES = 1000
MAX_NAME_CHARACTERS = 200
# There are fewer than that; each is looked for in each change, for each subscription.
MAX_FIELDS = 100
MAX_INTERVAL_SECONDS = 3600.0
MAX_SEQ = 2**63 - 1
_FIELD = re.compile(rf"[a-z0-9_]+(\.[a-z0-9_]+){{0,{DEPTH - 1}}}")
_SUBSCRIPTION = ("servers", "tags", "fields", "min_interval_seconds")
_NAMES = {"subscribe": _SUBSCRIPTION, "resume": ("epoch", "seq", *_SUBSCRIPTION)}


class Mistake(MonservError):  # noqa: N818 -- it is the client's, and is told to it
    """A message is no request; ``code`` is a word for programs, the text a sentence."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Wants a snapshot, and what follows it."""

    selection: Selection


@dataclass(frozen=True, slots=True)
class Resume:
    """Wants what was told after ``seq``."""

    epoch: str
    seq: int
    selection: Selection


def request(message: str | bytes, view: Tags) -> Subscribe | Resume:
    """Return what a message asks for, on behalf of somebody with ``view``; raises ``Mistake``."""
    asked = _document(message)
    kind = asked.get("type")
    if not isinstance(kind, str) or kind not in _NAMES:
        raise Mistake("unknown_type", "The type of a message is subscribe or resume.")
    if unknown := sorted(set(asked) - {"type", *_NAMES[kind]}):
        raise Mistake("unknown_field", f"A {kind} has no field {unknown[0][:80]!r}.")
    selection = Selection(
        view,
        frozenset(_names(asked, "servers")),
        frozenset(_names(asked, "tags")),
        _fields(asked),
        _interval_seconds(asked),
    )
    if kind == "subscribe":
        return Subscribe(selection)
    return Resume(_epoch(asked), _seq(asked), selection)


def _document(message: str | bytes) -> dict[str, Any]:
    if isinstance(message, bytes):
        raise Mistake("not_text", "A message is text, not binary.")
    try:
        asked = orjson.loads(message)
    except orjson.JSONDecodeError:
        raise Mistake("invalid_json", "A message is a JSON document.") from None
    if not isinstance(asked, dict):
        raise Mistake("invalid_json", "A message is a JSON object.")
    return asked


def _names(asked: dict[str, Any], field: str, most: int = MAX_NAMES) -> list[str]:
    names = asked.get(field)
    if names is None:
        return []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Mistake("invalid_field", f"{field} is a list of strings.")
    if len(names) > most or any(len(name) > MAX_NAME_CHARACTERS for name in names):
        limits = f"at most {most} strings of at most {MAX_NAME_CHARACTERS} characters"
        raise Mistake("invalid_field", f"{field} has {limits}.")
    return names


def _fields(asked: dict[str, Any]) -> Fields:
    names = frozenset(_names(asked, "fields", MAX_FIELDS))
    if any(_FIELD.fullmatch(name) is None for name in names):
        examples = "status, metrics.cpu or metrics.cpu.used_percent"
        raise Mistake("invalid_field", f"fields has names such as {examples}.")
    # What lies in a field that is selected as a whole is selected with it.
    return tuple(sorted(name for name in names if names.isdisjoint(_above(name))))


def _above(path: str) -> list[str]:
    """Return the fields in which one lies."""
    names = path.split(".")
    return [".".join(names[:count]) for count in range(1, len(names))]


def _interval_seconds(asked: dict[str, Any]) -> float:
    value = asked.get("min_interval_seconds")
    if value is None:
        return 0.0
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not 0 <= value <= MAX_INTERVAL_SECONDS:
        raise Mistake("invalid_field", "min_interval_seconds is a number from 0 to 3600.")
    return float(value)


def _epoch(asked: dict[str, Any]) -> str:
    epoch = asked.get("epoch")
    if not isinstance(epoch, str) or len(epoch) > MAX_NAME_CHARACTERS:
        raise Mistake("invalid_field", "epoch is the string that a frame had.")
    return epoch


def _seq(asked: dict[str, Any]) -> int:
    seq = asked.get("seq")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 <= seq <= MAX_SEQ:
        raise Mistake("invalid_field", "seq is the number that a frame had.")
    return seq
