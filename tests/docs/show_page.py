"""Print what a page shows, each time it changes: show_page.py URL."""

from __future__ import annotations

import sys

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
LOOK_EVERY_MS = 100


def main(url: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        page.on("console", lambda message: print(message.text, flush=True))
        page.goto(url)
        shown = ""
        while True:
            text = page.inner_text("body")
            if text != shown:
                print(text, flush=True)
            shown = text
            page.wait_for_timeout(LOOK_EVERY_MS)


if __name__ == "__main__":
    main(sys.argv[1])
