"""Text from servers, made inert.

Names of processes, hosts, mount points and interfaces are chosen by whoever is
on that server. Control characters become visible escapes, direction overrides
too, and what is too long is cut with a mark.
"""

from __future__ import annotations

import unicodedata

NAME_LIMIT = 256
PATH_LIMIT = 1024
CUT_MARK = "…"

# Cc control, Cf format (direction overrides, zero width), Cs surrogate, Zl and
# Zp separators: none of them has a shape, each can mislead a reader.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def clean(text: str, limit: int = NAME_LIMIT) -> str:
    """Return ``text`` with nothing invisible in it and at most ``limit`` characters."""
    if len(text) > limit:
        text = text[: limit - 1] + CUT_MARK
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _escape(char) if unicodedata.category(char) in _INVISIBLE else char for char in text
    )


def _escape(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # noqa: PLR2004 -- a byte that was not UTF-8, as Python keeps it
        code -= 0xDC00
    if code <= 0xFF:  # noqa: PLR2004 -- two hex digits hold it
        return f"\\x{code:02x}"
    return f"\\u{code:04x}"
