"""Private keys in files: read as ``ssh`` reads them, or refused with the path and the reason."""

from __future__ import annotations

import hashlib
import os
import stat
from copy import copy
from pathlib import Path

import paramiko

from monserv.errors import MonservError
from monserv.locks import short_lock

READABLE_BY_OTHERS = 0o077
# A device would be read without end, and a pipe waited for; so would some of the kernel's
# files, which look like ordinary ones without content.
KEY_FILE_BYTES = range(1, 64 * 1024 + 1)
PKCS8_FIRST_LINES = (b"-----BEGIN PRIVATE KEY-----", b"-----BEGIN ENCRYPTED PRIVATE KEY-----")

# To open a key takes long: an encrypted one is made so (0.2 s and more), and of an RSA key all
# numbers are checked (0.4 s and more). Nothing else runs meanwhile, and a fleet often has one key
# for all: it is opened once while its file stays as it is.
MAX_OPENED = 64
_opened: dict[tuple[object, ...], paramiko.PKey] = {}
_lock = short_lock()


class KeyUnusableError(MonservError):
    """A private key or a certificate cannot be used; the text names its file and the cause."""


class KeyLockedError(KeyUnusableError):
    """A private key is encrypted, and nobody said with what."""


def expanded(text: str) -> Path:
    """Return a path whose ``~`` is a home; raises ``KeyUnusableError``."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise KeyUnusableError(
            f"The key file {text} cannot be found: nobody here has this home"
        ) from None


def load_key(path: Path, passphrase: str | None) -> paramiko.PKey:
    """Read a private key of any type; raises ``KeyUnusableError`` with the path and the cause.

    A passphrase for a key that is not encrypted is ignored, and a key that
    others may read is refused, both as ``ssh`` does.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size not in KEY_FILE_BYTES:
            raise KeyUnusableError(f"The key file {path} cannot be read: it is no private key")
        if found.st_mode & READABLE_BY_OTHERS:
            raise KeyUnusableError(
                f"The key file {path} may be read by others; chmod 600 mends that"
            )
        return _open(path, found, passphrase)
    except FileNotFoundError:
        what = "does not exist"
    except PermissionError:
        what = "may not be read by this user"
    except TypeError:
        raise KeyLockedError(
            f"The key file {path} is encrypted and no passphrase was given"
        ) from None
    except KeyUnusableError:
        raise
    except Exception:  # noqa: BLE001 -- what a file that is no key raises depends on its first bytes
        what = "cannot be read: it is no private key, or the passphrase is wrong"
        if _is_pkcs8(path):
            what = f"is in PKCS#8 format; ssh-keygen -p -f {path} rewrites it as OpenSSH's own"
    raise KeyUnusableError(f"The key file {path} {what}")


def _open(path: Path, file: os.stat_result, passphrase: str | None) -> paramiko.PKey:
    """Return the key in ``file``, a copy: who shows one sets which certificate goes with it."""
    state = (file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns, file.st_ctime_ns)
    place = (path, *state, passphrase and hashlib.sha256(passphrase.encode()).digest())
    known = _opened.get(place)
    if known is None:
        known = _parse_key(path, passphrase)
        with _lock:
            if len(_opened) >= MAX_OPENED:
                del _opened[next(iter(_opened))]
            _opened[place] = known
    return copy(known)


def _is_pkcs8(path: Path) -> bool:
    """Whether it is a key as OpenSSL writes it, which paramiko does not read."""
    try:
        with path.open("rb") as file:
            return file.readline(80).strip() in PKCS8_FIRST_LINES
    except OSError:
        return False


def _parse_key(path: Path, passphrase: str | None) -> paramiko.PKey:
    """Raise ``TypeError`` for an encrypted key without a passphrase, as cryptography does."""
    if passphrase is not None:
        try:
            return paramiko.PKey.from_path(path, passphrase.encode())  # type: ignore[arg-type]  # bytes are what it hands on
        except TypeError:
            # The key is not encrypted after all.
            return paramiko.PKey.from_path(path)
    return paramiko.PKey.from_path(path)
