"""The clients, and what is sent to those of one form and view.

A message is framed once, and the same bytes are written straight to the socket
of each client that it is for; only a client that cannot take them now has them
kept for it. One lock orders all messages alike for all clients. Nothing
here waits for a client, and nothing here knows what a view shows. Those who speak
``monserv.v2`` are kept alive here, and told by the ``channel``.
"""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable, Mapping

from monserv.clock import Clock
from monserv.model.traffic import Ending, Traffic
from monserv.stream.channel import Channel
from monserv.stream.client import EVERYTHING, Client, View, Visitor
from monserv.stream.entries import Item
from monserv.stream.fanout import start_drainers, write_to_all
from monserv.stream.forms import EVENT_STREAM, WEB_SOCKET, Form
from monserv.stream.frames import CloseCode
from monserv.stream.guestbook import Guestbook
from monserv.stream.limits import Limits
from monserv.stream.listener import Listener
from monserv.stream.places import Guest, Places
from monserv.stream.socket import ClientSocket
from monserv.stream.subscriber import Subscriber
from monserv.stream.v2 import Ledger
from monserv.stream.viewers import Viewers
from monserv.supervised import SupervisedThread

# How long the keep-alive thread sleeps at most, so that it sees new clients.
_MAX_NAP_SECONDS = 1.0
_LEAVE_SECONDS = 0.5
NO_LONGER_VALID = "credential no longer valid"


class Hub:
    """Fans ready JSON bytes out to the connected clients; safe to use from any thread.

    What follows ``limits`` is for the ``channel`` alone.
    """

    def __init__(
        self,
        clock: Clock,
        max_clients: int = 5000,
        limits: Limits = Limits(),  # noqa: B008 -- one frozen value serves all
        *,
        ledger: Ledger | None = None,
        load: Callable[[], Mapping[str, Item]] = dict,
        interval_seconds: float = 0.0,
        version: str = "",
    ) -> None:
        self._clock = clock
        self._limits = limits
        self._lock = threading.Lock()
        # That of all sockets: taken after the other one, and never while anything is waited for.
        self._writing = threading.Lock()
        self._left = threading.Condition(self._lock)
        self._guestbook = Guestbook(clock)
        self.places = Places(clock, max_clients)
        self._viewers = Viewers()
        self.channel = Channel(
            ledger or Ledger(""),
            clock,
            self._lock,
            self._writing,
            load=load,
            interval_seconds=interval_seconds,
            version=version,
        )
        self._is_stopping = False
        self._keeper = SupervisedThread("monserv-keepalive", self.tend)

    def start(self) -> None:
        """Start the thread that keeps all clients alive."""
        self._keeper.start()

    @property
    def is_well(self) -> bool:
        """Whether clients are kept alive."""
        return self._keeper.is_well

    def publish_state(
        self, payload: bytes, view: View = EVERYTHING, form: Form = WEB_SOCKET
    ) -> None:
        """Send a state to all with this view; who did not get the one before skips that.

        It is for all forms of this kind.
        """
        with self._lock:
            forms = self._viewers.forms(form.name, view)
        # They keep what they make of it, and nobody waits meanwhile.
        for each in forms:
            each.message(payload)
        with self._lock:
            slow = [
                client
                for frame, clients in self._viewers.framed(payload, form.name, [view])
                for client in write_to_all(clients, frame, self._writing, _keep_state(frame))
            ]
        start_drainers(slow)

    def publish_event(self, payload: bytes, is_for: Callable[[View], bool]) -> None:
        """Send an event to all whose view it is for; who cannot keep up with events is closed.

        Readers of event streams get states only.
        """
        wanted = [view for view in self.views() if is_for(view)]
        with self._lock:
            slow = [
                client
                for frame, clients in self._viewers.framed(payload, WEB_SOCKET.name, wanted)
                for client in write_to_all(clients, frame, self._writing, _keep_event(frame))
            ]
        start_drainers(slow)

    def views(self, form: Form = WEB_SOCKET) -> tuple[View, ...]:
        """Return the views that connected clients have, of all forms of this kind."""
        with self._lock:
            return self._viewers.views(form.name)

    def drop(self, is_stale: Callable[[str], bool]) -> None:
        """Close with 1008 all clients whose credential is stale; nothing more is sent to them.

        Who needed no credential has none that could be stale, and is not asked
        for. A client that does not take its close is cut off soon after.
        """
        with self._lock:
            credentials = {client.visitor.credential for client in self.places}
        stale = {each for each in credentials if each and is_stale(each)}
        with self._lock:
            slow = [
                client
                for client in self.places
                if client.visitor.credential in stale
                and client.socket.send_expulsion(NO_LONGER_VALID)
            ]
        start_drainers(slow)

    def client_count(self) -> int:
        """Return how many clients are connected."""
        return len(self.places)

    def client_counts(self) -> dict[str, int]:
        """Return how many clients of each form are connected, by its name."""
        with self._lock:
            counted = Counter(client.socket.form.name for client in self.places)
        return {form.name: counted[form.name] for form in (WEB_SOCKET, EVENT_STREAM)}

    def traffic(self) -> Traffic:
        """Return what became of all WebSocket clients since the start."""
        with self._lock:
            return self.places.traffic()

    def has_room(self, address: str) -> bool:
        """Whether one more client may come from ``address``; the log says now and then why not."""
        with self._lock:
            has_room = not self._is_stopping and self.places.has_room(address)
        if not has_room:
            self._guestbook.refuse(address, self.places)
        return has_room

    def guard(self, sock: socket.socket, form: Form = WEB_SOCKET) -> ClientSocket:
        """Return the one writer of ``sock``; all that is sent to a client goes through it."""
        return ClientSocket(sock, self._clock, self._limits, form, self._writing)

    def serve(
        self,
        client_socket: ClientSocket,
        address: str,
        greeting: bytes | None,
        *,
        view: View = EVERYTHING,
        credential: str = "",
    ) -> None:
        """Serve a client whose request is answered, until it is gone.

        ``greeting`` is the state that it gets at once, if there is one yet.
        ``credential`` names what let it in, for ``drop()``; it is empty where
        nothing was needed.
        """
        kind = Listener if client_socket.form is EVENT_STREAM else Client
        visitor = Visitor(address, view, credential)
        self._serve(kind(client_socket, self._clock, self._limits, visitor), greeting)

    def serve_subscriber(
        self,
        client_socket: ClientSocket,
        address: str,
        *,
        view: View = EVERYTHING,
        credential: str = "",
    ) -> None:
        """Serve a client that speaks ``monserv.v2`` until it is gone; the rest is as above."""
        visitor = Visitor(address, view, credential)
        self._serve(
            Subscriber(client_socket, self._clock, self._limits, visitor, self.channel), None
        )

    def _serve(self, client: Guest, greeting: bytes | None) -> None:
        with self._lock:
            needs_drainer = self._welcome(client, greeting)
        try:
            if needs_drainer:
                client.socket.start_drainer()
            client.run()
        finally:
            self._forget(client)

    def tend(self) -> float:
        """Ping and close whom it is due; return the seconds until the next look."""
        now = self._clock.monotonic()
        with self._lock:
            clients = tuple(self.places)
        look_at = min((client.tend(now) for client in clients), default=now + _MAX_NAP_SECONDS)
        return min(max(look_at - now, 0.0), _MAX_NAP_SECONDS)

    def stop(self, timeout_seconds: float) -> None:
        """Close all clients with 1001 and wait until they are gone; idempotent, bounded."""
        self._is_stopping = True
        self._keeper.request_stop()
        self._close_all(timeout_seconds)
        self._keeper.join(_LEAVE_SECONDS)

    def _close_all(self, timeout_seconds: float) -> None:
        with self._lock:
            slow = [client for client in self.places if _close_for_shutdown(client)]
        start_drainers(slow)
        with self._lock:
            self._left.wait_for(self._is_empty, timeout_seconds)
            for client in self.places:
                client.socket.hang_up()
            self._left.wait_for(self._is_empty, _LEAVE_SECONDS)

    def _welcome(self, client: Guest, greeting: bytes | None) -> bool:
        """Send a new client its first frame. Requires the lock; return as ``send_*`` do."""
        is_placed = self.places.take(client)
        if not isinstance(client, Subscriber):
            self._viewers.join(client)
        if self._is_stopping:
            return _close_for_shutdown(client)
        if not is_placed:
            code, words = CloseCode.TRY_AGAIN_LATER, "too many clients"
            return client.socket.send_close(code, words, ending=Ending.OVERLOAD)
        if isinstance(client, Subscriber):
            return self.channel.welcome(client)
        if greeting is None:
            return False
        return client.socket.send_state(client.socket.form.message(greeting))

    def _forget(self, client: Guest) -> None:
        with self._lock:
            self.places.leave(client)
            if isinstance(client, Subscriber):
                self.channel.leave(client)
            else:
                self._viewers.leave(client)
            self._left.notify_all()
        self._guestbook.part(client)

    def _is_empty(self) -> bool:
        return not self.places


def _close_for_shutdown(client: Guest) -> bool:
    code, words = CloseCode.GOING_AWAY, "shutting down"
    return client.socket.send_close(code, words, ending=Ending.SHUTDOWN)


def _keep_state(frame: bytes) -> Callable[[Guest], bool]:
    return lambda client: client.socket.send_state(frame)


def _keep_event(frame: bytes) -> Callable[[Guest], bool]:
    return lambda client: client.socket.send_event(frame)
