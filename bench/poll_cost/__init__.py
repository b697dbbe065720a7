"""What a poll costs the monitor, beside what a scrape costs Prometheus, in one run."""
