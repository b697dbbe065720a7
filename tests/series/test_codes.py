"""A number comes back from its code as exactly as it is shown."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from monserv.model.rollup import Unit
from monserv.series.codes import NULL, SCALES, Scale

EVERY = pytest.mark.parametrize("scale", SCALES.values(), ids=list(SCALES))


@EVERY
def test_the_number_of_a_code_has_that_code_and_greater_ones_have_greater_codes(
    scale: Scale,
) -> None:
    codes = range(0, len(scale.numbers), 13)
    assert [scale.code(scale.numbers[code]) for code in codes] == list(codes)
    assert list(scale.numbers) == sorted(set(scale.numbers))
    assert len(scale.numbers) <= NULL


@EVERY
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_has_the_code_of_the_unknown(scale: Scale, number: float) -> None:
    assert scale.code(number) == NULL


@EVERY
def test_what_is_beyond_the_scale_becomes_its_end(scale: Scale) -> None:
    assert scale.code(1e300) == len(scale.numbers) - 1
    assert scale.code(-1e300) == 0


@EVERY
def test_what_lies_around_a_mean_is_told_by_the_codes_of_all_three(scale: Scale) -> None:
    @bounded(deadline=None)
    @given(st.lists(st.floats(-1e16, 1e16) | st.floats(-10, 210), min_size=3, max_size=3))
    def every(numbers: list[float]) -> None:
        least, mean, most = sorted(numbers)
        code, below, above = scale.around(mean, least, most)
        expected = [scale.code(least), scale.code(mean), scale.code(most)]
        assert [code - below, code, code + above] == expected

    every()


@EVERY
def test_a_mean_that_rounding_took_beyond_the_others_is_as_far_as_they_are(scale: Scale) -> None:
    assert scale.around(80.0, 50.0, 60.0) == (
        scale.code(80.0),
        scale.code(80.0) - scale.code(50.0),
        0,
    )
    assert scale.around(20.0, 50.0, 60.0) == (
        scale.code(20.0),
        0,
        scale.code(60.0) - scale.code(20.0),
    )


@bounded(deadline=None)
@given(st.floats(0, 100))
def test_a_percent_is_kept_to_a_tenth(percent: float) -> None:
    scale = SCALES[Unit.PERCENT]
    assert abs(scale.numbers[scale.code(percent)] - percent) <= 0.05 + 1e-9


@pytest.mark.parametrize(
    ("unit", "share", "grain"),
    [(Unit.BYTES_PER_SECOND, 0.004, 0.5), (Unit.BYTES, 0.0005, 2048), (Unit.LOAD, 0.001, 0.005)],
)
def test_what_may_be_large_is_kept_with_a_small_share_of_error(
    unit: Unit, share: float, grain: float
) -> None:
    scale = SCALES[unit]

    @bounded(deadline=None)
    @given(st.floats(0, 2.0**40))
    def every(number: float) -> None:
        error = abs(scale.numbers[scale.code(number)] - number)
        assert error <= max(grain, share * number) + 1e-9

    every()


def test_numbers_are_told_with_few_digits() -> None:
    assert [SCALES[unit].shown[SCALES[unit].code(7.26)] for unit in Unit] == [7.3, 0, 7, 7.26, 7.5]
