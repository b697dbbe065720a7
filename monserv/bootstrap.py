"""The first lines that run, under whatever Python was typed.

This file parses under Python 2.7, so that an old one can say which version is
needed; what it imports afterwards does not.
"""

import os
import sys

OLDEST = (3, 11)
NEWEST = (3, 14)
REFUSED = 2


def main(arguments):
    # type: (list[str]) -> int
    """Set up what is missing and become the server; returns only to report a refusal."""
    if not is_new_enough("wsgi.py"):
        return REFUSED
    from monserv.setup import start

    return start.main(arguments)


def is_new_enough(program):
    # type: (str) -> bool
    """Whether this Python will do; if not, say what to type instead of ``program``."""
    if sys.version_info[:2] >= OLDEST:
        return True
    newer = _newer_python()
    sys.stderr.write(
        "monserv: needs Python %d.%d or newer, and this is %d.%d; "
        % (OLDEST + sys.version_info[:2])
        + ("type: %s %s\n" % (newer, program) if newer else "install one, such as python3.12\n")
    )
    return False


def _newer_python():
    # type: () -> str | None
    """Return the name of a Python on the PATH that will do."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        name = "python3.%d" % minor
        if any(os.access(os.path.join(folder, name), os.X_OK) for folder in folders):
            return name
    return None
