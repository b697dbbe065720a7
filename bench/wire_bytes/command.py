"""The command: bytes a second for a fleet, of each protocol, with and without compression."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bench.table import table
from bench.wire_bytes.fleet import INTERVAL_SECONDS
from bench.wire_bytes.streams import deltas, states
from monserv.stream.forms import WEB_SOCKET, WEB_SOCKET_CHAINED, WEB_SOCKET_DEFLATE
from monserv.stream.selection import Selection

# What issue and contract ask for, for ten servers.
_GOALS_KB = {("v1", "deflate"): 1.3, ("v2", "plain"): 1.3, ("v2", "deflate"): 0.45}
_DEFLATE, _FORGETFUL = "deflate", "deflate, nothing remembered"
# What a page that draws cards needs.
_CARDS = ("status", "metrics.cpu", "metrics.memory", "metrics.disks")


@dataclass(frozen=True, slots=True)
class Measured:
    """One stream in one form: what a second takes, and what a message does."""

    bytes_per_second: float
    bytes_per_message: float
    milliseconds_per_message: float


def main() -> int:
    """Print the table; with ``--check`` return 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python3 -m bench.wire_bytes", description=__doc__)
    parser.add_argument("--servers", type=int, default=10)
    parser.add_argument("--polls", type=int, default=60)
    parser.add_argument("--check", action="store_true")
    wanted = parser.parse_args()
    count, polls = wanted.servers, wanted.polls
    streams = {
        "v1": list(states(count, polls)),
        "v2": list(deltas(count, polls, Selection(), 1)),
        "v2, once an interval": list(deltas(count, polls, Selection(), count)),
        "v2, fields of cards": list(deltas(count, polls, Selection(fields=_CARDS), 1)),
    }
    rows, are_met = [], True
    for stream, messages in streams.items():
        for name, framed in _forms(stream).items():
            found = measured(messages, framed, polls * INTERVAL_SECONDS)
            goal = _GOALS_KB.get((stream, name)) if count == 10 else None
            kilobytes = found.bytes_per_second / 1000
            are_met = are_met and (goal is None or kilobytes <= goal)
            rows.append(
                [
                    *(stream, name, kilobytes, goal),
                    *(found.bytes_per_message, found.milliseconds_per_message),
                ]
            )
    print(table(["stream", "form", "KB/s", "goal", "bytes a message", "ms a message"], rows))
    return 1 if wanted.check and not are_met else 0


def _forms(stream: str) -> Mapping[str, Callable[[bytes], bytes]]:
    """Return what frames a stream's messages, for whom.

    Browsers remember what they inflated, and so most get the second protocol in a chain.
    """
    plain, forgetful = WEB_SOCKET.message, WEB_SOCKET_DEFLATE.message
    chain = WEB_SOCKET_CHAINED.chain()
    if stream == "v1" or chain is None:
        return {"plain": plain, _DEFLATE: forgetful}
    return {"plain": plain, _DEFLATE: chain.message, _FORGETFUL: forgetful}


def measured(
    messages: Iterable[bytes], framed: Callable[[bytes], bytes], seconds: float
) -> Measured:
    """Frame each message as the product does, and count."""
    began_at = time.perf_counter()
    sizes = [len(framed(message)) for message in messages]
    spent_seconds = time.perf_counter() - began_at
    total, number = sum(sizes), len(sizes)
    return Measured(total / seconds, total / number, 1000 * spent_seconds / number)
