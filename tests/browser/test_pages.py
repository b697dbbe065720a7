"""The pages of the dashboard, which are one document: links, back and forward, keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import world
from tests.browser.settled import settled
from tests.browser.standin import StandIn

pytestmark = pytest.mark.real


def test_a_link_leads_to_a_page_and_back_where_one_was_on_one_connection(
    page: Page, server: StandIn
) -> None:
    server.servers = [world.server(i, world.state(i, cpu=1, memory=2)) for i in range(60)]
    page.goto(f"{server.url}?q=server")
    expect(page.locator(".item").first).to_be_visible()
    expect(page.get_by_role("link", name="monserv")).to_have_attribute("aria-current", "page")
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
    assert server.requested.count("/") == 1
    assert server.requested.count("/ws") == 1


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
