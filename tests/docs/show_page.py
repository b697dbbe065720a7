"""Print each line that a page adds to its lists: show_page.py URL."""

from __future__ import annotations

import sys

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium-headless-shell"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
LOOK_EVERY_MS = 100
TELL = """
new MutationObserver((changes) => {
  for (const node of changes.flatMap((change) => [...change.addedNodes])) {
    if (node.nodeName === "LI") console.log(node.textContent);
  }
}).observe(document, { childList: true, subtree: true });
"""


def main(url: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        page.add_init_script(TELL)
        page.on("console", lambda message: print(message.text, flush=True))
        page.goto(url)
        while True:
            page.wait_for_timeout(LOOK_EVERY_MS)


if __name__ == "__main__":
    main(sys.argv[1])
