"""Numbers as 16 bits: as fine as they are shown, and the greater the greater.

Percents and degrees have even steps. What may be a thousand or a billion (bytes, rates,
load) is exact while it is small, and then has a fixed number of leading bits, as floats
have: its error is a share of the number. Rounding is to the nearest step, so that the
average of many is not biased.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Protocol

from monserv.model.rollup import Unit

# The code of a number that is unknown; no other has it.
NULL = 0xFFFF
# Nothing that is measured is more than so many grains.
_MOST_BITS = 48


class Scale(Protocol):
    """How the numbers of one unit become codes."""

    digits: int | None
    """To how many decimals a number is worth telling; ``None`` makes it whole."""

    def code(self, number: float) -> int:
        """Return the code of a number; ``NULL`` when it is none (NaN, infinite)."""

    def around(self, mean: float, least: float, most: float) -> tuple[int, int, int]:
        """Return the code of ``mean``, and how far below and above it lie the other two's.

        All three are finite.
        """

    @property
    def numbers(self) -> array[float]:
        """The number of each code but ``NULL``."""

    @property
    def shown(self) -> Sequence[float]:
        """The same as they are told."""


def apart(mean: int, least: int, most: int) -> tuple[int, int, int]:
    """Return a code, and how far below and above it lie two others.

    What was rounded may lie beyond them.
    """
    return mean, max(0, mean - least), max(0, most - mean)


class _Told:
    """Numbers that are told with a few digits."""

    digits: int | None
    numbers: array[float]

    @cached_property
    def shown(self) -> Sequence[float]:
        """The numbers, rounded."""
        return [round(number, self.digits) for number in self.numbers]


class Even(_Told):
    """Steps of 1 / ``per_unit``, from ``least``."""

    def __init__(self, per_unit: float, least: float, most: float, digits: int | None) -> None:
        self._per_unit = per_unit
        self._least = least
        self._top = round((most - least) * per_unit)
        self.digits = digits

    def code(self, number: float) -> int:
        """Return the nearest step; what lies beyond the bounds becomes them."""
        if not math.isfinite(number):
            return NULL
        return min(max(0, round((number - self._least) * self._per_unit)), self._top)

    def around(self, mean: float, least: float, most: float) -> tuple[int, int, int]:
        """Return the code of ``mean``, and how far from it the others are."""
        begin, per_unit = self._least, self._per_unit
        code = round((mean - begin) * per_unit)
        low, high = round((least - begin) * per_unit), round((most - begin) * per_unit)
        if 0 <= low <= code <= high <= self._top:
            return code, code - low, high - code
        return apart(self.code(mean), self.code(least), self.code(most))

    @cached_property
    def numbers(self) -> array[float]:  # type: ignore[override]  # computed at first use
        """The steps."""
        per_unit = self._per_unit
        return array("d", [self._least + code / per_unit for code in range(self._top + 1)])


class Floating(_Told):
    """Whole multiples of ``grain`` with a leading one and ``bits`` more."""

    def __init__(self, grain: float, bits: int, digits: int | None) -> None:
        self._grain = grain
        self._bits = bits
        self._top = ((_MOST_BITS - bits) << bits) + (1 << bits)
        self.digits = digits

    def code(self, number: float) -> int:
        """Return the nearest number that has a code; a negative one becomes 0."""
        if not math.isfinite(number):
            return NULL
        return min(self._step(max(0, round(number / self._grain))), self._top)

    def around(self, mean: float, least: float, most: float) -> tuple[int, int, int]:
        """Return the code of ``mean``, and how far from it the others are."""
        if least >= 0:
            grain, step = self._grain, self._step
            low, code = step(round(least / grain)), step(round(mean / grain))
            high = step(round(most / grain))
            if low <= code <= high <= self._top:
                return code, code - low, high - code
        return apart(self.code(mean), self.code(least), self.code(most))

    def _step(self, whole: int) -> int:
        shift = whole.bit_length() - self._bits - 1
        if shift <= 0:
            return whole
        # A carry makes it the next power of two, whose code is the next one as well.
        return (shift << self._bits) + ((whole + (1 << (shift - 1))) >> shift)

    @cached_property
    def numbers(self) -> array[float]:  # type: ignore[override]  # computed at first use
        """The numbers of all codes; few of them ever occur."""
        bits, grain = self._bits, self._grain
        found = array("d")
        for code in range(self._top + 1):
            shift = max(0, (code >> bits) - 1)
            found.append(grain * ((code - (shift << bits)) << shift))
        return found


_PERCENT = Even(10, 0.0, 100.0, 1)
SCALES: Mapping[Unit, Scale] = {
    Unit.PERCENT: _PERCENT,
    # Half a degree; beyond the bounds no sensor is believed.
    Unit.CELSIUS: Even(2, -100.0, 200.0, 1),
    Unit.LOAD: Floating(0.01, 9, 2),
    # The pages of memory, and an error of at most 0.05 %.
    Unit.BYTES: Floating(4096.0, 10, None),
    # An error of at most 0.4 %.
    Unit.BYTES_PER_SECOND: Floating(1.0, 7, None),
}
