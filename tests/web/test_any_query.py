"""Whatever stands in a query, no call makes a mistake, and every answer is strict JSON."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from monserv.errors import StorageError
from tests.web.site import Site
from tests.wire.strict import parse

SITE = Site()
RULES = sorted(
    str(rule)
    .replace("<path:filename>", "favicon.svg")
    .replace("<path:name>", "chart.umd.js")
    .replace("<server:server_id>", "scadanas")
    for rule in SITE.app.url_map.iter_rules()
    if "GET" in (rule.methods or ())
)
PAGES = {
    "/",
    "/alerts",
    "/asyncapi.html",
    "/login",
    "/servers/scadanas",
    "/setup",
    "/swagger",
    "/swagger/index.html",
    "/static/favicon.svg",
    "/vendor/chart.umd.js",
}
OTHERS = {"/api/v1/sse/dashboard", "/metrics"}
NAMES = [
    "url",
    "server",
    "state",
    "type",
    "severity",
    "from",
    "to",
    "text",
    "page",
    "page_size",
    "from_",
]
NAMES += ["range", "step", "metrics", "disk", "max_points"]
NASTY = [
    "",
    "=",
    "&&&",
    "url",
    "%",
    "%00",
    "%FF%FE=%ED%A0%80",
    "url=%ED%A0%80",
    "url=ssh%3A%2F%2Fa%40%5B%5B%3A%3A",
    "url=ssh://a%FF@b",
    "url=ssh://a@[fe80::1%25%25]",
    "url=a&url=b",
    "server[]=1&server[$ne]=1",
    "server=%F0%9F%92%A9",
    "page=1&page=2&page_size=",
    "page=%EF%BC%91",
    "page=" + "9" * 4000,
    "page_size=-0",
    "from=0000-00-00T00:00:00Z",
    "from=2026-01-01T24:00:00Z",
    "from=2026-01-01T00:00:00.1234567890123Z",
    "from=2026-01-01T00:00:00%2B99:99",
    "to=2026-W01-1T00:00:00Z",
    "_schema=1&__proto__=1&self=1&query=1&kwargs=1",
    "range=15m&range=1y&metrics=&disk=&disk=/&disk=%00",
    "range=9999y&to=0001-01-01T00:00:00Z",
    "from=9999-12-31T23:59:59.999999Z&step=1",
    "from=0001-01-01T00:00:00Z&max_points=10",
    "metrics=cpu_used_percent,,x&max_points=9&step=0&format=xml",
    "a" * 4000 + "=1",
    "&".join(f"k{number}=1" for number in range(1000)),
]
# Any text as a value, any bytes as a query: names that are known, and ones that are not.
QUERIES = st.lists(
    st.tuples(st.sampled_from(NAMES) | st.text(max_size=8), st.text(max_size=24)), max_size=4
).map(
    lambda pairs: "&".join(f"{quote(name, safe='')}={quote(value)}" for name, value in pairs)
) | st.binary(max_size=32).map(quote)


def check(path: str, query: str) -> None:
    answer = SITE.get(f"{path}?{query}")
    assert answer.status_code < 500
    if path not in PAGES | OTHERS:
        assert answer.content_type == "application/json"
        document = parse(answer.data)
        if answer.status_code >= 400:
            assert (document["success"], document["code"]) == (False, answer.status_code)


def test_every_rule_is_tried() -> None:
    assert set(RULES) > {*PAGES, "/api/state", "/api/v1/servers"}
    assert [rule for rule in RULES if "<" in rule] == []


@pytest.mark.parametrize("path", RULES)
def test_no_nasty_query_is_a_mistake_of_ours(path: str) -> None:
    for query in NASTY:
        check(path, query)


@pytest.mark.parametrize("path", sorted(set(RULES) - PAGES))
def test_no_query_at_all_is_a_mistake_of_ours(path: str) -> None:
    @bounded(max_examples=25, deadline=None)
    @given(QUERIES)
    def every(query: str) -> None:
        check(path, query)

    every()


def test_a_broken_database_is_503_in_strict_json_and_nothing_else_is() -> None:
    site = Site()
    site.runtime.journal.error = StorageError("The disk is full")
    site.runtime.notifier.error = StorageError("The disk is full")
    site.runtime.history.error = StorageError("The disk is full")
    site.runtime.wrong = ("The disk is full",)
    failing = {path for path in RULES if site.get(path).status_code >= 500}
    asking = {"/api/v1/alerts", "/api/v1/notifications", "/api/v1/servers/scadanas/history"}
    assert failing == {*asking, "/readyz"}
