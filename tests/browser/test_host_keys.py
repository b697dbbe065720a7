"""Accepting a host key and trying a server now in Chromium, against a stand-in."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import world
from tests.browser.managed import FINGERPRINT, OLD_FINGERPRINT, Managed
from tests.browser.standin import StandIn
from tests.browser.test_managing import DARK_PHONE, complaints

pytestmark = pytest.mark.real

KEY_CHANGED = {
    "status": "offline",
    "reason": "host_key_changed",
    "last_error": f"It shows ssh-ed25519 {FINGERPRINT}, but pinned is ssh-ed25519 ...",
}


@pytest.fixture
def managed(server: StandIn) -> Managed:
    return Managed(server)


def put(server: StandIn, **changes: Any) -> None:
    of = world.state(0, cpu=12.5, memory=50.0)
    server.servers.append(world.server(0, of, **changes))


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def open_dialog(page: Page, server: StandIn) -> Locator:
    put(server, **KEY_CHANGED)
    page.goto(server.url)
    button(page, "Accept the new key…").click()
    dialog = page.locator("#host-key")
    expect(dialog.locator("[data-slot=offered]")).to_contain_text(FINGERPRINT)
    return dialog


def test_a_changed_key_is_accepted_once_a_person_says_that_it_was_compared(
    page: Page, server: StandIn, managed: Managed
) -> None:
    dialog = open_dialog(page, server)
    expect(dialog.locator("[data-slot=known]")).to_contain_text(OLD_FINGERPRINT)
    expect(dialog.locator("[data-slot=command]")).to_contain_text("ssh_host_ed25519_key.pub")
    button(page, "Accept the key").click(force=True)
    expect(dialog.get_by_role("alert")).to_have_text(
        "Compare the fingerprints first, and say so above."
    )
    assert managed.asked == []
    dialog.get_by_role("checkbox").check()
    button(page, "Accept the key").click()
    expect(dialog).to_be_hidden()
    assert managed.asked == [
        ("POST", "/api/v1/servers/s0/host-key/accept", {"fingerprint": FINGERPRINT})
    ]
    expect(page.locator(".toast-title")).to_contain_text("The host key of server-0 was accepted")
    expect(button(page, "Accept the new key…")).to_have_count(0)


def test_the_keyboard_alone_is_enough_and_comes_back_to_where_it_was(
    page: Page, server: StandIn, managed: Managed
) -> None:
    put(server, **KEY_CHANGED)
    page.goto(server.url)
    button(page, "Accept the new key…").focus()
    page.keyboard.press("Enter")
    expect(button(page, "Cancel").and_(page.locator("#host-key *"))).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#host-key")).to_be_hidden()
    expect(button(page, "Accept the new key…")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox")).to_be_checked()
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#host-key")).to_be_hidden()
    assert len(managed.asked) == 1


def test_a_refusal_stays_in_the_dialog_and_the_keys_are_looked_at_again(
    page: Page, server: StandIn, managed: Managed
) -> None:
    dialog = open_dialog(page, server)
    managed.errors = [(409, "It shows SHA256:x, and not SHA256:y; nothing was accepted.", {})]
    managed.host_key["offered"] |= {"fingerprint": OLD_FINGERPRINT[:-1] + "x"}
    dialog.get_by_role("checkbox").check()
    button(page, "Accept the key").click()
    expect(dialog.get_by_role("alert")).to_contain_text("and not SHA256:y")
    expect(dialog.locator("[data-slot=offered]")).to_contain_text(OLD_FINGERPRINT[:-1] + "x")
    expect(dialog.get_by_role("checkbox")).not_to_be_checked()


def test_a_revoked_key_is_explained_and_cannot_be_accepted(
    page: Page, server: StandIn, managed: Managed
) -> None:
    managed.host_key |= {"state": "revoked", "explanation": "Line 3 has revoked it"}
    dialog = open_dialog(page, server)
    expect(dialog.get_by_role("status")).to_have_text("Line 3 has revoked it.")
    expect(dialog.get_by_role("checkbox")).to_be_hidden()
    expect(button(page, "Accept the key")).to_be_hidden()


@pytest.mark.parametrize("reason", ["unreachable", "authentication_failed", "host_key_changed"])
def test_a_server_is_tried_now(page: Page, server: StandIn, managed: Managed, reason: str) -> None:
    put(server, status="offline", reason=reason, last_error="because")
    page.goto(server.url)
    page.locator(".card").get_by_role("button", name="Try now").click()
    expect(page.locator(".toast-title")).to_contain_text("server-0 is tried now")
    managed.errors = [(429, "server-0 was just tried; wait a few seconds.", {})]
    page.locator(".card").get_by_role("button", name="Try now").click()
    expect(page.locator(".toast-title").last).to_contain_text("server-0 is not tried now")
    assert managed.asked == [("POST", "/api/v1/servers/s0/retry", {})] * 2


def test_a_viewer_sees_neither(page: Page, server: StandIn) -> None:
    server.session = {"name": "vera", "role": "viewer", "csrf_token": ""}
    put(server, **KEY_CHANGED)
    page.goto(server.url)
    expect(page.locator(".card-note p")).to_contain_text("Host key changed")
    expect(button(page, "Accept the new key…")).to_be_hidden()
    expect(page.locator(".card").get_by_role("button", name="Try now")).to_be_hidden()


@pytest.mark.parametrize(
    "context_options", [{"viewport": {"width": 1280, "height": 900}}, DARK_PHONE]
)
def test_axe_finds_nothing_in_the_dialog_and_on_the_card(
    page: Page, server: StandIn, managed: Managed
) -> None:
    put(server, **KEY_CHANGED)
    page.goto(server.url)
    card = page.locator(".card")
    expect(card).to_be_visible()
    if page.evaluate("innerWidth") < 641:
        card.locator(".card-name").tap()
    expect(button(page, "Accept the new key…")).to_be_visible()
    assert complaints(page) == []
    button(page, "Accept the new key…").click()
    expect(page.get_by_role("checkbox")).to_be_visible()
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
