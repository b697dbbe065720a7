"""Passwords: argon2id, computed in native threads, few at a time.

A hash takes a tenth of a second and 19 MiB on purpose; in the gevent worker it
would hold up everybody else. The parameters are OWASP's for argon2id.
"""

from __future__ import annotations

import base64
import os
import threading
import unicodedata
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from monserv.errors import AccountError, LoginDelayed
from monserv.model.secret import Secret
from monserv.offload import CallRefused, CallTimeout, real_threads

T = TypeVar("T")

MIN_LENGTH = 10
MAX_LENGTH = 256
# More than these wait for nothing but their timeouts.
MAX_WAITING = 16
TIMEOUT_SECONDS = 15.0
RETRY_AFTER_SECONDS = 5.0

_MEMORY_KIB = 19456
_PASSES = 2
_SALT_BYTES = 16
_HASH_BYTES = 32
_HASHER = PasswordHasher(
    time_cost=_PASSES,
    memory_cost=_MEMORY_KIB,
    parallelism=1,
    hash_len=_HASH_BYTES,
    salt_len=_SALT_BYTES,
    type=Type.ID,
)


def _no_ones_hash() -> str:
    """Return a hash that no password has, and that takes as long to compare."""
    salt, nothing = (
        base64.b64encode(bytes(size)).decode().rstrip("=") for size in (_SALT_BYTES, _HASH_BYTES)
    )
    return f"$argon2id$v=19$m={_MEMORY_KIB},t={_PASSES},p=1${salt}${nothing}"


_NO_ONES_HASH = _no_ones_hash()


def flaw(password: Secret, name: str) -> str | None:
    """Return why this cannot be the password of ``name``; ``None`` when it can."""
    text = password.reveal()
    if len(text) < MIN_LENGTH:
        return f"A password has at least {MIN_LENGTH} characters."
    if len(text) > MAX_LENGTH:
        return f"A password has at most {MAX_LENGTH} characters."
    if text.casefold() == name.casefold() or len(set(text)) == 1:
        return "This password is the first that anybody would try."
    return None


class Passwords:
    """Hashes and compares, off the caller's thread and in bounded numbers."""

    def __init__(self, size: int | None = None) -> None:
        # Half of the processors stay free for everything else.
        self._threads = real_threads("monserv-password", size or max(1, (os.cpu_count() or 1) // 2))
        self._lock = threading.Lock()
        self._inside = 0

    def hash(self, password: Secret, name: str) -> str:
        """Return the hash; raises ``AccountError`` for a bad password, ``LoginDelayed`` if busy."""
        wrong = flaw(password, name)
        if wrong is not None:
            raise AccountError(wrong)
        return self._run(lambda: _HASHER.hash(_bytes(password)))

    def matches(self, password_hash: str | None, password: Secret) -> bool:
        """Whether it is the password; ``None``, for nobody's hash, takes as long.

        Raises ``LoginDelayed`` when too many wait already.
        """
        return self._run(lambda: _verify(password_hash or _NO_ONES_HASH, password))

    def stop(self) -> None:
        """Begin nothing more."""
        self._threads.stop()

    def _run(self, work: Callable[[], T]) -> T:
        with self._lock:
            if self._inside >= MAX_WAITING:
                raise self._busy()
            self._inside += 1
        try:
            return self._threads.call(TIMEOUT_SECONDS, work)
        except (CallTimeout, CallRefused):
            raise self._busy() from None
        finally:
            with self._lock:
                self._inside -= 1

    def _busy(self) -> LoginDelayed:
        return LoginDelayed(
            "Too many are logging in at this moment; try again in a few seconds.",
            RETRY_AFTER_SECONDS,
            is_busy=True,
        )


def _verify(password_hash: str, password: Secret) -> bool:
    try:
        return _HASHER.verify(password_hash, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: Secret) -> bytes:
    """Return what is hashed; keyboards write the same letter in different ways."""
    text = unicodedata.normalize("NFC", password.reveal()[: MAX_LENGTH + 1])
    return text.encode("utf-8", "surrogatepass")
