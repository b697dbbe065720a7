from __future__ import annotations

import socket

from monserv.ssh.wires import ReadAhead


class CountedSocket:
    """The receiving end of a pair, and how often it was read."""

    def __init__(self, sock: socket.socket) -> None:
        self.reads = 0
        self._sock = sock
        self.send, self.settimeout = sock.send, sock.settimeout
        self.shutdown, self.close = sock.shutdown, sock.close

    def recv(self, nbytes: int, /) -> bytes:
        self.reads += 1
        return self._sock.recv(nbytes)


def test_what_arrived_at_once_is_read_at_once_and_handed_out_in_pieces() -> None:
    ours, theirs = socket.socketpair()
    counted = CountedSocket(ours)
    wire = ReadAhead(counted)
    theirs.sendall(b"header and rest")
    assert [wire.recv(6), wire.recv(1), wire.recv(80)] == [b"header", b" ", b"and rest"]
    assert counted.reads == 1

    theirs.sendall(b"more")
    theirs.close()
    assert [wire.recv(80), wire.recv(80)] == [b"more", b""]
    wire.close()
