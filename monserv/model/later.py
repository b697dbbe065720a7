"""Values that are computed when somebody looks at them, once.

Most samples are replaced before anybody asks for their details, so what is costly to
make (a value for each core, interface and disk) is made on demand: ``make`` is called with
its ``arguments`` then. It depends on nothing that changes, so two threads that ask at once
get equal values. Whoever looks takes the arguments first, and they are let go of last, so that
``make`` is never without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar, TypeVarTuple, overload

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
A = TypeVarTuple("A")

_NOTHING: Mapping[Any, Any] = MappingProxyType({})


class LaterSequence(Sequence[T]):
    """A sequence whose items are made at the first look; equal to a tuple of them."""

    __slots__ = ("_arguments", "_items", "_make")

    def __init__(self, make: Callable[[*A], tuple[T, ...]], *arguments: *A) -> None:
        self._make: Callable[..., tuple[T, ...]] | None = make
        self._arguments: tuple[Any, ...] = arguments
        self._items: tuple[T, ...] = ()

    def _made(self) -> tuple[T, ...]:
        arguments, make = self._arguments, self._make
        if make is not None:
            self._items = make(*arguments)
            # What it was made of is let go.
            self._make = None
            self._arguments = ()
        return self._items

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self._made()[index]

    def __len__(self) -> int:
        return len(self._made())

    def __iter__(self) -> Iterator[T]:
        return iter(self._made())

    def __eq__(self, other: object) -> bool:
        return self._made() == (other._made() if isinstance(other, LaterSequence) else other)

    def __hash__(self) -> int:
        return hash(self._made())

    def __repr__(self) -> str:
        return repr(self._made())


class LaterMapping(Mapping[K, V]):
    """A mapping that is made at the first look."""

    __slots__ = ("_arguments", "_items", "_make")

    def __init__(self, make: Callable[[*A], Mapping[K, V]], *arguments: *A) -> None:
        self._make: Callable[..., Mapping[K, V]] | None = make
        self._arguments: tuple[Any, ...] = arguments
        self._items: Mapping[K, V] = _NOTHING

    def _made(self) -> Mapping[K, V]:
        arguments, make = self._arguments, self._make
        if make is not None:
            self._items = make(*arguments)
            self._make = None
            self._arguments = ()
        return self._items

    def __getitem__(self, key: K) -> V:
        return self._made()[key]

    def __len__(self) -> int:
        return len(self._made())

    def __iter__(self) -> Iterator[K]:
        return iter(self._made())

    def __repr__(self) -> str:
        return repr(self._made())
