"""Which servers are watched: those from settings, and those that are added while monserv runs."""
