"""The API's description as the application gives it, and what it says of a value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from tests.web.site import Site

DOCUMENT: dict[str, Any] = Site().document("/swagger/doc.json")
OPERATIONS: dict[str, dict[str, Any]] = {
    f"{method.upper()} {path}": operation
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method != "parameters"
}
# What reads the answers knows no gzip; that it holds the same has tests of its own.
PLAIN = {"Accept-Encoding": "identity"}
# gunicorn alone can open the stream; its refusals have tests of their own.
ASKABLE = [call for call in OPERATIONS if call != "GET /ws"]
EVENTS = "GET /api/v1/sse/dashboard"
CALLS = [name for name in OPERATIONS if name not in {"GET /ws", EVENTS}]


def flaws(schema: dict[str, Any], value: Any) -> list[str]:
    """Return why ``value`` is not what ``schema`` says."""
    whole = {**schema, "components": DOCUMENT["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """Return every object of the document."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node:
        if isinstance(inner, dict | list):
            yield from walk(inner)


def answers(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return an operation's answers by status, references followed."""
    shared = DOCUMENT["components"]["responses"]
    return {
        status: shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
        for status, answer in operation["responses"].items()
    }


def media(operation: dict[str, Any], status: str) -> dict[str, Any]:
    content = answers(operation)[status]["content"]
    # One answer is many lines, each of them JSON.
    return dict(content.get("application/x-ndjson") or content["application/json"])
