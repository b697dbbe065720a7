"""The dialog about notifications in Chromium: channels, what was told, and tests of channels."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import world
from tests.browser.accessible import complaints
from tests.browser.standin import StandIn

pytestmark = pytest.mark.real

MARKUP = "<img src=x onerror=\"document.title='owned'\">"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SMALL_PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True}
DARK = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}
# As in Chrome on Android: notifications are there, and no page may make one.
NO_NOTICES = """
window.Notification = class {
  static permission = "default";
  constructor() { throw new TypeError("Illegal constructor."); }
};
"""


def delivery(**changes: Any) -> dict[str, Any]:
    return {
        "channel": "email",
        "state": "sent",
        "alert_type": "alert",
        "hostname": "host0",
        "subject": "[ALERT] host0 memory high",
        "message": "Memory used 85.0% (threshold 80.0%)",
        "attempts": 1,
        "happened_at": world.stamp(130),
        "due_at": None,
        "finished_at": world.stamp(125),
        "last_error": None,
    } | changes


def channel(**changes: Any) -> dict[str, Any]:
    return {"is_on": True, "min_severity": "warning"} | changes


def put(server: StandIn) -> None:
    server.notifications = {
        "channels": [
            channel(name="email", service="E-mail", target="ops@example.net"),
            channel(name="telegram:@ops", service="Telegram", target="@ops", is_on=False),
            channel(name="json", service="json", target=f"json://***{MARKUP}"),
        ],
        "cooldown_minutes": 30,
        "deliveries": [
            delivery(
                channel="json",
                state="pending",
                attempts=3,
                finished_at=None,
                due_at=world.stamp(-45),
                last_error="The service answered 503 (Service Unavailable)",
            ),
            delivery(alert_type="recovery", subject="[RECOVERED] host0 memory"),
            delivery(state="skipped", last_error="The alert recovered during its cooldown"),
            delivery(state="failed", attempts=50, last_error="The server hung up"),
            delivery(subject=f"[ALERT] {MARKUP} disk / high"),
        ],
        "total": 5,
    }


def open_dialog(page: Page, server: StandIn) -> Any:
    page.goto(server.url)
    page.get_by_role("button", name="Notifications").click()
    dialog = page.get_by_role("dialog", name="Notifications")
    expect(dialog).to_be_visible()
    return dialog


def answer_tests(page: Page, *answers: dict[str, Any]) -> list[Any]:
    """Let the tests of channels have these answers; return where the requests will be."""
    asked: list[Any] = []
    left = list(answers)

    def handle(route: Route) -> None:
        asked.append(route.request.post_data_json)
        body = {"success": True, "message": "", "data": left.pop(0)}
        route.fulfill(status=200, content_type="application/json", body=json.dumps(body))

    page.route("**/api/v1/notifications/test", handle)
    return asked


def test_channels_and_deliveries_are_shown_in_words(page: Page, server: StandIn) -> None:
    put(server)
    dialog = open_dialog(page, server)
    expect(dialog.locator(".channel [data-slot=service]")).to_have_text(
        ["E-mail", "Telegram", "json"]
    )
    expect(dialog.locator(".channel [data-slot=name]")).to_have_text(["", "", ""])
    expect(dialog.locator(".channel").first).to_contain_text("ops@example.net")
    expect(dialog.locator(".delivery-word")).to_have_text(
        ["Trying again", "Sent", "Not sent", "Given up", "Sent"]
    )
    expect(dialog.locator(".delivery-what").nth(1)).to_have_text("Recovered: host0 memory")
    expect(dialog.locator(".delivery-how").nth(1)).to_have_text("email, 2 min ago")
    why = dialog.locator(".delivery-why")
    expect(why.nth(0)).to_contain_text("The service answered 503 (Service Unavailable), next try")
    expect(why.nth(3)).to_have_text("The server hung up, after 50 attempts")
    assert page.title() != "owned"
    server.notifications["deliveries"] = [delivery(subject="[ALERT] host0 CPU high")]
    expect(dialog.locator(".delivery-what")).to_have_text(["host0 CPU high"])


def test_a_test_says_what_happened(page: Page, server: StandIn) -> None:
    put(server)
    asked = answer_tests(
        page,
        {"channel": "email", "sent": False, "error": "the mail server refused the login"},
        {"channel": "email", "sent": True, "error": None},
    )
    dialog = open_dialog(page, server)
    first = dialog.locator(".channel").first
    first.get_by_role("button", name="Send a test through email").click()
    expect(first.locator(".channel-outcome")).to_have_text(
        "Not sent: the mail server refused the login"
    )
    first.get_by_role("button").click()
    expect(first.locator(".channel-outcome")).to_have_text("Sent")
    assert asked == [{"channel": "email"}] * 2


def test_without_channels_it_says_what_to_do(page: Page, server: StandIn) -> None:
    dialog = open_dialog(page, server)
    expect(dialog.locator("[data-slot=note]")).to_contain_text("Nobody is told of alerts yet")
    expect(dialog.locator("pre")).to_contain_text("EMAIL_SMTP_HOST=")
    expect(dialog.get_by_text("Recent deliveries")).to_be_hidden()


def test_an_error_is_a_sentence_and_goes_by_itself(page: Page, server: StandIn) -> None:
    put(server)
    server.failing["/api/v1/notifications"] = 503
    dialog = open_dialog(page, server)
    expect(dialog.locator("[data-slot=note]")).to_have_text(
        "the test said so. Trying again by itself."
    )
    del server.failing["/api/v1/notifications"]
    expect(dialog.locator("[data-slot=note]")).to_be_hidden(timeout=8000)
    expect(dialog.locator(".channel")).to_have_count(3)


def test_the_keyboard_opens_it_tests_a_channel_and_comes_back(page: Page, server: StandIn) -> None:
    put(server)
    answer_tests(page, {"channel": "email", "sent": True, "error": None})
    page.goto(server.url)
    opener = page.get_by_role("button", name="Notifications")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".channel")).to_have_count(3)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send a test through email")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".channel-outcome").first).to_have_text("Sent")
    expect(page.get_by_role("button", name="Send a test through email")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()


@pytest.mark.parametrize("context_options", [PHONE, SMALL_PHONE, DARK])
def test_it_fits_a_phone_and_the_dark(
    page: Page, server: StandIn, context_options: dict[str, Any]
) -> None:
    put(server)
    width = context_options["viewport"]["width"]
    if width < 640:
        page.add_init_script(NO_NOTICES)
    dialog = open_dialog(page, server)
    expect(dialog.locator(".channel")).to_have_count(3)
    expect(page.locator("html")).to_have_js_property("scrollWidth", width)
    box = dialog.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert dialog.evaluate("(e) => e.scrollWidth <= e.clientWidth")
    if width < 640:
        for button in dialog.get_by_role("button").all():
            size = button.bounding_box()
            assert size is not None
            assert round(min(size["width"], size["height"]), 3) >= 44
        here = dialog.get_by_role("region", name="On this screen")
        expect(here).to_contain_text("shows no notifications of a page. A channel, such as e-mail")
        expect(here.get_by_role("switch", name="Notifications of the browser")).to_be_disabled()
        assert complaints(page) == []


def take_settings(page: Page, server: StandIn, *refusals: str) -> list[dict[str, Any]]:
    """Let monserv take what is set, all but the first with these refusals; return what came."""
    asked: list[dict[str, Any]] = []
    left = list(refusals)

    def handle(route: Route) -> None:
        body = route.request.post_data_json
        asked.append(body)
        if left:
            said = {"success": False, "error": left.pop(0), "code": 503, "errors": {}}
            route.fulfill(status=503, json=said)
            return
        found = server.notifications
        if "cooldown_minutes" in body:
            found["cooldown_minutes"] = body["cooldown_minutes"]
        for change in body.get("channels", ()):
            (row,) = [one for one in found["channels"] if one["name"] == change["name"]]
            row |= change
        route.fulfill(json={"success": True, "message": "", "data": found})

    page.route("**/api/v1/notifications/settings", handle)
    return asked


def test_what_a_channel_tells_and_the_cooldown_are_set_with_the_keyboard_alone(
    page: Page, server: StandIn
) -> None:
    put(server)
    asked = take_settings(page, server)
    dialog = open_dialog(page, server)
    email = dialog.get_by_role("checkbox", name="email tells of alerts")
    expect(email).to_be_checked()
    expect(dialog.get_by_role("checkbox", name="telegram:@ops tells of alerts")).not_to_be_checked()
    email.press("Space")
    expect(dialog.locator(".channel").first).to_have_attribute("data-off", "")
    severity = dialog.get_by_role("combobox", name="What json tells of")
    severity.select_option("Critical alerts alone")
    minutes = dialog.get_by_role("spinbutton", name="Minutes before the same alert")
    expect(minutes).to_have_value("30")
    minutes.fill("1441")
    minutes.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text(
        "The minutes are a whole number from 0 to 1,440."
    )
    minutes.fill("60")
    minutes.press("Enter")
    expect(dialog.get_by_role("alert")).to_be_hidden()
    assert asked == [
        {"channels": [{"name": "email", "is_on": False}]},
        {"channels": [{"name": "json", "min_severity": "critical"}]},
        {"cooldown_minutes": 60},
    ]
    page.reload()
    page.get_by_role("button", name="Notifications").click()
    expect(email).not_to_be_checked()
    expect(severity).to_have_value("critical")
    expect(minutes).to_have_value("60")


def test_what_is_not_taken_stands_as_it_was_and_says_why(page: Page, server: StandIn) -> None:
    put(server)
    take_settings(page, server, "The disk is full.")
    dialog = open_dialog(page, server)
    email = dialog.get_by_role("checkbox", name="email tells of alerts")
    email.click()
    expect(dialog.get_by_role("alert")).to_have_text("The disk is full.")
    expect(email).to_be_checked()
    assert complaints(page) == []


def test_who_may_not_set_anything_sees_what_is_set(page: Page, server: StandIn) -> None:
    put(server)
    server.session["role"] = "operator"
    dialog = open_dialog(page, server)
    expect(dialog.get_by_role("checkbox", name="email tells of alerts")).to_be_disabled()
    expect(dialog.get_by_role("spinbutton")).to_be_disabled()


def test_a_button_that_is_pressed_before_anybody_listens_is_heard_once_somebody_does(
    page: Page, server: StandIn
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/static/js/complete.js", hold)
    # Nobody waits for it, as one does elsewhere.
    page.evaluate("(url) => { globalThis.isLeft = true; location.assign(url); }", server.url)
    # The button of the page before is there until the new page begins.
    page.wait_for_function("() => !globalThis.isLeft")
    button = page.get_by_role("button", name="Notifications")
    button.click()
    button.click()
    for _ in range(300):
        if held:
            break
        page.wait_for_timeout(100)
    (route,) = held
    route.continue_()
    dialog = page.get_by_role("dialog", name="Notifications")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
