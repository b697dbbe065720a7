"""Schemas as AsyncAPI wants them, from the same classes as OpenAPI's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

_Node = dict[str, Any]
_PLACE = "#/components/schemas/"


def described(schemas: Iterable[type[Schema]]) -> dict[str, _Node]:
    """Return JSON schemas, by name, of these classes and of all that they hold."""
    plugin = MarshmallowPlugin()
    spec = APISpec("", "", "3.1.0", plugins=[plugin])
    for schema in schemas:
        spec.components.schema(schema.__name__, schema=schema)
    assert plugin.converter is not None, "a specification has its converter"
    about = {name: meaning(key[0]) for key, name in plugin.converter.refs.items()}
    return {
        name: {"description": about[name], **_draft_7(node)}
        for name, node in spec.components.schemas.items()
    }


def meaning(schema: type[Schema]) -> str:
    """Return what a class says of itself, as one line of Markdown."""
    return " ".join((schema.__doc__ or "").split()).replace("``", "`")


def reference(schema: type[Schema]) -> _Node:
    """Return where a described class is found."""
    return {"$ref": _PLACE + schema.__name__}


def _draft_7(node: _Node) -> _Node:
    """Return an OpenAPI 3.1 schema as draft 7 of JSON Schema says the same."""
    said = {key: _INNER.get(key, _as_it_is)(value) for key, value in node.items()}
    if "example" in said:
        said["examples"] = [said.pop("example")]
    if "$ref" in said and len(said) > 1:
        # Beside a reference draft 7 reads nothing.
        return {**said, "allOf": [{"$ref": said.pop("$ref")}]}
    return said


def _as_it_is(value: Any) -> Any:
    return value


def _one(node: Any) -> Any:
    return _draft_7(node) if isinstance(node, dict) else node


_INNER: dict[str, Callable[[Any], Any]] = {
    "properties": lambda nodes: {name: _draft_7(node) for name, node in nodes.items()},
    "anyOf": lambda nodes: [_draft_7(node) for node in nodes],
    "items": _one,
    "additionalProperties": _one,
}
