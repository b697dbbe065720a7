"""Before ``python3 -m monserv`` does anything: a Python that has the packages."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from monserv import __version__
from monserv.errors import StartRefused
from monserv.setup import product, signals, start, usage


def prepare(arguments: Sequence[str]) -> int | None:
    """Return ``None`` once this Python has the packages; become another one if need be.

    Returns an exit code when there is nothing left to do. Help is not worth half a
    minute of setting up, so before that it is shorter.
    """
    signals.let_in()
    try:
        asks = usage.asks_for_help(arguments) or list(arguments) == ["--version"]
        if asks and not product.IS_INSTALLED and not start.is_set_up():
            sys.stdout.write(_short_answer(arguments))
            return 0
        start.find_packages(["-m", "monserv", *arguments])
    except StartRefused as error:
        start.tell(str(error))
        return start.REFUSED
    return None


def _short_answer(arguments: Sequence[str]) -> str:
    if list(arguments) == ["--version"]:
        return f"monserv {__version__}\n"
    return (
        f"{usage.PURPOSE}\n\n{usage.examples()}\n\n"
        "Nothing is set up yet: the first command that is more than a question does that,\n"
        "in about half a minute, and then this help has all commands.\n"
    )
