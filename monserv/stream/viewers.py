"""The clients that get states and events, by what they see and in which form; it has no lock."""

from __future__ import annotations

from collections.abc import Iterable

from monserv.stream.client import View
from monserv.stream.forms import Form
from monserv.stream.places import Guest


class Viewers:
    """Those of one form and view get the very same bytes.

    They are kept in the order in which they came, in which their memory lies, the kernel's
    too: to write to a thousand in another one takes a twentieth longer.
    """

    def __init__(self) -> None:
        self._audiences: dict[tuple[Form, View], dict[Guest, None]] = {}

    def join(self, guest: Guest) -> None:
        """Take in a client."""
        self._audiences.setdefault(_audience(guest), {})[guest] = None

    def leave(self, guest: Guest) -> None:
        """Let a client go that has joined."""
        audience = self._audiences[_audience(guest)]
        audience.pop(guest, None)
        if not audience:
            del self._audiences[_audience(guest)]

    def views(self, kind: str) -> tuple[View, ...]:
        """Return the views that clients with forms of a kind have, each once."""
        return tuple({view: None for form, view in self._audiences if form.name == kind})

    def forms(self, kind: str, view: View) -> list[Form]:
        """Return the forms of a kind in which clients with this view are told."""
        return [form for form, seen in self._audiences if form.name == kind and seen == view]

    def framed(
        self, payload: bytes, kind: str, views: Iterable[View]
    ) -> list[tuple[bytes, Iterable[Guest]]]:
        """Return the payload in each form of a kind, and the clients with these views."""
        wanted = frozenset(views)
        return [
            (form.message(payload), guests)
            for (form, view), guests in self._audiences.items()
            if form.name == kind and view in wanted
        ]


def _audience(guest: Guest) -> tuple[Form, View]:
    return guest.socket.form, guest.visitor.view
