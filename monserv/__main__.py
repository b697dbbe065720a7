"""``python3 -m monserv``, and ``monserv`` once installed.

This file parses under Python 2.7, so that an old one can say which version is
needed.
"""

import sys

from monserv import bootstrap


def main():
    # type: () -> int
    """Run the command that was typed, with a Python that has what it needs."""
    arguments = sys.argv[1:]
    if not bootstrap.is_new_enough("-m monserv"):
        return bootstrap.REFUSED
    from monserv.setup import command

    code = command.prepare(arguments)
    if code is not None:
        return code
    from monserv.cli import commands

    return commands.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
