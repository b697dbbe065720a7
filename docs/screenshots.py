# ruff: noqa: INP001 -- a script beside the documents, not a package
"""Take the README's pictures of the dashboard, cards and table, from a running monserv.

python docs/screenshots.py [URL] [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

URL = "http://127.0.0.1:18904"
FOLDER = Path(__file__).parent
VIEWS = {"screenshot.png": "?view=cards", "screenshot-table.png": "?view=table&group=tag"}
CHROMIUM = "/usr/bin/chromium"
SIZE = {"width": 1280, "height": 800}
FIRST_SAMPLE_MS = 30_000
SETTLE_MS = 3000


def take(url: str, folder: Path) -> None:
    """Wait until the dashboard at ``url`` shows values and a trend, then save each view."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=SIZE, device_scale_factor=2, color_scheme="light")
        for name, query in VIEWS.items():
            page.goto(f"{url}/{query}")
            page.wait_for_function(
                "() => /[0-9]/.test(document.querySelector('[data-slot=cpu]')?.textContent)",
                timeout=FIRST_SAMPLE_MS,
            )
            page.wait_for_timeout(SETTLE_MS)
            page.screenshot(path=folder / name)
        browser.close()


if __name__ == "__main__":
    given = sys.argv[1:]
    take(given[0] if given else URL, Path(given[1]) if len(given) > 1 else FOLDER)
