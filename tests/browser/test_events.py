"""A page of another origin listens with ``EventSource``, and comes back by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.settled import PATIENCE_MS
from tests.real.product import Product, wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]
PAGE = """<!doctype html><meta charset="utf-8"><title>elsewhere</title><script>
window.got = []; window.opened = 0; window.failed = 0;
const source = new EventSource(new URLSearchParams(location.search).get("url"));
source.onopen = () => { opened += 1; };
source.onerror = () => { failed += 1; };
source.addEventListener("dashboard", (event) => {
  got.push({ id: event.lastEventId, document: JSON.parse(event.data) });
});
</script>"""


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        return


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A web site of somebody else; return its origin."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "page.html").write_text(PAGE)
    site = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder)))
    thread = threading.Thread(target=site.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{site.server_port}"
    site.shutdown()
    thread.join()
    site.server_close()


@pytest.fixture
def listening(tmp_path: Path, elsewhere: str) -> Iterator[Product]:
    settings = {"ALLOWED_ORIGINS": elsewhere, "POLL_INTERVAL_SECONDS": "1"}
    started = Product(tmp_path, ["local://"], **settings).start()
    wait_until(lambda: started.get("/api/state"), what="a sample")
    yield started
    started.kill()
    assert "Traceback" not in started.log()


@pytest.fixture
def foreign(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


def got(page: Page) -> list[dict[str, Any]]:
    return list(page.evaluate("window.got"))


def test_a_page_of_an_allowed_origin_hears_and_comes_back_after_a_restart(
    foreign: Page, elsewhere: str, listening: Product
) -> None:
    address = f"{listening.url}/api/v1/sse/dashboard"
    foreign.goto(f"{elsewhere}/page.html?url={address}")
    foreign.wait_for_function("window.got.length >= 3")
    first = got(foreign)[-1]
    assert first["document"]["type"] == "dashboard"
    assert list(first["document"]["data"]) == ["stats", "servers", "alerts", "health"]
    assert first["document"]["data"]["servers"]["servers"][0]["metrics"]["hostname"]
    epoch, _, sequence = first["id"].partition("-")
    assert sequence.isdigit()

    assert listening.stop()[0] == 0
    listening.start()
    foreign.wait_for_function(
        "epoch => window.got.some((one) => !one.id.startsWith(epoch))", arg=epoch
    )
    assert foreign.evaluate("window.opened") == 2


def test_a_page_of_another_origin_hears_nothing(
    foreign: Page, elsewhere: str, listening: Product
) -> None:
    address = f"{listening.url}/api/v1/sse/dashboard"
    stranger = elsewhere.replace("127.0.0.1", "localhost")
    foreign.goto(f"{stranger}/page.html?url={address}")
    foreign.wait_for_function("window.failed === 1")
    assert got(foreign) == []
    assert foreign.evaluate("source.readyState") == 2, "EventSource does not try again"
