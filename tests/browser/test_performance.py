"""What Chromium loads before the first values are seen, and how much work that is."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.served import ROOT
from tests.browser.standin import StandIn
from tests.browser.test_overview import PHONE, put

pytestmark = pytest.mark.real

MOST_BYTES = 100_000
# Notes what of ours was asked for by the time the first value is in the document.
WATCH = """
new MutationObserver((_, observer) => {
  const cell = document.querySelector(".item :is([data-slot=cpu], [data-slot=brief-cpu]) .number");
  if (!/[0-9]/.test(cell?.textContent ?? "")) return;
  observer.disconnect();
  window.asked = performance.getEntriesByType("resource")
    .map(({ name }) => new URL(name).pathname).filter((path) => /^.static.(js|css)/.test(path));
  requestAnimationFrame(() => setTimeout(() => (window.usefulMs = performance.now())));
}).observe(document, { subtree: true, childList: true, characterData: true });
"""
# Where servers are slow to come all else does not wait for them; here it does, however slow.
PATIENT = """
const later = window.setTimeout;
window.setTimeout = (run, ms, ...more) => later(run, ms === 1000 ? 120_000 : ms, ...more);
"""
# What nobody sees at first comes later, whichever way the servers are shown.
LATER = ["complete", "live", "parts", "connection", "toasts", "pages", "managing", "trend"]
LATER += ["chart", "api"]


def asked(page: Page) -> list[str]:
    page.wait_for_function("() => window.usefulMs")
    found: list[str] = page.evaluate("window.asked")
    return found


@pytest.mark.parametrize(
    ("context_options", "query", "without"),
    [
        pytest.param({"viewport": {"width": 1280, "height": 900}}, "", "table", id="cards"),
        pytest.param(
            {"viewport": {"width": 1280, "height": 900}}, "view=table", "card", id="table"
        ),
        pytest.param(PHONE, "view=table", "table", id="phone"),
    ],
)
def test_little_is_loaded_before_the_first_values_are_seen(
    page: Page, server: StandIn, query: str, without: str
) -> None:
    put(server, 40)
    page.add_init_script(WATCH + PATIENT)
    page.goto(f"{server.url}?{query}")
    paths = asked(page)
    assert "/static/js/main.js" in paths
    assert f"/static/css/{without}.css" not in paths
    names = {path.rpartition("/")[2].removesuffix(".js") for path in paths if path.endswith(".js")}
    assert sorted(names & set(LATER)) == []
    sizes = {path: (ROOT / path.lstrip("/")).stat().st_size for path in set(paths)}
    assert sum(sizes.values()) < MOST_BYTES, sizes


@pytest.mark.timed
def test_the_page_works_less_than_a_second_until_a_thousand_servers_are_there(
    page: Page, server: StandIn
) -> None:
    put(server, 1000)
    page.add_init_script(WATCH)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.goto(server.url)
    asked(page)
    # Unlike the clock, it leaves out who else has a turn on this machine.
    found: Any = session.send("Performance.getMetrics")["metrics"]
    assert {one["name"]: one["value"] for one in found}["ThreadTime"] < 1
    expect(page.locator("#summary [data-status=online] .count")).to_have_text("999")
