"""The public half of the key with which a server is logged in on."""

from __future__ import annotations

from pathlib import Path

import paramiko

from monserv.model.server import Server
from monserv.ssh.credentials import (
    DEFAULT_KEY_NAMES,
    KeyUnusableError,
    configured_key,
    load_key,
)

REMARK = "monserv"


def public_key(server: Server) -> str:
    """Return type, base64 and a remark, as a line of ``authorized_keys`` ends.

    Of the key that the server names, or of the first default one; raises
    ``KeyUnusableError`` where there is none.
    """
    key = configured_key(server) if server.credentials.key_path else _default()
    return f"{key.get_name()} {key.get_base64()} {REMARK}"


def _default() -> paramiko.PKey:
    for name in DEFAULT_KEY_NAMES:
        path = Path.home() / ".ssh" / name
        if path.exists():
            return load_key(path, None)
    raise KeyUnusableError(
        "There is no key: make one with ssh-keygen -t ed25519, and name it with key="
    )
