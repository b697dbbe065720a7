"""From a bare machine to a running monserv; standard library only."""
