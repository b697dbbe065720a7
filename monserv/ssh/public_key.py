"""The public half of the key with which a server is logged in on."""

from __future__ import annotations

import paramiko

from monserv.model.server import Identities, Server
from monserv.ssh.identities import configured_key, named_files
from monserv.ssh.private_key import KeyUnusableError, load_key

REMARK = "monserv"


def public_key(server: Server) -> str:
    """Return type, base64 and a remark, as a line of ``authorized_keys`` ends.

    Of the key that the server names, or of the first that the SSH configuration names, or
    else of the first default one; raises ``KeyUnusableError`` where there is none.
    """
    held = server.credentials
    key = configured_key(server).key if held.key_path else _first(held.identities)
    return f"{key.get_name()} {key.get_base64()} {REMARK}"


def _first(names: Identities) -> paramiko.PKey:
    for path, _ in named_files(names):
        if path.exists():
            return load_key(path, None)
    raise KeyUnusableError(
        "There is no key: make one with ssh-keygen -t ed25519, and name it with key="
    )
