"""A token in the address is taken out before a view, a redirect or a log sees it."""

from __future__ import annotations

from typing import Any

import pytest

from monserv.web.query_token import ENVIRON, QueryToken

SECRET = "mst_secret"


def passed(query: str) -> dict[str, Any]:
    seen: dict[str, Any] = {}

    def application(environ: dict[str, Any], _start: object) -> list[bytes]:
        seen.update(environ)
        return []

    address = f"/ws?{query}"
    environ = {"QUERY_STRING": query, "RAW_URI": address, "REQUEST_URI": address}
    assert QueryToken(application)(environ, lambda *_: None) == []  # type: ignore[arg-type, return-value]  # never called
    return seen


@pytest.mark.parametrize(
    ("query", "left"),
    [
        (f"token={SECRET}", ""),
        (f"a=1&token={SECRET}&b=%20", "a=1&b=%20"),
        (f"TOKEN={SECRET}", ""),
        (f"%74oken={SECRET}", ""),
        ("t%6Fken=mst%5Fsecret&x", "x"),
    ],
)
def test_it_is_found_however_it_is_spelled_and_leaves_no_trace(query: str, left: str) -> None:
    seen = passed(query)
    assert seen[ENVIRON] == (SECRET,)
    assert seen["QUERY_STRING"] == left
    assert seen["RAW_URI"] == seen["REQUEST_URI"] == (f"/ws?{left}" if left else "/ws")
    assert "secret" not in str({name: text for name, text in seen.items() if name != ENVIRON})


@pytest.mark.parametrize("query", ["", "a=1", "tokens=1&atoken=2", "x=token", "%=%&&"])
def test_a_query_without_one_stays_as_it_is(query: str) -> None:
    seen = passed(query)
    assert (seen[ENVIRON], seen["QUERY_STRING"]) == ((), query)
