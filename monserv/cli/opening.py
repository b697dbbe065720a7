"""What a command logs in to servers with: only those that do load an SSH library for it."""

from __future__ import annotations

import config  # its directory is on the path
from monserv.clock import Clock
from monserv.model.settings import Settings
from monserv.ssh.opener import Opener


def opener(read: Settings, clock: Clock) -> Opener:
    """Return what opens sessions as a server would; it has to be stopped."""
    return Opener(
        read.data_dir,
        clock,
        config.book(read),
        known_hosts=read.known_hosts,
        is_strict=read.strict_host_keys,
    )
