"""The page of a server is on its way before somebody asks for it, and not without a reason."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.settled import settled
from tests.browser.standin import StandIn
from tests.browser.test_overview import PHONE, put

pytestmark = pytest.mark.real

PARTS = ["/static/js/server-page.js", "/static/css/server.css", "/vendor/chart.umd.js"]
REST_MS = 6000
SAVES_DATA = 'Object.defineProperty(navigator, "connection", { value: { saveData: true } })'
HIDDEN = 'Object.defineProperty(document, "hidden", { value: true })'
TRENDS = "/api/v1/trends"
# By then a page finds that it has all trends.
ALL_THERE_MS = 1000


def asked(server: StandIn) -> list[int]:
    return [server.requested.count(path) for path in PARTS]


def open_page(page: Page, server: StandIn) -> None:
    page.clock.install()
    page.goto(server.url)
    expect(page.locator("#connection")).to_have_attribute("data-kind", "live")
    assert asked(server) == [0, 0, 0]


def test_pointing_at_a_server_brings_its_page_once_and_pointing_elsewhere_nothing(
    page: Page, server: StandIn
) -> None:
    put(server, 3)
    open_page(page, server)
    for elsewhere in ("#search", "#alerts-link", ".card-sub >> nth=0"):
        page.locator(elsewhere).hover()
    assert asked(server) == [0, 0, 0]
    page.locator(".card-name").first.hover()
    assert settled(page, lambda: asked(server), expected=[1, 1, 1]) == [1, 1, 1]
    page.locator(".card-name").last.hover()
    page.locator(".card-name").last.click()
    expect(page.locator("#server canvas").first).to_be_visible()
    assert asked(server) == [1, 1, 1]


def test_the_keyboard_on_a_server_brings_its_page(page: Page, server: StandIn) -> None:
    put(server, 3)
    open_page(page, server)
    page.locator(".card-name").first.focus()
    assert settled(page, lambda: asked(server), expected=[1, 1, 1]) == [1, 1, 1]


def rest(page: Page, server: StandIn, meanwhile: str) -> None:
    assert settled(page, lambda: TRENDS in server.requested, expected=True)
    page.clock.run_for(ALL_THERE_MS)
    page.evaluate(meanwhile)
    page.clock.run_for(REST_MS)


def test_a_page_that_rests_has_a_servers_page_brought(page: Page, server: StandIn) -> None:
    put(server, 3)
    open_page(page, server)
    rest(page, server, meanwhile="")
    assert settled(page, lambda: asked(server), expected=[1, 1, 1]) == [1, 1, 1]


@pytest.mark.parametrize("meanwhile", [SAVES_DATA, HIDDEN], ids=["saves-data", "hidden"])
def test_where_data_is_saved_or_nobody_sees_the_page_resting_brings_nothing(
    page: Page, server: StandIn, meanwhile: str
) -> None:
    put(server, 3)
    open_page(page, server)
    rest(page, server, meanwhile)
    assert asked(server) == [0, 0, 0]


@pytest.mark.parametrize("context_options", [PHONE])
def test_a_finger_that_opens_a_phones_row_brings_nothing(page: Page, server: StandIn) -> None:
    put(server, 3)
    open_page(page, server)
    page.locator(".card-name").first.tap()
    expect(page.locator(".card-body").first).to_be_visible()
    assert asked(server) == [0, 0, 0]
