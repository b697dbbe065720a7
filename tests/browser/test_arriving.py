"""What a page is made of gets lost on its way to Chromium, once or for ever."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NETWORK_CHANGED, Witness
from tests.browser.settled import settled
from tests.browser.standin import StandIn
from tests.browser.test_overview import put

pytestmark = pytest.mark.real

LOST = HTTPStatus.SERVICE_UNAVAILABLE
# What heals the page, and what it asks for first.
AGAIN = "/static/js/again.js"
FIRST = "/static/js/frames.js"
# One that is imported by another, a view, styles, and the library of charts.
NEXT = ["/static/js/connection.js", "/static/js/views/card.js", "/static/css/complete.css"]
TREND = "/static/js/views/trend.js"
CHARTS = "/vendor/chart.umd.js"
PAGE = "/static/js/server-page.js"
PATIENCE_MS = 31_000


def lose(server: StandIn, *paths: str) -> None:
    server.failing = dict.fromkeys(paths, LOST)


def is_asked_for(page: Page, server: StandIn, path: str) -> None:
    asked = server.requested.count
    before = asked(path)
    assert settled(page, lambda: asked(path) > before, expected=True), path


def test_what_was_lost_is_asked_for_until_it_comes(page: Page, server: StandIn) -> None:
    put(server, 3)
    lose(server, AGAIN, FIRST, *NEXT, TREND, CHARTS, PAGE)
    # Not the fixture's, which waits for all to be there.
    Page.goto(page, server.url)
    is_asked_for(page, server, AGAIN)
    lose(server, FIRST, *NEXT, TREND, CHARTS, PAGE)
    late = page.locator("#late")
    expect(late).to_have_text("Part of this page has not arrived yet. It is tried again by itself.")
    expect(late).to_be_visible()
    expect(page.locator(".item")).to_have_count(0)
    lose(server, *NEXT, TREND, CHARTS, PAGE)
    for path in NEXT:
        is_asked_for(page, server, path)
    expect(page.locator("#connection")).to_have_attribute("data-kind", "connecting")
    lose(server, TREND, CHARTS, PAGE)
    expect(page.locator("#connection")).to_have_attribute("data-kind", "live")
    expect(page.locator(".item")).to_have_count(3)
    expect(late).to_be_hidden()
    is_asked_for(page, server, TREND)
    lose(server, CHARTS, PAGE)
    empty = page.locator("[data-slot=trend-empty]").first
    expect(empty).to_have_text("No history yet")
    page.locator(".card-name").first.click()
    expect(late).to_be_visible()
    # Nothing of it is seen without its styles.
    expect(page.locator("#server .ranges")).to_be_hidden()
    lose(server, CHARTS)
    is_asked_for(page, server, CHARTS)
    lose(server)
    expect(page.locator("#server canvas").first).to_be_visible()
    expect(late).to_be_hidden()
    assert server.requested.count("/") == 1


def test_a_page_that_waits_for_ever_is_loaded_anew(
    page: Page, server: StandIn, witness: Witness
) -> None:
    put(server, 3)
    server.holding = {NEXT[0]}
    page.clock.install()
    Page.goto(page, server.url)
    # What is there is shown meanwhile.
    expect(page.locator(".item")).to_have_count(3)
    expect(page.locator("#connection")).to_have_attribute("data-kind", "connecting")
    # A page that is slow has not asked for it by then, and would get it.
    assert settled(page, lambda: NEXT[0] in server.requested, expected=True)
    server.holding = set()
    page.clock.fast_forward(PATIENCE_MS)
    expect(page.locator("#connection")).to_have_attribute("data-kind", "live")
    expect(page.locator("#late")).to_be_hidden()
    # What Chromium gives up, since another lane has added a network, does not wait for ever.
    is_given_up = any(NETWORK_CHANGED in one for one in witness.failed)
    assert is_given_up or server.requested.count("/") == 2
