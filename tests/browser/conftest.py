"""Chromium, a stand-in server, and a page that reports whatever it should not do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from playwright.sync_api import TimeoutError as WaitedInVain

from tests import conformance
from tests.browser.settled import PATIENCE_MS
from tests.browser.standin import StandIn

WATCH_CSP = """
window.reported = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.reported.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


HOME = "127.0.0.1:"


class Witness:
    """What a page wrote to its console, threw, and asked for in vain.

    A failed request is written to the console by Chromium itself; those are kept
    apart, since some tests make requests fail on purpose. Chromium finds no other host,
    so a request to one is among what failed. To be told of all other requests, too, costs
    a tenth of what a page does.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.complaints: list[str] = []
        self.network_errors: list[str] = []
        self.failed: list[str] = []
        context.on("requestfailed", self._failed)
        context.on("console", lambda message: self._said(message.type, message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def strangers(self) -> list[str]:
        """Return what was asked of other hosts."""
        return [one for one in self.failed if not one.partition("://")[2].startswith(HOME)]

    def _failed(self, request: Request) -> None:
        self.failed.append(f"{request.url}: {request.failure}")

    def _said(self, kind: str, text: str) -> None:
        if kind not in {"error", "warning"}:
            return
        from_network = "Failed to load resource" in text or "WebSocket connection" in text
        (self.network_errors if from_network else self.complaints).append(text)


# A page of another kind, or a dashboard whose badge has said something.
ALL_THERE = 'body:not(:has(#connection)), #connection:not([data-kind="connecting"])'

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn() as standing_in:
        yield standing_in


@pytest.fixture
def context_options() -> dict[str, object]:
    """Return what a test may override with ``parametrize`` to be on a phone or in the dark."""
    return {"viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def witness(context: BrowserContext) -> Witness:
    return Witness(context)


@pytest.fixture
def context(browser: Browser, context_options: dict[str, object]) -> Iterator[BrowserContext]:
    made = browser.new_context(**context_options)
    made.add_init_script(WATCH_CSP)
    conformance.listen_to(made)
    yield made
    made.close()


NETWORK_CHANGED = "net::ERR_NETWORK_CHANGED"

# What the page itself says of why it does not go on: a module that throws is asked for nothing.
STATE = """async () => {
  const later = new Promise((resolve) => setTimeout(resolve, 2000, "pending"));
  const tried = ["main", "complete"].map((name) =>
    Promise.race([import(`/static/js/${name}.js`).then(() => "there", String), later]));
  const [main, complete] = await Promise.all(tried);
  const loaded = performance.getEntriesByType("resource").map((one) => one.name);
  return { main, complete, loading: document.readyState, hidden: document.hidden, loaded };
}"""


def _tell(page: Page, witness: Witness) -> str:
    parts = {
        "failed": witness.failed,
        "complaints": witness.complaints,
        "network": witness.network_errors,
        "page": page.evaluate(STATE),
    }
    return "\n".join(f"{name}: {what}" for name, what in parts.items())


def _wait_for_all(page: Page, witness: Witness) -> None:
    """Go on after a dashboard's servers are shown: when it also listens to whoever uses it."""
    for name in ("goto", "reload"):
        load = getattr(page, name)

        def loaded(*given: Any, load: Callable[..., Any] = load, **more: Any) -> Any:
            failed_before = len(witness.failed)
            answer = load(*given, **more)
            # A network came to this machine, of a container perhaps: then Chromium gives up
            # whatever it is asking for.
            if any(NETWORK_CHANGED in one for one in witness.failed[failed_before:]):
                answer = load(*given, **more)
            try:
                page.wait_for_selector(ALL_THERE, state="attached")
            except WaitedInVain:
                pytest.fail(f"The page never got past connecting.\n{_tell(page, witness)}")
            return answer

        setattr(page, name, loaded)


@pytest.fixture
def page(context: BrowserContext, witness: Witness) -> Iterator[Page]:
    """Return an empty page; at the end nothing may have gone wrong behind its back."""
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    _wait_for_all(opened, witness)
    yield opened
    if opened.url != "about:blank":
        assert opened.evaluate("window.reported") == []
    assert witness.complaints == []
    assert witness.strangers() == []
