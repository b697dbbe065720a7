"""Garbage is freed in the end, though it is looked for seldom; in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from monserv import garbage

LEAVES_A_CIRCLE = """
import gc, time, weakref
from monserv import garbage
from monserv.clock import SystemClock

class Circle:
    pass

garbage.collect_rarely(SystemClock(), 0.05)
assert gc.get_freeze_count() > 0, "what is there for good is not looked at"
assert gc.get_threshold() == (300_000, 20, 50)
garbage.expect(5000)
assert gc.get_threshold() == (4_000_000, 20, 50)
circle = Circle()
circle.itself = circle
seen = weakref.ref(circle)
del circle
give_up_at = time.monotonic() + 20
while seen() is not None:
    assert time.monotonic() < give_up_at, "it is never freed"
    time.sleep(0.01)
print("freed")
"""


def test_what_only_a_search_finds_is_freed_after_a_while() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEAVES_A_CIRCLE],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("freed\n", "")


def test_it_is_looked_for_the_less_often_the_longer_that_takes() -> None:
    paused = [garbage.pause_after(took, 600.0) for took in (0.0, 0.3, 1.5, 60.0)]
    assert paused == [600.0, 600.0, 750.0, 3600.0]
