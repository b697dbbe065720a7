"""What axe finds wrong with a page, by the rules of WCAG."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# All rules of WCAG 2.2 AA are wanted; axe leaves this one out unless it is asked for. What a
# page does well would be told at a length that takes a third of the time.
_OPTIONS = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
_SCRIPT = Axe().axe_script
_JUDGE = """async (options) => {
  const { violations } = await axe.run(options);
  return violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)]);
}"""


def complaints(page: Page) -> list[Any]:
    """Return the rules that the page breaks as it is, each with the elements that break it."""
    # What fades in is judged when it is there.
    page.wait_for_function("() => document.getAnimations().every((a) => a.playState !== 'running')")
    # It stays there until another page comes.
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(_SCRIPT)
    found: list[Any] = page.evaluate(_JUDGE, _OPTIONS)
    return found
