"""A JSON schema in words that a person reads: one row a field, references as links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text; ``target`` is the schema that it leads to, empty without."""

    text: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One field of an object."""

    name: str
    kind: tuple[Part, ...]
    is_always_there: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One object."""

    name: str
    meaning: str
    rows: tuple[Row, ...]


_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
    "array": "list",
}


def shape(name: str, schema: _Node) -> Shape:
    """Return what the schema says of an object."""
    required = schema.get("required", ())
    rows = (
        Row(key, tuple(kind(node)), key in required, node.get("description", ""))
        for key, node in schema.get("properties", {}).items()
    )
    # What tells messages apart comes first.
    in_order = sorted(rows, key=lambda row: row.name != "type")
    return Shape(name, schema.get("description", ""), tuple(in_order))


def kind(node: _Node) -> Iterator[Part]:
    """Yield what a value is, piece by piece."""
    alternatives = node.get("allOf") or node.get("anyOf")
    if "$ref" in node:
        name = target(node)
        yield Part(name, name)
    elif alternatives:
        yield from _either(alternatives)
    elif "enum" in node or "const" in node:
        yield Part(" or ".join(f'"{word}"' for word in node.get("enum") or [node["const"]]))
    else:
        yield from _plain(node)


def target(node: _Node) -> str:
    """Return the name of the schema to which a reference leads."""
    return str(node["$ref"].rpartition("/")[2])


def _either(nodes: list[_Node]) -> Iterator[Part]:
    for index, node in enumerate(nodes):
        if index:
            yield Part(" or ")
        yield from kind(node)


def _plain(node: _Node) -> Iterator[Part]:
    said = node.get("type", "anything")
    types = said if isinstance(said, list) else [said]
    inner, values = node.get("items"), node.get("additionalProperties")
    if "array" in types and inner:
        yield Part("list of ")
        yield from kind(inner)
    elif "object" in types and isinstance(values, dict):
        yield Part("object, each value ")
        yield from kind(values)
    else:
        name = str(types[0])
        yield Part(_WORDS.get(name, name) + _bounds(node))
    if "null" in types[1:]:
        yield Part(" or null")


def _bounds(node: _Node) -> str:
    if node.get("format") == "date-time":
        return ", a time"
    low, high = node.get("minimum"), node.get("maximum")
    if low is not None and high is not None:
        return f" from {low} to {high}"
    return f", at least {low}" if low is not None else ""
