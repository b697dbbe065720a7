"""What is made often is what it was, only sooner."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest

from monserv.model.made_often import made_often, maker


@made_often
@dataclass(frozen=True, slots=True)
class Point:
    """A value."""

    x: int
    y: int = 7
    names: Mapping[str, int] = field(default_factory=dict)


def test_it_is_a_frozen_value_like_any_other() -> None:
    point = Point(1)
    assert (type(point), point.x, point.y, point.names) == (Point, 1, 7, {})
    assert point == Point(1, 7) != Point(1, y=8)
    assert repr(point) == f"{Point.__qualname__}(x=1, y=7, names={{}})"
    assert Point(1).names is not Point(1).names
    assert [one.name for one in fields(Point)] == ["x", "y", "names"]


@pytest.mark.parametrize("name", ["x", "y", "names", "__class__", "other"])
def test_nothing_of_it_can_be_set(name: str) -> None:
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        setattr(Point(1), name, 5)


def test_it_can_be_replaced_copied_and_pickled() -> None:
    point = Point(1, 2, {"a": 3})
    assert replace(point, y=5) == Point(1, 5, {"a": 3})
    for other in (copy.copy(point), copy.deepcopy(point), pickle.loads(pickle.dumps(point))):
        assert (type(other), other) == (Point, point)


@pytest.mark.parametrize("arguments", [(), (1, 2, {}, 4)])
def test_wrong_arguments_are_refused(arguments: tuple[object, ...]) -> None:
    with pytest.raises(TypeError):
        Point(*arguments)  # type: ignore[arg-type]  # that is the point


make_point = maker(Point)


def test_a_maker_makes_the_same_value_from_the_same_arguments() -> None:
    names = {"a": 3}
    assert make_point(1) == Point(1)
    assert make_point(1, 2, names=names) == Point(1, 2, names)
    assert make_point(1).names is not make_point(1).names
    assert type(make_point(x=1)) is Point


@pytest.mark.parametrize("name", ["x", "y", "names", "__class__", "other"])
def test_nothing_can_be_set_of_what_a_maker_made(name: str) -> None:
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        setattr(make_point(1), name, 5)


@pytest.mark.parametrize("arguments", [(), (1, 2, {}, 4)])
def test_a_maker_refuses_wrong_arguments(arguments: tuple[object, ...]) -> None:
    with pytest.raises(TypeError):
        make_point(*arguments)  # type: ignore[arg-type]  # that is the point
