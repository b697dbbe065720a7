"""The dashboard in other languages: all is said in them, and it fits."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from monserv.web.catalogues import Catalogue
from tests.browser import past, pseudo, served, world
from tests.browser.accessible import complaints
from tests.browser.managed import FINGERPRINT, REFUSED, SAID, Managed, paused
from tests.browser.standin import StandIn
from tests.browser.test_notifications import put as put_notifications

pytestmark = pytest.mark.real

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
JAKARTA = {
    "viewport": {"width": 1280, "height": 900},
    "locale": "id-ID",
    "timezone_id": "Asia/Jakarta",
}
DARK_PHONE = PHONE | {"color_scheme": "dark", "locale": "id-ID"}
# Each page, and what is there once it is.
PAGES = {
    "": "#server-s0",
    "servers/s1": "#server canvas",
    "alerts": "#alerts .episode",
}
LOGIN_REFUSED = {
    "status": "offline",
    "reason": "authentication_failed",
    "last_error": REFUSED,
    "metrics": None,
}
KEY_CHANGED = {"status": "offline", "reason": "host_key_changed", "last_error": "changed"}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return pseudo.catalogue(tmp_path_factory.mktemp("locales"))


@pytest.fixture
def strange(server: StandIn, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """The stand-in in the made-up language, with a server in each state that has words."""
    monkeypatch.setitem(served.CATALOGUES, pseudo.LANGUAGE, catalogue)
    server.language = pseudo.LANGUAGE
    put(server)
    return server


def put(server: StandIn) -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"status": "alert"},
        LOGIN_REFUSED,
        KEY_CHANGED,
        paused(),
        {"status": "offline", "reason": "pending", "metrics": None},
        {"tags": ""},
    ]
    for number, change in enumerate(changes):
        of = world.state(number, cpu=12.5, memory=50.0)
        server.servers.append(world.server(number, of, **change))
        server.trends[f"s{number}"] = world.points(10, 50)
    server.alerts = [
        world.alert(server.servers[1], "mem", "Memory used 85.0% (threshold 80.0%)"),
        world.alert(server.servers[1], "cpu", "CPU used 95.0% (threshold 90.0%)", "warning"),
    ]
    put_notifications(server)


def open_page(page: Page, server: StandIn) -> None:
    """Open the overview, and wait until all of it has come."""
    page.goto(server.url)
    expect(page.locator("#connection")).to_contain_text(pseudo.marked("Live"))


def known(server: StandIn, managed: Managed) -> set[str]:
    """Return the names that are shown, and what monserv itself says."""
    answers = [server.servers, server.alerts, server.notifications, managed.host_key]
    said = set().union(*map(pseudo.strings, answers))
    subjects = {re.sub(r"^\[(ALERT|RECOVERED)\] ", "", one) for one in said}
    steps = {"SHA256", "ssh-ed25519", "ssh://user:password@host:port", *managed_words()}
    examples = {
        "SERVERS=ssh://user@192.0.2.7",
        "EMAIL_SMTP_HOST=smtp.example.net\nEMAIL_FROM=monserv@example.net\nEMAIL_TO=you@example.net",
    }
    return said | subjects | steps | examples | {"prod", "berlin"}


def managed_words() -> set[str]:
    """Return what the test of a connection says of its steps, and the command to compare."""
    command = "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"
    return {command, FINGERPRINT, REFUSED, *SAID.values()}


def test_nothing_is_shown_that_nobody_could_translate(page: Page, strange: StandIn) -> None:
    managed = Managed(strange)
    names = known(strange, managed)
    open_page(page, strange)
    expect(page.locator("#server-s5")).to_contain_text(pseudo.marked("Pending"))
    assert pseudo.unsaid(page, names) == []
    page.goto(f"{strange.url.rstrip('/')}/?view=table&group=tag")
    expect(page.locator("#server-s0[role=row]")).to_be_visible()
    assert pseudo.unsaid(page, names) == []


def test_the_dialogs_have_no_word_of_their_own(page: Page, strange: StandIn) -> None:
    managed = Managed(strange)
    names = known(strange, managed)
    open_page(page, strange)
    page.locator("#notifications-open").click()
    expect(page.locator(".delivery").first).to_be_visible()
    assert pseudo.unsaid(page, names) == []
    page.keyboard.press("Escape")
    page.locator("#server-s3 [data-slot=accept]").click()
    expect(page.locator("#host-key .key-row").first).to_be_visible()
    assert pseudo.unsaid(page, names) == []


def test_the_other_pages_have_no_word_of_their_own(page: Page, strange: StandIn) -> None:
    names = known(strange, Managed(strange)) | details(strange) | {"nowhere"}
    page.goto(f"{strange.url}servers/s0")
    expect(page.locator("#server .tile").first).to_be_visible()
    expect(page.locator("#server canvas").first).to_be_visible()
    assert pseudo.unsaid(page, names) == []
    page.goto(f"{strange.url}alerts")
    expect(page.locator("#alerts .episode").first).to_be_visible()
    assert pseudo.unsaid(page, names) == []
    page.goto(f"{strange.url}servers/nowhere")
    nowhere = pseudo.marked("There is no server {id}").replace("{id}", "nowhere")
    expect(page.locator("#server")).to_contain_text(nowhere)
    assert pseudo.unsaid(page, names) == []


def details(server: StandIn) -> set[str]:
    """Return what the page of the first server shows beside what the overview does."""
    shown = past.details(server.servers[0]["metrics"])
    return pseudo.strings([shown, past.capabilities()])


def test_adding_and_deleting_a_server_have_no_word_of_their_own(
    page: Page, strange: StandIn
) -> None:
    names = known(strange, Managed(strange)) | {"ssh://admin:***@10.0.0."}
    open_page(page, strange)
    page.locator("#add").click()
    for name, value in {"host": "10.0.0.9", "username": "root", "password": "wrong"}.items():
        page.locator(f"#editor-{name}").fill(value)
    page.locator("#editor [data-do=test]").click()
    expect(page.locator("#editor .editor-status")).to_contain_text(REFUSED)
    assert pseudo.unsaid(page, names) == []
    page.locator("#editor [data-do=save]").click()
    expect(page.locator("#editor [data-do=yes]")).to_have_text(pseudo.marked("Add it anyway"))
    assert pseudo.unsaid(page, names) == []
    page.locator("#editor [data-do=yes]").click()
    expect(page.locator(".toast").first).to_be_visible()
    assert pseudo.unsaid(page, names) == []


@pytest.mark.parametrize("context_options", [PHONE])
def test_longer_words_fit_on_a_phone(page: Page, strange: StandIn) -> None:
    open_page(page, strange)
    expect(page.locator("#server-s0")).to_be_visible()
    assert overflow(page) == []
    top = page.locator("#top").bounding_box()
    assert top is not None
    assert top["height"] <= 170  # three lines, as in English


def overflow(page: Page) -> list[str]:
    """Return what reaches beyond the sides of the page, though nobody scrolls there."""
    found: list[str] = page.evaluate(
        """() => {
          const isFree = (one) => one === document.body
            || (getComputedStyle(one).overflowX === "visible" && isFree(one.parentElement));
          return [...document.querySelectorAll("body *")]
            .filter((one) => one.checkVisibility() && !one.closest(".sr, .skip"))
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && isFree(one))
            .map((one) => `${one.tagName} ${one.className} ${one.textContent.slice(0, 40)}`);
        }"""
    )
    return found


@pytest.mark.parametrize("context_options", [JAKARTA])
def test_indonesian_has_its_own_numbers_and_times_in_the_viewers_zone(
    page: Page, server: StandIn
) -> None:
    server.language = "id"
    put(server)
    # Seven hours later it is the next day there.
    server.alerts[1]["triggered_at"] = "2026-03-01T20:15:00.000Z"
    page.goto(server.url)
    card = page.locator("#server-s0")
    expect(card.locator("[data-slot=cpu]")).to_have_text("12,5%")
    expect(card.locator("[data-slot=uptime]")).to_have_text("12 hari")
    expect(page.locator("#attention")).to_contain_text("proses terbesar sekarang: postgres")
    recent, old = page.locator(".attention-since").all()
    expect(recent).to_have_text("3 mnt lalu")
    expect(old).to_have_text("2 Mar, 03.15")
    expect(old).to_have_attribute("data-tip", re.compile(r"^2 Mar 2026.*03\.15\.00 WIB$"))


# In the light and on a wide screen each page has a test of its own, whatever it says.
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("context_options", [DARK_PHONE], ids=["dark phone"])
def test_axe_finds_nothing_in_indonesian(page: Page, server: StandIn, path: str) -> None:
    server.language = "id"
    put(server)
    page.goto(f"{server.url}{path}")
    expect(page.locator("#connection")).to_contain_text("Aktif")
    expect(page.locator(PAGES[path]).first).to_be_visible()
    assert complaints(page) == []
    assert overflow(page) == []
