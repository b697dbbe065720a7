"""Who may come in: what is written down about it, and what the running process knows."""
