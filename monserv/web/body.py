"""What a request brings along, judged before anything reads it."""

from __future__ import annotations

import json

from flask import Response, request

from monserv.web import envelope

# Of a form, that is; nothing that may be written here is longer.
MAX_BYTES = 64 * 1024
WRITING = frozenset({"POST", "PUT"})


def check(max_bytes: int = MAX_BYTES) -> Response | None:
    """Return the refusal of a body that is no JSON object, or ``None``.

    It is of at most ``max_bytes``, whatever the application as a whole takes.

    A page elsewhere can send a form or plain text without asking first, but no JSON.
    """
    if request.method not in WRITING:
        return None
    if max_bytes != MAX_BYTES:
        request.max_content_length = max_bytes
    if not request.is_json:
        return envelope.failure(415, "The body must be JSON, with Content-Type: application/json.")
    try:
        # Werkzeug answers 413 for what is larger than it may be.
        found = json.loads(request.get_data(cache=True))
    except (ValueError, RecursionError):
        return envelope.failure(400, "The body is not readable as JSON.")
    if not isinstance(found, dict):
        return envelope.failure(400, "The body must be a JSON object.")
    return None
