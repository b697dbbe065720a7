"""Rows of numbers from the kernel, bounded before anything is computed with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import orjson

KIB = 1024
MAX_COUNTER = 2**63 - 1


def integers(words: Iterable[str]) -> list[int]:
    """Return words of digits, with a minus or without, as numbers; a blank parts two.

    A list of numbers is JSON, and read four times as fast so as each by ``int``, which is
    most of what a list of processes costs. What has more than 64 bits becomes a fraction.
    Raises ``ValueError`` for a leading zero, which no kernel writes.
    """
    found: list[int] = orjson.loads(f"[{','.join(words).replace(' ', ',')}]")
    return found


def counters(fields: Sequence[str]) -> tuple[int, ...] | None:
    """Return the numbers, or ``None`` when one of them is no counter of 63 bits.

    A counter is never negative; what a kernel of 64 bits counts past 63 is a
    mistake of a driver.
    """
    digits = "".join(fields)
    if not (digits.isdecimal() and digits.isascii()):
        return None
    try:
        numbers = tuple(orjson.loads(f"[{','.join(fields)}]"))
    except ValueError:
        return None
    return numbers if max(numbers) <= MAX_COUNTER else None
