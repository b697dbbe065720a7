"""The application as one asks it: each answer is read whole, and nothing stays open."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse, run_wsgi_app
from werkzeug.wrappers import Response

from monserv.app import create_app
from tests.web.fakes import Runtime, settings
from tests.wire.strict import parse


class Site:
    """``create_app`` around a fake runtime, with the settings that a test names."""

    def __init__(self, accounts: object = None, **changed: object) -> None:
        chosen = settings(**changed)
        self.runtime = Runtime(chosen, accounts)
        self.app: Flask = create_app(chosen, self.runtime)  # type: ignore[arg-type]  # a fake

    def get(self, url: str, **headers: str) -> TestResponse:
        return self.ask("GET", url, **headers)

    def ask(self, method: str, url: str, **headers: str) -> TestResponse:
        """Return the answer; ``If_None_Match="x"`` becomes the header ``If-None-Match: x``."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.app.test_client(use_cookies=False).open(
            url, method=method, headers=named, buffered=True
        )

    def post(self, url: str, body: Any, **headers: str) -> TestResponse:
        """Post ``body``: as JSON, or as it is when it is bytes."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.app.test_client().post(
            url, data=raw, headers={"Content-Type": "application/json"} | named, buffered=True
        )

    def document(self, url: str) -> Any:
        """Return the JSON of an answer, which must be strict."""
        answer = self.get(url)
        assert answer.content_type == "application/json"
        return parse(answer.data)

    def raw(
        self, path: str, host: str | None, protocol: str = "HTTP/1.1", origin: str | None = None
    ) -> Response:
        """Ask as gunicorn hands it over, with or without a Host."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "18904",
            "SERVER_PROTOCOL": protocol,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0),
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if host is not None:
            environ["HTTP_HOST"] = host
        if origin is not None:
            environ["HTTP_ORIGIN"] = origin
        body, status, headers = run_wsgi_app(self.app, environ, buffered=True)
        return Response(b"".join(body), status, headers)
