"""Half an hour of random faults: what the process holds must not grow."""
