"""Cyclic garbage is looked for seldom, and never among what is there for good.

Of a thousand servers half a million small objects are replaced all the time, and are freed
without that search, which would hold up every poll for a quarter of a second each time, and
those of five thousand for more than a second. Logins and connections that ended leave nothing
that only the search frees, so it is due for the little that all else leaves.
"""

from __future__ import annotations

import gc
import logging
import threading

from monserv.clock import Clock

log = logging.getLogger(__name__)

# New objects that stay before a search among the young ones. Who looks at the details of a
# thousand samples makes some fifty thousand, every few seconds; and four hundred of each server
# stay when it is polled for the first time, among which a search would find nothing.
LEAST_YOUNG = 300_000
YOUNG_A_SERVER = 800
# Searches among the young ones before one among the middle-aged, and of those before one
# among all.
OLDER = (20, 50)

# Of all the time; it passes for everybody else as well.
SHARE = 0.002
PAUSE_SECONDS = 600.0
MOST_PAUSE_SECONDS = 3600.0


def collect_rarely(clock: Clock, pause_seconds: float = PAUSE_SECONDS) -> None:
    """Take what is there now for good, and look for garbage every ``pause_seconds`` or later."""
    gc.collect()
    gc.freeze()
    expect(0)
    threading.Thread(
        target=_keep_collecting, args=(clock, pause_seconds), name="monserv-garbage", daemon=True
    ).start()


def expect(servers: int) -> None:
    """Let as much come as so many servers bring, before it is looked through."""
    gc.set_threshold(max(LEAST_YOUNG, YOUNG_A_SERVER * servers), *OLDER)


def pause_after(took_seconds: float, least_seconds: float) -> float:
    """Return for how many seconds not to look for garbage, after that took so long."""
    return min(MOST_PAUSE_SECONDS, max(least_seconds, took_seconds / SHARE))


def _keep_collecting(clock: Clock, least_seconds: float) -> None:
    never, took_seconds = threading.Event(), 0.0
    while not never.wait(pause_after(took_seconds, least_seconds)):
        began_at = clock.monotonic()
        gc.collect()
        took_seconds = clock.monotonic() - began_at
        log.debug("garbage was looked for, for %.3f s", took_seconds)
