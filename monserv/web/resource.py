"""A blueprint of the API, whose bodies are judged before anything reads them."""

from __future__ import annotations

from typing import Any

import flask_smorest

from monserv.web import body


class Resource(flask_smorest.Blueprint):  # type: ignore[misc]  # the library ships no types
    """One resource of the API; its calls are described in OpenAPI."""

    def __init__(self, *args: Any, max_bytes: int = body.MAX_BYTES, **options: Any) -> None:
        super().__init__(*args, **options)
        self.before_request(lambda: body.check(max_bytes))
