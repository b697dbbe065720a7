"""What stands on the stage: the fleet, the product that watches it, its peers, their messages."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.fan_out import peers, product, programs
from bench.fan_out.crowd import Arrival, Crowd, connected
from bench.fan_out.peers import Peer
from bench.fan_out.product import Product
from bench.fan_out.programs import Programs
from bench.fan_out.sizes import SIZES
from bench.poll_cost import simulation
from bench.poll_cost.plan import Plan
from bench.poll_cost.recording import record
from tests.ports import free_port

SERVERS = max(SIZES.values())
MESSAGES = 4
# News of single servers are shorter than any state, also than one that is deflated.
SHORTEST_STATE_BYTES = 250
WAIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Stage:
    """All that runs. ``tokens`` and ``messages`` are by size."""

    programs: Programs
    product: Product
    peers: list[Peer]
    interval_seconds: float
    tokens: Mapping[str, str]
    messages: Mapping[str, list[Path]]

    @contextlib.contextmanager
    def at_product(self, clients: int, size: str, **options: str | int) -> Iterator[Crowd]:
        """Connect clients to the product that see as many servers as make this size.

        All have been greeted with a state when they are given.
        """
        load, product = self.programs.load, self.product
        options = {"bearer": self.tokens[size], "greeted": 1, **options}
        with connected(load, product.port, clients, product.pid, **options) as crowd:
            yield crowd

    @contextlib.contextmanager
    def at_peer(self, peer: Peer, clients: int, **options: str | int) -> Iterator[Crowd]:
        """Connect clients to a peer."""
        pid = peer.process.pid
        with connected(self.programs.load, peer.port, clients, pid, **options) as crowd:
            yield crowd


def states(crowd: Crowd, count: int) -> list[Arrival]:
    """Wait for the next states that the product sends."""
    found: list[Arrival] = []
    while len(found) < count:
        arrival = crowd.arrival(WAIT_SECONDS)
        if arrival.bytes >= SHORTEST_STATE_BYTES:
            found.append(arrival)
    return found


def wrong_states(crowd: Crowd, servers: int) -> int:
    """Return how many of the states that a crowd got are not of so many servers."""
    wrong = 0
    for message in crowd.messages():
        try:
            found = json.loads(message)
            is_state = found["type"] == "metrics_update"
            wrong += is_state and len(found["data"]) != servers
        except (ValueError, KeyError):
            wrong += 1
    return wrong


@contextlib.contextmanager
def standing(interval_seconds: float) -> Iterator[Stage]:
    """Start everything, and end it with the context."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fan-out-")))
        made = programs.build(folder)
        fleet = stack.enter_context(simulation.running(Plan(SERVERS, 0, free_port(), record())))
        tags = {_tag(size): count for size, count in SIZES.items() if count < SERVERS}
        running = stack.enter_context(
            product.running(
                product.tagged(fleet.servers, tags), interval_seconds, folder / "monserv"
            )
        )
        tokens = {
            size: running.token(_tag(size) if count < SERVERS else "")
            for size, count in SIZES.items()
        }
        stage = Stage(made, running, [], interval_seconds, tokens, {})
        messages = {size: _messages(stage, size, folder) for size in SIZES}
        found = stack.enter_context(peers.running(made))
        yield Stage(made, running, found, interval_seconds, tokens, messages)


def _tag(size: str) -> str:
    return f"of-{SIZES[size]}"


def _messages(stage: Stage, size: str, folder: Path) -> list[Path]:
    """Write down some messages of the product, for its peers to send: each is another one."""
    with stage.at_product(1, size) as crowd:
        states(crowd, 1)
        body = crowd.messages()[-1]
    files = []
    for number in range(MESSAGES):
        file = folder / f"{_tag(size)}-{number}"
        file.write_bytes(b'{"number": %04d, "message": ' % number + body + b"}")
        files.append(file)
    return files
