"""People log in to the product, each does what they may, and a login that ends is noticed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import complaints
from tests.real.product import CHECKOUT, Product, wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]

PASSWORD = "correct horse battery"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Product]:
    """The product, which lets nobody in without a login."""
    product = Product(tmp_path, [], MONSERV_AUTH="required").start()
    try:
        yield product
    finally:
        product.kill()


def user(product: Product, *words: str, says: str = "") -> None:
    """Run ``monserv user`` beside the running product."""
    command = [sys.executable, "-m", "monserv", "user", *words]
    done = subprocess.run(
        command,
        cwd=CHECKOUT,
        env=os.environ | product.settings,
        input=says,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def log_in_again(page: Page, address: str) -> None:
    """Be told that the login has ended, and be led back."""
    page.wait_for_url(re.compile(r"/login\?next=[^&]+&ended$"))
    expect(page.get_by_role("status")).to_contain_text("You are no longer logged in.")
    log_in(page, "eve")
    expect(page).to_have_url(re.compile(address))
    expect(page.locator("#connection")).to_contain_text("Live")


def test_the_first_account_is_made_with_the_code_of_the_log_and_manages_servers(
    page: Page, server: Product
) -> None:
    page.goto(server.url)
    page.wait_for_url("**/setup")
    assert complaints(page) == []
    wide = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("heading", name="monserv")).to_have_css("font-size", "15px")
    page.set_viewport_size(wide)
    code = wait_until(lambda: re.search(r"/setup and .*: (\S+)$", server.log(), re.MULTILINE))
    page.get_by_label("Code").fill(code[1])
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    card = page.locator(".card")
    expect(card.locator("[data-slot=status]")).to_have_text("Online")
    expect(page.locator("#connection")).to_contain_text("Live")
    # A change is taken since the page shows that it is ours.
    page.get_by_role("button", name="Actions for this machine").click()
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(card.locator("[data-slot=status]")).to_have_text("Paused")

    expect(page.locator(".who")).to_contain_text("anna")
    page.get_by_role("button", name="Log out").click()
    # The socket that ends may lead there first, and then names the way back.
    page.wait_for_url(re.compile(r"/login(\?next=|$)"))
    assert complaints(page) == []
    log_in(page, "anna", "wrong")
    expect(page.locator(".entry-problem")).to_be_visible()
    page.get_by_role("button", name="Bahasa Indonesia").click()
    expect(page.get_by_role("heading", name="Masuk", exact=True)).to_be_visible()
    assert complaints(page) == []
    page.get_by_label("Nama").fill("anna")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    expect(card.locator("[data-slot=status]")).to_have_text("Dijeda")
    # Chosen on any page, it is chosen for all, and one stays where one is.
    page.goto(f"{server.url}/?view=table")
    page.get_by_role("button", name="English").click()
    expect(page.locator("#connection")).to_contain_text("Live")
    expect(page).to_have_url(f"{server.url}/?view=table")


def test_a_viewer_only_looks_and_is_led_to_the_login_when_the_account_is_gone(
    page: Page, server: Product
) -> None:
    user(server, "add", "anna", says=f"{PASSWORD}\n")
    user(server, "add", "eve", "--role", "viewer", says=f"{PASSWORD}\n")
    # What the command line writes is seen within a second or so; a token is written last.
    server.token("newest")
    page.goto(f"{server.url}/?kiosk")
    log_in(page, "eve")
    page.wait_for_url("**/?kiosk")
    expect(page.locator(".card [data-slot=status]")).to_have_text("Online")
    for name in ("Add a server", "Actions for this machine"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)

    # The login ends while a server is looked at, then the alerts: each is gone back to.
    path = page.locator(".card-name").get_attribute("href")
    page.goto(f"{server.url}{path}?range=1h")
    page.context.clear_cookies()
    log_in_again(page, r"/servers/[^/?]+\?range=1h$")
    expect(page.locator("#server-title")).to_have_text("this machine")
    page.get_by_role("link", name="Alerts").click()
    expect(page.locator("#alerts .journal-none")).to_be_visible()
    page.context.clear_cookies()
    page.get_by_label("Severity").select_option("critical")
    log_in_again(page, r"/alerts\?severity=critical$")
    expect(page.get_by_label("Severity")).to_have_value("critical")
    user(server, "remove", "eve")
    page.wait_for_url(re.compile(r"/login\?next="))
