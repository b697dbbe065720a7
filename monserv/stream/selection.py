"""What one set of clients sees of ``monserv.v2``: which servers, which of their fields; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Tags = frozenset[str]
# Names of fields, or dotted paths of up to three names, in order; none means all.
Fields = tuple[str, ...]
# The ways to objects of a document, each a path of names.
Paths = frozenset[tuple[str, ...]]
# Name -> what is wanted within it; ``None`` is all of it.
_Tree = dict[str, "_Tree | None"]

# How many names a path has at most.
DEPTH = 3
_TREES_KEPT = 64


@dataclass(frozen=True, slots=True)
class Selection:
    """What one set of clients sees.

    ``view`` are the tags of their access and bound everything else; none means no
    bound. A server is selected when it is in ``servers`` or has one of ``tags``; with
    neither, all are. ``fields`` are as ``Fields`` has them. Deltas come at most
    once in ``min_interval_seconds``, or before an alert.
    """

    view: Tags = frozenset()
    servers: frozenset[str] = frozenset()
    tags: Tags = frozenset()
    fields: Fields = ()
    min_interval_seconds: float = 0.0

    def selects(self, server_id: str, tags: Tags) -> bool:
        """Whether a server with these tags is seen."""
        if self.view and self.view.isdisjoint(tags):
            return False
        if not self.servers and not self.tags:
            return True
        return server_id in self.servers or not self.tags.isdisjoint(tags)


def project(document: Any, fields: Fields, born: Paths | None = None) -> dict[str, Any] | None:
    """Return the selected fields of a state, or of a patch.

    Where only a field within an object is selected, the object itself is kept with
    nothing else in it. In a patch, ``born`` are the objects that were none before, as
    ``births`` finds them: there an empty one means that it came to be, and elsewhere it
    would say nothing.
    """
    return None if document is None else _selected(document, _tree(fields), born, ())


def births(patch: Mapping[str, Any], then: Mapping[str, Any], depth: int = DEPTH) -> Paths:
    """Return the way to each object within ``patch`` that was none in ``then``.

    Only objects within which a field can be selected are looked at.
    """
    found: set[tuple[str, ...]] = set()
    for name, value in patch.items() if depth > 1 else ():
        if not isinstance(value, dict):
            continue
        before = then.get(name)
        if not isinstance(before, dict):
            found.add((name,))
            before = {}
        found.update((name, *path) for path in births(value, before, depth - 1))
    return frozenset(found)


def _selected(
    document: dict[str, Any], tree: _Tree, born: Paths | None, way: tuple[str, ...]
) -> dict[str, Any]:
    selected: dict[str, Any] = {}
    for name, inner in tree.items():
        if name not in document:
            continue
        value = document[name]
        if inner is None:
            selected[name] = value
        elif isinstance(value, dict):
            here = way if born is None else (*way, name)
            part = _selected(value, inner, born, here)
            if part or born is None or here in born:
                selected[name] = part
        elif born is not None:
            # Whatever it is now, it has no fields.
            selected[name] = None
    return selected


@lru_cache(_TREES_KEPT)
def _tree(fields: Fields) -> _Tree:
    """Return paths as a tree; what lies in a field that is selected is selected with it."""
    tree: _Tree = {}
    for path in fields:
        *above, last = path.split(".")
        here: _Tree | None = tree
        for name in above:
            here = here.setdefault(name, {}) if here is not None else None
        if here is not None:
            here[last] = None
    return tree
