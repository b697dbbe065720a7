# ruff: noqa: INP001 -- a script beside the documents, not a package
"""Take the README's pictures of the dashboard, a server and the alerts, from a running monserv.

python docs/screenshots.py [URL] [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

URL = "http://127.0.0.1:18904"
FOLDER = Path(__file__).parent
# Each picture's page, and what has text or a size once there is something to see; of servers
# that with the first id is taken.
VIEWS = {
    "screenshot.png": ("/?view=cards", ".item [data-slot=cpu]:has-text('%')"),
    "screenshot-table.png": ("/?view=table&group=tag", ".item [data-slot=cpu]:has-text('%')"),
    "screenshot-server.png": ("/servers/{server}?range=1h", "#server canvas"),
    "screenshot-alerts.png": ("/alerts", "#alerts h1"),
}
CHROMIUM = "/usr/bin/chromium-headless-shell"
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
        servers = page.request.get(f"{url}/api/v1/servers").json()["data"]["servers"]
        server = min(one["id"] for one in servers)
        for name, (path, seen) in VIEWS.items():
            page.goto(url + path.format(server=server))
            page.locator(seen).first.wait_for(timeout=FIRST_SAMPLE_MS)
            page.wait_for_timeout(SETTLE_MS)
            page.screenshot(path=folder / name)
        browser.close()


if __name__ == "__main__":
    given = sys.argv[1:]
    take(given[0] if given else URL, Path(given[1]) if len(given) > 1 else FOLDER)
