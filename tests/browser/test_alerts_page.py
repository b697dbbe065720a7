"""The page of all alerts in Chromium: what is active, the journal, and its filters."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser import accessible, world
from tests.browser.standin import StandIn

pytestmark = pytest.mark.real

MARKUP = "<img src=x onerror=\"document.title='owned'\">"
SMALL_PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True}
DARK = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}
CALM = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
RAISED = ("alert", "[ALERT] host0 memory high", "Memory used 85.0% (threshold 80.0%)")
RECOVERED = ("recovery", "[RECOVERED] host0 memory", "Memory back to 65.0%")


def put(server: StandIn, past: int = 0) -> list[dict[str, Any]]:
    """Let there be three servers, and so many alerts that are over."""
    states = [world.state(i, cpu=12.5, memory=60) for i in range(3)]
    server.servers = [world.server(i, state) for i, state in enumerate(states)]
    server.state = {row["url"]: state for row, state in zip(server.servers, states, strict=True)}
    server.journal = [
        world.episode(i, server.servers[i % 3], hours_ago=30 + i * 0.3) for i in range(past)
    ]
    return server.servers


def memory(of: dict[str, Any], **changes: Any) -> Any:
    return world.alert(of, "mem", "Memory used 85.0% (threshold 80.0%)") | changes


def visit(page: Page, server: StandIn, query: str = "") -> Locator:
    page.goto(f"{server.url}alerts{query}")
    expect(page.locator("#connection")).to_contain_text("Live")
    return page.locator("#alerts")


def active(page: Page) -> Locator:
    return page.locator("#alerts [data-slot=active] .episode")


def past(page: Page) -> Locator:
    return page.locator("#alerts .days .episode")


def point_elsewhere(page: Page) -> None:
    page.mouse.move(3, 3)


def test_active_alerts_are_above_the_journal_by_day(page: Page, server: StandIn) -> None:
    rows = put(server)
    server.alerts = [
        world.alert(rows[1], "cpu", "CPU used 97.0% (threshold 90.0%)", "warning"),
        memory(rows[0]),
    ]
    server.journal = [
        world.episode(1, rows[1], hours_ago=30),
        world.episode(2, rows[2], hours_ago=80, server_id="removed", resolution="gone"),
    ]
    shown = visit(page, server)
    expect(page).to_have_title("(2) Alerts · monserv")
    expect(active(page).locator("[data-slot=severity]")).to_have_text(["Critical", "Warning"])
    expect(active(page).first).to_contain_text("server-0")
    expect(active(page).first).to_contain_text("now 60.0 %")
    expect(active(page).first).to_contain_text("Largest process: postgres (1200), 2.0 GB")
    expect(active(page).first.locator("[data-slot=lasted]")).to_have_text("for 3 min")
    expect(past(page)).to_have_count(2)
    expect(past(page).first.locator("[data-slot=lasted]")).to_have_text("12 min")
    expect(shown.locator(".day-title")).to_have_count(2)
    expect(shown.locator(".journal-count")).to_have_text(["2", "2"])
    # What these rows say already is not above them as well.
    expect(page.locator("#attention")).to_be_hidden()
    expect(active(page).first.get_by_role("link")).to_have_attribute("href", "/servers/s0")
    expect(past(page).last.locator("[data-slot=server]")).not_to_have_attribute(
        "href", re.compile("")
    )
    assert accessible.complaints(page) == []


def test_details_are_behind_a_button(page: Page, server: StandIn) -> None:
    put(server, past=2)
    visit(page, server)
    button = past(page).first.get_by_role("button", name="Details of host0 memory high")
    facts = past(page).first.locator(".episode-facts")
    expect(facts).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(facts).to_contain_text("How it ended")
    expect(facts).to_contain_text("Recovered")
    expect(facts).to_contain_text("ssh://admin:***@10.0.0.0")
    expect(facts).to_contain_text("past-0")
    assert accessible.complaints(page) == []
    page.keyboard.press("Enter")
    expect(facts).to_be_hidden()


def test_an_alert_comes_goes_below_and_takes_the_count_along(page: Page, server: StandIn) -> None:
    rows = put(server, past=1)
    visit(page, server)
    point_elsewhere(page)
    link = page.locator("#alerts-link")
    expect(page.locator(".journal-none")).to_have_text("Nothing is wrong now")
    expect(link).to_have_accessible_name("Alerts")
    expect(link).to_have_attribute("aria-current", "page")
    server.alerts = [memory(rows[0])]
    server.push_alert(*RAISED)
    expect(active(page)).to_have_count(1)
    expect(link).to_have_accessible_name("Alerts, 1 active")
    expect(page).to_have_title("(1) Alerts · monserv")
    icon = page.locator("link[rel=icon]")
    expect(icon).to_have_attribute("href", re.compile("^data:image/svg"))
    server.alerts = []
    server.journal.append(world.episode(7, rows[0], hours_ago=0.4, event_id="event-s0-mem"))
    server.push_alert(*RECOVERED)
    expect(active(page)).to_have_count(0)
    expect(past(page)).to_have_count(2)
    expect(page).to_have_title("Alerts · monserv")
    expect(icon).to_have_attribute("href", "/static/favicon.svg")
    expect(link).to_have_accessible_name("Alerts")


def test_no_row_moves_under_the_pointer(page: Page, server: StandIn) -> None:
    rows = put(server, past=1)
    server.alerts = [memory(rows[1])]
    shown = visit(page, server)
    active(page).first.hover()
    at = active(page).first.bounding_box()
    server.alerts = [memory(rows[0]), *server.alerts]
    server.push_alert(*RAISED)
    fresh = shown.get_by_role("button", name="Show 1 new alert")
    expect(fresh).to_be_visible()
    expect(active(page)).to_have_count(1)
    assert active(page).first.bounding_box() == at
    server.alerts = [server.alerts[0]]
    server.push_alert("recovery", "[RECOVERED] host1 memory", "Memory back to 65.0%")
    expect(active(page).first.locator("[data-slot=now]")).to_have_text("Over")
    assert active(page).first.bounding_box() == at
    point_elsewhere(page)
    expect(active(page)).to_have_count(1)
    expect(active(page).first).to_contain_text("server-0")
    expect(fresh).to_be_hidden()


def test_the_keyboard_keeps_its_place_until_it_asks_for_what_is_new(
    page: Page, server: StandIn
) -> None:
    rows = put(server)
    server.alerts = [memory(rows[1])]
    shown = visit(page, server)
    point_elsewhere(page)
    page.keyboard.press("Tab")
    toggle = active(page).first.locator(".episode-toggle")
    expect(toggle).to_be_visible()
    toggle.focus()
    server.alerts = [memory(rows[0]), *server.alerts]
    server.push_alert(*RAISED)
    fresh = shown.get_by_role("button", name="Show 1 new alert")
    expect(fresh).to_be_visible()
    expect(toggle).to_be_focused()
    fresh.focus()
    page.keyboard.press("Enter")
    expect(active(page)).to_have_count(2)
    expect(active(page).first.locator(".episode-toggle")).to_be_focused()


def test_filters_are_kept_in_the_address_and_come_from_it(page: Page, server: StandIn) -> None:
    rows = put(server, past=6)
    server.alerts = [memory(rows[0])]
    server.journal[1].update(severity="warning", type="cpu", message="CPU used 95.0%")
    shown = visit(page, server, "?severity=warning&server=s1")
    expect(past(page)).to_have_count(1)
    expect(shown.get_by_label("Severity")).to_have_value("warning")
    expect(shown.get_by_label("Server", exact=True)).to_have_value("s1")
    expect(shown.get_by_text("No active alert matches")).to_be_visible()
    shown.get_by_label("Severity").select_option("")
    expect(past(page)).to_have_count(2)
    expect(page).to_have_url(f"{server.url}alerts?server=s1")
    shown.get_by_label("Search alerts").fill("cpu used")
    expect(past(page)).to_have_count(1)
    expect(page).to_have_url(f"{server.url}alerts?server=s1&text=cpu+used")
    shown.get_by_role("button", name="Clear filters").first.click()
    expect(page).to_have_url(f"{server.url}alerts")
    expect(past(page)).to_have_count(6)
    expect(active(page)).to_have_count(1)
    expect(shown.get_by_label("Search alerts")).to_be_focused()
    shown.get_by_label("State").select_option("active")
    expect(shown.get_by_role("heading", name="Past")).to_be_hidden()
    page.reload()
    expect(shown.get_by_label("State")).to_have_value("active")
    expect(past(page)).to_have_count(0)


def test_a_time_span_is_chosen_or_given_by_its_ends(page: Page, server: StandIn) -> None:
    put(server, past=10)
    shown = visit(page, server)
    expect(past(page)).to_have_count(10)
    shown.get_by_label("Time", exact=True).select_option("24h")
    expect(page).to_have_url(f"{server.url}alerts?span=24h")
    expect(shown.get_by_text("No past alert matches")).to_be_visible()
    shown.get_by_label("Time", exact=True).select_option("custom")
    begin = shown.get_by_label("Began at or after")
    expect(begin).to_be_focused()
    begin.fill("2020-01-01T00:00")
    expect(page).to_have_url(re.compile(r"\?from=20(19|20)-"))
    expect(past(page)).to_have_count(10)
    shown.get_by_label("Began at or before").fill("2019-01-01T00:00")
    expect(shown.get_by_text("The end lies before the beginning")).to_be_visible()
    expect(past(page)).to_have_count(10)


def test_what_is_older_is_asked_for_by_time_and_the_keyboard_goes_on_there(
    page: Page, server: StandIn
) -> None:
    rows = put(server, past=120)
    shown = visit(page, server)
    expect(past(page)).to_have_count(50)
    expect(shown.locator(".journal-shown")).to_have_text("50 of 120 shown")
    # What is over meanwhile must hide nothing of what is older.
    server.journal.append(world.episode(500, rows[0], hours_ago=2))
    older = shown.get_by_role("button", name="Show older")
    older.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#event-past-50 .episode-toggle")).to_be_focused()
    older.click()
    expect(older).to_be_hidden()
    ids = past(page).evaluate_all("rows => rows.map((row) => row.dataset.key)")
    assert len(ids) == len(set(ids))
    assert set(ids) >= {f"past-{i}" for i in range(120)}
    assert all("to" not in asked for asked in server.journal_asked[:1])
    assert server.journal_asked[-1]["to"] > "2020"


def test_a_link_to_an_alert_opens_it(page: Page, server: StandIn) -> None:
    put(server, past=40)
    visit(page, server, "#event-past-30")
    row = page.locator("#event-past-30")
    expect(row.locator(".episode-toggle")).to_have_attribute("aria-expanded", "true")
    expect(row.locator(".episode-toggle")).to_be_focused()
    expect(row).to_be_in_viewport()


def test_first_start_says_that_nothing_was_wrong_yet(page: Page, server: StandIn) -> None:
    put(server)
    shown = visit(page, server)
    expect(shown.get_by_text("Nothing is wrong now")).to_be_visible()
    expect(shown.get_by_text("No past alerts")).to_be_visible()
    expect(shown.get_by_text("An alert stays here once it is over.")).to_be_visible()
    assert accessible.complaints(page) == []


def test_a_journal_that_fails_says_so_and_comes_back_by_itself(page: Page, server: StandIn) -> None:
    rows = put(server, past=2)
    server.alerts = [memory(rows[0])]
    server.failing = {"/api/v1/alerts": 503}
    shown = visit(page, server)
    note = shown.locator(".journal-note")
    expect(note).to_contain_text("The past alerts could not be loaded")
    expect(note).to_contain_text("the test said so. Trying again by itself.")
    expect(active(page)).to_have_count(1)
    assert accessible.complaints(page) == []
    server.failing = {}
    expect(past(page)).to_have_count(2)
    expect(note).to_be_hidden()


def test_who_may_not_see_the_journal_is_told_once(page: Page, server: StandIn) -> None:
    put(server, past=2)
    server.failing = {"/api/v1/alerts": 403}
    shown = visit(page, server)
    expect(shown.get_by_text("You may not see past alerts")).to_be_visible()
    assert server.requested.count("/api/v1/alerts") == 1


def test_hostile_texts_stay_text_and_break_nothing(page: Page, server: StandIn) -> None:
    rows = put(server, past=4)
    rows[0]["name"] = MARKUP
    texts = [MARKUP, "\u202eevil\u202c \x07\x1b[31m", "A" * 65536, "\u0639\u0631\u0628\u064a " * 90]
    for one, text in zip(server.journal, texts, strict=True):
        one.update(message=text, subject=f"[ALERT] {text}", hostname=text, server_id=text)
    server.alerts = [memory(rows[0], message=MARKUP, subject=f"[ALERT] {MARKUP}")]
    shown = visit(page, server)
    expect(past(page)).to_have_count(4)
    for toggle in shown.locator(".episode-toggle").all():
        toggle.click()
    expect(active(page).first).to_contain_text("<img src=x")
    assert page.locator("img").count() == 0
    expect(page).to_have_title("(1) Alerts · monserv")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide == width
    assert "\u202e" not in shown.inner_text()


@pytest.mark.parametrize("context_options", [SMALL_PHONE, DARK, CALM])
def test_the_page_is_accessible_everywhere(page: Page, server: StandIn) -> None:
    rows = put(server, past=3)
    server.alerts = [memory(rows[0])]
    shown = visit(page, server)
    expect(past(page)).to_have_count(3)
    past(page).first.locator(".episode-toggle").click()
    assert accessible.complaints(page) == []
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") == width
    if width < 500:
        for button in shown.locator(".episode-toggle").all():
            box = button.bounding_box()
            assert box is not None
            assert round(min(box["width"], box["height"]), 3) >= 44


def test_what_is_filtered_is_saved_as_csv(page: Page, server: StandIn, tmp_path: Path) -> None:
    rows = put(server, past=60)
    server.alerts = [memory(rows[0]), memory(rows[1])]
    server.journal[0]["message"] = '=cmd|" /C calc"!A0'
    shown = visit(page, server, "?server=s0")
    with page.expect_download() as told:
        shown.get_by_role("button", name="Export CSV").click()
    assert told.value.suggested_filename == "alerts.csv"
    told.value.save_as(tmp_path / "alerts.csv")
    with (tmp_path / "alerts.csv").open(newline="") as file:
        saved = list(csv.DictReader(file))
    assert [row["event_id"] for row in saved[:2]] == ["event-s0-mem", "past-0"]
    assert len(saved) == 21
    assert saved[1]["message"] == "'" + server.journal[0]["message"]


def test_a_lost_connection_leaves_what_is_shown_and_catches_up(page: Page, server: StandIn) -> None:
    rows = put(server, past=1)
    visit(page, server)
    point_elsewhere(page)
    expect(past(page)).to_have_count(1)
    server.alerts = [memory(rows[0])]
    server.restart()
    server.drop_sockets()
    expect(active(page)).to_have_count(1)
    expect(page).to_have_title("(1) Alerts · monserv")


def test_a_toast_leads_to_its_alert_and_leaves_when_that_is_over(
    page: Page, server: StandIn
) -> None:
    rows = put(server)
    page.goto(server.url)
    expect(page.locator("#connection")).to_contain_text("Live")
    server.alerts = [memory(rows[0])]
    server.push_alert(*RAISED)
    page.locator(".toast").get_by_role("link", name="server-0 memory high").click()
    expect(page).to_have_url(f"{server.url}alerts#event-event-s0-mem")
    expect(active(page).locator(".episode-toggle")).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".toast")).to_have_count(1)
    server.alerts = []
    server.push_alert(*RECOVERED)
    expect(page.locator(".toast")).to_contain_text(["Recovered:"])


def test_a_toast_has_the_shape_of_its_severity(page: Page, server: StandIn) -> None:
    rows = put(server)
    page.goto(server.url)
    expect(page.locator("#connection")).to_contain_text("Live")
    server.alerts = [world.alert(rows[0], "cpu", "CPU used 97.0%", "warning")]
    server.push_alert("alert", "[ALERT] host0 CPU high", "CPU used 97.0%")
    expect(page.locator(".toast")).to_have_attribute("data-status", "warning")
    server.alerts = [*server.alerts, memory(rows[1])]
    server.push_alert("alert", "[ALERT] host1 memory high", "Memory used 85.0%")
    expect(page.locator(".toast").last).to_have_attribute("data-status", "alert")


def test_more_toasts_than_fit_lead_to_all_alerts(page: Page, server: StandIn) -> None:
    put(server)
    page.goto(server.url)
    expect(page.locator("#connection")).to_contain_text("Live")
    for i in range(8):
        server.push_alert("alert", f"[ALERT] host{i} offline", "No data for 3 polls")
    page.get_by_role("link", name="and 5 more").click()
    expect(page).to_have_url(f"{server.url}alerts")


def test_the_page_of_a_server_has_the_journal_of_that_one(page: Page, server: StandIn) -> None:
    rows = put(server, past=9)
    server.alerts = [memory(rows[1]), memory(rows[0])]
    page.goto(f"{server.url}servers/s1")
    shown = page.locator("#server .journal")
    expect(shown.get_by_role("heading", name="Past alerts 3")).to_be_visible()
    expect(shown.locator(".days .episode")).to_have_count(3)
    expect(shown.locator("[data-slot=active] .episode")).to_have_count(1)
    assert {asked.get("server") for asked in server.journal_asked if "state" in asked} == {"s1"}
    expect(page).to_have_title("(2) server-1 · monserv")
    server.alerts = [memory(rows[0])]
    page.mouse.move(3, 3)
    server.push_alert("recovery", "[RECOVERED] host1 memory", "Memory back to 65.0%")
    expect(shown.get_by_role("heading", name="Active alerts")).to_be_hidden()
    page.get_by_role("link", name="Alerts, 1 active").click()
    expect(active(page)).to_have_count(1)
    expect(shown.locator(".episode")).to_have_count(0)


def test_what_is_typed_before_the_page_can_search_is_searched_for(
    page: Page, server: StandIn
) -> None:
    put(server, past=6)
    held: list[Route] = []
    # Playwright takes no built-in function.
    page.route("**/static/js/alerts-page.js", lambda route: held.append(route))  # noqa: PLW0108 -- as above
    with page.expect_request("**/static/js/alerts-page.js"):
        page.goto(f"{server.url}alerts?severity=critical")
    page.get_by_role("searchbox", name="Search alerts").fill("host1")
    # A click would be lost.
    expect(page.get_by_role("button", name="Export CSV")).to_be_disabled()
    held[0].continue_()
    expect(page).to_have_url(re.compile(r"severity=critical.*text=host1"))
    expect(page.get_by_role("searchbox", name="Search alerts")).to_have_value("host1")
    expect(past(page)).to_have_count(2)
