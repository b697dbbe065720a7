"""``python3 -m bench.poll_cost.reading``: what an answer costs, beside another checkout.

That is the reading of it, what is done with the sample, and the state message. Both checkouts
read the same recorded answers in one process, poll by poll by turns, each as often first as last,
so that whatever else the machine does meanwhile slows both of them alike: two that are the same
differ by half a percent, also on a busy machine.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.poll_cost.machine import Recording
from bench.poll_cost.recording import described, record

ROOT = Path(__file__).resolve().parents[2]
PLAYER = "bench.poll_cost.replay"
# What is imported once more for each checkout, since it imports the product.
_ITS_OWN = (PLAYER, "bench.poll_cost.ingest")
PARTS = ("reading", "pipeline", "state message")
# Until everything that is asked now and then was asked.
WARM_ROUNDS = 18

# The microseconds of CPU of a poll, by ``PARTS``.
Spent = tuple[float, float, float]


def player(tree: Path) -> Any:
    """Import the player once more, so that it plays with the product of that tree."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "monserv"]:
        del sys.modules[name]
    for name in _ITS_OWN:
        sys.modules.pop(name, None)
    sys.path.insert(0, str(tree))
    try:
        return importlib.import_module(PLAYER)
    finally:
        sys.path.remove(str(tree))


def measure(
    recording: Recording, trees: list[Path], servers: int, rounds: int
) -> list[list[Spent]]:
    """Return what a poll took in each round, for each tree."""
    replays = [player(tree).Replay(recording, servers) for tree in trees]
    gc.disable()
    found: list[list[Spent]] = [[] for _ in trees]
    for number in range(WARM_ROUNDS + rounds):
        spent = _round(replays, servers, number)
        for each, one in zip(found, spent, strict=True):
            each.append(one)
    for replay in replays:
        if replay.faults:
            raise SystemExit(f"not recorded: {dict(replay.faults)}")
    return [each[WARM_ROUNDS:] for each in found]


def _round(replays: list[Any], servers: int, number: int) -> list[Spent]:
    """Poll each server once; who is first finds the caches as another one has left them."""
    turns = [list(enumerate(replays)), list(reversed(list(enumerate(replays))))]
    reading, taking, telling = ([0.0] * len(replays) for _ in PARTS)
    for index in range(servers):
        for place, replay in turns[(number + index) % 2]:
            reading[place] += replay.poll(index) / servers
            taking[place] += replay.take(index) / servers
    for place, replay in turns[number % 2]:
        telling[place] = replay.advance()
    return list(zip(reading, taking, telling, strict=True))


def compared(ours: Sequence[Spent], theirs: Sequence[Spent]) -> Iterator[str]:
    """Yield a line for each part and one for all: the ratio, and the median of a round's."""
    pairs = zip(_columns(ours), _columns(theirs), strict=True)
    for part, (mine, others) in zip((*PARTS, "together"), pairs, strict=True):
        rounds = [one / other for one, other in zip(mine, others, strict=True)]
        yield (
            f"ratio: {sum(mine) / sum(others):.3f}, {statistics.median(rounds):.3f} the median "
            f"of a round: {part}"
        )


def _columns(spent: Sequence[Spent]) -> list[list[float]]:
    """Return the parts round by round, and their sums."""
    return [*map(list, zip(*spent, strict=True)), list(map(sum, spent))]


def main() -> None:
    """Measure, and print what a poll costs."""
    parser = argparse.ArgumentParser(prog="python3 -m bench.poll_cost.reading")
    parser.add_argument("--beside", type=Path, help="another checkout, to compare with")
    parser.add_argument("--servers", type=int, default=100, help="how many there are: 100")
    parser.add_argument("--rounds", type=int, default=45, help="how often each is polled: 45")
    options = parser.parse_args()
    trees = [ROOT, *([options.beside.resolve()] if options.beside else [])]
    recording = record()
    print(f"Each server: {described(recording)}")
    found = measure(recording, trees, options.servers, options.rounds)
    for tree, spent in zip(trees, found, strict=True):
        *parts, together = map(statistics.fmean, _columns(spent))
        told = ", ".join(f"{part} {us:.1f}" for part, us in zip(PARTS, parts, strict=True))
        print(f"{together:.1f} us of CPU a poll ({told}): {tree}")
    for other in found[1:]:
        print(*compared(found[0], other), sep="\n")


if __name__ == "__main__":
    main()
