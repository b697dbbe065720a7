"""Who is told how far a connection has come."""

from __future__ import annotations

from typing import Protocol

from monserv.model.trial import ShownKey, Step


class Witness(Protocol):
    """Hears of each step that a connection has done, and knows what a person vouches for."""

    def reached(self, step: Step) -> None:
        """Take note that ``step`` is done."""

    def saw_key(self, key: ShownKey) -> None:
        """Take note of the host key that the server showed."""

    def vouched(self) -> str:
        """Return the fingerprint of the one key that may be shown now, empty for any."""


class Nobody:
    """A witness who does not care."""

    def reached(self, step: Step) -> None:
        """Take no note."""

    def saw_key(self, key: ShownKey) -> None:
        """Take no note."""

    def vouched(self) -> str:
        """Vouch for nothing."""
        return ""


NOBODY = Nobody()
