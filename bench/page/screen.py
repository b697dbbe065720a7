"""What happens in Chromium: when something is seen, what it costs, what stays in memory."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, Error, Page, ViewportSize

VIEWPORT: ViewportSize = {"width": 1280, "height": 900}
WAIT_MS = 60_000
TRIES = 3
PHONE: ViewportSize = {"width": 412, "height": 823}
# Notes when the first value is in the document, and when the frame with it is over. Whoever
# waits for that must not ask each frame: frames that nobody needs cost what is measured.
WATCH = """
window.sight = new Promise((resolve) => {
  new MutationObserver((_, observer) => {
    const cell = document
      .querySelector(".item :is([data-slot=cpu], [data-slot=brief-cpu]) .number");
    if (!/[0-9]/.test(cell?.textContent ?? "")) return;
    observer.disconnect();
    const at = performance.now();
    requestAnimationFrame(() => setTimeout(() => resolve({ at, usefulMs: performance.now() })));
  }).observe(document, { subtree: true, childList: true, characterData: true });
});
"""
LOADED = """
(until) => performance.getEntriesByType("resource")
  .filter(({ name, startTime }) => /\\/static\\/(js|css)\\//.test(name) && startTime <= until)
  .reduce((bytes, { decodedBodySize }) => bytes + decodedBodySize, 0)
"""
# How old a sample is when the frame after the one that shows it begins, each told once; and how
# many messages came, with how many samples.
COUNT = """
async () => {
  const { frames, store } = await import("/static/js/main.js");
  const put = store.putStates.bind(store);
  const isShown = (id) => document.getElementById(`server-${encodeURIComponent(id)}`);
  const told = (at) => () => requestAnimationFrame(() => lateMs.push(Date.now() - at));
  window.lateMs = [];
  window.counted = { messages: 0, samples: 0 };
  store.putStates = (states) => {
    counted.messages += 1;
    counted.samples += states.length;
    // Once the page has said what it wants done in the next frame, which is before this.
    queueMicrotask(() => {
      for (const [id, server] of states) {
        const at = server?.metrics?.takenAt;
        if (at && isShown(id)) frames.add(`late ${id}`, told(at));
      }
    });
    return put(states);
  };
}
"""
KNOWN = """
async () => {
  const { store } = await import("/static/js/main.js");
  return [...store.servers.values()].map(({ id, settings: s }) =>
    [id, `${s.username}@${s.host.toLowerCase()}:${s.port}`]);
}
"""
DRAWN = """
(path) => new Promise((resolve) => {
  const link = Object.assign(document.createElement("a"), { href: path });
  document.body.append(link);
  const began = performance.now();
  const isSeen = (canvas) => canvas.getBoundingClientRect().top < innerHeight;
  const isDrawn = (canvases) => {
    const charts = canvases.map((canvas) => globalThis.Chart?.getChart(canvas));
    return charts.length > 0 && charts.every((one) => one)
      && charts.some(({ data }) => data.datasets[0].data.length > 100);
  };
  const took = {};
  const note = (name) => {
    took[name] ??= 0;
    setTimeout(() => (took[name] ||= performance.now() - began));
  };
  // Where anything is seen is only asked once more is drawn: it has the browser lay all out.
  let known = 0;
  const look = () => {
    if (took.all) return resolve({ seen: took.all, ...took });
    const canvases = [...document.querySelectorAll("#server canvas")];
    const drawn = canvases.filter((canvas) => globalThis.Chart?.getChart(canvas)).length;
    if (canvases.length > 3 && drawn > known) {
      known = drawn;
      if (isDrawn(canvases.filter(isSeen))) note("seen");
    }
    if (canvases.length > 3 && isDrawn(canvases)) note("all");
    requestAnimationFrame(look);
  };
  link.click();
  look();
})
"""
# Once a page has rested it has the library that draws, whether anybody opens a server or not.
RESTED = """
() => performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/chart.umd.js"))
"""
YEAR = """
async (path) => {
  const asked = performance.getEntriesByType("resource")
    .map(({ name }) => name).findLast((name) => name.includes(path) && /range=1y|from=/.test(name));
  const began = performance.now();
  await (await fetch(asked, { cache: "reload" })).text();
  return performance.now() - began;
}
"""


def chromium(path: str) -> str:
    """Return where Debian's Chromium is; raises ``SystemExit`` without it."""
    found = shutil.which("chromium", path=path)
    if found is None:
        raise SystemExit("type: apt install --no-install-recommends chromium")
    return found


@dataclass(frozen=True, slots=True)
class Sight:
    """A page that was loaded into an empty cache."""

    useful_ms: float
    kilobytes: float
    all_kilobytes: float


def first_sight(browser: Browser, url: str) -> Sight:
    """Load a dashboard; return when its first values were seen, and what was loaded by then."""
    with looking(browser, url) as page:
        sight = page.evaluate("sight")
        at_first = page.evaluate(LOADED, sight["at"]) / 1000
        return Sight(sight["usefulMs"], at_first, page.evaluate(LOADED, 1e9) / 1000)


@contextlib.contextmanager
def looking(browser: Browser, url: str) -> Iterator[Page]:
    """Give a page that is seen and has come to rest."""
    with browser.new_context(viewport=VIEWPORT) as context:
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.add_init_script(WATCH)
        go(page, url)
        page.wait_for_selector("#connection[data-kind=live]")
        page.wait_for_timeout(1000)
        yield page


def go(page: Page, url: str) -> None:
    """Load a page until its first values are seen.

    A monserv that has too much to do may turn somebody away, and is asked once more.
    """
    for left in reversed(range(TRIES)):
        try:
            page.goto(url)
            page.evaluate("sight")
        except Error:
            if not left:
                raise
        else:
            return


@dataclass(frozen=True, slots=True)
class Seen:
    """``spent`` has for each second the main thread's ms and how many updates came."""

    late_ms: list[float]
    spent: list[tuple[float, int]]

    def busy_ms(self, share: float) -> float:
        """Return how long an update took in all but the worst seconds."""
        each = sorted(spent / max(1, updates) for spent, updates in self.spent)
        return each[int(share * len(each))]

    @property
    def busy_percent(self) -> float:
        """How much of the time the main thread worked."""
        return sum(spent for spent, _ in self.spent) / len(self.spent) / 10


def look_on(page: Page, seconds: float) -> Seen:
    """Look at the page for a while, and count from then on what it shows."""
    page.evaluate(COUNT)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    spent = []
    for _ in range(round(seconds)):
        before, messages = _thread_ms(session), _counted(page)["messages"]
        page.wait_for_timeout(1000)
        spent.append((_thread_ms(session) - before, _counted(page)["messages"] - messages))
    session.detach()
    late: list[float] = page.evaluate("lateMs.splice(0)")
    return Seen(late, spent)


def _counted(page: Page) -> dict[str, int]:
    found: dict[str, int] = page.evaluate("counted")
    return found


def _thread_ms(session: CDPSession) -> float:
    found: Any = session.send("Performance.getMetrics")["metrics"]
    return 1000 * float({one["name"]: one["value"] for one in found}["ThreadTime"])


def heaps(page: Page, first_seconds: float, samples: int) -> tuple[float, float]:
    """Return the bytes in use after the first seconds, and after so many samples more.

    Raises ``SystemExit`` when those do not come.
    """
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    page.wait_for_timeout(1000 * first_seconds)
    first = _heap(page, session)
    give_up_at = time.monotonic() + 10 * first_seconds
    wanted = _counted(page)["samples"] + samples
    while _counted(page)["samples"] < wanted:
        if time.monotonic() > give_up_at:
            raise SystemExit("samples do not come as often as they should")
        page.wait_for_timeout(500)
    return first, _heap(page, session)


def _heap(page: Page, session: CDPSession) -> float:
    # What was measured is none of the page's own.
    page.evaluate("lateMs.splice(0)")
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"])


def known_servers(page: Page) -> list[tuple[str, str]]:
    """Return the id of each server, and its user, host and port."""
    return [(one, known_as) for one, known_as in page.evaluate(KNOWN)]


def rest(page: Page) -> None:
    """Wait as somebody does who looks at the page: until it has fetched what a click will want."""
    page.wait_for_function(RESTED)
    page.wait_for_timeout(1000)


def server_page_ms(page: Page, server_id: str) -> tuple[float, float]:
    """Follow a link to a server's last year.

    Return how long until the charts that are seen are drawn, and until all are.
    """
    took: dict[str, float] = page.evaluate(DRAWN, f"/servers/{server_id}?range=1y")
    page.evaluate("history.back()")
    page.wait_for_timeout(500)
    return took["seen"], took["all"]


def year_query_ms(page: Page, server_id: str) -> float:
    """Ask once more what the page asked about the year of a server."""
    took: float = page.evaluate(YEAR, f"/servers/{server_id}/history")
    return took
