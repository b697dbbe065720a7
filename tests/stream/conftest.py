from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator

import pytest

from monserv.clock import Clock, ManualClock
from monserv.stream import tls
from monserv.stream.client import EVERYTHING, View, Visitor
from monserv.stream.entries import Item
from monserv.stream.forms import (
    EVENT_STREAM,
    WEB_SOCKET,
    WEB_SOCKET_CHAINED,
    WEB_SOCKET_CHAINED_4K,
    WEB_SOCKET_DEFLATE,
    WEB_SOCKET_DEFLATE_4K,
    Form,
)
from monserv.stream.hub import Hub
from monserv.stream.limits import Limits
from monserv.stream.v2 import Ledger
from tests.certificates import NAME, Certificate, make_certificate
from tests.stream.peer import Peer
from tests.stream.reader import Reader
from tests.waiting import eventually

Connection = Callable[..., tuple[socket.socket, socket.socket]]
LIMITS = Limits()
# By the window that a client agreed to.
FORMS = {None: WEB_SOCKET, 15: WEB_SOCKET_DEFLATE, 12: WEB_SOCKET_DEFLATE_4K}
CHAINED = {15: WEB_SOCKET_CHAINED, 12: WEB_SOCKET_CHAINED_4K}


def connected(send_buffer_bytes: int | None = None) -> tuple[socket.socket, socket.socket]:
    """Return a connected pair; a small buffer makes the first socket block soon."""
    ours, theirs = socket.socketpair()
    if send_buffer_bytes is not None:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer_bytes)
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, send_buffer_bytes)
    return ours, theirs


def far_away(send_buffer_bytes: int | None = None) -> tuple[socket.socket, socket.socket]:
    """Return a pair that is connected by TCP with the segments of an ordinary network."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        theirs = socket.socket()
        theirs.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
        if send_buffer_bytes is not None:
            theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, send_buffer_bytes)
        theirs.connect(door.getsockname())
        ours, _address = door.accept()
    return ours, theirs


class House:
    """A hub on a clock of its own, with clients connected through socket pairs."""

    def __init__(
        self, limits: Limits = LIMITS, max_clients: int = 5000, clock: Clock | None = None
    ) -> None:
        self.clock = ManualClock()  # what the hub goes by, unless it got another clock
        self.items: dict[str, Item] = {}  # what is true when the first subscriber comes
        self.ledger = Ledger("e1")
        self.hub = Hub(
            clock or self.clock,
            max_clients,
            limits,
            ledger=self.ledger,
            load=lambda: self.items,
            interval_seconds=4.0,
            version="1.0",
        )
        self.greeting: bytes | None = None
        self.pair = connected  # how clients are connected
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []

    def connect(
        self,
        send_buffer_bytes: int | None = None,
        address: str = "127.0.0.1",
        *,
        view: View = EVERYTHING,
        credential: str = "",
        window_bits: int | None = None,
    ) -> Peer:
        visitor = Visitor(address, view, credential)
        sock = self._join(send_buffer_bytes, visitor, FORMS[window_bits])
        return Peer(sock, window_bits=window_bits)

    def come(self) -> Peer:
        """Connect a client, and do not wait until it is counted."""
        return Peer(self._admit(self.pair(None), Visitor("127.0.0.1"), WEB_SOCKET))

    def listen(
        self, send_buffer_bytes: int | None = None, *, view: View = EVERYTHING, credential: str = ""
    ) -> Reader:
        visitor = Visitor("127.0.0.1", view, credential)
        return Reader(self._join(send_buffer_bytes, visitor, EVENT_STREAM))

    def subscribe(
        self,
        send_buffer_bytes: int | None = None,
        *,
        view: View = EVERYTHING,
        credential: str = "",
        window_bits: int | None = None,
        remembers: bool = False,
    ) -> Peer:
        """Connect a client that speaks ``monserv.v2``."""
        visitor = Visitor("127.0.0.1", view, credential)
        form = CHAINED[window_bits] if remembers and window_bits else FORMS[window_bits]
        sock = self._join(send_buffer_bytes, visitor, form, speaks_v2=True)
        return Peer(sock, window_bits=window_bits, remembers=remembers)

    def _join(
        self,
        send_buffer_bytes: int | None,
        visitor: Visitor,
        form: Form,
        *,
        speaks_v2: bool = False,
    ) -> socket.socket:
        before = self.hub.client_count()
        theirs = self._admit(self.pair(send_buffer_bytes), visitor, form, speaks_v2=speaks_v2)
        assert eventually(lambda: self.hub.client_count() > before)
        return theirs

    def _admit(
        self,
        pair: tuple[socket.socket, socket.socket],
        visitor: Visitor,
        form: Form,
        *,
        speaks_v2: bool = False,
    ) -> socket.socket:
        ours, theirs = pair
        serve = self._serve_subscriber if speaks_v2 else self._serve
        thread = threading.Thread(target=serve, args=(ours, visitor, form))
        thread.start()
        self._threads.append(thread)
        self._sockets.append(theirs)
        return theirs

    def tell(self, payload: bytes) -> None:
        """Publish an event for everybody."""
        self.hub.publish_event(payload, lambda _view: True)

    def _serve(self, ours: socket.socket, visitor: Visitor, form: Form) -> None:
        try:
            self.hub.serve(
                self.hub.guard(ours, form),
                visitor.address,
                self.greeting,
                view=visitor.view,
                credential=visitor.credential,
            )
        finally:
            ours.close()

    def _serve_subscriber(self, ours: socket.socket, visitor: Visitor, form: Form) -> None:
        try:
            self.hub.serve_subscriber(
                self.hub.guard(ours, form),
                visitor.address,
                view=visitor.view,
                credential=visitor.credential,
            )
        finally:
            ours.close()

    def is_empty(self) -> bool:
        return self.hub.client_count() == 0

    def forget(self) -> None:
        """Keep nothing of clients that are gone, once they are."""
        for thread in self._threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in self._threads)
        self._threads.clear()
        self._sockets.clear()

    def close(self) -> None:
        for theirs in self._sockets:
            theirs.close()
        self.hub.stop(2.0)
        self.forget()


BuildHouse = Callable[..., House]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


def shake_hands(
    ours: socket.socket, theirs: socket.socket, certificate: Certificate
) -> tuple[ssl.SSLSocket, ssl.SSLSocket]:
    """Return both ends of TLS, as the product and as a client have them."""
    door = tls.context(certificate.certificate, certificate.key).wrap_socket(ours)
    shaking = threading.Thread(target=door.do_handshake)
    shaking.start()
    client = certificate.trust().wrap_socket(theirs, server_hostname=NAME)
    shaking.join(30)
    return door, client


@pytest.fixture(params=["plain", "tls"])
def connection(request: pytest.FixtureRequest, certificate: Certificate) -> Iterator[Connection]:
    """Make connected pairs of sockets that are closed after the test."""
    made: list[socket.socket] = []

    def connect(send_buffer_bytes: int | None = None) -> tuple[socket.socket, socket.socket]:
        pair = connected(send_buffer_bytes)
        if request.param == "tls":
            pair = shake_hands(*pair, certificate)
        made.extend(pair)
        return pair

    yield connect
    for each in made:
        each.close()


@pytest.fixture
def house() -> Iterator[House]:
    built = House()
    yield built
    built.close()


@pytest.fixture
def build_house() -> Iterator[BuildHouse]:
    built: list[House] = []

    def build(
        limits: Limits = LIMITS, max_clients: int = 5000, clock: Clock | None = None
    ) -> House:
        built.append(House(limits, max_clients, clock))
        return built[-1]

    yield build
    for each in built:
        each.close()
