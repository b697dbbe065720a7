"""What a page shows once it has settled: an event, a style or a layout may come a moment later."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Page

T = TypeVar("T")

PATIENCE_MS = 30_000
STEP_MS = 50


def settled(page: Page, read: Callable[[], T], expected: T) -> T:
    """Return what ``read`` returns as soon as it is ``expected``, or after all patience."""
    for _ in range(PATIENCE_MS // STEP_MS):
        if (found := read()) == expected:
            return found
        # The page's events are taken meanwhile.
        page.wait_for_timeout(STEP_MS)
    return read()
