from __future__ import annotations

from typing import Any

import pytest

from monserv.web.asyncapi.shapes import kind, shape

ROW = {"$ref": "#/components/schemas/Row"}


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "format": "date-time"}, "text, a time"),
        ({"type": ["string", "null"]}, "text or null"),
        ({"type": "integer", "minimum": 0}, "whole number, at least 0"),
        ({"type": "number", "minimum": 0, "maximum": 100}, "number from 0 to 100"),
        ({"type": "boolean"}, "true or false"),
        ({"type": "string", "enum": ["a", "b"]}, '"a" or "b"'),
        ({"const": "a"}, '"a"'),
        (ROW, "Row"),
        ({"description": "x", "allOf": [ROW]}, "Row"),
        ({"anyOf": [ROW, {"type": "null"}]}, "Row or null"),
        ({"type": "array", "items": ROW}, "list of Row"),
        ({"type": "object", "additionalProperties": ROW}, "object, each value Row"),
        (
            {"type": ["object", "null"], "additionalProperties": ROW},
            "object, each value Row or null",
        ),
        ({"type": "object"}, "object"),
        ({}, "anything"),
    ],
)
def test_a_type_in_words(node: dict[str, Any], words: str) -> None:
    assert "".join(part.text for part in kind(node)) == words


def test_only_what_has_a_schema_of_its_own_is_a_link() -> None:
    parts = list(kind({"type": "array", "items": ROW}))
    assert [(part.text, part.target) for part in parts] == [("list of ", ""), ("Row", "Row")]


def test_a_shape_has_a_row_for_each_field_and_what_tells_messages_apart_first() -> None:
    schema = {
        "description": "A thing.",
        "required": ["type"],
        "properties": {"size": {"type": "integer", "description": "How big"}, "type": {}},
    }
    found = shape("Thing", schema)
    assert (found.name, found.meaning) == ("Thing", "A thing.")
    assert [(row.name, row.is_always_there, row.meaning) for row in found.rows] == [
        ("type", True, ""),
        ("size", False, "How big"),
    ]
