"""Headers that every answer carries."""

from __future__ import annotations

from flask import Response

# The page loads its own scripts and styles, and talks to its own server; nothing else.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def add(response: Response) -> Response:
    """Add what browsers need to know to keep a page and its data to themselves."""
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Nobody else hears of us. With no-referrer browsers would send Origin: null with our
    # own forms, which is nobody's and refused.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    # A state is old seconds later, and no proxy's business.
    response.headers.setdefault("Cache-Control", "no-store")
    return response
