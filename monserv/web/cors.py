"""What lets the pages of ``ALLOWED_ORIGINS`` read our answers (CORS, in the Fetch standard).

Whether a page may ask at all is judged in ``guard``; here its browser is told so.
"""

from __future__ import annotations

from flask import Response, request

from monserv.web.current import runtime
from monserv.web.guard import ANY, origin_allowed

_METHODS = "GET, POST, PUT, PATCH, DELETE"
_REQUEST_HEADERS = "Content-Type, Authorization, Last-Event-ID"
_ANSWER_HEADERS = "ETag, Retry-After"
_PREFLIGHT_SECONDS = 600


def add(response: Response) -> Response:
    """Name the page that may read this answer, and answer its preflight."""
    settings = runtime().settings
    if not settings.allowed_origins:
        return response
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin is None or not origin_allowed(request.headers, settings):
        return response
    allowed = ANY if ANY in settings.allowed_origins else origin
    response.headers["Access-Control-Allow-Origin"] = allowed
    response.headers["Access-Control-Expose-Headers"] = _ANSWER_HEADERS
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        response.headers["Access-Control-Allow-Methods"] = _METHODS
        response.headers["Access-Control-Allow-Headers"] = _REQUEST_HEADERS
        response.headers["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)
    return response
