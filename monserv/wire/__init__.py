"""What leaves the process as JSON: the only speller of its keys; pure."""
