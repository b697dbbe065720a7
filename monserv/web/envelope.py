"""What goes around every answer and every error of the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from monserv.wire import resources
from monserv.wire.encoding import encode

JSON = "application/json"


def success(data: Any, message: str) -> Response:
    """Return ``data`` in the envelope of an answer."""
    return document(encode(resources.success(data, message)))


def failure(code: int, error: str, errors: Mapping[str, Any] | None = None) -> Response:
    """Return the envelope of an error: its status, one sentence, details by name."""
    response = document(encode(resources.failure(code, error, errors or {})))
    response.status_code = code
    return response


def document(body: bytes) -> Response:
    """Return ready JSON as an answer."""
    return Response(body, content_type=JSON)
