# ruff: noqa: INP001 -- a script beside the documents, not a package
"""Draws the icons of an installed dashboard anew from their SVG files.

.venv-tests/bin/python docs/icons.py
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

STATIC = Path(__file__).resolve().parents[1] / "static"
CHROMIUM = "/usr/bin/chromium-headless-shell"
# The file -> what it is drawn from, and how many pixels wide. Phones of Apple round the
# corners themselves, as others do with a maskable one.
ICONS = {
    "icon-192.png": ("favicon.svg", 192),
    "icon-512.png": ("favicon.svg", 512),
    "maskable-512.png": ("icons/maskable.svg", 512),
    "apple-touch-icon.png": ("icons/maskable.svg", 180),
}


def main() -> None:
    """Draw each in Chromium, on nothing."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        for name, (source, pixels) in ICONS.items():
            page = browser.new_page(viewport={"width": pixels, "height": pixels})
            svg = (STATIC / source).read_text()
            page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{svg}")
            page.screenshot(path=STATIC / "icons" / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
