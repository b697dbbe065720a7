"""Who is told how far a connection has come."""

from __future__ import annotations

from typing import Protocol

from monserv.model.trial import ShownKey, Step


class Witness(Protocol):
    """Hears of each step that a connection has done."""

    def reached(self, step: Step) -> None:
        """Take note that ``step`` is done."""

    def saw_key(self, key: ShownKey) -> None:
        """Take note of the host key that the server showed."""


class Nobody:
    """A witness who does not care."""

    def reached(self, step: Step) -> None:
        """Take no note."""

    def saw_key(self, key: ShownKey) -> None:
        """Take no note."""


NOBODY = Nobody()
