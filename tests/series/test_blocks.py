"""What goes into a block comes out again, and nothing that is none is taken for one."""

from __future__ import annotations

import zlib
from array import array

import pytest
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from monserv.series.blocks import Block, packed
from monserv.series.codes import NULL
from monserv.series.points import to_bytes

WORD = st.integers(0, 0xFFFF)
POINTS = st.dictionaries(st.integers(0, 59), st.tuples(*[WORD] * 7), min_size=1)


@bounded(deadline=None)
@given(POINTS)
def test_points_come_back_and_so_do_their_columns(rows: dict[int, tuple[int, ...]]) -> None:
    points = {slot: to_bytes(array("H", row)) for slot, row in rows.items()}
    block = Block(packed(points, 60), 60)
    assert block.points() == points
    assert list(block.offsets) == sorted(rows)
    in_order = [rows[slot] for slot in sorted(rows)]
    assert list(block.polls) == [row[0] for row in in_order]
    assert [list(column) for column in block.column(1)] == [
        [row[place] for row in in_order] for place in (4, 5, 6)
    ]


def test_points_of_different_length_are_made_alike() -> None:
    points = {3: to_bytes(array("H", (1, 7, 0, 0))), 9: to_bytes(array("H", (2, 8, 1, 1, 9, 2, 2)))}
    block = Block(packed(points, 60), 60)
    assert [list(column) for column in block.column(1)] == [[NULL, 9], [0, 2], [0, 2]]
    assert [list(column) for column in block.column(5)] == [[NULL] * 2, [0, 0], [0, 0]]


def test_what_hardly_changes_takes_hardly_any_room() -> None:
    points = {slot: to_bytes(array("H", (15, 512, 0, 0))) for slot in range(60)}
    assert len(packed(points, 60)) < 30


def squeezed(body: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-15)
    return squeeze.compress(body) + squeeze.flush()


@pytest.mark.parametrize(
    "text",
    [b"", b"\xff", squeezed(b""), squeezed(b"\x02" * 40), squeezed(b"\x01\x01" + b"\xff" * 9)],
)
def test_what_is_no_block_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match="a block of history"):
        Block(text, 60)


def test_a_digest_is_read_alone_and_leaves_the_block_as_it_is() -> None:
    points = {slot: to_bytes(array("H", (15, slot, 0, 0))) for slot in range(4, 60)}
    digest = {place: to_bytes(array("H", (180, 100 * place, 1, 2))) for place in (0, 2, 4)}
    text = packed(points, 60, digest)
    assert Block(text, 60).points() == points
    told = Block(text, 60, 12)
    assert list(told.offsets) == [0, 24, 48]
    assert list(told.polls) == [180] * 3
    assert [list(column) for column in told.column(0)] == [[0, 200, 400], [1] * 3, [2] * 3]
    assert Block(packed(points, 60), 60, 12).points() == points
    with pytest.raises(ValueError, match="ends too early"):
        Block(text[:-1], 60)
