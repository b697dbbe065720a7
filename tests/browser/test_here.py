"""What one screen does for new alerts in Chromium: a tone, and notifications of the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import accessible, world
from tests.browser.settled import settled
from tests.browser.standin import StandIn

pytestmark = pytest.mark.real

# Says what was shown and sounded; whether the page is hidden is for the test to say.
WATCH = """
window.told = [];
window.tones = 0;
window.asked = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...args) {
  window.tones += 1;
  return start.apply(this, args);
};
window.Notification = class {
  static permission = localStorage.getItem("permission") ?? "default";
  static async requestPermission() {
    window.asked += 1;
    Notification.permission = localStorage.getItem("answer") ?? "granted";
    localStorage.setItem("permission", Notification.permission);
    return Notification.permission;
  }
  constructor(title, { tag, body } = {}) {
    if (window.isPhone) throw new TypeError("Illegal constructor.");
    Object.assign(this, { title, tag, body });
    // Of what nobody allowed nothing is seen.
    if (Notification.permission === "granted") window.told.push(this);
  }
  close() { this.isClosed = true; }
};
Object.defineProperty(document, "hidden", { get: () => window.isAway === true });
"""
TITLES = "window.told.map((one) => one.title)"


def put(page: Page, server: StandIn) -> None:
    state = world.state(0, cpu=12.5, memory=60)
    server.servers = [world.server(0, state)]
    server.state = {server.servers[0]["url"]: state}
    page.add_init_script(WATCH)
    page.goto(server.url)
    expect(page.locator("#connection")).to_contain_text("Live")


def raise_alert(server: StandIn) -> None:
    server.alerts = [world.alert(server.servers[0], "mem", "Memory used 85.0%")]
    server.push_alert("alert", "[ALERT] host0 memory high", "Memory used 85.0%")


def section(page: Page) -> Locator:
    page.get_by_role("button", name="Notifications", exact=True).click()
    found = page.get_by_role("region", name="On this screen")
    expect(found.get_by_role("switch").first).to_be_enabled()
    return found


def test_nothing_sounds_or_asks_before_somebody_switched_it_on(page: Page, server: StandIn) -> None:
    put(page, server)
    raise_alert(server)
    expect(page.locator(".toast")).to_have_count(1)
    shown = section(page)
    for switch in shown.get_by_role("switch").all():
        expect(switch).not_to_be_checked()
    expect(shown).to_contain_text("No sound.")
    expect(shown).to_contain_text("The browser asks you once.")
    assert page.evaluate("[window.tones, window.asked, window.told.length]") == [0, 0, 0]
    assert accessible.complaints(page) == []


def test_sound_is_heard_when_switched_on_remembered_and_once_in_some_seconds(
    page: Page, server: StandIn
) -> None:
    put(page, server)
    section(page).get_by_role("switch", name="Sound for new alerts").check()
    assert settled(page, lambda: page.evaluate("window.tones"), 2) == 2
    raise_alert(server)
    expect(page.locator(".toast")).to_have_count(1)
    assert page.evaluate("window.tones") == 2
    page.reload()
    expect(page.locator("#connection")).to_contain_text("Live")
    expect(section(page).get_by_role("switch", name="Sound for new alerts")).to_be_checked()


def test_a_hidden_page_shows_a_notification_that_its_recovery_replaces(
    page: Page, server: StandIn
) -> None:
    put(page, server)
    switch = section(page).get_by_role("switch", name="Notifications of the browser")
    switch.check()
    expect(switch).to_be_checked()
    page.keyboard.press("Escape")
    page.evaluate("window.isAway = true")
    raise_alert(server)
    assert settled(page, lambda: page.evaluate(TITLES), ["Alert: server-0 memory high"]) == [
        "Alert: server-0 memory high"
    ]
    server.alerts = []
    server.push_alert("recovery", "[RECOVERED] host0 memory", "Memory back to 65.0%")
    assert settled(page, lambda: page.evaluate("window.told.length"), 2) == 2
    assert page.evaluate("window.told[0].tag === window.told[1].tag")
    page.evaluate("window.isAway = false; window.told[1].onclick()")
    expect(page).to_have_url(f"{server.url}alerts#event-event-s0-mem")


def test_who_sees_the_page_gets_no_notification_and_who_can_have_none_is_told(
    page: Page, server: StandIn
) -> None:
    put(page, server)
    shown = section(page)
    switch = shown.get_by_role("switch", name="Notifications of the browser")
    switch.check()
    raise_alert(server)
    expect(page.locator(".toast")).to_have_count(1)
    assert page.evaluate(TITLES) == []
    # A browser that has allowed them may still let no page make one.
    page.evaluate("window.isPhone = window.isAway = true")
    server.alerts.append(world.alert(server.servers[0], "cpu", "CPU used 97.0%"))
    server.push_alert("alert", "[ALERT] host0 CPU high", "CPU used 97.0%")
    expect(shown).to_contain_text("shows no notifications of a page.")
    expect(switch).not_to_be_checked()
    expect(switch).to_be_disabled()


def test_a_browser_that_refuses_is_told_of_in_words(page: Page, server: StandIn) -> None:
    put(page, server)
    page.evaluate("localStorage.setItem('answer', 'denied')")
    shown = section(page)
    switch = shown.get_by_role("switch", name="Notifications of the browser")
    # It stays off, which is not what a check waits for.
    switch.click()
    expect(shown).to_contain_text("The browser refuses notifications of this page.")
    expect(switch).not_to_be_checked()
    expect(switch).to_be_disabled()
