"""Why two sides of SSH have no algorithm in common, in words: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import paramiko

# What a server's first message holds, in the order in which it is agreed on.
_KINDS = {
    "kex_algo_list": ("the key exchange", "kex"),
    "server_key_algo_list": ("its host key", "key_types"),
    "server_encrypt_algo_list": ("encryption", "ciphers"),
    "server_mac_algo_list": ("integrity", "digests"),
    "server_compress_algo_list": ("compression", "compression"),
}
_SIGNED_WITH_SHA1 = frozenset({"ssh-rsa", "ssh-dss"})
# No algorithms: they say what else a side can do.
_NO_ALGORITHM = ("ext-info-", "kex-strict-")
_MAX_NAMES = 4
_MAX_LETTERS = 64


def lacking(offered: Mapping[str, Any], ours: paramiko.transport.SecurityOptions) -> str | None:
    """Return what a server offers where nothing of it is ours; ``None`` when all has a match.

    ``offered`` is the server's lists by paramiko's names for them.
    """
    for name, (what, attribute) in _KINDS.items():
        theirs = [one for one in offered.get(name, ()) if one and not one.startswith(_NO_ALGORITHM)]
        if not set(theirs) & set(getattr(ours, attribute)):
            return f"for {what} it offers {_listed(theirs)}{_reason(theirs)}"
    return None


def _listed(names: Sequence[str]) -> str:
    shown = [one[:_MAX_LETTERS] for one in names[:_MAX_NAMES]]
    rest = f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else ""
    return f"only {', '.join(shown)}{rest}" if names else "nothing"


def _reason(names: Sequence[str]) -> str:
    if names and all(one in _SIGNED_WITH_SHA1 or one.endswith("sha1") for one in names):
        return ", which rests on SHA-1 and is not safe any more"
    if names and all("-cert-" in one for one in names):
        return ": host certificates, which paramiko does not verify"
    return ""
