from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator

import pytest

from monserv.clock import SystemClock
from monserv.stream import frames, tls
from monserv.stream.limits import Limits
from monserv.stream.socket import ClientSocket
from tests.certificates import Certificate
from tests.stream.conftest import connected, shake_hands

NOISE = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = connected()
    with contextlib.closing(ours), contextlib.closing(theirs):
        yield ours, theirs


def door(certificate: Certificate, ours: socket.socket) -> ssl.SSLSocket:
    return tls.context(certificate.certificate, certificate.key).wrap_socket(ours)


def seconds_of_a_refused_handshake(waiting: ssl.SSLSocket) -> float:
    began_at = time.monotonic()
    with pytest.raises(ConnectionResetError):
        waiting.do_handshake()
    waiting.close()
    return time.monotonic() - began_at


@pytest.mark.timed
def test_a_handshake_that_never_comes_is_given_up(
    pair: tuple[socket.socket, socket.socket],
    certificate: Certificate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tls, "HANDSHAKE_SECONDS", 0.3)
    assert 0.25 < seconds_of_a_refused_handshake(door(certificate, pair[0])) < 2


@pytest.mark.timed
def test_a_handshake_that_drips_is_given_up_just_as_soon(
    pair: tuple[socket.socket, socket.socket],
    certificate: Certificate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tls, "HANDSHAKE_SECONDS", 0.5)

    def drip() -> None:
        # The head of a ClientHello of 4,000 bytes, then one of them now and then.
        with contextlib.suppress(OSError):
            pair[1].sendall(b"\x16\x03\x01\x0f\xa0\x01\x00\x0f\x9c\x03\x03")
            while True:
                pair[1].sendall(b"x")
                time.sleep(0.05)

    dripping = threading.Thread(target=drip)
    dripping.start()
    assert 0.45 < seconds_of_a_refused_handshake(door(certificate, pair[0])) < 2
    dripping.join(30)


@pytest.mark.timed
@pytest.mark.parametrize("said", [NOISE, b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", b""])
def test_what_is_no_handshake_is_a_connection_that_was_reset(
    pair: tuple[socket.socket, socket.socket], certificate: Certificate, said: bytes
) -> None:
    pair[1].sendall(said)
    pair[1].shutdown(socket.SHUT_WR)
    assert seconds_of_a_refused_handshake(door(certificate, pair[0])) < 2


def test_versions_before_1_2_are_refused(
    pair: tuple[socket.socket, socket.socket], certificate: Certificate
) -> None:
    made = tls.context(certificate.certificate, certificate.key)
    assert made.minimum_version == ssl.TLSVersion.TLSv1_2
    assert made.options & ssl.OP_NO_RENEGOTIATION


def test_the_end_of_a_stream_is_said_so_that_no_cut_can_pass_for_it(
    pair: tuple[socket.socket, socket.socket], certificate: Certificate
) -> None:
    ours, theirs = shake_hands(*pair, certificate)
    theirs.suppress_ragged_eofs = False  # a cut would raise SSLEOFError
    client = ClientSocket(ours, SystemClock(), Limits())
    client.send_close(1001, shut=True)
    assert theirs.recv(100) == frames.close(1001)
    assert theirs.recv(100) == b""
    theirs.sendall(b"still heard")
    assert client.receive() == b"still heard"
    client.finish()
    assert client.receive() == b""
    ours.close()
    theirs.close()


def test_who_reads_is_woken_by_the_end(
    pair: tuple[socket.socket, socket.socket], certificate: Certificate
) -> None:
    ours, theirs = shake_hands(*pair, certificate)
    client = ClientSocket(ours, SystemClock(), Limits())
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(client.receive()))
    reader.start()
    client.send_state(frames.text(b"written while somebody reads"))
    assert theirs.recv(100) == frames.text(b"written while somebody reads")
    client.hang_up()
    reader.join(30)
    assert read == [b""]
    ours.close()
    theirs.close()
