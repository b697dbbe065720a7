"""What is shown at a door: made at random, kept only as a digest.

A digest without a salt is enough for what has 256 random bits; passwords, which
people choose, are another matter (``passwords``).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from monserv.model.secret import Secret

# Lets people and scanners recognise a token that lies where it should not.
TOKEN_PREFIX = "mst_"  # noqa: S105 -- what all tokens begin with
_BYTES = 32
_ID_BYTES = 6
# Without letters and digits that are taken for each other.
_CODE_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_GROUPS = 4
_CODE_GROUP_LENGTH = 5


def new_id() -> str:
    """Return a short id for a row."""
    return secrets.token_hex(_ID_BYTES)


def new_token() -> Secret:
    """Return a token for a program."""
    return Secret(TOKEN_PREFIX + secrets.token_urlsafe(_BYTES))


def new_cookie() -> Secret:
    """Return the secret of a session."""
    return Secret(secrets.token_urlsafe(_BYTES))


def new_code() -> Secret:
    """Return a code that a person copies from the log, about 99 random bits."""
    groups = (
        "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_GROUP_LENGTH))
        for _ in range(_CODE_GROUPS)
    )
    return Secret("-".join(groups))


def digest(secret: Secret) -> str:
    """Return the SHA-256 by which a credential is known."""
    return hashlib.sha256(secret.reveal().encode("utf-8", "surrogatepass")).hexdigest()


def page_key(cookie: Secret) -> str:
    """Return what pages of this session send along to show that they are ours (CSRF)."""
    key = cookie.reveal().encode("utf-8", "surrogatepass")
    return hmac.new(key, b"page key", hashlib.sha256).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Compare in a time that tells nothing of where two texts differ."""
    left, right = (text.encode("utf-8", "surrogatepass") for text in (one, other))
    return hmac.compare_digest(left, right)
