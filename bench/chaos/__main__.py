"""``python3 -m bench.chaos``: two hundred clients that do what they like, for ten minutes."""

import sys

from bench import interpreter

if __name__ == "__main__":
    interpreter.find("bench.chaos")
    # What it needs is certain to be there only now.
    from bench.chaos import command

    sys.exit(command.main())
