"""What the WebSocket page promises is what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from monserv.clock import ManualClock
from monserv.stream.frames import CloseCode
from monserv.stream.hub import Hub
from monserv.stream.limits import Limits
from monserv.stream.requests import (
    MAX_FIELDS,
    MAX_INTERVAL_SECONDS,
    MAX_NAME_CHARACTERS,
    MAX_NAMES,
)
from monserv.stream.ring import MAX_AGE_SECONDS
from monserv.wire.schemas.stream import Resume, Subscribe
from tests.conformance import SUBPROTOCOL, flaws

CHECKOUT = Path(__file__).parents[2]
GOLDEN = CHECKOUT / "tests/golden"
EXAMPLES = CHECKOUT / "docs/examples"
PAGE = CHECKOUT / "docs/WEBSOCKET_API.md"
REQUESTS = {"subscribe": Subscribe(), "resume": Resume()}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = {
    "client.py": "python",
    "client.mjs": "js",
    "watcher.mjs": "js",
    "browser.html": "html",
    "browser.js": "js",
}


def blocks(language: str) -> list[str]:
    return [text for found, text in BLOCK.findall(PAGE.read_text()) if found == language]


def shape(value: Any) -> Any:
    """Return a document with its values as types; of a list, what its first element is."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return [shape(item) for item in value[:1]] if isinstance(value, list) else type(value)


def test_every_example_is_shown_as_it_is() -> None:
    programs = {path.name for path in EXAMPLES.iterdir()}

    assert programs == set(SHOWN)
    for name, language in SHOWN.items():
        assert blocks(language).count((EXAMPLES / name).read_text()) == 1


def test_every_program_on_the_page_is_an_example() -> None:
    shown = [text for language in ("python", "js", "html") for text in blocks(language)]

    assert len(shown) == len(SHOWN)


def test_the_state_message_has_exactly_the_keys_of_the_golden_one() -> None:
    (shown,) = [json.loads(text) for text in blocks("json") if "metrics_update" in text]
    golden = json.loads((GOLDEN / "metrics_update.json").read_text())
    url, *others = golden["data"]
    for other in others:
        del golden["data"][other]

    assert list(shown["data"]) == [url]
    assert shape(shown) == shape(golden)


def test_every_message_of_v2_is_shown_and_is_one_that_the_document_declares() -> None:
    shown = [text for text in blocks("json") if "epoch" in text or "subscribe" in text]
    asked = {json.loads(text)["type"]: json.loads(text) for text in shown}

    assert list(asked) == ["hello", "subscribe", "snapshot", "delta", "alert", "error", "resume"]
    for name, schema in REQUESTS.items():
        assert schema.validate(asked.pop(name)) == {}
    for message in asked.values():
        assert flaws(json.dumps(message), SUBPROTOCOL) == []


@pytest.mark.parametrize("name", ["alert", "recovery"])
def test_the_alert_messages_are_the_golden_ones(name: str) -> None:
    golden = json.loads((GOLDEN / f"{name}.json").read_text())

    assert golden in [json.loads(text) for text in blocks("json")]


def test_every_limit_is_that_of_the_code() -> None:
    page = PAGE.read_text()
    limits = Limits()
    hub = Hub(ManualClock())

    for promise in (
        f"a ping every {limits.ping_interval_seconds:g} s; {limits.silence_seconds:g} s without",
        f"{limits.stall_seconds:g} s in which its socket accepts no byte",
        f"up to {limits.max_pending_events} alerts wait",
        f"{limits.max_message_bytes} bytes, fragments together; ",
        f"; {limits.max_request_bytes // 1024} KiB with `monserv.v2`",
        f"{limits.burst_requests} at once and {limits.requests_per_second:g} a second",
        f"at most {MAX_NAMES:,} servers or tags and {MAX_FIELDS} fields of at most",
        f"of at most {MAX_NAME_CHARACTERS} characters",
        f"from 0 to {MAX_INTERVAL_SECONDS:g}; what is due",
        f"said nothing {limits.greeting_milliseconds} ms later",
        f"in the last {MAX_AGE_SECONDS / 60:g} minutes is told again",
        f"{limits.burst_frames} at once and {limits.frames_per_second:g} a second",
        f"an unanswered close | {limits.close_seconds:g} s",
        f"{hub.places.most:,} clients are connected, or {hub.places.most_per_address:,} from",
    ):
        assert promise in page


def test_every_close_code_that_is_sent_is_explained() -> None:
    _, _, after = PAGE.read_text().partition("## When the connection ends")
    explained = set(re.findall(r"1\d{3}", after.partition("## Examples")[0]))

    assert {str(code.value) for code in CloseCode if code != CloseCode.NORMAL} <= explained


def test_every_link_leads_to_a_file() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text())

    assert targets
    assert [target for target in targets if not (PAGE.parent / target).exists()] == []
