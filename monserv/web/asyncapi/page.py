"""The AsyncAPI document laid out for the page; knows the document and no schema class."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson

from monserv.web.asyncapi.shapes import Shape, shape, target

_Node = dict[str, Any]
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Example:
    """One message as it goes over the wire, indented."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One message."""

    id: str
    type: str
    is_told: bool
    summary: str
    when: str
    shapes: tuple[Shape, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """One protocol."""

    id: str
    title: str
    description: str
    messages: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows beside the document's own texts; ``shapes`` are what messages hold."""

    channels: tuple[Channel, ...]
    shapes: tuple[Shape, ...]


def page(document: _Node) -> Page:
    """Return the page of a document."""
    channels = tuple(_channels(document))
    shown = {one.name for channel in channels for said in channel.messages for one in said.shapes}
    schemas = document["components"]["schemas"].items()
    return Page(
        channels, tuple(shape(name, schema) for name, schema in schemas if name not in shown)
    )


def paragraphs(text: str) -> list[list[tuple[str, bool]]]:
    """Return paragraphs of plain Markdown as pieces, each with whether it is code."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return [list(spans(" ".join(block.split()))) for block in blocks]


def spans(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of one line, each with whether it is code."""
    for index, piece in enumerate(_CODE.split(text)):
        if piece:
            yield piece, index % 2 == 1


def _channels(document: _Node) -> Iterator[Channel]:
    told = set(_told(document["operations"].values()))
    for name, channel in document["channels"].items():
        messages = (
            _shown(document, message, f"#/channels/{name}/messages/{message}" in told)
            for message in channel["messages"]
        )
        yield Channel(name, channel["title"], channel["description"], tuple(messages))


def _told(operations: Iterable[_Node]) -> Iterator[str]:
    for operation in operations:
        if operation["action"] == "send":
            yield from (reference["$ref"] for reference in operation["messages"])


def _shown(document: _Node, name: str, is_told: bool) -> Shown:
    message = document["components"]["messages"][name]
    payload, schemas = message["payload"], document["components"]["schemas"]
    names = [target(reference) for reference in payload.get("anyOf", [payload])]
    return Shown(
        id=name,
        type=message["name"],
        is_told=is_told,
        summary=message["summary"],
        when=message["description"],
        shapes=tuple(_different(shape(name, schemas[name]) for name in names)),
        examples=tuple(
            Example(one["name"], orjson.dumps(one["payload"], option=orjson.OPT_INDENT_2).decode())
            for one in message["examples"]
        ),
    )


def _different(shapes: Iterable[Shape]) -> Iterator[Shape]:
    """Yield the first shape, and of each other one the rows that are not the first's."""
    first, *others = shapes
    yield first
    for other in others:
        yield replace(other, rows=tuple(row for row in other.rows if row not in first.rows))
