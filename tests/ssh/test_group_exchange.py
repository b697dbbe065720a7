"""A group that a server chooses costs a bounded time, and honest servers choose such ones."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from paramiko.kex_group16 import KexGroup16SHA512
from paramiko.message import Message
from paramiko.ssh_exception import SSHException

from monserv.ssh.group_exchange import EXPONENT_BITS, BoundedGroupExchange
from monserv.ssh.transport import QuietTransport
from tests.real.machines import Sshd, User
from tests.real.watching import Watch, ssh_server


class Recorder:
    """A transport that keeps what it is told to send."""

    server_mode = False

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def _send_message(self, message: Message) -> None:
        self.sent.append(message)

    def _expect_packet(self, *_: int) -> None:
        pass

    def _log(self, *_: object) -> None:
        pass


def group(prime: int) -> Message:
    message = Message()
    message.add_mpint(prime)
    message.add_mpint(2)
    message.rewind()
    return message


def test_the_largest_group_is_answered_with_a_short_exponent() -> None:
    recorder = Recorder()
    exchange = BoundedGroupExchange(recorder)
    exchange.start_kex()
    began_at = time.process_time()
    exchange.parse_next(31, group(KexGroup16SHA512.P))
    assert time.process_time() - began_at < 1
    assert exchange.x is not None
    assert exchange.x.bit_length() == EXPONENT_BITS
    assert exchange.e == pow(2, exchange.x, KexGroup16SHA512.P)
    wanted = recorder.sent[0]
    wanted.rewind()
    assert wanted.get_byte() == b"\x22"
    assert [wanted.get_int() for _ in range(3)] == [2048, 2048, 4096]


@pytest.mark.parametrize("bits", [1024, 4097, 8192])
def test_a_group_that_is_too_small_or_too_dear_is_refused(bits: int) -> None:
    exchange = BoundedGroupExchange(Recorder())
    with pytest.raises(SSHException, match=f"the server chose a group of {bits} bits"):
        exchange.parse_next(31, group((1 << bits - 1) + 1))
    assert exchange.x is None


def test_it_stands_in_place_of_paramikos() -> None:
    assert QuietTransport._kex_info[BoundedGroupExchange.name] is BoundedGroupExchange


@pytest.mark.real
def test_a_server_that_knows_nothing_else_is_watched(tmp_path: Path, user: User) -> None:
    sshd = Sshd(tmp_path, f"KexAlgorithms {BoundedGroupExchange.name}")
    try:
        sshd.start()
        server = ssh_server("nas", sshd.port, user.name, user.password)
        with Watch(tmp_path, [server]) as watch:
            assert watch.sample("nas").memory is not None
    finally:
        sshd.stop()
