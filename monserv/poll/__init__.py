"""When servers are polled, by which thread, and with what patience."""
