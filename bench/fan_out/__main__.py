"""``python3 -m bench.fan_out``: the product's stream beside a Go hub, websockets and the floor."""

import sys

from bench import interpreter

if __name__ == "__main__":
    interpreter.find("bench.fan_out")
    # What it needs is certain to be there only now.
    from bench.fan_out import command

    sys.exit(command.main())
