"""The answers of the stand-in: documents, files of the checkout, the page made of its template."""

from __future__ import annotations

import json
import mimetypes
from email.utils import formatdate
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import chartkick
from jinja2 import BytecodeCache, Environment, FileSystemLoader, select_autoescape
from jinja2.bccache import Bucket
from websockets.datastructures import Headers
from websockets.http11 import Response

from monserv.web import catalogues
from monserv.web.language import LOCALES, teach

CATALOGUES = catalogues.read(LOCALES)
ROOT = Path(__file__).resolve().parents[2]
CHART = Path(chartkick.__file__).parent / "django/static/chartkick/Chart.bundle.js"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; "
    "frame-ancestors 'none'"
)


class Compiled(BytecodeCache):
    """The templates, which take longer to compile than a page takes for all else it asks."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._codes:
            bucket.bytecode_from_string(self._codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


def answer(status: int, kind: str, body: bytes) -> Response:
    headers = Headers()
    headers["Content-Type"] = kind
    headers["Content-Length"] = str(len(body))
    headers["Content-Security-Policy"] = CSP
    headers["Date"] = formatdate(usegmt=True)
    return Response(status, HTTPStatus(status).phrase, headers, body)


def json_answer(status: int, body: Any) -> Response:
    return answer(status, "application/json", json.dumps(body).encode())


def envelope(data: Any) -> dict[str, Any]:
    return {"success": True, "message": "ok", "data": data}


@cache
def file_answer(path: str) -> Response:
    """Return a file that no test changes."""
    file = CHART if path == "/vendor/chart.umd.js" else (ROOT / path.lstrip("/")).resolve()
    if file != CHART and not file.is_relative_to(ROOT / "static"):
        return answer(404, "text/plain", b"")
    if not file.is_file():
        return answer(404, "text/plain", b"")
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return answer(200, kind, file.read_bytes())


def page_answer(language: str, interval_seconds: float) -> Response:
    spoken = CATALOGUES[language]
    text = (
        _templates(spoken)
        .get_template("dashboard.html")
        .render(
            version="0.1.0",
            interval_seconds=interval_seconds,
            spoken=spoken,
            languages=CATALOGUES.values(),
        )
    )
    return answer(200, "text/html; charset=utf-8", text.encode())


def _templates(spoken: catalogues.Catalogue) -> Environment:
    templates = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=select_autoescape(),
        bytecode_cache=COMPILED,
    )
    teach(templates, lambda: spoken)
    return templates
