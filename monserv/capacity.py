"""How many connections the open files allow, and how many of them may be streams.

Polling comes first, then answers to requests, then WebSockets and event streams.
"""

from __future__ import annotations

import resource

MAX_OPEN_FILES = 65536
MAX_CONNECTIONS = 6000
# The database, the log, the listening socket, files that are being sent.
_OWN_FILES = 128
# A session, the one that replaces it, a shell that was set aside.
_FILES_PER_SERVER = 4
# Servers are added while monserv runs.
_FEWEST_SERVERS = 25
# Of few files, connections get this part all the same.
_LEAST_SHARE = 4


def open_files() -> int:
    """Return how many files this process may have open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_OPEN_FILES if soft == resource.RLIM_INFINITY else soft


def connections(files: int, servers: int) -> int:
    """Return how many connections may be open at once beside the polling of ``servers``."""
    left = files - _OWN_FILES - _FILES_PER_SERVER * max(servers, _FEWEST_SERVERS)
    return min(MAX_CONNECTIONS, max(files // _LEAST_SHARE, left))


def streams(files: int, servers: int) -> int:
    """Return how many of them may be streams; a sixth is left for requests."""
    return connections(files, servers) * 5 // 6
