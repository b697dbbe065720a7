"""A host key as lines of text hold it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

# A key of 16,384 bits has some 2,800 characters.
MAX_CHARACTERS = 8192
LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key by its type and its bytes in base64."""

    type: str
    base64: str

    @property
    def fingerprint(self) -> str:
        """The SHA-256 fingerprint as ``ssh-keygen -l`` prints it."""
        return fingerprint(self.base64)

    def __str__(self) -> str:
        return f"{self.type} {self.fingerprint}"


def fingerprint(key_base64: str) -> str:
    """Return the SHA-256 fingerprint as ``ssh-keygen -l`` prints it."""
    digest = hashlib.sha256(base64.b64decode(key_base64)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def decoded(text: str) -> bytes | None:
    """Return what ``text`` says in base64; ``None`` when it is none, or too long for a key."""
    if len(text) > MAX_CHARACTERS:
        return None
    try:
        return base64.b64decode(text, validate=True) or None
    except ValueError:
        return None


def type_within(blob: bytes) -> str:
    """Return the type that a key's bytes begin with; empty when they do not."""
    length = int.from_bytes(blob[:LENGTH_BYTES])
    return blob[LENGTH_BYTES : LENGTH_BYTES + length].decode("ascii", "replace")
