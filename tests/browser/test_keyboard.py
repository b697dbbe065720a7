"""Each page with the Tab key alone: all that can be used is reached, seen and in view."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import world
from tests.browser.standin import StandIn

pytestmark = pytest.mark.real

# A group of radio buttons is one stop; what is hidden or switched off is none.
_MARK = """() => {
  const all = "a[href], button, input, select, textarea, summary, [tabindex]";
  let number = 0;
  const groups = new Map();
  for (const one of document.querySelectorAll(all)) {
    const isThere = one.checkVisibility({ visibilityProperty: true });
    if (one.tabIndex < 0 || one.disabled || !isThere) continue;
    if (one.type === "radio" && groups.has(one.name)) {
      one.dataset.stop = groups.get(one.name);
      continue;
    }
    one.dataset.stop = String(number);
    if (one.type === "radio") groups.set(one.name, one.dataset.stop);
    number += 1;
  }
  return number;
}"""
_FOCUS = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const shown = one.matches("input[type=radio]") ? one.closest("label") : one;
  const at = shown.getBoundingClientRect();
  const rings = [shown, ...shown.querySelectorAll("*")].map((each) => getComputedStyle(each));
  return {
    stop: one.dataset.stop ?? null,
    what: one.outerHTML.slice(0, 120),
    isSeen: rings.some((ring) => parseFloat(ring.outlineWidth) > 0 && ring.outlineStyle !== "none"),
    isInView: at.bottom > 0 && at.top < innerHeight && at.right > 0 && at.left < innerWidth,
  };
}"""


def put(server: StandIn) -> None:
    for number in range(3):
        server.servers.append(world.server(number, world.state(number, cpu=12.5, memory=50.0)))
        server.trends[f"s{number}"] = world.points(10, 50)
    server.alerts = [world.alert(server.servers[1], "mem", "Memory used 85.0% (threshold 80.0%)")]


@pytest.mark.parametrize(
    ("path", "ready"),
    [
        ("", "#server-s2"),
        ("?view=table", "#server-s2"),
        ("servers/s1", "#server .tile"),
        ("alerts", "#alerts .alerts-filter"),
    ],
)
def test_tab_reaches_all_that_can_be_used_and_shows_where_it_is(
    page: Page, server: StandIn, path: str, ready: str
) -> None:
    put(server)
    page.goto(f"{server.url}{path}")
    expect(page.locator("#connection")).to_contain_text("Live")
    expect(page.locator(ready).first).to_be_visible()
    stops = page.evaluate(_MARK)
    assert stops > 15
    reached: set[str] = set()
    lost: list[Any] = []
    for _ in range(stops + 10):
        page.keyboard.press("Tab")
        focus = page.evaluate(_FOCUS)
        if focus is None:
            continue  # the browser's own buttons would come now
        reached.add(focus["stop"])
        if not (focus["isSeen"] and focus["isInView"]):
            lost.append(focus["what"])
    assert lost == []
    missed = page.evaluate(
        """(reached) => [...document.querySelectorAll("[data-stop]")]
          .filter((one) => !reached.includes(one.dataset.stop))
          .map((one) => one.outerHTML.slice(0, 120))""",
        sorted(one for one in reached if one is not None),
    )
    assert missed == []
