"""Values that are made when somebody looks."""

from __future__ import annotations

import weakref
from collections.abc import Callable

from monserv.model.later import LaterMapping, LaterSequence


class Counting:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> tuple[int, ...]:
        self.calls += 1
        return (3, 1, 2)


def test_a_sequence_is_made_at_the_first_look_and_once() -> None:
    make = Counting()
    found = LaterSequence(make)
    assert make.calls == 0
    assert (len(found), found[0], found[1:], list(found)) == (3, 3, (1, 2), [3, 1, 2])
    assert make.calls == 1


def test_it_is_equal_to_a_tuple_of_its_items() -> None:
    found = LaterSequence(Counting())
    assert found == (3, 1, 2)
    assert found == LaterSequence(Counting())
    assert found != (3,)
    assert (repr(found), hash(found)) == ("(3, 1, 2)", hash((3, 1, 2)))


def test_a_mapping_is_made_at_the_first_look_and_once() -> None:
    make = Counting()
    as_mapping: Callable[[], dict[int, int]] = lambda: dict.fromkeys(make())  # noqa: E731 -- typed
    found = LaterMapping(as_mapping)
    assert make.calls == 0
    assert (len(found), found[3], list(found), repr(found)) == (
        3,
        None,
        [3, 1, 2],
        "{3: None, 1: None, 2: None}",
    )
    assert make.calls == 1


def test_what_it_is_made_of_is_given_to_it_once_and_let_go() -> None:
    class Rows(list[int]):
        """One that can be seen to be gone."""

    rows = Rows([3, 1])
    gone = weakref.ref(rows)
    sequence, mapping = LaterSequence(tuple[int, ...], rows), LaterMapping(dict.fromkeys, rows, 0)
    del rows
    assert gone() is not None
    assert (sequence, dict(mapping)) == ((3, 1), {3: 0, 1: 0})
    assert gone() is None
