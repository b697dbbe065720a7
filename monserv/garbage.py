"""Cyclic garbage is looked for seldom, and never among what is there for good.

Of a thousand servers half a million small objects are replaced all the time, and are freed
without that search, which would hold up every poll for a tenth of a second each time. A
connection that ended leaves something that only the search frees, so once in a while it is due.
"""

from __future__ import annotations

import gc
import logging
import threading

from monserv.clock import Clock

log = logging.getLogger(__name__)

# New objects that stay, then searches among the young ones, then among the middle-aged. Who
# looks at the details of a thousand samples makes some fifty thousand, every few seconds; two
# thousand connections that ended leave as many as the first number says, and 80 MB.
THRESHOLDS = (300_000, 20, 50)
PAUSE_SECONDS = 120.0


def collect_rarely(clock: Clock, pause_seconds: float = PAUSE_SECONDS) -> None:
    """Take what is there now for good, and look for garbage every ``pause_seconds``."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    threading.Thread(
        target=_keep_collecting, args=(clock, pause_seconds), name="monserv-garbage", daemon=True
    ).start()


def _keep_collecting(clock: Clock, pause_seconds: float) -> None:
    never = threading.Event()
    while not never.wait(pause_seconds):
        began_at = clock.monotonic()
        gc.collect()
        log.debug("garbage was looked for, for %.3f s", clock.monotonic() - began_at)
