"""Time until the last client has a message, and what that cost: all servers in turns."""

from __future__ import annotations

import time

from bench.fan_out.crowd import Arrival, Crowd
from bench.fan_out.peers import Peer
from bench.fan_out.product import NAME
from bench.fan_out.results import DEFLATING, Results
from bench.fan_out.sizes import SIZES
from bench.fan_out.stage import WAIT_SECONDS, Stage, states, wrong_states

SEGMENT_BYTES = 1400
SETTLE_SECONDS = 0.3
# The product's messages are an interval apart, and what its polls leave in the caches meanwhile
# is theirs; so that its peers find them as they are then, they wait for some polls, too.
PAUSE_SECONDS = 0.5


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
