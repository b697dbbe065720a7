"""How long after a sample has arrived the last of the clients of ``monserv.v2`` knows it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime

from bench.fan_out.crowd import Arrival
from bench.fan_out.sizes import SIZES
from bench.fan_out.stage import Stage

PROTOCOL = "monserv.v2"
# A hello and a snapshot.
GREETINGS = 2
CLIENTS = 100
SECONDS = 30.0
GOAL_MS = 10.0


def measure(stage: Stage, clients: int = CLIENTS, seconds: float = SECONDS) -> list[float]:
    """Return the milliseconds of each sample, sorted: all servers, each with its stamp.

    A sample is stamped when its last byte has come, before it is read and judged; stamps
    are cut to a millisecond, so that each figure is up to one too large.
    """
    largest = max(SIZES, key=SIZES.__getitem__)
    with stage.at_product(clients, largest, protocol=PROTOCOL, greeted=GREETINGS) as crowd:
        arrivals = crowd.arrivals(seconds)
        messages = crowd.messages()
        crowd.end()
        if crowd.bad:
            raise SystemExit(f"{crowd.bad} bad frames of {PROTOCOL}")
    # Both clocks are the machine's own.
    began_ns = time.time_ns() - time.monotonic_ns()
    pairs = zip(arrivals, messages, strict=False)
    return sorted(ms for arrival, text in pairs for ms in _samples(arrival, text, began_ns))


def _samples(arrival: Arrival, text: bytes, began_ns: int) -> Iterator[float]:
    message = json.loads(text)
    if message["type"] != "delta":
        return
    for patch in message["servers"].values():
        stamp = (patch or {}).get("last_update")
        if stamp is not None:
            taken_at = datetime.fromisoformat(stamp).timestamp()
            yield (arrival.last + began_ns) / 1e6 - taken_at * 1e3
