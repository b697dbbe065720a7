"""The forced command under which a server runs the probe and nothing else.

It reads exactly as many bytes as a probe has, compares their SHA-256, and only then runs
them. Whatever else is asked for or sent is answered with one line. It needs ``dd`` and
``sha256sum`` besides what the probe needs.
"""

from __future__ import annotations

import hashlib

from monserv.probe.script import SCRIPT

# What a server says to anything else; it stands in our errors as the server's last words.
REFUSAL = "only the probe of monserv may run here, and this is not the one"

# sshd hands the command to the login shell, which may be a csh or a fish: so there is
# nothing in it that any of them reads otherwise within single quotes. Nor is there a double
# quote, which OpenSSH wants escaped in authorized_keys and dropbear does not unescape: with
# an empty ``IFS`` and no patterns a variable stays as it is without any.
_COMMAND = (
    "exec /bin/sh -c '"
    "IFS=; set -f; p=$(dd bs=1 count={length} 2>/dev/null; echo .); p=${{p%.}}; "
    "h=$(printf %s $p | sha256sum); "
    "case $h in {digest}*) eval set +f\\;$p;; *) echo {refusal};; esac"
    "'"
)
# OpenSSH reads a line of authorized_keys up to here.
MAX_LINE_BYTES = 8192


def digest(script: str = SCRIPT) -> str:
    """Return the SHA-256 of the probe, in hexadecimal digits."""
    return hashlib.sha256(script.encode()).hexdigest()


def command(script: str = SCRIPT) -> str:
    """Return the forced command for ``script``."""
    return _COMMAND.format(length=len(script.encode()), digest=digest(script), refusal=REFUSAL)


def authorized_key(public_key: str, script: str = SCRIPT) -> str:
    """Return the line of ``authorized_keys`` for ``public_key`` (type, base64, remark).

    ``restrict`` refuses terminals, forwarding of all kinds and the user's own rc file, now
    and in whatever OpenSSH will learn.
    """
    return f'restrict,command="{command(script)}" {public_key}'
