# ruff: noqa: INP001 -- a script beside the documents, not a package
"""Take the README's pictures of the dashboard, a server and the alerts.

python docs/screenshots.py [URL [FOLDER]]

Of the real page: with a made-up fleet (fleet.py), or from the monserv that runs at URL.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent
# Each picture's page, and what has text or a size once there is something to see; of servers
# that with the first id is taken.
VIEWS = {
    "screenshot.png": ("/?view=cards", ".item [data-slot=cpu]:has-text('%')"),
    "screenshot-table.png": ("/?view=table&group=tag", ".item [data-slot=cpu]:has-text('%')"),
    "screenshot-server.png": ("/servers/{server}?range=1h", "#server canvas"),
    "screenshot-alerts.png": ("/alerts", "#alerts .episode"),
}
# The pictures show both themes.
DARK = {"screenshot-server.png"}
CHROMIUM = "/usr/bin/chromium-headless-shell"
SIZE = {"width": 1280, "height": 800}
# Sharp on a screen of today, and small enough for a document.
SCALE = 1.5
FIRST_SAMPLE_MS = 30_000
SETTLE_MS = 3000


def take(url: str, folder: Path) -> None:
    """Wait until the dashboard at ``url`` shows values and a trend, then save each view."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=SIZE, device_scale_factor=SCALE)
        servers = page.request.get(f"{url}/api/v1/servers").json()["data"]["servers"]
        server = min(one["id"] for one in servers)
        for name, (path, seen) in VIEWS.items():
            page.emulate_media(color_scheme="dark" if name in DARK else "light")
            page.goto(url + path.format(server=server))
            page.locator(seen).first.wait_for(timeout=FIRST_SAMPLE_MS)
            page.wait_for_timeout(SETTLE_MS)
            page.screenshot(path=folder / name)
        browser.close()


def main() -> None:
    """Take them of what the command line names."""
    given = sys.argv[1:]
    if given:
        take(given[0].rstrip("/"), Path(given[1]) if len(given) > 1 else FOLDER)
        return
    # The fleet is made of what the tests of the page have.
    sys.path.insert(0, str(FOLDER.parent))
    from fleet import watched  # noqa: PLC0415 -- who takes pictures of a running monserv needs none

    with watched() as server:
        take(server.url.rstrip("/"), FOLDER)


if __name__ == "__main__":
    main()
