"""Headers that every answer carries."""

from __future__ import annotations

from flask import Response

# The page loads its own scripts and styles, and talks to its own server; nothing else.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; "
    "frame-ancestors 'none'"
)
# What browsers need to know to keep a page and its data to themselves.
ALWAYS = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    # Nobody else hears of us. With no-referrer browsers would send Origin: null with our
    # own forms, which is nobody's and refused.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)


def add(response: Response) -> Response:
    """Add ``ALWAYS``, and who may keep an answer that does not say so itself."""
    for name, text in ALWAYS:
        response.headers[name] = text
    # A state is old seconds later, and no proxy's business.
    response.headers.setdefault("Cache-Control", "no-store")
    return response
