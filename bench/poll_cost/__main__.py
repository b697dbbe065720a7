"""``python3 -m bench.poll_cost``: what a poll costs, beside what a scrape costs Prometheus."""

import sys

from bench import interpreter

if __name__ == "__main__":
    interpreter.find("bench.poll_cost")
    # What it needs is certain to be there only now.
    from bench.poll_cost import measurement

    sys.exit(measurement.main())
