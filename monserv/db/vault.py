"""How passwords lie in the database: as tokens that only the key file opens (Fernet).

The key file lies apart from the database, so that a copy of the one is of no use
without the other. Each of its lines is a key: the first one seals, every one opens.
A token says for which server it was sealed, and is of no use for another.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from monserv.db.files import FILE_MODE, put, scratch, sync
from monserv.errors import KeyFileError
from monserv.model.secret import Secret

FILE = "secrets.key"
READABLE_BY_OTHERS = 0o077
MAX_BYTES = 64 * 1024


def purpose(known_as: str, way: str) -> str:
    """Return for what a password is sealed: a user, host and port, and the way there."""
    return f"{known_as} through {way}" if way else known_as


class Vault:
    """Seals and opens with the key file at ``path``, as it is at that moment.

    Nothing here ever replaces a key file that it could not read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def seal(self, secret: Secret, purpose: str, *, is_first: bool) -> str:
        """Return the token of ``secret``, good for ``purpose`` alone.

        Raises ``KeyFileError``. An absent key file is made when the token ``is_first``;
        otherwise tokens that it opened would stay closed for ever.
        """
        keys = self._made() if is_first and not self.path.exists() else self._keys()
        text = json.dumps([purpose, secret.reveal()])
        return _fernet(keys).encrypt(text.encode()).decode()

    def unseal(self, token: str, purpose: str) -> Secret:
        """Return what was sealed for ``purpose``; raises ``KeyFileError``."""
        try:
            text = _fernet(self._keys()).decrypt(token.encode())
        except InvalidToken:
            raise KeyFileError(f"the key file {self.path} does not hold their key") from None
        sealed_for, value = json.loads(text)
        if sealed_for != purpose:
            raise KeyFileError("they were stored for another server or way")
        return Secret(value)

    def reseal(self, token: str) -> str:
        """Return the same content sealed with the newest key; raises ``KeyFileError``."""
        try:
            return _fernet(self._keys()).rotate(token).decode()
        except InvalidToken:
            raise KeyFileError(f"the key file {self.path} does not hold their key") from None

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other changes of the keys away; raises ``KeyFileError`` when one is going on."""
        handle = os.open(self.path.parent, os.O_RDONLY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise KeyFileError("the keys are being changed by another command") from None
            yield
        finally:
            # Patched by gevent, a file is closed a little later.
            fcntl.flock(handle, fcntl.LOCK_UN)
            os.close(handle)

    def add_key(self) -> None:
        """Let a new key seal from now on; the others still open. Raises ``KeyFileError``."""
        self._write([Fernet.generate_key(), *self._keys()])

    def drop_old_keys(self) -> None:
        """Keep the newest key alone; raises ``KeyFileError``."""
        self._write(self._keys()[:1])

    def _keys(self) -> list[bytes]:
        try:
            found = self.path.stat()
            if found.st_mode & READABLE_BY_OTHERS:
                what = "may be read by others; chmod 600 mends that"
            elif not stat.S_ISREG(found.st_mode) or found.st_size > MAX_BYTES:
                what = "is no key file; restore it from a backup"
            else:
                keys = self.path.read_bytes().split()
                _fernet(keys)
                return keys
        except FileNotFoundError:
            what = "is missing; restore it from a backup, or remove the servers that need it"
        except OSError as error:
            what = f"cannot be read: {error.strerror}"
        except ValueError:
            what = "is damaged; restore it from a backup"
        raise KeyFileError(f"the key file {self.path} {what}") from None

    def _made(self) -> list[bytes]:
        """Make the key file, unless somebody else just has."""
        try:
            with scratch(self.path, "first") as draft:
                draft.write_bytes(Fernet.generate_key() + b"\n")
                sync(draft)
                # Unlike a rename, a link never replaces what is there.
                with contextlib.suppress(FileExistsError):
                    os.link(draft, self.path)
                sync(self.path.parent)
        except OSError as error:
            raise KeyFileError(
                f"the key file {self.path} cannot be made: {error.strerror}"
            ) from None
        return self._keys()

    def _write(self, keys: Sequence[bytes]) -> None:
        try:
            with scratch(self.path, "new") as draft:
                draft.write_bytes(b"".join(key + b"\n" for key in keys))
                draft.chmod(FILE_MODE)
                put(draft, self.path)
        except OSError as error:
            raise KeyFileError(
                f"the key file {self.path} cannot be written: {error.strerror}"
            ) from None


def _fernet(keys: Sequence[bytes]) -> MultiFernet:
    """Raise ``ValueError`` when there is none, or one that is no key."""
    return MultiFernet([Fernet(key) for key in keys])
