"""The page of one server in Chromium: what it shows, of which time, and how one moves in it."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser import past, world
from tests.browser.accessible import complaints
from tests.browser.settled import settled
from tests.browser.standin import StandIn

pytestmark = pytest.mark.real

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
DARK = {
    "viewport": {"width": 1280, "height": 900},
    "color_scheme": "dark",
    "reduced_motion": "reduce",
}
MARKUP = "<img src=x onerror=alert(1)>"
# What moves by itself, and what would as soon as it changes: by styles, or a chart by its own.
MOVING = """() => {
  const takesTime = (text) => text.split(", ").some((one) => parseFloat(one) > 0);
  const moves = (element) => {
    const style = getComputedStyle(element);
    const { transitionDuration, animationDuration, scrollBehavior } = style;
    return [transitionDuration, animationDuration].some(takesTime) || scrollBehavior !== "auto";
  };
  const charts = [...document.querySelectorAll(".chart canvas")].map(Chart.getChart);
  return [
    ...document.getAnimations().map((one) => one.transitionProperty ?? one.animationName),
    ...[...document.querySelectorAll("*")].filter(moves).map((one) => one.outerHTML.slice(0, 80)),
    ...charts.filter((chart) => chart.options.animation).map((chart) => chart.id),
  ];
}"""
POINTS = """() => [...document.querySelectorAll(".chart canvas")].map(
  (canvas) => globalThis.Chart?.getChart(canvas)?.data.datasets[0].data ?? [])"""


def put(server: StandIn, **changes: Any) -> dict[str, Any]:
    """Watch one server, which the stand-in has a year's history of."""
    of = world.state(1, cpu=34, memory=61)
    one = world.server(1, of, **changes)
    server.servers = [one, world.server(2, world.state(2, cpu=1, memory=2))]
    server.state = {one["url"]: of}
    return one


def slot(page: Page, name: str) -> Locator:
    return page.locator(f"#server [data-slot={name}]").first


def chart(page: Page, title: str) -> Locator:
    return page.locator(".chart", has=page.get_by_role("heading", name=title, exact=True))


def wait_for_charts(page: Page) -> None:
    expect(page.locator(".chart")).to_have_count(10)
    # Only whether they have points is told: all of them are as much work as to draw them.
    are_drawn = "(all) => all.length >= 10 && all.every((points) => points.length > 0)"
    assert settled(page, lambda: page.evaluate(f"() => ({are_drawn})(({POINTS})())"), expected=True)


def test_a_server_has_facts_tiles_charts_and_lists(page: Page, server: StandIn) -> None:
    put(server)
    page.goto(f"{server.url}servers/s1")
    expect(page.get_by_role("heading", level=1, name="server-1")).to_be_visible()
    facts = slot(page, "facts")
    for fact in ("host1", "Debian GNU/Linux 13", "6.12.48", "8 cores", "ssh://admin:***@10.0.0.1"):
        expect(facts).to_contain_text(fact)
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(4)
    expect(tiles.nth(0)).to_contain_text("34.0")
    expect(tiles.nth(0)).to_contain_text("alert at 90 %")
    expect(tiles.nth(2)).to_contain_text("/var")
    wait_for_charts(page)
    expect(page.locator(".volume")).to_have_count(3)
    expect(page.locator(".volume").first).to_contain_text("inodes 12.4 %")
    rows = {"memory": "postgres (1201)", "busy": "88.5 %", "units": "certbot.service"}
    more = {"containers": "Exited (137)", "interfaces": "3 errors", "logins": "10.0.0.7"}
    for name, text in (rows | more).items():
        expect(slot(page, name)).to_contain_text(text)
    expect(page.locator(".core")).to_have_count(8)
    expect(slot(page, "capabilities").locator("li").first).to_contain_text("Add psi=1")
    expect(slot(page, "footprint")).to_contain_text("362 B")
    assert complaints(page) == []


def test_a_fact_that_comes_late_leaves_the_focus_where_it_is(page: Page, server: StandIn) -> None:
    put(server)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/v1/servers/s1", hold)
    page.goto(f"{server.url}servers/s1")
    cores = slot(page, "facts").locator("li", has_text="8 cores")
    cores.focus()
    assert held != []
    expect(slot(page, "facts")).not_to_contain_text("Debian")
    for route in held:
        route.continue_()
    expect(slot(page, "facts")).to_contain_text("Debian")
    expect(cores).to_be_focused()


def test_what_is_measured_joins_the_charts_without_another_question(
    page: Page, server: StandIn
) -> None:
    one = put(server)
    # What comes after a long silence is a reason to ask.
    server.interval_seconds = 60
    page.goto(f"{server.url}servers/s1")
    wait_for_charts(page)

    def asked() -> int:
        return sum("to" not in query for query in server.past.asked)

    # The charts, and the tiles' last fifteen minutes.
    assert settled(page, asked, 2) == 2
    of = world.state(1, cpu=97.5, memory=61)
    server.state = {one["url"]: of}
    server.push_state()
    expect(page.locator(".tile").nth(0)).to_contain_text("97.5")
    expect(chart(page, "CPU").locator(".chart-values")).to_contain_text("97.5 %")
    last = "() => globalThis.Chart.getChart(document.querySelector('.chart canvas'))"
    newest = f"({last})().data.datasets[0].data.at(-1).y"
    assert settled(page, lambda: page.evaluate(newest), 97.5) == 97.5
    assert asked() == 2
    # monserv is started again: what was there dims, and the newest comes by itself.
    server.restart()
    server.refuses_sockets = True
    server.drop_sockets()
    expect(page.locator("#connection")).to_contain_text("Reconnecting")
    weight = "(e) => getComputedStyle(e).fontWeight"
    value = page.locator(".tile-value").nth(0)
    assert settled(page, lambda: value.evaluate(weight), "400") == "400"
    server.state = {one["url"]: world.state(1, cpu=12.5, memory=61)}
    server.refuses_sockets = False
    expect(value).to_contain_text("12.5")
    assert settled(page, lambda: page.evaluate(newest), 12.5) == 12.5
    assert settled(page, lambda: value.evaluate(weight), "600") == "600"


def test_a_range_is_in_the_address_and_never_has_more_points_than_pixels(
    page: Page, server: StandIn
) -> None:
    put(server)
    page.goto(f"{server.url}servers/s1")
    wait_for_charts(page)
    page.get_by_label("1 year").check(force=True)
    expect(page).to_have_url(re.compile(r"\?range=1y$"))
    year = 365 * past.DAY_SECONDS * 1000 * 0.9
    spans = """() => [...document.querySelectorAll(".chart canvas")].map((canvas) => {
      const { scales: { x }, data } = globalThis.Chart.getChart(canvas);
      const points = data.datasets[0].data;
      return [points.at(-1).x - points[0].x, points.length, x.width, x.max - x.min];
    })"""
    assert settled(page, lambda: all(row[0] > year for row in page.evaluate(spans)), expected=True)
    assert all(count <= width for _, count, width, _ in page.evaluate(spans))
    page.reload()
    expect(page.get_by_label("1 year")).to_be_checked()
    page.get_by_label("15 minutes").check(force=True)
    expect(page).to_have_url(f"{server.url}servers/s1")


def test_a_gap_stays_a_gap_and_alerts_are_bands(page: Page, server: StandIn) -> None:
    one = put(server, status="alert")
    server.past = past.Past(gap=(300, 500))
    alert = world.alert(one, "mem", "Memory used 85.0% (threshold 80.0%)")
    over = alert | {"event_id": "over", "is_active": False, "triggered_at": world.stamp(700)}
    server.alerts = [alert]
    server.journal = [alert, over | {"resolved_at": world.stamp(600)}]
    page.goto(f"{server.url}servers/s1")
    wait_for_charts(page)
    gaps = f"({POINTS})().every((points) => points.some(({{ y }}) => y === null))"
    assert page.evaluate(gaps)
    expect(slot(page, "note")).to_have_text("Memory used 85.0% (threshold 80.0%)")
    # The bar of a band and the threshold's dashes are there, pixel by pixel.
    red = """() => {
      const canvas = document.querySelectorAll(".chart canvas")[1];
      const { chartArea, currentDevicePixelRatio: ratio } = globalThis.Chart.getChart(canvas);
      const [x, y] = [chartArea.left * ratio, (chartArea.top + 1) * ratio];
      const { data } = canvas.getContext("2d").getImageData(x, y, chartArea.width * ratio, 1);
      const isBar = (_, i) => data[4 * i] > 150 && data[4 * i + 3] === 255;
      const cells = Array.from({ length: data.length / 4 }, isBar);
      return cells.filter((is, i) => is && !cells[i - 1]).length;
    }"""
    assert settled(page, lambda: page.evaluate(red), 2) == 2


def test_a_dragged_span_is_zoomed_and_reset_leads_back(page: Page, server: StandIn) -> None:
    put(server)
    page.goto(f"{server.url}servers/s1?range=1d")
    wait_for_charts(page)
    box = chart(page, "Memory").locator("canvas").bounding_box()
    assert box is not None
    y = box["y"] + 60
    page.mouse.move(box["x"] + 150, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 250, y, steps=4)
    expect(page.locator(".chart-selection:visible")).to_have_count(10)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"\?range=1d&from=[^&]+&to=[^&]+$"))
    expect(slot(page, "span")).to_contain_text(" to ")
    expect(page.locator(".chart-selection:visible")).to_have_count(0)
    assert settled(page, lambda: "to" in server.past.asked[-1], expected=True)
    page.get_by_role("button", name="Reset").click()
    expect(page).to_have_url(f"{server.url}servers/s1?range=1d")
    page.mouse.move(box["x"] + 150, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    expect(page).to_have_url(re.compile("&from="))
    page.mouse.dblclick(box["x"] + 150, y)
    expect(page).to_have_url(re.compile(r"\?range=1d(&at=[^&]+)?$"))


@pytest.mark.parametrize("context_options", [PHONE])
@pytest.mark.parametrize("step", [(30, 0), (0, 30)], ids=["side by side", "above each other"])
def test_two_fingers_zoom_as_far_as_they_part(
    page: Page, server: StandIn, step: tuple[int, int]
) -> None:
    put(server)
    page.goto(f"{server.url}servers/s1?range=1d")
    wait_for_charts(page)
    canvas = chart(page, "Memory").locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    middle = (box["x"] + 120, box["y"] + 70)
    session = page.context.new_cdp_session(page)
    moves = {"touchStart": [0.5], "touchMove": [0.75, 1], "touchEnd": [0]}
    for kind, apart in ((kind, apart) for kind, all_of in moves.items() for apart in all_of):
        fingers = [
            {"x": middle[0] + step[0] * apart * way, "y": middle[1] + step[1] * apart * way}
            for way in (-1, 1)
        ]
        points = [] if kind == "touchEnd" else fingers
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(page).to_have_url(re.compile(r"\?range=1d&from=[^&]+&to=[^&]+$"))
    hours = """() => {
      const asked = new URLSearchParams(location.search);
      return Math.round((Date.parse(asked.get("to")) - Date.parse(asked.get("from"))) / 3.6e6);
    }"""
    assert settled(page, lambda: page.evaluate(hours), 12) == 12
    assert page.evaluate("visualViewport.scale") == 1


def test_one_line_goes_through_all_charts(page: Page, server: StandIn) -> None:
    put(server)
    page.goto(f"{server.url}servers/s1")
    wait_for_charts(page)
    newest = chart(page, "CPU").locator(".chart-values").inner_text()
    chart(page, "Memory").locator("canvas").hover(position={"x": 200, "y": 60})
    expect(page.locator(".chart-cross:visible")).to_have_count(10)
    assert chart(page, "CPU").locator(".chart-values").inner_text() != newest
    page.mouse.move(2, 2)
    expect(page.locator(".chart-cross:visible")).to_have_count(0)
    slot(page, "charts").focus()
    for key in ("ArrowLeft", "Shift+ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator(".chart-cross:visible")).to_have_count(10)
    expect(slot(page, "cross-words")).to_contain_text("Memory: used")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("at="))
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{server.url}servers/s1")


def test_the_slider_shows_the_page_as_it_was(page: Page, server: StandIn) -> None:
    put(server)
    # What is old would be dim already.
    server.interval_seconds = 60
    page.goto(f"{server.url}servers/s1?range=30d")
    wait_for_charts(page)
    now_only = slot(page, "now-only")
    colour = "(e) => getComputedStyle(e).color"
    before = now_only.evaluate(colour)
    slider = page.get_by_label("Show the page as it was")
    expect(slider).to_have_attribute("aria-valuetext", "now")
    expect(slot(page, "oldest")).to_have_text(re.compile(r"\b20\d\d\b"))
    slider.focus()
    # Its ends are the oldest that history has, and now.
    page.keyboard.press("Home")
    expect(slider).to_have_value("0")
    told = re.compile(re.escape(slot(page, "oldest").inner_text()))
    expect(slider).to_have_attribute("aria-valuetext", told)
    cpu = page.locator(".tile-value .number").nth(0)
    expect(cpu).to_have_text(re.compile(r"^\d"))
    expect(cpu).not_to_have_text("34.0")
    oldest = page.url
    page.keyboard.press("ArrowLeft")
    assert page.url == oldest
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "now")
    expect(page).to_have_url(f"{server.url}servers/s1?range=30d")
    expect(cpu).to_have_text("34.0")
    for _ in range(3):
        page.keyboard.press("PageDown")
    expect(slot(page, "past")).to_contain_text("As it was on")
    expect(page).to_have_url(re.compile("at="))
    expect(cpu).to_have_text(re.compile(r"^\d"))
    expect(cpu).not_to_have_text("34.0")
    expect(slot(page, "past-reason")).to_be_visible()
    assert settled(page, lambda: now_only.evaluate(colour) != before, expected=True)
    expect(page.locator(".volume").first).not_to_contain_text("inodes")
    assert complaints(page) == []
    page.reload()
    expect(slot(page, "past")).to_contain_text("As it was on")
    page.get_by_role("button", name="Back to now").click()
    expect(slot(page, "past")).not_to_contain_text("As it was on")
    expect(page).to_have_url(f"{server.url}servers/s1?range=30d")
    expect(page.locator(".tile").nth(0)).to_contain_text("34.0")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": "paused", "status": "offline", "is_active": False}, "Paused until somebody"),
        ({"reason": "unreachable", "status": "offline", "last_error": "refused"}, "refused. The"),
    ],
)
def test_a_server_that_is_paused_or_away_says_so_beside_its_last_values(
    page: Page, server: StandIn, changes: dict[str, Any], words: str
) -> None:
    put(server, **changes)
    page.goto(f"{server.url}servers/s1")
    expect(slot(page, "note")).to_contain_text(words)
    expect(page.locator(".tile").nth(0)).to_contain_text("34.0")


def test_a_server_without_a_sample_says_why(page: Page, server: StandIn) -> None:
    put(server)
    server.servers[0] = world.server(1, None, status="offline", reason="pending")
    server.past = past.Past(seconds=0)
    page.goto(f"{server.url}servers/s1")
    expect(slot(page, "note")).to_contain_text("Waiting for the first sample")
    expect(page.locator(".tile").nth(0)).to_contain_text("—")
    expect(page.locator(".chart")).to_have_count(0)
    expect(slot(page, "disks-empty")).to_contain_text("Waiting for the first sample")


def test_a_server_that_is_not_there_or_leaves_is_told_with_a_way_back(
    page: Page, server: StandIn
) -> None:
    put(server)
    page.goto(f"{server.url}servers/nobody")
    expect(slot(page, "nothing-title")).to_have_text("There is no server nobody")
    page.locator("#server").get_by_role("link", name="All servers").click()
    page.locator("#server-s1 .card-name").click()
    expect(page.get_by_role("heading", level=1, name="server-1")).to_be_visible()
    server.servers.pop(0)
    server.push_state()
    expect(slot(page, "nothing-title")).to_have_text("There is no server s1")


def test_an_error_is_told_and_passes(page: Page, server: StandIn) -> None:
    put(server)
    address = "/api/v1/servers/s1"
    server.failing = {f"{address}/history": 503, address: 500, f"{address}/capabilities": 500}
    page.goto(f"{server.url}servers/s1")
    expect(slot(page, "history-error")).to_contain_text("the test said so")
    expect(slot(page, "details-error")).to_contain_text("the test said so")
    expect(page.locator(".tile").nth(0)).to_contain_text("34.0")
    server.failing = {}
    wait_for_charts(page)
    expect(slot(page, "history-error")).to_be_hidden()
    expect(slot(page, "details-error")).to_be_hidden()


# Markup, turned round, with control characters, as long as an SSH packet, without a space.
HOSTILE = MARKUP + "\u202e\u2066evil\x07\x1b[31m\u0639\u0631\u0628\u064a" + "W" * 65536


def test_hostile_names_stay_text_and_break_nothing(page: Page, server: StandIn) -> None:
    one = put(server, status="alert", last_error=HOSTILE, tags=f"{HOSTILE},db")
    one["name"] = HOSTILE
    one["metrics"]["hostname"] = HOSTILE
    one["metrics"]["disks"][0]["mountpoint"] = f"/{HOSTILE}"
    one["metrics"]["top_processes_by_memory"][0] |= {"name": HOSTILE, "username": HOSTILE}
    server.alerts = [world.alert(one, "mem", HOSTILE) | {"subject": HOSTILE}]
    server.journal = list(server.alerts)
    page.goto(f"{server.url}servers/s1")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{MARKUP}\ufffd\ufffdevil")
    expect(slot(page, "memory")).to_contain_text(MARKUP)
    expect(page.locator(".episode")).to_contain_text(MARKUP)
    server.push_alert("alert", HOSTILE, HOSTILE)
    wait_for_charts(page)
    server.alerts = [world.alert(one, "cpu", HOSTILE) | {"subject": HOSTILE}]
    server.push_alert("alert", HOSTILE, HOSTILE)
    expect(page.locator(".toast").first).to_contain_text(MARKUP)
    assert page.locator("img").count() == 0
    assert not re.search("[\u202e\u2066\x07\x1b]", page.locator("body").inner_text())
    expect(page).to_have_title(re.compile("^\\(1\\) <img[^\u202e\x07]{1,60}… · monserv$"))
    for path in ("server", "overview"):
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 844})
            # A chart takes its new size a moment later.
            wide = partial(page.evaluate, "document.documentElement.scrollWidth")
            assert settled(page, wide, width) == width, path
            said = page.locator(".toast, .attention-row, .server-note, .server-facts")
            assert max(said.evaluate_all("(all) => all.map((one) => one.offsetHeight)")) < 400
        page.get_by_role("link", name="All servers").first.click()


@pytest.mark.parametrize("context_options", [PHONE, DARK])
def test_the_page_fits_a_phone_and_the_dark(page: Page, server: StandIn) -> None:
    server.journal = [world.episode(1, put(server), hours_ago=1)]
    page.goto(f"{server.url}servers/s1")
    wait_for_charts(page)
    expect(slot(page, "footprint")).to_contain_text("362 B")
    width = page.evaluate("innerWidth")
    expect(page.locator("html")).to_have_js_property("scrollWidth", width)
    assert complaints(page) == []
    if page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches"):
        slot(page, "ranges").get_by_label("1 hour").check(force=True)
        page.locator("#server .episode-toggle").click()
        chart(page, "Memory").locator("canvas").hover()
        expect(page.locator(".chart-cross:visible")).to_have_count(10)
        assert page.evaluate(MOVING) == []
        page.emulate_media(reduced_motion="no-preference")
        assert page.evaluate(MOVING) != []


@pytest.mark.timed
def test_a_year_is_drawn_within_half_a_second(page: Page, server: StandIn) -> None:
    put(server)
    page.goto(f"{server.url}servers/s1?range=1y")
    wait_for_charts(page)
    took = page.evaluate(
        """() => {
          const charts = [...document.querySelectorAll(".chart canvas")].map(Chart.getChart);
          const started = performance.now();
          for (const chart of charts) chart.update("none");
          return performance.now() - started;
        }"""
    )
    assert took < 500
