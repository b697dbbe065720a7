"""A string that cannot be printed."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """A password, passphrase or token.

    ``str``, ``repr``, ``format``, JSON encoders and pickle never give the value;
    only ``reveal()`` does, and it is called where the value is handed to the
    library that needs it, nowhere else.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself."""
        return self._value

    def __str__(self) -> str:
        return "***"

    def __repr__(self) -> str:
        return "Secret('***')"

    def __format__(self, _spec: str) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is never pickled")
