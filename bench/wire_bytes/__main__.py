"""``python3 -m bench.wire_bytes``: how many bytes a second a client is sent, by protocol."""

import sys

from bench import interpreter

if __name__ == "__main__":
    interpreter.find("bench.wire_bytes")
    # What it needs is certain to be there only now.
    from bench.wire_bytes import command

    sys.exit(command.main())
