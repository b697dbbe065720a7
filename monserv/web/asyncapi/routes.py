"""Where the description of the WebSocket is: as a document, and as a page without scripts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from monserv import __version__
from monserv.web.asyncapi.document import document
from monserv.web.asyncapi.page import page, paragraphs, spans
from monserv.web.current import runtime
from monserv.wire.encoding import encode

DOCUMENT = "/asyncapi.json"
PAGE = "/asyncapi.html"

asyncapi = Blueprint("asyncapi", __name__)


@asyncapi.get(DOCUMENT)
def show_document() -> Response:
    """Show the AsyncAPI document, for the address at which it was asked for."""
    return Response(encode(_here()), content_type="application/json")


@asyncapi.get(PAGE)
def show_page() -> str:
    """Show the same for people."""
    described = _here()
    return render_template(
        "asyncapi.html",
        version=__version__,
        document=described,
        url=DOCUMENT,
        page=page(described),
        paragraphs=paragraphs,
        spans=spans,
    )


def _here() -> dict[str, Any]:
    host = runtime().settings.api_host or request.host
    return document(host, "wss" if request.is_secure else "ws")
