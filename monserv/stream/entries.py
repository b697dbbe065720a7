"""What happens on ``monserv.v2``: servers change, alerts are raised and recover; pure.

Servers are ids with tags and plain dictionaries that nobody changes, alerts are ready JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from monserv.stream.selection import Paths, Selection, Tags, births, project
from monserv.wire.encoding import encode
from monserv.wire.patch import diff

_State = Mapping[str, Any]

# What an entry takes besides its text, roughly.
_ENTRY_BYTES = 550
_NOTHING: Paths = frozenset()


@dataclass(frozen=True, slots=True)
class Veil:
    """A field whose value only who may see ``tags`` is told; all others are told ``instead``."""

    field: str
    instead: str
    tags: Tags

    def hides_from(self, view: Tags) -> bool:
        """Whether somebody with this view is one of the others."""
        return bool(view) and view.isdisjoint(self.tags)


class Item:
    """One server: its tags, its state, and which machine it is (``identity``).

    Not all who see it may see what a ``veil`` is about.
    """

    __slots__ = ("_encoded", "identity", "state", "tags", "veil")

    def __init__(
        self, tags: Iterable[str], state: _State, identity: str = "", veil: Veil | None = None
    ) -> None:
        self.tags = frozenset(tags)
        self.state = state
        self.identity = identity
        self.veil = veil
        self._encoded: bytes | None = None

    def seen_by(self, view: Tags) -> _State:
        """Return the state as it is told to those with a view."""
        veil = self.veil
        if veil is None or not veil.hides_from(view):
            return self.state
        return {**self.state, veil.field: veil.instead}

    def encoded(self, selection: Selection) -> bytes:
        """Return the selected fields as JSON."""
        state = self.seen_by(selection.view)
        if selection.fields:
            return encode(project(state, selection.fields))
        if state is not self.state:
            return encode(state)
        if self._encoded is None:
            self._encoded = encode(state)
        return self._encoded


class _Glimpse(NamedTuple):
    """What there is to see of a field (``None``: it is not there), and the veil before it."""

    value: Any
    veil: Veil | None

    def seen_by(self, view: Tags) -> Any:
        if self.veil is not None and self.veil.hides_from(view):
            return self.veil.instead
        return self.value


_Veiled = tuple[tuple[str, _Glimpse, _Glimpse], ...]


class Step:
    """How one server changed: from and to which tags (``None``: it was not, or is not, there)."""

    __slots__ = ("_born", "_veiled", "after", "before", "text")

    def __init__(self, before: Item | None, after: Item | None) -> None:
        self.before = None if before is None else before.tags
        self.after = None if after is None else after.tags
        then: _State = {} if before is None else before.state
        patch = None if after is None else diff(then, after.state)
        # What became an object with this step: of these an empty one says something, too.
        # Mostly none, and thousands of steps are remembered.
        self._born = births(patch or {}, then) or _NOTHING
        has_veil = (before is not None and before.veil) or (after is not None and after.veil)
        self._veiled = _veiled(before, after) if has_veil else ()
        self.text = encode(patch)

    def is_idle(self) -> bool:
        """Whether nothing changed at all, for anybody."""
        is_same = self.before == self.after and self.text in {b"{}", b"null"}
        return is_same and all(then.veil == now.veil for _, then, now in self._veiled)

    def flips(self, server_id: str, selection: Selection) -> bool:
        """Whether other tags brought the server into a selection, or out of it."""
        if self.before == self.after or self.before is None or self.after is None:
            return False
        return selection.selects(server_id, self.before) != selection.selects(server_id, self.after)

    def patch(self, selection: Selection) -> bytes | None:
        """Return the patch of the selected fields as JSON; ``None`` when it says nothing."""
        text = self.text
        if selection.fields or self._veiled:
            text = self._text_for(selection)
        return None if text == b"{}" and self.before is not None else text

    def _text_for(self, selection: Selection) -> bytes:
        """Return the patch of those who do not see everything."""
        patch = self._behind_veils(selection.view)
        if selection.fields:
            whole = orjson.loads(self.text) if patch is None else patch
            patch = project(whole, selection.fields, self._born)
        return self.text if patch is None else encode(patch)

    def _behind_veils(self, view: Tags) -> dict[str, Any] | None:
        """Return the patch for those from whom something is hidden; ``None`` for all others."""
        patch: dict[str, Any] | None = None
        for name, then, now in self._veiled:
            seen = then.seen_by(view), now.seen_by(view)
            if seen == (then.value, now.value):
                continue
            patch = orjson.loads(self.text) if patch is None else patch
            if seen[0] == seen[1]:
                patch.pop(name, None)
            else:
                patch[name] = seen[1]
        return patch


@dataclass(frozen=True, slots=True)
class Move:
    """Other people may hear of an alert now, since its server has other tags."""

    server_id: str
    before: Tags
    after: Tags


@dataclass(frozen=True, slots=True)
class Change:
    """Servers changed; ``befores`` are what they were, for as long as that is of use."""

    seq: int
    at: float
    steps: Mapping[str, Step]
    moves: tuple[Move, ...] = ()
    befores: dict[str, Item | None] = field(default_factory=dict)

    def flips(self, selection: Selection) -> bool:
        """Whether other tags brought a server into a selection, or out of it."""
        return any(step.flips(name, selection) for name, step in self.steps.items())

    def is_lost_on(self, selection: Selection) -> bool:
        """Whether it cannot be told any more: what a server was when it came is not kept."""
        return self.flips(selection) or self.moves_alerts(selection)

    def moves_alerts(self, selection: Selection) -> bool:
        """Whether other alerts than before are those of a selection."""
        return any(
            selection.selects(one.server_id, one.before)
            != selection.selects(one.server_id, one.after)
            for one in self.moves
        )

    def read_bytes(self, selection: Selection) -> int:
        """Return how much of it has to be read before it can be told."""
        if not selection.fields:
            return 0
        return sum(
            len(step.text)
            for name, step in self.steps.items()
            if step.after is not None and selection.selects(name, step.after)
        )

    def size(self) -> int:
        """Return about how many bytes it takes to remember."""
        return sum(len(step.text) + _ENTRY_BYTES for step in self.steps.values())


@dataclass(frozen=True, slots=True)
class Notice:
    """An alert, ready to be told: of which server, and how it is since.

    ``document`` is JSON. One without a server is for everybody.
    """

    event_id: str
    kind: str
    document: bytes
    is_active: bool
    server_id: str | None = None
    identity: str = ""
    tags: Tags = frozenset()


@dataclass(frozen=True, slots=True)
class News:
    """An alert was raised or recovered, while its server had these tags."""

    seq: int
    at: float
    server_id: str | None
    tags: Tags
    payload: bytes

    def size(self) -> int:
        """Return about how many bytes it takes to remember."""
        return len(self.payload) + _ENTRY_BYTES

    def is_for(self, selection: Selection) -> bool:
        """Whether it is told to those with this selection."""
        return self.server_id is None or selection.selects(self.server_id, self.tags)


def _veiled(before: Item | None, after: Item | None) -> _Veiled:
    """Return the fields that a veil is about, as they were and as they are; mostly none."""
    veils = [one.veil for one in (before, after) if one is not None and one.veil is not None]
    names = sorted({veil.field for veil in veils})
    return tuple((name, _glimpse(before, name), _glimpse(after, name)) for name in names)


def _glimpse(item: Item | None, field: str) -> _Glimpse:
    if item is None:
        return _Glimpse(None, None)
    is_its_own = item.veil is not None and item.veil.field == field
    return _Glimpse(item.state.get(field), item.veil if is_its_own else None)
