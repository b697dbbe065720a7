"""A blueprint of the API, whose bodies are judged before anything reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flask_smorest
from apispec.ext.marshmallow.common import MODIFIERS
from marshmallow import Schema

from monserv.web import body


class Resource(flask_smorest.Blueprint):  # type: ignore[misc]  # the library ships no types
    """One resource of the API; its calls are described in OpenAPI.

    What describes a call is copied whenever more is said of it, which for schemas and
    wrapped views would be a tenth of all that a start takes.
    """

    def __init__(self, *args: Any, max_bytes: int = body.MAX_BYTES, **options: Any) -> None:
        super().__init__(*args, **options)
        self.before_request(lambda: body.check(max_bytes))

    def alt_response(self, *args: Any, **options: Any) -> Callable[[Any], Any]:
        """Return a decorator that describes one more answer, and leaves the view as it is."""
        describe = super().alt_response(*args, **options)

        def described(view: Any) -> Any:
            answers = _answers(view)
            for code, said in _answers(describe(_no_view)).items():
                answers.setdefault(code, []).extend(said)
            return view

        return described

    @staticmethod
    def _make_doc_response_schema(schema: object) -> object:
        """Return what is described in place of ``schema``: its class, which copies for nothing."""
        if not isinstance(schema, Schema) or schema.many:
            return schema
        is_special = any(getattr(schema, name) for name in MODIFIERS)
        return schema if is_special else type(schema)


def _no_view() -> None:
    """Stand in for a view of which only the description is wanted."""


def _answers(view: Any) -> dict[Any, list[Any]]:
    """Return the answers that are described of ``view``, by their codes."""
    said = vars(view).setdefault("_apidoc", {}).setdefault("response", {})
    answers: dict[Any, list[Any]] = said.setdefault("responses", {})
    return answers
