"""``python3 -m bench.answers``: how many answers a second, beside those of Flask alone."""

import sys

from bench import interpreter

if __name__ == "__main__":
    interpreter.find("bench.answers")
    # What it needs is certain to be there only now.
    from bench.answers import measurement

    sys.exit(measurement.main())
