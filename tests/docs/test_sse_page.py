"""What the page on server-sent events promises is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from monserv.stream import listener
from monserv.stream.limits import Limits
from tests.golden import world

PAGE = Path(__file__).parents[2] / "docs/SSE_API.md"


def test_every_limit_is_that_of_the_code() -> None:
    page, limits = PAGE.read_text(), Limits()
    for promise in (
        f"comes every {limits.comment_interval_seconds:g} s",
        f"| {limits.stall_seconds:g} s in which its socket accepts no byte",
        f"| {limits.silence_seconds:g} s in which it confirms nothing",
        f"| {listener._MAX_IGNORED_BYTES // 1024} KiB |",
    ):
        assert promise in page


def test_every_part_and_every_number_of_the_golden_event_is_named() -> None:
    data = world.load("dashboard.json")["data"]
    page = PAGE.read_text()
    assert [name for name in (*data, *data["stats"]) if f"`{name}`" not in page] == []


def test_every_link_leads_to_a_file() -> None:
    targets = re.findall(r"\]\(([^)#:]+)", PAGE.read_text())
    assert targets
    assert [target for target in targets if not (PAGE.parent / target).exists()] == []
