"""The dashboard in a tab that nobody looks at for half a day.

Chromium really hides a tab when another comes to the front of its window: it gets no
animation frames. Playwright makes each page believe that it is seen, but for those of
the browser's own context when it is asked to leave that as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright, expect

from tests.browser import world
from tests.browser.conftest import WATCH_CSP
from tests.browser.standin import StandIn
from tests.conftest import ARGUMENTS, WHOLE_CHROMIUM
from tests.ports import free_port

pytestmark = pytest.mark.real

SERVERS = 2
INTERVAL_SECONDS = 4
# Every point of the history that is kept has come by then.
WARM_UP = 300
UPDATES = 10_000
HIDDEN_SECONDS = (WARM_UP + UPDATES) * INTERVAL_SECONDS
SNAPSHOTS = ["/api/v1/session", "/api/v1/trends"]
WATCH_PAGE = """
window.received = window.frames_run = window.mutations = 0;
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", () => (window.received += 1));
  }
};
requestAnimationFrame(function count() {
  window.frames_run += 1;
  requestAnimationFrame(count);
});
document.addEventListener("visibilitychange", () => (window.changed_at = performance.now()));
new MutationObserver((found) => (window.mutations += found.length)).observe(document, {
  subtree: true, childList: true, attributes: true, characterData: true,
});
"""


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn(INTERVAL_SECONDS) as standing_in:
        ages = range(HIDDEN_SECONDS + 900, HIDDEN_SECONDS, -INTERVAL_SECONDS)
        for number in range(SERVERS):
            of = world.state(number, cpu=12.5, memory=50, seconds_ago=HIDDEN_SECONDS)
            standing_in.servers.append(world.server(number, of))
            points = [[world.stamp(age), 12.5, 50.0] for age in ages]
            standing_in.trends[f"s{number}"] = {"points": points}
        yield standing_in


@pytest.fixture
def context(playwright: Playwright) -> Iterator[BrowserContext]:
    """Return the context that the browser itself has, whose pages are tabs of one window."""
    port = free_port()
    arguments = [*ARGUMENTS, f"--remote-debugging-port={port}"]
    with playwright.chromium.launch(executable_path=WHOLE_CHROMIUM, args=arguments):
        address = f"http://127.0.0.1:{port}"
        with playwright.chromium.connect_over_cdp(address, no_defaults=True) as browser:
            own = browser.contexts[0]
            own.add_init_script(WATCH_CSP)
            own.add_init_script(WATCH_PAGE)
            yield own


def push(page: Page, server: StandIn, ages: range) -> None:
    """Send an update for each age as fast as the page takes them, and wait for the last.

    Ages are counted in intervals, and the values tell them. There are few values of few
    servers: what is kept of each update shows the sooner, the less the page has besides.
    """
    few: dict[str, Any] = {"disks": [], "topProcsByMem": []}
    count = page.evaluate("window.received") + len(ages)
    for age in ages:
        values = {"cpu": age % 97, "memory": age % 89, "seconds_ago": age * INTERVAL_SECONDS}
        for i, one in enumerate(server.servers):
            server.state[one["url"]] = world.state(i, **values) | few
        server.push_state()
    wait_for(page, count)


def wait_for(page: Page, count: int) -> None:
    # By the clock: the animation frame for which it would wait never comes.
    page.wait_for_function("(count) => window.received === count", arg=count, polling=50)


def hide(page: Page) -> None:
    """Bring another tab to the front once the page has loaded everything."""
    expect(page.locator("#connection")).to_contain_text("Live")
    expect(page.locator("#summary [data-status=online] .count")).to_have_text(str(SERVERS))
    page.wait_for_load_state("networkidle")
    page.context.new_page().bring_to_front()
    page.wait_for_function("() => document.visibilityState === 'hidden'", polling=50)


def heap_bytes(session: CDPSession) -> int:
    session.send("HeapProfiler.collectGarbage")
    usage = session.send("Runtime.getHeapUsage")
    kinds = ("usedSize", "embedderHeapUsedSize", "backingStorageSize")
    return sum(int(usage[kind]) for kind in kinds)


def test_ten_thousand_updates_in_a_hidden_tab_cost_no_memory_and_ask_for_nothing(
    page: Page, server: StandIn
) -> None:
    page.goto(server.url)
    hide(page)
    session = page.context.new_cdp_session(page)
    push(page, server, range(UPDATES + WARM_UP, UPDATES, -1))
    asked = len(server.requested)
    shown = "[window.frames_run, window.mutations]"
    before = page.evaluate(shown)
    warm_bytes = heap_bytes(session)
    push(page, server, range(UPDATES, 0, -1))
    assert heap_bytes(session) < warm_bytes * 1.2
    assert page.evaluate(shown) == before
    assert server.requested[asked:] == []


@pytest.mark.timed
def test_who_comes_back_sees_the_newest_within_a_second_and_costs_one_snapshot(
    page: Page, server: StandIn
) -> None:
    page.goto(server.url)
    hide(page)
    push(page, server, range(60, 1, -1))
    words = {"subject": "[ALERT] host0 memory high", "message": "Memory used 85.0%"}
    server.alerts = [world.alert(server.servers[0], "mem", words["message"])]
    count = page.evaluate("window.received")
    server.push_alert("alert", **words)
    wait_for(page, count + 1)
    push(page, server, range(1, 0, -1))
    assert page.locator("#server-s0 [data-slot=cpu]").text_content() == "12.5%"
    asked = len(server.requested)
    page.bring_to_front()
    waited_ms = page.wait_for_function(
        """() => {
          const has = (selector, text) =>
            document.querySelector(selector)?.textContent.includes(text);
          return has("#server-s0 [data-slot=cpu]", "1.0%") &&
            has(".toast", "server-0 memory high") &&
            has(".attention-row", "Memory used 85.0%") &&
            performance.now() - window.changed_at;
        }"""
    )
    assert waited_ms.json_value() < 1000
    # Nothing is asked for a second time when the pause between two requests is over.
    page.wait_for_timeout(1200)
    assert sorted(server.requested[asked:]) == SNAPSHOTS
