"""Rows of numbers from the kernel, bounded before anything is computed with them."""

from __future__ import annotations

from collections.abc import Sequence

KIB = 1024
MAX_COUNTER = 2**63 - 1


def counters(fields: Sequence[str]) -> tuple[int, ...] | None:
    """Return the numbers, or ``None`` when one of them is no counter of 63 bits.

    A counter is never negative; what a kernel of 64 bits counts past 63 is a
    mistake of a driver. ``int`` itself refuses what has thousands of digits.
    """
    try:
        numbers = tuple(map(int, fields))
    except ValueError:
        return None
    return numbers if numbers and min(numbers) >= 0 and max(numbers) <= MAX_COUNTER else None
