"""Servers of a file in Chromium: shown first, chosen by a person, each with its own outcome."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import complaints
from tests.real.product import Product

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "color_scheme": "dark"}
MARKUP = "<img src=x onerror=document.title=1>"
CONFIG = """
Include other
Host gate
  HostName 127.0.0.1
  Port 1
  User joe
Host inner-{name}
  HostName 127.0.0.2
  Port 1
  User joe
  ProxyJump gate
  IdentityFile /no/such/key
Host nobody
Host *.lan
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    started = Product(tmp_path_factory.mktemp("product"), []).start()
    yield started
    started.kill()


@pytest.fixture
def server(product: Product) -> Product:
    return product


def watched(product: Product) -> dict[str, Any]:
    return {one["name"]: one for one in product.data("/api/v1/servers")["servers"]}


def row(page: Page, name: str) -> Any:
    return page.locator(f'.import-table tr[data-name="{name}"]')


def open_import(page: Page, product: Product) -> None:
    page.goto(product.url)
    page.get_by_role("button", name="Add a server").first.click()
    page.get_by_role("button", name="Import ~/.ssh/config").click()
    expect(page.locator("#import-text")).to_be_focused()


def test_a_file_is_previewed_and_what_is_chosen_is_added_with_the_keyboard_alone(
    page: Page, product: Product
) -> None:
    open_import(page, product)
    expect(page.locator("#editor")).to_be_hidden()
    page.keyboard.insert_text(CONFIG.format(name="a"))
    page.get_by_role("button", name="Preview").press("Enter")
    summary = page.locator("#import [data-slot=summary]")
    expect(summary).to_have_text("3 servers in the file · 2 can be added · 2 chosen · 2 remarks")
    expect(row(page, "nobody")).to_contain_text("It names no user.")
    expect(row(page, "nobody").get_by_role("checkbox")).to_be_disabled()
    expect(row(page, "inner-a")).to_contain_text("joe@127.0.0.2:1 through gate")
    assert "gate" not in watched(product)
    # The key of the file is a path on this machine, and there is none: it was not asked for.
    expect(page.locator("#import [data-slot=keys]")).not_to_be_checked()
    box = row(page, "inner-a").get_by_role("checkbox")
    box.press("Space")
    expect(page.get_by_role("button", name="Add 1 server")).to_be_visible()
    box.press("Space")
    page.get_by_role("button", name="Add 2 servers").press("Enter")
    expect(row(page, "inner-a")).to_contain_text("Added")
    expect(row(page, "gate")).to_contain_text("Added")
    found = watched(product)
    assert found["inner-a"]["jump"] == found["gate"]["id"]
    page.get_by_role("button", name="Done", exact=True).press("Enter")
    expect(page.locator("#import")).to_be_hidden()
    expect(page.locator(".card", has_text="inner-a")).to_be_visible()
    # The same file again: they are known.
    open_import(page, product)
    page.keyboard.insert_text(CONFIG.format(name="a"))
    page.get_by_role("button", name="Preview").click()
    expect(row(page, "inner-a")).to_contain_text("Watched already")
    expect(page.get_by_role("button", name="Add 0 servers")).to_have_attribute(
        "aria-disabled", "true"
    )


def test_each_one_says_what_became_of_it_and_a_refusal_stops_none_of_the_others(
    page: Page, product: Product
) -> None:
    open_import(page, product)
    page.locator("#import-text").fill(
        "keyed ansible_host=127.0.0.3 ansible_port=1 ansible_user=x"
        " ansible_ssh_private_key_file=/no/such/key\n"
        "plain ansible_host=127.0.0.4 ansible_port=1 ansible_password=s3cret\n"
    )
    page.locator("#import-user").fill("root")
    page.get_by_role("button", name="Preview").click()
    expect(row(page, "plain")).to_contain_text("root@127.0.0.4:1")
    expect(row(page, "plain")).to_contain_text("A password stands in the file, and is not taken.")
    page.get_by_role("checkbox", name="Use the private keys").check()
    page.get_by_role("button", name="Add 2 servers").click()
    expect(row(page, "keyed")).to_contain_text("/no/such/key")
    expect(row(page, "keyed")).to_have_attribute("data-state", "failed")
    expect(row(page, "plain")).to_contain_text("Added")
    assert {"plain"} == watched(product).keys() & {"plain", "keyed"}


@pytest.mark.parametrize("context_options", [{}, PHONE])
def test_a_chosen_file_stays_inert_and_fits_any_screen(
    page: Page, product: Product, tmp_path: Path
) -> None:
    file = tmp_path / "config"
    file.write_text(
        f"Host '{MARKUP}'\n User 'a b'\nHost {'n' * 200}\n HostName 127.0.0.9\n User \u202eroot\n"
    )
    open_import(page, product)
    found = {"text": complaints(page)}
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(file)
    expect(page.locator(".import-name").first).to_have_text(MARKUP)
    found["list"] = complaints(page)
    assert found == {"text": [], "list": []}
    assert page.locator("img").count() == 0
    dialog = page.locator("#import")
    assert dialog.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Back").click()
    expect(page.locator("#import-text")).to_have_value(file.read_text())
    page.locator("#import-text").fill("Host nas\n  Port x")
    page.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
