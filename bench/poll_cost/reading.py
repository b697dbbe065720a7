"""``python3 -m bench.poll_cost.reading``: what an answer costs, beside another checkout.

Both read the same recorded answers in one process, poll by poll by turns, so that whatever
else the machine does meanwhile slows both of them alike: two that are the same differ by half
a percent, also on a busy machine.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import statistics
import sys
from pathlib import Path
from typing import Any

from bench.poll_cost.recording import record

ROOT = Path(__file__).resolve().parents[2]
PLAYER = "bench.poll_cost.replay"
# Until everything that is asked now and then was asked.
WARM_ROUNDS = 18


def player(tree: Path) -> Any:
    """Import the player once more, so that it plays with the product of that tree."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "monserv"]:
        del sys.modules[name]
    sys.modules.pop(PLAYER, None)
    sys.path.insert(0, str(tree))
    try:
        return importlib.import_module(PLAYER)
    finally:
        sys.path.remove(str(tree))


def measure(trees: list[Path], servers: int, rounds: int) -> list[list[float]]:
    """Return the microseconds of CPU a poll in each round, for each tree."""
    recording = record()
    replays = [player(tree).Replay(recording, servers) for tree in trees]
    gc.disable()
    found: list[list[float]] = [[] for _ in trees]
    for _ in range(WARM_ROUNDS + rounds):
        spent = [[replay.poll(index) for replay in replays] for index in range(servers)]
        for each, polls in zip(found, zip(*spent, strict=True), strict=True):
            each.append(statistics.fmean(polls))
        for replay in replays:
            replay.advance()
    for replay in replays:
        if replay.faults:
            raise SystemExit(f"not recorded: {dict(replay.faults)}")
    return [each[WARM_ROUNDS:] for each in found]


def main() -> None:
    """Measure, and print what a poll costs."""
    parser = argparse.ArgumentParser(prog="python3 -m bench.poll_cost.reading")
    parser.add_argument("--beside", type=Path, help="another checkout, to compare with")
    parser.add_argument("--servers", type=int, default=100, help="how many there are: 100")
    parser.add_argument("--rounds", type=int, default=45, help="how often each is polled: 45")
    options = parser.parse_args()
    trees = [ROOT, *([options.beside.resolve()] if options.beside else [])]
    found = measure(trees, options.servers, options.rounds)
    for tree, spent in zip(trees, found, strict=True):
        print(f"{statistics.fmean(spent):.1f} us of CPU a poll: {tree}")
    for other in found[1:]:
        ratios = [ours / theirs for ours, theirs in zip(found[0], other, strict=True)]
        print(
            f"ratio: {sum(found[0]) / sum(other):.3f}, {statistics.median(ratios):.3f} the median "
            "of a round"
        )


if __name__ == "__main__":
    main()
