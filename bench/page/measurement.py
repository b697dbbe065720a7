"""One run: monserv that watches recorded servers, and Chromium that shows them."""

from __future__ import annotations

import argparse
import contextlib
import pickle
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.history import filling, writing
from bench.page import lighthouse, screen, tasks
from bench.page.replay import RECORDING
from bench.poll_cost import monitor
from bench.poll_cost.cores import ALL
from bench.poll_cost.recording import record
from bench.table import Cell, table
from monserv.db.migrate import migrate
from tests.kit.components import PATH
from tests.ports import free_port

START_SECONDS = 300.0
INTERVAL_SECONDS = 4.0
FIRST_SECONDS = 60.0
# Samples that were shown.
UPDATES = 10_000
# Servers with two years of history, for the page of one of them.
WITH_HISTORY = 4
LOADS = 5
# What Lighthouse takes a phone to be slower by.
PHONE_FACTOR = 4


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, ``None`` where that failed; ``most`` or ``least`` is a goal."""

    name: str
    value: float | None
    most: float | None = None
    least: float | None = None

    @property
    def is_missed(self) -> bool:
        """Whether there is a goal, and it is not met."""
        if self.value is None:
            return self.most is not None or self.least is not None
        too_much = self.most is not None and self.value > self.most
        return too_much or (self.least is not None and self.value < self.least)

    def row(self) -> Sequence[Cell]:
        """Return the line of the table."""
        bound = self.most if self.most is not None else self.least
        value = "not measured" if self.value is None else self.value
        if bound is None:
            return self.name, value, "", ""
        word = "at most" if self.most is not None else "at least"
        return self.name, value, f"{word} {bound:g}", "missed" if self.is_missed else "met"


def main() -> int:
    """Measure, print the table, and return the exit code."""
    options = _options()
    figures = run(options)
    print(table((f"{options.servers} servers", "", "goal", ""), [one.row() for one in figures]))
    return 1 if options.check and any(one.is_missed for one in figures) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m bench.page", description=__doc__)
    parser.add_argument("--servers", type=int, default=1000, help="how many there are: 1000")
    parser.add_argument("--seconds", type=float, default=30.0, help="of looking on: 30")
    parser.add_argument("--no-lighthouse", action="store_true", help="which is 180 MB to install")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    return parser.parse_args()


def run(options: argparse.Namespace) -> list[Figure]:
    """Measure everything once."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="page-")))
        database = _database(folder)
        ours = stack.enter_context(_watching(options.servers, port, folder, database))
        _await_samples(ours, options.servers)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=screen.chromium(PATH))
        stack.callback(browser.close)
        figures = _sights(browser, url)
        figures += _blocking(browser, url)
        figures += _looking_on(browser, url, options)
        figures += _server_page(browser, url, database)
        if not options.no_lighthouse:
            figures += _audits(url)
    return figures


def _watching(
    servers: int, port: int, folder: Path, database: Path
) -> AbstractContextManager[monitor.Monitor]:
    recording = folder / "recording"
    recording.write_bytes(pickle.dumps(record()))
    urls = [f"ssh://watch@127.9.{one >> 8}.{one & 255}" for one in range(1, servers + 1)]
    return monitor.running(
        urls,
        port,
        INTERVAL_SECONDS,
        folder / "monserv",
        application="bench.page.watching:app",
        cores=ALL,
        **{RECORDING: str(recording), "DATABASE_URL": f"sqlite:///{database}"},
    )


def _database(folder: Path) -> Path:
    path = folder / "monserv.db"
    migrate(f"sqlite:///{path}")
    filling.fill(path, WITH_HISTORY, time.time())
    return path


def _await_samples(ours: monitor.Monitor, servers: int) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at:
        # Who starts with so much to do may turn somebody away.
        with contextlib.suppress(OSError):
            if ours.online() == servers:
                return
        time.sleep(0.5)
    raise SystemExit("not all servers were polled in time")


def _sights(browser: Browser, url: str) -> list[Figure]:
    cards = [screen.first_sight(browser, url) for _ in range(LOADS)]
    rows = [screen.first_sight(browser, f"{url}?view=table") for _ in range(LOADS)]
    return [
        Figure(
            "ms to the first values, cards", statistics.median(one.useful_ms for one in cards), 1000
        ),
        Figure(
            "ms to the first values, table", statistics.median(one.useful_ms for one in rows), 1000
        ),
        Figure(
            "KB of scripts and styles for them, cards", max(one.kilobytes for one in cards), 100
        ),
        Figure("KB of scripts and styles for them, table", max(one.kilobytes for one in rows), 100),
        Figure("KB of them when all is there", max(one.all_kilobytes for one in cards)),
    ]


def _blocking(browser: Browser, url: str) -> list[Figure]:
    """How long nobody could have typed, had the main thread had a processor for itself."""
    spent = tasks.after_paint_ms(browser, url, screen.VIEWPORT)
    phone = tasks.after_paint_ms(browser, url, screen.PHONE)
    return [
        Figure("ms of CPU of the longest task", max(spent)),
        Figure("ms of CPU beyond 50 ms of a task, in all", tasks.blocking_ms(spent)),
        *(
            Figure(
                f"the same, {PHONE_FACTOR} times slower, on {form}",
                tasks.blocking_ms([PHONE_FACTOR * one for one in each]),
            )
            for form, each in (("a desktop", spent), ("a phone", phone))
        ),
    ]


def _looking_on(browser: Browser, url: str, options: argparse.Namespace) -> list[Figure]:
    with screen.looking(browser, url) as page:
        seen = screen.look_on(page, options.seconds)
        heaps = screen.heaps(page, FIRST_SECONDS, UPDATES)
    late = sorted(seen.late_ms)
    return [
        Figure("ms from a sample to the screen, half", statistics.median(late)),
        Figure("ms from a sample to the screen, 99 of 100", late[int(0.99 * len(late))], 100),
        Figure("samples that were timed", len(late)),
        Figure("ms of the main thread an update, 95 of 100", seen.busy_ms(0.95), 16),
        Figure("% of a core in the main thread", seen.busy_percent),
        Figure("MB of heap after the first minute", heaps[0] / 1e6),
        Figure(f"% more after {UPDATES} samples", 100 * (heaps[1] / heaps[0] - 1), 20),
    ]


def _server_page(browser: Browser, url: str, database: Path) -> list[Figure]:
    """Time the pages of servers, for who clicks at once and for who has looked at the page."""
    with screen.looking(browser, url) as page:
        names = screen.known_servers(page)[:3]
        _hand_over(database, names)
        hasty = screen.server_page_ms(page, names[0][0])
    with screen.looking(browser, url) as page:
        screen.rest(page)
        first, other = (screen.server_page_ms(page, one) for one, _ in names[1:])
        query = [screen.year_query_ms(page, names[1][0]) for _ in range(LOADS)]
    return [
        Figure("ms until what is seen of a server's year is drawn", first[0], 500),
        Figure("ms until all of it is", first[1], 500),
        Figure("ms until what is seen of the next server's is", other[0], 500),
        Figure("ms until all of that is", other[1], 500),
        Figure("ms until what is seen is, a second after the load", hasty[0]),
        Figure("ms until all of that is, a second after the load", hasty[1]),
        Figure("ms of its question, with the way there", statistics.median(query), 50),
    ]


def _hand_over(database: Path, servers: Sequence[tuple[str, str]]) -> None:
    """Give servers the history of made-up ones, in place of the minutes that are theirs."""
    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        for number, (server_id, known_as) in enumerate(servers):
            old = writing.server(number)
            connection.execute("DELETE FROM history_series WHERE server_id = ?", (server_id,))
            connection.execute(
                "UPDATE history_series SET server_id = ?, known_as = ? WHERE server_id = ?",
                (server_id, known_as, old.id),
            )


def _audits(url: str) -> list[Figure]:
    return [
        Figure(f"Lighthouse, {form}: {category}", score, least=95)
        for form in ("mobile", "desktop")
        for category, score in lighthouse.scores(url, form)
    ]
