"""The signals that end the program, until gunicorn or a command takes them over.

Process 1 of a container gets only the signals that it handles, so one that
comes while a program replaces another would be lost. Those are held back until
the next program has a handler. To be told to end is no failure: the exit code
is 0, as it is later.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)


def hold_back() -> None:
    """Keep the signals for the program that this one is about to become."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)


def let_in() -> None:
    """End at such a signal from here on, and now if one was held back."""
    for number in ENDING:
        signal.signal(number, _leave)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def as_usual() -> None:
    """Let the signals do what they do to any program: Ctrl-C is an exception again.

    Whoever asks for a password has changed the terminal, and must change it back.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


def _leave(_number: int, _frame: FrameType | None) -> None:
    if _has_children():
        # One is enough; another would end the ending in a traceback.
        for other in ENDING:
            signal.signal(other, signal.SIG_IGN)
        # An exception, so that whoever waits for a child ends it first.
        sys.exit(0)
    # No exception, for where this interrupts an import it may be swallowed, and the signal lost.
    os._exit(0)


def _has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True
