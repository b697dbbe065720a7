from __future__ import annotations

import http.client
import io
import json
from collections.abc import Iterable

import pytest

from monserv.web import unreadable
from tests.web.site import Site


class Wire:
    """A socket from which the answer is read."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def parsed(code: int) -> tuple[http.client.HTTPResponse, bytes]:
    response = http.client.HTTPResponse(Wire(unreadable.answer(code)))  # type: ignore[arg-type]  # a fake
    response.begin()
    return response, response.read()


def lasting(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the headers that do not depend on this body and this connection."""
    return {name: text for name, text in headers if name not in {"Connection", "Content-Length"}}


@pytest.mark.parametrize("code", [400, 403, 414, 417, 418, 431, 500, 501])
def test_it_is_a_whole_answer_in_the_envelope_with_one_sentence(code: int) -> None:
    response, body = parsed(code)
    said = json.loads(body)
    assert said == {"success": False, "error": said["error"], "code": code, "errors": {}}
    assert said["error"].endswith(".")
    assert response.status == code
    assert response.getheader("Content-Length") == str(len(body))
    assert response.getheader("Connection") == "close"


def test_it_has_the_headers_of_every_other_error(site: Site) -> None:
    response, _ = parsed(400)
    assert lasting(response.getheaders()) == lasting(site.get("/nothing").headers)
