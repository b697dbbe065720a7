"""What one set of clients sees of ``monserv.v2``: which servers, which of their fields; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Tags = frozenset[str]
# Names of fields, or dotted paths of two names, in order; none means all.
Fields = tuple[str, ...]


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


def project(
    document: Any, fields: Fields, born: frozenset[str] | None = None
) -> dict[str, Any] | None:
    """Return the selected fields of a state, or of a patch.

    Where only a field within an object is selected, the object itself is kept with
    nothing else in it. In a patch, ``born`` are the objects that were none before: there
    an empty one means that it came to be, and elsewhere it would say nothing.
    """
    if document is None:
        return None
    selected: dict[str, Any] = {}
    for path in fields:
        name, _, inner = path.partition(".")
        if name not in document:
            continue
        value = document[name]
        if not inner:
            selected[name] = value
        elif isinstance(value, dict):
            part = {inner: value[inner]} if inner in value else {}
            if part or born is None or name in born:
                selected[name] = {**(selected.get(name) or {}), **part}
        elif born is not None:
            # Whatever it is now, it has no fields.
            selected[name] = None
    return selected
