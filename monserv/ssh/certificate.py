"""OpenSSH's user certificates: a key with the signature of an authority (PROTOCOL.certkeys).

It owns what a certificate says of itself: whose key it is for, which users, how long.
The signature is for the server to judge.
"""

from __future__ import annotations

import binascii
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from paramiko.message import Message
from paramiko.pkey import PublicBlob

from monserv.ssh.private_key import KEY_FILE_BYTES, KeyUnusableError

SUFFIX = "-cert.pub"
_MARK = "-cert-v01@openssh.com"
# How many fields the public key itself has, by its type.
_KEY_FIELDS = {
    "ssh-ed25519": 1,
    "ssh-rsa": 2,
    "ecdsa-sha2-nistp256": 2,
    "ecdsa-sha2-nistp384": 2,
    "ecdsa-sha2-nistp521": 2,
}
_FOR_USERS = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate for users; ``key_blob`` is the plain public key that it is for.

    It counts from ``valid_from`` until just before ``valid_until``, both aware UTC; without
    ``principals`` it is for every user.
    """

    path: Path
    blob: PublicBlob
    key_blob: bytes
    principals: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime

    def problem(self, now: datetime) -> str | None:
        """Return why it does not count at ``now``, in a sentence."""
        if now >= self.valid_until:
            return f"The certificate {self.path} expired on {_shown(self.valid_until)}"
        if now < self.valid_from:
            return f"The certificate {self.path} counts only from {_shown(self.valid_from)} on"
        return None

    @property
    def described(self) -> str:
        """What it is, in a refusal: a server does not say which part it disliked."""
        names = f" (for {', '.join(self.principals)})" if self.principals else ""
        return f"the certificate {self.path}{names}"


def beside(key_path: Path) -> Certificate | None:
    """Return the certificate that lies beside a key, as ``ssh-keygen -s`` puts it there.

    Raises ``KeyUnusableError`` when it is none.
    """
    path = key_path.with_name(key_path.name.removesuffix(".pub") + SUFFIX)
    return load(path) if path.exists() else None


def load(path: Path) -> Certificate:
    """Read a certificate; raises ``KeyUnusableError`` with the path and the cause."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size not in KEY_FILE_BYTES:
            raise KeyUnusableError(f"The certificate {path} cannot be read: it is none")
        return _parse(path, PublicBlob.from_string(path.read_text("utf-8")))
    except FileNotFoundError:
        what = "does not exist"
    except PermissionError:
        what = "may not be read by this user"
    except (OSError, ValueError, binascii.Error):
        what = "cannot be read: it is none"
    raise KeyUnusableError(f"The certificate {path} {what}")


def check(certificate: Certificate, key_blob: bytes, key_path: Path) -> None:
    """Raise ``KeyUnusableError`` when a certificate is for another key."""
    if certificate.key_blob != key_blob:
        raise KeyUnusableError(
            f"The certificate {certificate.path} is for another key than {key_path}"
        )


def _parse(path: Path, blob: PublicBlob) -> Certificate:
    """Read the fields; raises ``ValueError`` for a text that is no certificate."""
    kind = blob.key_type.removesuffix(_MARK)
    if kind == blob.key_type or kind not in _KEY_FIELDS:
        raise KeyUnusableError(
            f"The certificate {path} is of a kind that cannot be used: {blob.key_type[:40]}"
        )
    message = Message(blob.key_blob)
    message.get_string()
    message.get_string()  # the nonce
    begin = len(message.get_so_far())
    for _ in range(_KEY_FIELDS[kind]):
        message.get_string()
    fields = message.get_so_far()[begin:]
    message.get_int64()  # the serial number
    if message.get_int() != _FOR_USERS:
        raise KeyUnusableError(f"The certificate {path} is one for hosts, not for users")
    message.get_string()  # the key's id
    principals = tuple(_texts(message.get_binary()))
    valid_from, valid_until = _instant(message.get_int64()), _instant(message.get_int64())
    name = Message()
    name.add_string(kind)
    return Certificate(path, blob, name.asbytes() + fields, principals, valid_from, valid_until)


def _texts(packed: bytes) -> Iterator[str]:
    message = Message(packed)
    while message.get_remainder():
        yield message.get_binary().decode()


def _instant(seconds: int) -> datetime:
    """Return a moment; those past all calendars are one that never comes."""
    if seconds >= (_FOR_EVER - _EPOCH).total_seconds():
        return _FOR_EVER
    return _EPOCH + timedelta(seconds=seconds)


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
