"""Adding, editing, pausing and deleting servers in Chromium, against a stand-in."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import world
from tests.browser.accessible import complaints
from tests.browser.conftest import Witness
from tests.browser.managed import FINGERPRINT, PASSWORD, REFUSED, Managed, paused
from tests.browser.settled import settled
from tests.browser.standin import StandIn

pytestmark = pytest.mark.real

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SMALL_PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True}
DARK_PHONE = PHONE | {"color_scheme": "dark"}
WIDE = {"viewport": {"width": 2560, "height": 1300}}
PHONE_PX = 641
MARKUP = "<img src=x onerror=\"document.title='owned'\">"
LOGIN_REFUSED = {
    "status": "offline",
    "reason": "authentication_failed",
    "last_error": REFUSED,
    "metrics": None,
}


@pytest.fixture
def managed(server: StandIn) -> Managed:
    return Managed(server)


def put(server: StandIn, count: int, **changes: Any) -> list[dict[str, Any]]:
    """Let the stand-in watch so many servers; ``changes`` go to the first."""
    for i in range(count):
        of = world.state(i, cpu=12.5, memory=50.0)
        server.servers.append(world.server(i, of, **(changes if i == 0 else {})))
    return server.servers


def field(page: Page, name: str) -> Locator:
    return page.locator(f"#editor-{name}")


def error(page: Page, name: str) -> Locator:
    return page.locator(f"#editor-{name}-error")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        field(page, name).fill(value)


def open_menu(page: Page, number: int) -> None:
    page.get_by_role("button", name=f"Actions for server-{number}").click()


def open_form(page: Page, server: StandIn) -> None:
    page.goto(server.url)
    page.locator("#add").click()
    expect(field(page, "host")).to_be_focused()


def paste(page: Page, text: str) -> None:
    page.evaluate(
        """(text) => {
          const data = new DataTransfer();
          data.setData("text", text);
          const event = new ClipboardEvent("paste",
            { clipboardData: data, bubbles: true, cancelable: true });
          document.activeElement.dispatchEvent(event);
        }""",
        text,
    )


def status(page: Page) -> Locator:
    return page.locator(".editor-status")


def open_card(page: Page, card: Locator) -> None:
    """Open what is a row on a phone; elsewhere it is open enough."""
    expect(card).to_be_visible()
    if page.evaluate("innerWidth") < PHONE_PX:
        card.locator(".card-name").tap()
    expect(card.locator("[data-slot=mend]")).to_be_visible()


def states(page: Page, expected: list[str]) -> list[str]:
    read = "(all) => all.map((one) => one.dataset.state)"
    return settled(page, lambda: page.locator(".check").evaluate_all(read), expected)


def test_a_server_is_added_after_a_test_that_passed(
    page: Page, server: StandIn, managed: Managed
) -> None:
    put(server, 1)
    open_form(page, server)
    fill(page, name="nas", host="10.0.0.9", username="root", password=PASSWORD)
    press(page, "Test")
    expect(status(page)).to_have_text("The test passed: monserv can watch this server.")
    passed = ["passed"] * 5
    assert states(page, passed) == passed
    expect(page.locator("[data-slot=key-text]")).to_have_text(f"ssh-ed25519 {FINGERPRINT}")
    expect(page.locator("[data-slot=key-command]")).to_contain_text("ssh_host_ed25519_key.pub")
    press(page, "Add")
    added = page.locator(".card", has_text="nas")
    expect(added.locator(".card-name")).to_be_focused()
    expect(added.locator("[data-slot=status]")).to_have_text("Pending")
    expect(page.locator("#editor")).to_be_hidden()
    expect(page.locator(".toast")).to_contain_text("nas was added")
    body = {"host": "10.0.0.9", "port": 22, "username": "root", "password": PASSWORD}
    # Nobody said that the key was compared: it is trusted as without a test.
    assert managed.asked == [
        ("POST", "/api/v1/servers/test/steps", body | {"name": "nas"}),
        ("POST", "/api/v1/servers", body | {"name": "nas"}),
    ]
    page.locator("#add").click()
    expect(field(page, "password")).to_have_value("")
    expect(page.locator(".check:visible")).to_have_count(0)


@pytest.mark.usefixtures("managed")
def test_a_test_stops_at_the_cause_and_says_it_in_words(page: Page, server: StandIn) -> None:
    open_form(page, server)
    fill(page, host="10.0.0.9", username="root", password="wr0ng")
    press(page, "Test")
    expect(status(page)).to_have_text(f"Stopped at “Log in”: {REFUSED}.")
    stopped = ["passed", "passed", "passed", "failed", "not_run"]
    assert states(page, stopped) == stopped
    failed = page.locator(".check[data-state=failed]")
    expect(failed.locator("[data-slot=title]")).to_have_text("Log in")
    expect(failed.locator("[data-slot=detail]")).to_have_text(REFUSED)
    expect(page.locator("[data-slot=key-text]")).to_be_in_viewport(ratio=1)
    expect(status(page)).to_have_attribute("role", "status")


def test_adding_without_a_test_is_asked_about_and_possible(
    page: Page, server: StandIn, managed: Managed
) -> None:
    open_form(page, server)
    fill(page, host="10.0.0.9", username="root", password="wr0ng")
    page.keyboard.press("Enter")
    expect(status(page)).to_have_text("It has not been tested as it stands.")
    expect(page.get_by_role("button", name="Test first")).to_be_focused()
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("Stopped at")
    press(page, "Add")
    expect(status(page)).to_contain_text(REFUSED)
    # What is typed then is an answer as well.
    fill(page, password="other")
    expect(page.get_by_role("button", name="Add", exact=True)).to_be_visible()
    press(page, "Add")
    press(page, "Add it anyway")
    expect(page.locator(".card")).to_have_count(1)
    assert [path for _, path, _ in managed.asked] == [
        "/api/v1/servers/test/steps",
        "/api/v1/servers",
    ]


def test_a_test_of_something_else_counts_for_nothing(
    page: Page, server: StandIn, managed: Managed
) -> None:
    open_form(page, server)
    fill(page, host="10.0.0.9", username="root", password=PASSWORD)
    press(page, "Test")
    expect(status(page)).to_contain_text("The test passed")
    fill(page, name="nas")
    expect(page.locator(".checks")).not_to_have_attribute("data-stale", "")
    fill(page, host="10.0.0.10")
    expect(page.locator(".checks")).to_have_attribute("data-stale", "")
    expect(status(page)).to_have_text("")
    press(page, "Add")
    expect(status(page)).to_have_text("It has not been tested as it stands.")
    assert len(managed.asked) == 1


def test_a_test_that_takes_long_can_be_stopped(
    page: Page, server: StandIn, managed: Managed
) -> None:
    managed.holds_tests = True
    open_form(page, server)
    fill(page, host="10.0.0.9", username="root", password=PASSWORD)
    press(page, "Test")
    expect(status(page)).to_have_text("Testing the connection …")
    begun = ["running", *["waiting"] * 4]
    assert states(page, begun) == begun
    press(page, "Stop the test")
    expect(status(page)).to_have_text("The test was stopped.")
    expect(field(page, "password")).to_have_value(PASSWORD)
    managed.holds_tests = False
    press(page, "Test")
    expect(status(page)).to_contain_text("The test passed")


@pytest.mark.usefixtures("managed")
def test_a_pasted_address_fills_the_form(page: Page, server: StandIn) -> None:
    open_form(page, server)
    paste(page, "ssh://scada:p@ss:w%2Frd@10.0.0.9:2222?name=nas&tags=a,b\n")
    expect(field(page, "host")).to_have_value("10.0.0.9")
    for name, value in {
        "port": "2222",
        "username": "scada",
        "password": "p@ss:w/rd",
        "name": "nas",
        "tags": "a,b",
    }.items():
        expect(field(page, name)).to_have_value(value)
    expect(status(page)).to_have_text(
        "Filled in from the address: name, host, port, user, password, tags."
    )
    expect(field(page, "tags")).to_be_visible()
    assert "w/rd" not in page.locator("#editor").inner_text()
    # One who types it leaves the field.
    field(page, "host").fill("ssh://joe@nas")
    page.keyboard.press("Tab")
    expect(field(page, "host")).to_have_value("nas")
    expect(field(page, "username")).to_have_value("joe")


def test_what_is_missing_is_said_at_its_field_and_the_first_gets_the_focus(
    page: Page, server: StandIn, managed: Managed
) -> None:
    open_form(page, server)
    fill(page, port="x", password="s3cret")
    press(page, "Add")
    expect(field(page, "host")).to_be_focused()
    expect(error(page, "host")).to_have_text("Name the server's host, or its address")
    expect(error(page, "port")).to_contain_text("1 to 65535")
    expect(error(page, "username")).to_have_text("Name the user who logs in")
    expect(field(page, "port")).to_have_attribute("aria-invalid", "true")
    expect(field(page, "port")).to_have_attribute(
        "aria-describedby", re.compile("editor-port-error")
    )
    fill(page, port="22")
    expect(error(page, "port")).to_have_text("")
    expect(field(page, "port")).not_to_have_attribute("aria-invalid", re.compile(""))
    expect(field(page, "password")).to_have_value("s3cret")
    assert managed.asked == []


def test_what_monserv_refuses_is_said_at_its_field_and_nothing_typed_is_lost(
    page: Page, server: StandIn, managed: Managed
) -> None:
    open_form(page, server)
    fill(page, host="10.0.0.9", username="root", password="s3cret")
    managed.errors = [
        (422, "The fields are wrong.", {"key": ["The key file does not exist"]}),
        (409, "ssh://root@10.0.0.9 is watched already.", {}),
        (422, "Odd.", {"colour": ["Unknown field."]}),
        (503, "The database does not answer", {}),
    ]
    press(page, "Add")
    press(page, "Add it anyway")
    # It was folded away.
    expect(field(page, "key")).to_be_focused()
    expect(error(page, "key")).to_have_text("The key file does not exist")
    expect(page.locator(".editor-problem")).to_be_hidden()
    for sentence in ("is watched already", "Odd.", "does not answer"):
        press(page, "Add")
        press(page, "Add it anyway")
        problem = page.locator(".editor-problem")
        expect(problem).to_contain_text(sentence)
        expect(problem).to_be_focused()
    expect(error(page, "key")).to_have_text("")
    expect(field(page, "password")).to_have_value("s3cret")
    expect(page.locator("#editor")).to_be_visible()


def test_escape_loses_nothing_silently_and_focus_returns(
    page: Page, server: StandIn, managed: Managed
) -> None:
    open_form(page, server)
    page.keyboard.press("Escape")
    expect(page.locator("#editor")).to_be_hidden()
    expect(page.locator("#add")).to_be_focused()
    page.keyboard.press("Enter")
    fill(page, host="10.0.0.9", password="s3cret")
    for _ in range(2):  # Once to ask, once more to stay.
        page.keyboard.press("Escape")
        expect(status(page)).to_have_text("Throw away what you typed?")
        expect(page.get_by_role("button", name="Keep editing")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Add", exact=True)).to_be_focused()
        expect(field(page, "password")).to_have_value("s3cret")
    press(page, "Close")
    press(page, "Throw away")
    expect(page.locator("#editor")).to_be_hidden()
    expect(page.locator("#add")).to_be_focused()
    expect(field(page, "password")).to_have_value("")
    assert managed.asked == []


def test_the_password_is_not_filled_in_by_the_browser_and_can_be_shown(
    page: Page, server: StandIn
) -> None:
    open_form(page, server)
    password = field(page, "password")
    password.fill("s3cret")
    expect(password).to_have_attribute("autocomplete", "new-password")
    expect(password).to_have_attribute("type", "password")
    show = page.get_by_role("button", name="Show the password")
    show.click()
    expect(password).to_have_attribute("type", "text")
    hide = page.get_by_role("button", name="Hide the password")
    expect(hide).to_have_attribute("aria-pressed", "true")
    press(page, "Cancel")
    press(page, "Throw away")
    page.locator("#add").click()
    expect(password).to_have_attribute("type", "password")


def test_an_edit_sends_what_changed_and_leaves_the_password_alone(
    page: Page, server: StandIn, managed: Managed
) -> None:
    put(server, 2)
    page.goto(server.url)
    open_menu(page, 0)
    press(page, "Edit")
    expect(field(page, "name")).to_be_focused()
    expect(field(page, "host")).to_have_value("10.0.0.0")
    expect(field(page, "password")).to_have_value("")
    expect(page.locator("#editor-password-hint")).to_contain_text("Stays as it is")
    fill(page, name="archive", tags="a", description="one\ntwo")
    press(page, "Save")
    card = page.locator("#server-s0")
    expect(card.locator("[data-slot=name]")).to_have_text("archive")
    expect(page.get_by_role("button", name="Actions for archive")).to_be_focused()
    assert managed.asked == [
        (
            "PUT",
            "/api/v1/servers/s0",
            {"name": "archive", "tags": "a", "description": "one\ntwo"},
        )
    ]
    # Nothing changed: nothing is sent, and nothing is asked.
    open_menu(page, 1)
    press(page, "Edit")
    press(page, "Save")
    expect(page.locator("#editor")).to_be_hidden()
    assert len(managed.asked) == 1


def test_an_edit_of_host_port_or_user_asks_for_the_login_at_once(
    page: Page, server: StandIn, managed: Managed
) -> None:
    put(server, 1)
    page.goto(server.url)
    open_menu(page, 0)
    press(page, "Edit")
    fill(page, port="2222")
    hint = page.locator("#editor-password-hint")
    expect(hint).to_contain_text("give the password or a key again")
    press(page, "Test")
    expect(field(page, "password")).to_be_focused()
    expect(error(page, "password")).to_contain_text("give the password or a key again")
    fill(page, password=PASSWORD)
    press(page, "Test")
    expect(status(page)).to_contain_text("The test passed")
    press(page, "Save")
    expect(page.locator("#editor")).to_be_hidden()
    (_, _, tested), (_, _, saved) = managed.asked
    assert (tested["id"], tested["host"], tested["port"]) == ("s0", "10.0.0.0", 2222)
    assert saved == {"port": 2222, "password": PASSWORD}


def test_a_jump_server_is_chosen_by_its_name_and_another_way_asks_for_the_login(
    page: Page, server: StandIn, managed: Managed
) -> None:
    put(server, 3, jump="s1")
    page.goto(server.url)
    open_menu(page, 0)
    press(page, "Edit")
    # What is filled in is not hidden.
    expect(field(page, "jump")).to_be_visible()
    expect(field(page, "jump")).to_have_value("s1")
    offered = field(page, "jump").locator("option").all_inner_texts()
    assert offered == ["None: it is reached directly", "server-1", "server-2"]
    page.get_by_label("Jump server").select_option("server-2")
    hint = page.locator("#editor-password-hint")
    expect(hint).to_contain_text("jump server changed: give the password or a key again")
    press(page, "Save")
    expect(error(page, "password")).to_contain_text("give the password or a key again")
    assert managed.asked == []
    assert complaints(page) == []
    fill(page, password=PASSWORD)
    press(page, "Test")
    expect(status(page)).to_contain_text("The test passed")
    assert managed.asked[-1][2]["jump"] == "s2"
    managed.errors = [(422, "It leads in a circle.", {"jump": ["It leads in a circle."]})]
    press(page, "Save")
    expect(field(page, "jump")).to_be_focused()
    expect(error(page, "jump")).to_have_text("It leads in a circle.")
    press(page, "Save")
    expect(page.locator("#editor")).to_be_hidden()
    assert managed.asked[-1][2] == {"jump": "s2", "password": PASSWORD}


def test_a_refused_login_is_one_step_away_from_the_password(
    page: Page, server: StandIn, managed: Managed
) -> None:
    put(server, 2, **LOGIN_REFUSED)
    server.servers[1] |= LOGIN_REFUSED | {"source": "settings"}
    page.goto(server.url)
    mend = page.get_by_role("button", name="Edit login")
    expect(mend).to_have_count(1)
    mend.click()
    expect(field(page, "password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    press(page, "Save")
    press(page, "Save it anyway")
    expect(page.locator("#editor")).to_be_hidden()
    assert managed.asked == [("PUT", "/api/v1/servers/s0", {"password": PASSWORD})]


def test_a_server_is_paused_calmly_and_resumed(
    page: Page, server: StandIn, managed: Managed
) -> None:
    put(server, 3)
    page.goto(server.url)
    open_menu(page, 0)
    press(page, "Pause")
    card = page.locator("#server-s0")
    expect(card.locator("[data-slot=status]")).to_have_text("Paused")
    expect(card).to_have_attribute("data-status", "paused")
    expect(page.locator("#summary [data-status=offline] .count")).to_have_text("0")
    expect(page.locator("#summary [data-status=paused] .count")).to_have_text("1")
    expect(page.locator("#attention")).to_be_hidden()
    expect(page.get_by_role("button", name="Actions for server-0")).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(5, 5)
    page.reload()
    expect(page.locator(".card").last).to_have_attribute("id", "server-s0")
    open_menu(page, 0)
    press(page, "Resume")
    expect(card.locator("[data-slot=status]")).to_have_text("Online")
    expect(page.locator("#summary [data-status=paused]")).to_be_hidden()
    assert [(method, path) for method, path, _ in managed.asked] == [
        ("PATCH", "/api/v1/servers/s0/toggle")
    ] * 2


def test_a_server_is_deleted_at_once_and_brought_back_with_the_keyboard_alone(
    page: Page, server: StandIn, managed: Managed
) -> None:
    one = put(server, 3)[0]
    server.alerts = [
        world.alert(one, "mem", "Memory used 85.0%"),
        world.alert(one, "cpu", "CPU used 95.0%", "warning"),
    ]
    page.goto(server.url)
    expect(page.locator(".attention-row")).to_have_count(2)
    page.get_by_role("button", name="Actions for server-0").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Edit", exact=True)).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="Delete", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    undo = page.get_by_role("button", name="Undo", exact=True)
    expect(undo).to_be_focused()
    # What is deleted asks for nothing, and is counted nowhere.
    expect(page.locator("#server-s0")).to_have_count(0)
    expect(page.locator("#attention")).to_be_hidden()
    news = page.get_by_role("log")
    expect(news).to_contain_text("server-0 was deleted")
    expect(news).to_contain_text("Its login is forgotten")
    page.keyboard.press("Enter")
    expect(page.locator("#server-s0 .card-name")).to_be_focused()
    expect(page.locator(".attention-row")).to_have_count(2)
    expect(news).to_contain_text("server-0 is back")
    expect(undo).to_have_count(0)
    assert [(method, path) for method, path, _ in managed.asked] == [
        ("DELETE", "/api/v1/servers/s0?undo_seconds=15"),
        ("POST", "/api/v1/servers/s0/restore"),
    ]


def test_undo_is_there_as_long_as_it_helps_and_an_error_is_told(
    page: Page, server: StandIn, managed: Managed
) -> None:
    put(server, 3)
    page.clock.install()
    page.goto(server.url)
    managed.errors = [(503, "The database does not answer", {})]
    open_menu(page, 0)
    press(page, "Delete")
    news = page.get_by_role("log")
    expect(news).to_contain_text("server-0 could not be deleted")
    expect(news).to_contain_text("The database does not answer")
    expect(page.locator("#server-s0")).to_be_visible()
    open_menu(page, 0)
    press(page, "Delete")
    open_menu(page, 1)
    press(page, "Delete")
    undo = page.get_by_role("button", name="Undo", exact=True)
    expect(undo).to_have_count(2)
    managed.errors = [(404, "No server with this id can be brought back any more.", {})]
    undo.first.click()
    expect(news).to_contain_text("server-0 could not be brought back")
    # Under the pointer and with the focus on it, too: monserv waits no longer either.
    undo.hover()
    undo.focus()
    page.clock.fast_forward(14_500)
    expect(undo).to_have_count(0)
    # The keyboard is where it can go on from.
    assert page.evaluate("document.activeElement.closest('.toast, #servers') !== null")


def test_a_server_from_the_settings_is_only_paused_here(
    page: Page, server: StandIn, managed: Managed
) -> None:
    put(server, 1, source="settings")
    page.goto(server.url)
    open_menu(page, 0)
    menu = page.get_by_role("group", name="Actions for server-0")
    expect(menu.get_by_role("button")).to_have_text(["Pause"])
    expect(menu).to_contain_text("It comes from the settings, SERVERS")
    press(page, "Pause")
    expect(page.locator("#server-s0")).to_have_attribute("data-status", "paused")
    assert len(managed.asked) == 1


@pytest.mark.usefixtures("managed")
def test_the_menu_is_walked_with_the_keyboard(page: Page, server: StandIn) -> None:
    put(server, 2)
    page.goto(server.url)
    button = page.get_by_role("button", name="Actions for server-1")
    button.focus()
    page.keyboard.press("Enter")
    focused = "document.activeElement.textContent"
    expect(button).to_have_attribute("aria-expanded", "true")
    found = []
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Home", "End"):
        page.keyboard.press(key)
        found.append(page.evaluate(focused))
    assert found == ["Pause", "Delete", "Edit", "Delete", "Edit", "Delete"]
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page.locator("#menu")).to_be_visible()
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    expect(page.locator("#menu")).to_be_hidden()
    assert page.evaluate("document.activeElement.textContent") != "Delete"


def test_a_viewer_sees_nothing_that_changes_servers(page: Page, server: StandIn) -> None:
    put(server, 1, **LOGIN_REFUSED)
    server.session = {"name": "eve", "role": "viewer", "csrf_token": "t"}
    with page.expect_response("**/api/v1/session"):
        page.goto(server.url)
    expect(page.locator(".card")).to_have_count(1)
    for name in ("Add a server", "Actions for server-0", "Edit login"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    server.servers.clear()
    with page.expect_response("**/api/v1/session"):
        page.reload()
    expect(page.locator("#message")).to_contain_text("Nobody has added one that you may see")
    expect(page.get_by_role("button", name="Add a server")).to_have_count(0)


def test_a_change_carries_the_token_of_the_session(
    page: Page, server: StandIn, managed: Managed
) -> None:
    put(server, 1)
    server.session = {"name": "joe", "role": "operator", "csrf_token": "t1"}
    page.goto(server.url)
    managed.errors = [(403, "This may be the doing of another page", {})]
    for word in ("Pause", "Pause"):
        open_menu(page, 0)
        press(page, word)
        # Somebody logged in anew in another tab: the second try asks for the token again.
        server.session["csrf_token"] = "t2"
        expect(page.locator(".toast").last).to_contain_text("paused")
    expect(page.locator("#server-s0")).to_have_attribute("data-status", "paused")
    assert managed.csrf == ["t1", "t2"]


def test_without_a_login_the_page_leads_to_it_and_back(
    page: Page, server: StandIn, witness: Witness
) -> None:
    server.failing = {"/api/v1/session": 401}
    page.goto(f"{server.url}?kiosk")
    page.wait_for_url(re.compile(r"/login\?next=%2F%3Fkiosk&ended$"))
    assert witness.network_errors


def test_a_socket_that_is_turned_away_leads_to_the_login_when_it_has_ended(
    page: Page, server: StandIn
) -> None:
    put(server, 1)
    page.goto(server.url)
    server.push_state()
    server.drop_sockets(1008)
    assert settled(page, lambda: server.requested.count("/api/v1/session") >= 2, expected=True)
    expect(page.locator("#connection .connection-word")).to_have_text("Live")
    server.push_state()
    server.failing = {"/api/v1/session": 401}
    server.drop_sockets(1008)
    page.wait_for_url("**/login?next=%2F&ended")


def test_a_login_that_ends_while_one_types_loses_nothing(
    page: Page, server: StandIn, managed: Managed
) -> None:
    open_form(page, server)
    fill(page, host="10.0.0.9", username="root", password=PASSWORD)
    managed.errors = [(401, "This needs a login", {})]
    press(page, "Test")
    expect(page.locator(".editor-problem")).to_contain_text("Log in in another tab")
    expect(field(page, "password")).to_have_value(PASSWORD)
    # Nor does what goes on behind the form take the keyboard away.
    server.failing = {"/api/v1/session": 401}
    field(page, "username").focus()
    with page.expect_response(lambda answer: answer.status == HTTPStatus.UNAUTHORIZED):
        server.drop_sockets(1008)
    expect(field(page, "username")).to_be_focused()
    server.failing = {}
    press(page, "Test")
    expect(status(page)).to_contain_text("The test passed")
    expect(page.locator(".editor-problem")).to_be_hidden()


@pytest.mark.usefixtures("managed")
def test_with_no_server_the_page_leads_to_the_form(page: Page, server: StandIn) -> None:
    page.goto(server.url)
    add = page.locator("#message").get_by_role("button", name="Add a server")
    add.click()
    expect(field(page, "host")).to_be_focused()
    expect(field(page, "port")).to_have_value("22")
    page.keyboard.press("Escape")
    expect(add).to_be_focused()


@pytest.mark.parametrize("context_options", [{}, DARK_PHONE])
def test_the_first_start_says_in_three_ways_how_to_begin(page: Page, server: StandIn) -> None:
    page.goto(server.url)
    message = page.locator("#message")
    expect(message.locator(".message-title")).to_have_text("No servers yet")
    expect(message.get_by_role("listitem")).to_have_count(3)
    expect(message).to_contain_text("SERVERS=ssh://")
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    file = message.get_by_role("button", name="Import a file")
    file.press("Enter")
    expect(page.locator("#import-text")).to_be_focused()
    page.keyboard.press("Escape")
    expect(file).to_be_focused()


def test_who_may_add_nothing_is_told_so_at_the_first_start(page: Page, server: StandIn) -> None:
    server.session["role"] = "viewer"
    page.goto(server.url)
    message = page.locator("#message")
    expect(message).to_contain_text("Nobody has added one that you may see.")
    expect(message.get_by_role("listitem")).to_have_count(0)


def test_this_machine_is_edited_without_a_login(
    page: Page, server: StandIn, managed: Managed
) -> None:
    put(server, 1, url="local://", host="localhost", username="monserv", name="this machine")
    page.goto(server.url)
    page.get_by_role("button", name="Actions for this machine").click()
    press(page, "Edit")
    expect(field(page, "host")).to_be_hidden()
    expect(page.get_by_role("button", name="Test", exact=True)).to_be_hidden()
    fill(page, name="here")
    press(page, "Save")
    expect(page.locator("#server-s0 [data-slot=name]")).to_have_text("here")
    assert managed.asked == [("PUT", "/api/v1/servers/s0", {"name": "here"})]


def test_markup_in_names_and_answers_stays_inert(
    page: Page, server: StandIn, managed: Managed
) -> None:
    put(server, 1, name=MARKUP, **LOGIN_REFUSED)
    page.goto(server.url)
    page.locator("#server-s0 .card-menu").click()
    press(page, "Delete")
    expect(page.locator(".toast-title", has_text="was deleted")).to_contain_text("onerror")
    press(page, "Undo")
    press(page, "Edit login")
    managed.errors = [(422, MARKUP, {"host": [MARKUP], "x": [MARKUP]})]
    press(page, "Test")
    expect(error(page, "host")).to_have_text(MARKUP)
    expect(page.locator(".editor-problem")).to_have_text(MARKUP)
    expect(page.locator("#editor-title")).to_contain_text("onerror")
    assert page.locator("img").count() == 0
    assert page.title() == "monserv"


@pytest.mark.parametrize("context_options", [{}, DARK_PHONE])
@pytest.mark.usefixtures("managed")
def test_everybody_can_use_it(page: Page, server: StandIn) -> None:
    put(server, 3, name="n" * 60, **LOGIN_REFUSED)
    server.servers[2] |= paused()
    page.goto(server.url)
    card = page.locator("#server-s0")
    open_card(page, card)
    card.locator(".card-menu").click()
    found = {"menu": complaints(page)}
    press(page, "Delete")
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_focused()
    found["undo"] = complaints(page)
    press(page, "Undo")
    page.locator("#add").click()
    fill(page, host="10.0.0.9", username="root", password="wr0ng")
    press(page, "Test")
    expect(status(page)).to_contain_text("Stopped at")
    found["test"] = complaints(page)
    page.locator(".editor-more summary").click()
    fill(page, host="", port="x")
    press(page, "Add")
    found["errors"] = complaints(page)
    assert found == {moment: [] for moment in found}


@pytest.mark.parametrize("context_options", [PHONE, SMALL_PHONE, WIDE])
@pytest.mark.usefixtures("managed")
def test_nothing_is_cut_off_on_any_screen(page: Page, server: StandIn) -> None:
    put(server, 3, name="n" * 60, **LOGIN_REFUSED)
    server.servers[2] |= paused()
    page.goto(server.url)
    width = page.evaluate("innerWidth")
    open_card(page, page.locator("#server-s0"))
    expect(page.locator("#server-s0 .card-menu")).to_be_in_viewport(ratio=1)
    page.locator("#add").click()
    fill(page, host="h" * 200, username="root", password="wr0ng")
    press(page, "Test")
    expect(status(page)).to_contain_text("Stopped at")
    press(page, "Add")
    expect(page.get_by_role("button", name="Add it anyway")).to_be_in_viewport(ratio=1)
    expect(page.locator("html")).to_have_js_property("scrollWidth", width)
    body = page.locator("#editor .editor-body")
    assert body.evaluate("(e) => e.scrollWidth <= e.clientWidth")
    if width < PHONE_PX:
        box = page.locator("#editor").bounding_box()
        assert box is not None
        assert (box["x"], box["y"], box["width"]) == (0, 0, width)
        heights = "(all) => all.map((one) => one.offsetHeight)"
        buttons = page.locator("#editor button:visible")
        assert round(min(buttons.evaluate_all(heights)), 3) >= 44


@pytest.mark.timed
@pytest.mark.usefixtures("managed")
def test_the_form_opens_at_once_among_a_thousand_servers(page: Page, server: StandIn) -> None:
    put(server, 1000)
    page.goto(server.url)
    expect(page.locator("#summary [data-status=online] .count")).to_have_text("1000")
    page.wait_for_function("() => document.querySelector('.trend svg')?.getAttribute('aria-label')")
    milliseconds = page.evaluate(
        """async () => {
          const started = performance.now();
          document.querySelector("#add").click();
          await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          return performance.now() - started;
        }"""
    )
    assert milliseconds < 1000
