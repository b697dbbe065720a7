"""The state of a server as ``monserv.v2`` tells it, derived from REST's schemas.

What REST shows as null is absent, so that null in a merge patch (RFC 7396) can only mean
that something is gone; what REST shows as lists of rows are objects, so that a patch names
the row it changes. What REST tells twice is told once.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema
from marshmallow.fields import Dict, Field, List, Nested, String

from monserv.wire.keyed import REPEATED
from monserv.wire.schemas.resources import Server

# A list of rows -> what of a row is its key.
KEYS: Mapping[str, str] = {
    "disks": "mountpoint",
    "interfaces": "name",
    "top_processes_by_memory": "pid",
}
# A subscription chooses fields of a state, within those, and within those once more.
_CHOSEN_DEPTH = 3
_WORDS = {"mountpoint": "Mount point", "name": "Name", "pid": "Process id, as text"}

_Field = Field[Any]
_Change = Callable[[str, _Field], _Field]


def _derived(schema: type[Schema], name: str, doc: str, change: _Change) -> type[Schema]:
    declared = schema._declared_fields  # noqa: SLF001 -- as apispec reads what a class declares
    changed = {
        key: change(key, copy.deepcopy(field))
        for key, field in declared.items()
        if key not in REPEATED
    }
    made = Schema.from_dict(changed, name=name)
    made.__doc__ = doc
    return made


def _whole(schema: type[Schema]) -> type[Schema]:
    """Return the schema of ``schema`` told whole: keyed, and with nothing null."""
    if not _differs(schema):
        return schema
    return _derived(schema, f"Keyed{schema.__name__}", schema.__doc__ or "", _told)


def _differs(schema: type[Schema]) -> bool:
    declared = schema._declared_fields.items()  # noqa: SLF001 -- as above
    return any(
        field.allow_none
        or key in KEYS
        or key in REPEATED
        or (isinstance(field, Nested) and _differs(_nested(field)))
        for key, field in declared
    )


def _told(key: str, field: _Field) -> _Field:
    if key in KEYS:
        return _rows(key, Nested(_whole(_row(field))), required=field.required)
    if field.allow_none:
        field.required = field.allow_none = False
        about = str(field.metadata.get("description", ""))
        field.metadata = {**field.metadata, "description": re.sub(r"\bnull\b", "absent", about)}
    if isinstance(field, Nested):
        field.nested = _whole(_nested(field))
    return field


def _chosen(schema: type[Schema], depth: int = _CHOSEN_DEPTH) -> type[Schema]:
    """Return the schema of what is left of a state when a subscription names its fields."""
    whole = schema.__name__

    def perhaps_there(_key: str, field: _Field) -> _Field:
        field.required = False
        if isinstance(field, Nested) and depth > 1:
            field.nested = _chosen(_nested(field), depth - 1)
        return field

    doc = f"Those fields of a {whole} that the subscription names."
    return _derived(schema, f"Chosen{whole.removeprefix('Keyed')}", doc, perhaps_there)


def _patch(schema: type[Schema]) -> type[Schema]:
    """Return the schema of a merge patch of a told ``schema``."""
    whole = schema.__name__
    doc = f"A merge patch of a {whole}: what is absent stays, what is null is gone."
    return _derived(schema, f"{whole.removeprefix('Keyed')}Patch", doc, _patched)


def _patched(_key: str, field: _Field) -> _Field:
    # What is always there can change, and never go.
    field.required, field.allow_none = False, not field.required
    if isinstance(field, Nested):
        field.nested = _patch(_nested(field))
    elif isinstance(field, Dict) and isinstance(field.value_field, Nested):
        row = _patch(_nested(field.value_field))
        return Dict(
            keys=String(),
            values=Nested(row, allow_none=True),
            allow_none=field.allow_none,
            metadata=field.metadata,
        )
    return field


def _rows(key: str, row: Nested, *, required: bool) -> _Field:
    about = {"description": f"{_WORDS[KEYS[key]]} -> its row"}
    return Dict(keys=String(), values=row, required=required, metadata=about)


def _row(field: _Field) -> type[Schema]:
    assert isinstance(field, List), "only lists of rows are keyed"
    assert isinstance(field.inner, Nested), "only lists of rows are keyed"
    return _nested(field.inner)


def _nested(field: Nested) -> type[Schema]:
    nested = field.nested
    assert isinstance(nested, type), "a schema names the class of what it holds"
    assert issubclass(nested, Schema), "a schema names the class of what it holds"
    return nested


State = _whole(Server)
ChosenState = _chosen(State)
StatePatch = _patch(State)
