"""What the main thread does once something is seen: its tasks, by the processor's time.

Lighthouse takes the clock's, which on a machine with others counts their turns as well.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Browser, ViewportSize

from bench.page import screen

CATEGORIES = ["toplevel", "devtools.timeline", "loading"]
# Whoever waits longer notices it (https://web.dev/articles/tbt).
NOTICED_MS = 50
# So long the page has for all that comes after the first sight.
SETTLE_MS = 5000


def after_paint_ms(browser: Browser, url: str, viewport: ViewportSize) -> list[float]:
    """Load a page into an empty cache; return the CPU time of each task after its first paint."""
    with browser.new_context(viewport=viewport) as context:
        page = context.new_page()
        page.set_default_timeout(screen.WAIT_MS)
        page.add_init_script(screen.WATCH)
        browser.start_tracing(page=page, categories=CATEGORIES)
        try:
            screen.go(page, url)
            page.wait_for_timeout(SETTLE_MS)
        finally:
            trace = browser.stop_tracing()
    return told_by(json.loads(trace)["traceEvents"])


def told_by(events: Sequence[dict[str, Any]]) -> list[float]:
    """Return the CPU time, in ms, of each task of the main thread that began after the paint."""
    painted = max(
        (one for one in events if one["name"] == "firstContentfulPaint"), key=lambda one: one["ts"]
    )
    of_page = [one for one in events if one["pid"] == painted["pid"]]
    (main,) = {
        one["tid"]
        for one in of_page
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    return [
        one["tdur"] / 1000
        for one in of_page
        if one["tid"] == main
        and one["name"].endswith("RunTask")
        and one["ts"] >= painted["ts"]
        and "tdur" in one
    ]


def blocking_ms(spent: Sequence[float]) -> float:
    """Return by how much tasks were longer than what nobody notices, in all."""
    return sum(max(0.0, one - NOTICED_MS) for one in spent)
