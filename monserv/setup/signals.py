"""The signals that end the program, until gunicorn takes them over.

Process 1 of a container gets only the signals that it handles, so one that
comes while a program replaces another would be lost. Those are held back until
the next program has a handler.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
_BY_SIGNAL = 128  # what shells add to a signal's number to make an exit code


def hold_back() -> None:
    """Keep the signals for the program that this one is about to become."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)


def let_in() -> None:
    """End at such a signal from here on, and now if one was held back."""
    for number in ENDING:
        signal.signal(number, _leave)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def _leave(number: int, _frame: FrameType | None) -> None:
    # One is enough; another would end the ending in a traceback.
    for other in ENDING:
        signal.signal(other, signal.SIG_IGN)
    sys.exit(_BY_SIGNAL + number)
