"""``python3 -m bench.page``: the dashboard of a thousand servers in Chromium."""

import sys

from bench import interpreter

if __name__ == "__main__":
    interpreter.find("bench.page")
    # What it needs is certain to be there only now.
    from bench.page import measurement

    sys.exit(measurement.main())
