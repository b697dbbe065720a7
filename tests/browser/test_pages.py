"""The pages of the dashboard, which are one document: links, back and forward, keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import world
from tests.browser.settled import settled
from tests.browser.standin import StandIn

pytestmark = pytest.mark.real


def test_a_link_leads_to_a_page_and_back_where_one_was_on_one_connection(
    page: Page, server: StandIn
) -> None:
    server.servers = [world.server(i, world.state(i, cpu=i, memory=2)) for i in range(60)]
    server.alerts = [world.alert(one, "mem", "Memory used 85.0%") for one in server.servers[1:3]]
    page.goto(f"{server.url}?q=server")
    expect(page.locator(".item").first).to_be_visible()
    expect(page.get_by_role("link", name="monserv")).to_have_attribute("aria-current", "page")
    loaded = [server.requested.count(path) for path in ("/", "/ws")]
    page.evaluate("scrollTo(0, 2500)")
    # A pointer would be led there by the browser's driver, which scrolls.
    page.get_by_role("link", name="Alerts").dispatch_event("click")
    expect(page).to_have_url(f"{server.url}alerts")
    expect(page.locator("#servers")).to_be_hidden()
    expect(page.locator("#alerts")).to_be_focused()
    assert page.evaluate("scrollY") == 0
    page.go_back()
    expect(page).to_have_url(f"{server.url}?q=server")
    expect(page.locator("#servers")).to_be_focused()
    assert settled(page, lambda: page.evaluate("scrollY"), 2500) == 2500
    # From one server to another, back to it as it was looked at, and forward again.
    title, tile = page.locator("#server-title"), page.locator(".tile").first
    strip = page.locator("#attention")
    strip.get_by_role("link", name="server-1").click()
    expect(title).to_have_text("server-1")
    page.get_by_label("1 hour").check(force=True)
    strip.get_by_role("link", name="server-2").click()
    moves: list[tuple[Callable[[], Any], int, str]] = [
        (lambda: None, 2, "15 minutes"),
        (page.go_back, 1, "1 hour"),
        (page.go_forward, 2, "15 minutes"),
    ]
    for move, number, span in moves:
        move()
        expect(title).to_have_text(f"server-{number}")
        expect(tile).to_contain_text(f"{number}.0")
        expect(page.get_by_role("radio", name=span)).to_be_checked()
        expect(page).to_have_title(f"(2) server-{number} · monserv")
        expect(page.locator("#server")).to_be_focused()
    assert [server.requested.count(path) for path in ("/", "/ws")] == loaded


def test_what_is_searched_or_filtered_is_shown_on_the_overview(page: Page, server: StandIn) -> None:
    server.servers = [world.server(i, world.state(i, cpu=1, memory=2)) for i in range(2)]
    page.goto(f"{server.url}alerts")
    expect(page.locator("#summary [data-status=online] .count")).to_have_text("2")
    expect(page.locator("#search")).to_be_hidden()
    page.keyboard.press("/")
    expect(page).to_have_url(server.url)
    expect(page.locator("#search")).to_be_focused()
    page.go_back()
    page.locator("#summary [data-status=online]").click()
    expect(page).to_have_url(re.compile(r"/\?status=online$"))
    expect(page.locator(".item")).to_have_count(2)


def _answer(route: Route, *, json: dict[str, Any]) -> None:
    route.fulfill(json=json)


def test_answers_of_a_newer_monserv_are_read_as_far_as_they_are_known(
    page: Page, server: StandIn
) -> None:
    server.interval_seconds = 60
    server.servers = [world.server(1, world.state(1, cpu=34, memory=61))]
    newer = [7, {"metrics": 7, "at": 3, "alerts": {}, "trends": [], "tiers": 1}]
    asked = re.compile(r"/api/v1/(servers/|alerts\?|history|trends|session|alerts/active)")
    tile = page.locator(".tile").first
    for data in newer:
        answer = {"success": True, "message": "ok", "data": data, "more": 1}
        page.route(asked, partial(_answer, json=answer))
        page.goto(f"{server.url}servers/s1")
        expect(tile).to_contain_text("34.0")
        page.get_by_role("link", name="Alerts").click()
        expect(page.locator("#alerts")).to_be_visible()
        page.unroute(asked)
    # What is not understood is no reason to ask for nothing again.
    page.go_back()
    expect(page.locator("#server [data-slot=footprint]")).to_contain_text("362 B")
