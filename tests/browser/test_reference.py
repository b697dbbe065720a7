"""The page that describes the WebSocket, as the application serves it, in Chromium."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from tests.browser.settled import PATIENCE_MS
from tests.web.site import Site

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, Site().app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/asyncapi.html"
    server.shutdown()
    thread.join(10)
    server.server_close()


# Schemas are rows of the same kind as messages; all of them would take axe long.
PART = {"exclude": ["section[aria-labelledby=schemas]"]}


def test_everybody_can_read_it_and_it_is_as_wide_as_a_phone(browser: Browser, address: str) -> None:
    context = browser.new_context(color_scheme="dark", viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    page.locator("summary").first.click()

    assert [found["id"] for found in Axe().run(page, context=PART).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    context.close()


def test_it_shows_everything_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    page.get_by_role("link", name="ServerPatch").first.click()

    assert page.url == f"{address}#ServerPatch"
    assert page.locator("#ServerPatch").is_visible()
    context.close()
