"""Which file is the SSH configuration of the user that monserv runs as."""

from __future__ import annotations

import os
from pathlib import Path

from monserv.errors import SettingsError

NAME = "MONSERV_SSH_CONFIG"


def path(written: str, directory: Path) -> Path | None:
    """Return the file that counts: the one that is named, or else the user's own, if there is one.

    ``none`` means none, as for ``ssh -F``. A relative path begins in ``directory``. Raises
    ``SettingsError`` when what is named cannot be read.
    """
    if written.lower() == "none":
        return None
    try:
        if not written:
            own = Path.home() / ".ssh" / "config"
            return own if os.access(own, os.R_OK) else None
        named = directory / Path(written).expanduser()
        is_readable = os.access(named, os.R_OK)
    except (RuntimeError, ValueError):
        # There is no such home, or no path is spelled like this.
        if not written:
            return None
        is_readable = False
    if not is_readable:
        raise SettingsError(f"{NAME} cannot be read: there is no such file, or not for this user")
    return named
