"""What is told of a file that cannot be read."""

from __future__ import annotations

# So many are shown at once, and chosen among.
MAX_CANDIDATES = 1000
MAX_REMARKS = 20


class UnreadableError(ValueError):
    """A file makes no sense; the text is a sentence that does not repeat what stands in it."""


def shortened(remarks: list[str]) -> tuple[str, ...]:
    """Return remarks, each once, and not more than a person reads."""
    found = list(dict.fromkeys(remarks))
    more = len(found) - MAX_REMARKS
    return (*found[:MAX_REMARKS], *([f"And {more} more of this kind."] if more > 0 else []))
