"""Time until the last client has a message, and what that cost: all servers in turns."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field

from bench.fan_out.crowd import Arrival, Crowd
from bench.fan_out.peers import FLOOR, GO, Peer
from bench.fan_out.product import NAME
from bench.fan_out.stage import SIZES, WAIT_SECONDS, Stage, states, wrong_states

DEFLATING = f"{NAME}, deflate"
SEGMENT_BYTES = 1400
SETTLE_SECONDS = 0.3
# The product's messages are an interval apart, and what its polls leave in the caches meanwhile
# is theirs; so that its peers find them as they are then, they wait for some polls, too.
PAUSE_SECONDS = 0.5


@dataclass(slots=True)
class Results:
    """Medians of each turn: (size, server) -> one for each round; and what was wrong."""

    clients: int
    spread_ms: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    cpu_ms: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    bytes: dict[tuple[str, str], int] = field(default_factory=dict)
    bad: int = 0

    def add(self, size: str, name: str, arrivals: list[Arrival]) -> None:
        """Take in a turn."""
        key = size, name
        spread = statistics.median(arrival.spread_ms for arrival in arrivals)
        self.spread_ms.setdefault(key, []).append(spread)
        cpu = statistics.median(arrival.cpu_ms for arrival in arrivals)
        self.cpu_ms.setdefault(key, []).append(cpu)
        self.bytes[key] = arrivals[-1].bytes


class Rounds:
    """Each round gives each server its turn for each size, one after the other."""

    def __init__(self, stage: Stage, clients: int, *, messages: int, deflate: bool) -> None:
        self._stage = stage
        self._messages = messages
        self._deflate = deflate
        self.results = Results(clients)

    def run(self, rounds: int) -> Results:
        """Measure so often; then look for bad frames where the way is rough."""
        for number in range(rounds):
            for size in SIZES:
                self._round(number, size)
        for size in SIZES:
            self._rough(size)
        return self.results

    def _round(self, number: int, size: str) -> None:
        peers = self._stage.peers
        # Nobody always follows the same one.
        turn = number % len(peers)
        for peer in peers[turn:] + peers[:turn]:
            self.results.add(size, peer.name, self._at_peer(peer, size))
        self.results.add(size, NAME, self._at_product(size))
        if self._deflate:
            self.results.add(size, DEFLATING, self._at_product(size, deflate=1))

    def _rough(self, size: str) -> None:
        """Send all in small segments, beside one client that reads nothing until the end."""
        for peer in self._stage.peers:
            self._at_peer(peer, size, segment=SEGMENT_BYTES, stalled=1)
        self._at_product(size, segment=SEGMENT_BYTES, stalled=1)

    def _at_peer(self, peer: Peer, size: str, **options: int) -> list[Arrival]:
        files = self._stage.messages[size][: self._messages]
        with self._stage.at_peer(peer, self.results.clients, **options) as crowd:
            found = []
            for file in files:
                time.sleep(PAUSE_SECONDS)
                peer.send(file)
                found.append(crowd.arrival(WAIT_SECONDS))
            sent = [file.read_bytes() for file in files]
            self._end(crowd, int(crowd.messages() != sent))
        return found

    def _at_product(self, size: str, **options: int) -> list[Arrival]:
        with self._stage.at_product(self.results.clients, size, **options) as crowd:
            found = states(crowd, self._messages)
            self._end(crowd, wrong_states(crowd, SIZES[size]))
        return found

    def _end(self, crowd: Crowd, wrong: int) -> None:
        crowd.end()
        self.results.bad += crowd.bad + wrong
        time.sleep(SETTLE_SECONDS)


def ratios(results: Results, size: str, name: str, to: str, *, cpu: bool = False) -> list[float]:
    """Return the ratio of two servers in each round."""
    found = results.cpu_ms if cpu else results.spread_ms
    pairs = zip(found[size, name], found[size, to], strict=True)
    return [one / other for one, other in pairs]


GOALS_TO_FLOOR = dict.fromkeys(SIZES, 1.3)
GOALS_TO_GO = {"2.5 KB": 0.6, "12 KB": 0.6, "120 KB": 0.9}
GOAL_DEFLATE = 1.3


def missed(results: Results) -> list[str]:
    """Return the goals that were missed, a sentence each."""
    found = [f"{results.bad} bad frames: no figure counts"] if results.bad else []
    wanted = [(size, NAME, FLOOR, goal) for size, goal in GOALS_TO_FLOOR.items()]
    wanted += [(size, NAME, GO, goal) for size, goal in GOALS_TO_GO.items()]
    if any(name == DEFLATING for _, name in results.spread_ms):
        wanted += [(size, DEFLATING, NAME, GOAL_DEFLATE) for size in SIZES]
    for size, name, to, goal in wanted:
        for cpu in (False, True):
            ratio = statistics.median(ratios(results, size, name, to, cpu=cpu))
            if ratio > goal:
                what = "CPU" if cpu else "time to the last client"
                found.append(
                    f"{size} to {results.clients:,} clients, {what}: {name} is {ratio:.2f} x {to}, "
                    f"not {goal}"
                )
    return found
