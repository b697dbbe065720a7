"""``python3 -m bench.conformance``: a public conformance suite against our own parts."""

import sys

from bench import interpreter

if __name__ == "__main__":
    interpreter.find("bench.conformance")
    # What it needs is certain to be there only now.
    from bench.conformance import command

    sys.exit(command.main())
