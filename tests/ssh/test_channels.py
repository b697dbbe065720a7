"""Shells whose user reads the packets himself, against paramiko's own server."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import paramiko
import pytest
from paramiko.ssh_exception import SSHException

from monserv.clock import SystemClock
from monserv.errors import PollError
from monserv.ssh import packets
from monserv.ssh.channels import WINDOW_BYTES, Channels, ChannelShell
from monserv.ssh.transport import LentTransport

KEY = paramiko.ECDSAKey.generate()
GCM, CTR = "aes128-gcm@openssh.com", "aes128-ctr"
WAIT_SECONDS = 30.0


class Host(paramiko.ServerInterface):
    """Lets everybody in and gives every shell but those that are called no."""

    def check_auth_password(self, username: str, password: str) -> int:
        return paramiko.AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        return command != b"no"


@dataclass
class Pair:
    """Both ends of a login."""

    channels: Channels
    transport: LentTransport
    server: paramiko.Transport

    def shell(self) -> tuple[ChannelShell, paramiko.Channel]:
        shell = self.channels.open_shell(b"sh")
        shell.settimeout(WAIT_SECONDS)
        theirs = self.server.accept(WAIT_SECONDS)
        assert theirs is not None
        theirs.settimeout(WAIT_SECONDS)
        return shell, theirs


@contextmanager
def login(cipher: str = GCM) -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    server, client = paramiko.Transport(theirs), LentTransport(ours)
    server.add_server_key(KEY)
    client.get_security_options().ciphers = [cipher]
    server.start_server(threading.Event(), Host())
    client.start_client(timeout=WAIT_SECONDS)
    try:
        client.auth_password("me", "x")
        client.settle()
        yield Pair(Channels(client, SystemClock()), client, server)
    finally:
        client.finish()
        server.close()


def read(shell: ChannelShell, count: int) -> bytes:
    said = b""
    while len(said) < count:
        piece = shell.recv(65536)
        assert piece, said
        said += piece
    return said


def flood(channel: paramiko.Channel, count: int) -> None:
    with contextlib.suppress(OSError, EOFError):
        channel.sendall(b"x" * count)


def meanwhile(do: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=do)
    thread.start()
    return thread


@pytest.mark.parametrize("cipher", [GCM, CTR])
def test_what_is_said_arrives_both_ways_and_no_thread_reads_it(cipher: str) -> None:
    with login(cipher) as pair:
        shell, theirs = pair.shell()
        assert not pair.transport.is_alive()
        for number in range(20):
            question = b"%d" % number * (number * 100 + 1)
            shell.sendall(question)
            told = b""
            while len(told) < len(question):
                told += theirs.recv(65536)
            assert told == question
            theirs.sendall(question[::-1])
            assert read(shell, len(question)) == question[::-1]


@pytest.mark.parametrize("cipher", [GCM, CTR])
def test_silence_is_a_timeout_after_which_all_goes_on(cipher: str) -> None:
    with login(cipher) as pair:
        shell, theirs = pair.shell()
        for _ in range(3):
            shell.settimeout(0.02)
            with pytest.raises(TimeoutError):
                shell.recv(10)
            theirs.sendall(b"late")
            shell.settimeout(WAIT_SECONDS)
            assert read(shell, 4) == b"late"


def test_a_shell_that_is_let_go_of_keeps_nothing_of_what_was_not_read() -> None:
    with login() as pair:
        (one, their_one), (other, their_other) = pair.shell(), pair.shell()
        their_other.sendall(b"x" * 10_000)
        their_one.sendall(b"one")
        assert read(one, 3) == b"one"
        assert other._pieces
        other.close()
        assert not other._pieces


def test_what_comes_for_another_shell_waits_there() -> None:
    with login() as pair:
        (one, their_one), (other, their_other) = pair.shell(), pair.shell()
        their_other.sendall(b"other")
        their_one.sendall(b"one")
        assert (read(one, 3), read(other, 5)) == (b"one", b"other")
        # On its way when the shell is let go of.
        their_other.sendall(b"nobody reads this")
        other.close()
        their_one.sendall(b"still there")
        assert read(one, 11) == b"still there"


@pytest.mark.parametrize("cipher", [GCM, CTR])
def test_keys_that_the_server_renews_between_and_amid_answers_change_nothing(cipher: str) -> None:
    with login(cipher) as pair:
        shell, theirs = pair.shell()
        keys = {pair.transport.H}

        def renew_and_answer() -> None:
            pair.server.renegotiate_keys()
            theirs.sendall(b"x" * 100_000)

        for _ in range(3):
            renewing = meanwhile(renew_and_answer)
            shell.sendall(b"ask\n")
            assert read(shell, 100_000) == b"x" * 100_000
            assert theirs.recv(100) == b"ask\n"
            renewing.join(WAIT_SECONDS)
            keys.add(pair.transport.H)
    assert len(keys) == 4


def test_keys_that_the_server_renews_again_and_again_end_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(packets, "MAX_KEYS_PER_QUESTION", 3)
    with login() as pair:
        shell, theirs = pair.shell()

        def renew() -> None:
            with contextlib.suppress(SSHException, EOFError):
                for _ in range(5):
                    pair.server.renegotiate_keys()

        renewing = meanwhile(renew)
        with pytest.raises(ConnectionResetError, match="renews its keys again and again"):
            shell.recv(10)
        pair.transport.finish()
        theirs.close()
        renewing.join(WAIT_SECONDS)


def test_keys_are_renewed_from_here_when_enough_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with login() as pair:
        monkeypatch.setattr(pair.transport.packetizer, "REKEY_BYTES", 50_000, raising=False)
        shell, theirs = pair.shell()
        keys = set()
        for _ in range(10):
            shell.sendall(b"ask\n")
            assert theirs.recv(100) == b"ask\n"
            theirs.sendall(b"x" * 30_000)
            assert read(shell, 30_000) == b"x" * 30_000
            keys.add(pair.transport.H)
    assert len(keys) > 3


def test_a_server_that_never_renews_its_keys_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with login() as pair:
        monkeypatch.setattr(pair.transport.packetizer, "REKEY_BYTES", 20_000, raising=False)
        # It is not even asked.
        monkeypatch.setattr(pair.transport, "_send_kex_init", lambda: None, raising=False)
        shell, theirs = pair.shell()
        sender = meanwhile(lambda: flood(theirs, 300_000))
        with pytest.raises(ConnectionResetError, match="ignores that new keys are due"):
            read(shell, 300_000)
        pair.transport.finish()
        sender.join(WAIT_SECONDS)


@pytest.mark.parametrize("kind", ["keepalive@openssh.com", "anything"])
def test_whoever_asks_whether_we_are_there_is_answered_between_polls(kind: str) -> None:
    with login() as pair:
        pair.shell()
        answered = threading.Event()

        def ask() -> None:
            pair.server.global_request(kind, wait=True)
            answered.set()
            pair.transport.abort()

        asker = meanwhile(ask)
        assert pair.channels.rest(WAIT_SECONDS)
        asker.join(WAIT_SECONDS)
        assert answered.is_set()


def test_a_server_that_was_quiet_for_as_long_is_not_waited_for() -> None:
    with login() as pair:
        pair.shell()
        assert pair.channels.rest(0.05)
        assert not pair.channels.rest(0.05)
        assert pair.channels.rest(0.1)


def test_an_abort_wakes_whoever_rests_or_reads() -> None:
    with login() as pair:
        pair.shell()
        pair.channels.rest(0.01)
        timer = threading.Timer(0.05, pair.transport.abort)
        timer.start()
        assert pair.channels.rest(WAIT_SECONDS)
        assert not pair.channels.rest(WAIT_SECONDS)
        timer.join()
    with login() as pair:
        shell, _ = pair.shell()
        timer = threading.Timer(0.05, pair.transport.abort)
        timer.start()
        with pytest.raises(ConnectionResetError, match="the connection was closed"):
            shell.recv(10)
        with pytest.raises(ConnectionResetError):
            shell.sendall(b"any more?")
        timer.join()


def test_a_long_answer_is_read_as_it_comes_and_the_server_may_go_on() -> None:
    with login() as pair:
        shell, theirs = pair.shell()
        sender = meanwhile(lambda: theirs.sendall(b"x" * (WINDOW_BYTES + 1000)))
        assert len(read(shell, WINDOW_BYTES + 1000)) == WINDOW_BYTES + 1000
        sender.join(WAIT_SECONDS)


def test_more_than_a_channel_may_hold_ends_the_connection() -> None:
    with login() as pair:
        (one, _their_one), (_other, their_other) = pair.shell(), pair.shell()
        their_other.out_window_size *= 2
        sender = meanwhile(lambda: flood(their_other, WINDOW_BYTES + 1000))
        with pytest.raises(ConnectionResetError, match="more than a channel may hold"):
            one.recv(10)
        pair.transport.finish()
        sender.join(WAIT_SECONDS)


def test_a_shell_that_is_refused_leaves_the_others_alone() -> None:
    with login() as pair:
        shell, theirs = pair.shell()
        with pytest.raises(PollError, match="refused to start /bin/sh"):
            pair.channels.open_shell(b"no")
        theirs.sendall(b"here")
        assert read(shell, 4) == b"here"


def test_the_end_of_a_shell_is_told_with_what_it_said_last() -> None:
    with login() as pair:
        shell, theirs = pair.shell()
        theirs.sendall(b"bye")
        theirs.send_exit_status(1)
        theirs.close()
        assert read(shell, 3) == b"bye"
        assert shell.recv(10) == b""
        with pytest.raises(BrokenPipeError):
            shell.sendall(b"anybody there?")
        again, theirs = pair.shell()
        theirs.sendall(b"another")
        assert read(again, 7) == b"another"


@pytest.mark.parametrize("kind", [b"\x3c", b"\x66", b"\xc0"])
def test_what_is_unknown_is_answered_as_such_and_changes_nothing(kind: bytes) -> None:
    with login() as pair:
        shell, theirs = pair.shell()
        pair.server._send_message(paramiko.Message(kind + b"what is that?"))  # type: ignore[attr-defined]  # the stubs leave it out
        theirs.sendall(b"here")
        assert read(shell, 4) == b"here"


def test_a_server_that_wants_every_byte_by_itself_is_not_humoured() -> None:
    with login() as pair:
        shell, theirs = pair.shell()
        # The channel is open once more, with pieces of one byte.
        opened = paramiko.Message(b"\x5b" + bytes(8) + b"\0\1\0\0" + b"\0\0\0\1")
        pair.server._send_message(opened)  # type: ignore[attr-defined]  # the stubs leave it out
        theirs.sendall(b"go on")
        assert read(shell, 5) == b"go on"
        before = pair.transport.traffic().sent_bytes
        shell.sendall(b"x" * 1000)
        assert pair.transport.traffic().sent_bytes < before + 1100


def test_data_without_a_byte_is_no_end() -> None:
    with login() as pair:
        shell, theirs = pair.shell()
        pair.server._send_message(paramiko.Message(b"\x5e" + bytes(8)))  # type: ignore[attr-defined]  # the stubs leave it out
        theirs.sendall(b"here")
        assert read(shell, 4) == b"here"


@pytest.mark.parametrize(
    "packet",
    [
        b"\x5e\0\0\0\x09\0\0\0\x01x",
        b"\x5e\0",
        b"\x5b\0\0\0",
        # Extensions, of which there are none: some are for paramiko, four billion are its end.
        b"\x07\0\0\xff\xff",
    ],
)
def test_whatever_else_a_server_sends_is_an_end_in_words(packet: bytes) -> None:
    with login() as pair:
        shell, _ = pair.shell()
        pair.server._send_message(paramiko.Message(packet))  # type: ignore[attr-defined]  # the stubs leave it out
        with pytest.raises(ConnectionResetError):
            shell.recv(10)
        assert pair.channels.failure
