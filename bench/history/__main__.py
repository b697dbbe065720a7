"""``python3 -m bench.history``: what a server-minute of history costs, and a year's question."""

import sys

from bench.history import measurement

if __name__ == "__main__":
    sys.exit(measurement.main())
