"""The dashboard on paper: light, whole, and without what a hand would use."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import world
from tests.browser.standin import StandIn

pytestmark = pytest.mark.real

DARK = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}
CONTROLS = (
    "#tools, #add, #notifications-open, #theme, .bottom, .card-menu, .skip, .pages .icon-button"
)
LINE = "() => getComputedStyle(document.querySelector('.card [data-slot=cpu-line]')).stroke"
PAGE = re.compile(rb"/Type /Page\b(?!s)")
SERVERS = 12


def put(server: StandIn) -> None:
    for number in range(SERVERS):
        of = world.state(number, cpu=12.5, memory=50.0)
        server.servers.append(world.server(number, of))
        server.trends[f"s{number}"] = world.points(10, 50)
    server.alerts = [world.alert(server.servers[1], "mem", "Memory used 85.0% (threshold 80.0%)")]


@pytest.mark.parametrize("context_options", [DARK])
def test_cards_are_printed_light_and_all_of_them(page: Page, server: StandIn) -> None:
    put(server)
    page.goto(server.url)
    expect(page.locator(".card [data-slot=cpu-line]").first).to_have_attribute("d", re.compile("L"))
    dark = page.evaluate(LINE)
    paper = page.pdf(format="A4")
    # Six a page, and none cut in two; the first page has the alerts as well.
    assert 3 <= len(PAGE.findall(paper)) <= 4
    # What is drawn for the screen is dark again, as it was.
    assert page.evaluate(LINE) == dark
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(LINE) != dark
    expect(page.locator(".card")).to_have_count(SERVERS)
    expect(page.locator("#printed")).to_contain_text("Printed ")
    expect(page.locator("#attention")).to_contain_text("Memory used 85.0%")
    white = "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == white
    hidden = page.locator(CONTROLS)
    assert [one for one in hidden.all() if one.is_visible()] == []
    whole = "(e) => getComputedStyle(e).breakInside"
    assert page.locator(".item").first.evaluate(whole) == "avoid"
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(LINE) == dark
    assert page.evaluate("document.documentElement.dataset.theme ?? 'system'") == "system"


SHOWN = {"?view=table": "#server-s1", "servers/s1": "#server .tile", "alerts": "#alerts .episode"}


@pytest.mark.parametrize("path", SHOWN)
def test_a_sheet_is_as_wide_as_what_is_on_it(page: Page, server: StandIn, path: str) -> None:
    put(server)
    page.goto(f"{server.url}{path}")
    expect(page.locator("#connection")).to_contain_text("Live")
    expect(page.locator(SHOWN[path]).first).to_be_visible()
    page.set_viewport_size({"width": 690, "height": 1000})
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    used = page.locator(
        "#server :is(.ranges, .time-steps, .time-slider input, .server-home),"
        "#alerts :is(form, button)"
    )
    assert [one for one in used.all() if one.is_visible()] == []


def test_what_was_old_on_the_screen_is_old_on_paper(page: Page, server: StandIn) -> None:
    put(server)
    page.goto(server.url)
    expect(page.locator("#connection")).to_contain_text("Live")
    server.refuses_sockets = True
    server.drop_sockets()
    expect(page.locator("#connection")).to_contain_text("Reconnecting")
    page.emulate_media(media="print")
    expect(page.locator("#connection")).to_be_visible()
    expect(page.locator("#connection button")).to_be_hidden()
