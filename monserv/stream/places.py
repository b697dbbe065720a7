"""Who is connected, and for whom there is still room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from monserv.clock import Clock
from monserv.model.traffic import Traffic
from monserv.stream.client import Client
from monserv.stream.listener import Listener
from monserv.stream.origin import is_this_machine, place
from monserv.stream.tally import Tally

# So many times as long as it took to look for clients that have left, nobody looks again.
_REST = 9

Guest = Client | Listener


class Places:
    """The caller sees to it that one thread at a time uses it."""

    def __init__(self, clock: Clock, most: int) -> None:
        self.most = most
        # One address may take half of the places, so that it cannot lock out the
        # rest. All clients of a proxy on this machine come from here.
        self.most_per_address = max(1, most // 2)
        self._clock = clock
        self._guests: set[Guest] = set()
        self._addresses: Counter[str] = Counter()
        self._tally = Tally()
        self._look_again_at = clock.monotonic()

    def __len__(self) -> int:
        return len(self._guests)

    def __iter__(self) -> Iterator[Guest]:
        return iter(self._guests)

    def has_room(self, address: str) -> bool:
        """Whether one more may come from ``address``."""
        if not self._would_take(address):
            self._release_the_gone()
        return self._would_take(address)

    def take(self, guest: Guest) -> bool:
        """Give a client its place; return false when there are too many now."""
        self._guests.add(guest)
        self._addresses[place(guest.visitor.address)] += 1
        if self._is_overfull():
            self._release_the_gone()
        return not self._is_overfull()

    def leave(self, guest: Guest) -> None:
        """Count a client no more, if it still is."""
        if guest not in self._guests:
            return
        self._tally.leave(guest.socket)
        self._guests.remove(guest)
        address = place(guest.visitor.address)
        self._addresses[address] -= 1
        if not self._addresses[address]:
            del self._addresses[address]

    def traffic(self) -> Traffic:
        """Return what became of all WebSocket clients since the start."""
        return self._tally.traffic(guest.socket for guest in self._guests)

    def _would_take(self, address: str) -> bool:
        return len(self._guests) < self.most and (
            is_this_machine(address) or self._addresses[place(address)] < self.most_per_address
        )

    def _is_overfull(self) -> bool:
        return len(self._guests) > self.most

    def _release_the_gone(self) -> None:
        """Count no more those who have left, though nobody has read that far yet.

        When thousands leave at once, others come before each of them has had its turn to be
        read to its end.
        """
        began_at = self._clock.monotonic()
        if began_at < self._look_again_at:
            return
        for guest in [guest for guest in self._guests if guest.socket.is_gone()]:
            guest.socket.hang_up()
            self.leave(guest)
        now = self._clock.monotonic()
        self._look_again_at = now + _REST * (now - began_at)
