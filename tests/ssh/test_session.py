"""Logins on servers that are none, lie, freeze or flood: one sentence each, in time."""

from __future__ import annotations

import os
import random
import socket
import struct
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monserv.clock import SystemClock
from monserv.errors import Cause, PollError, TurnedAway
from monserv.model.secret import Secret
from monserv.model.server import Credentials, Reach, Server
from monserv.poll.watchdog import Watchdog
from monserv.ssh import handshake, session
from monserv.ssh.hostkeys import HostKeys
from monserv.ssh.names import Names
from monserv.ssh.session import Dialer
from monserv.ssh.slots import Slots
from tests.ssh.scripted import Scripted

GREETING = b"SSH-2.0-OpenSSH_9.2\r\n"
CANARY = "s3cr3t-c4nary"


def packet(payload: bytes) -> bytes:
    """Return a packet of RFC 4253 before any key is agreed on."""
    padding = 8 - (5 + len(payload)) % 8 + 8
    return struct.pack(">IB", 1 + len(payload) + padding, padding) + payload + bytes(padding)


def string(text: bytes) -> bytes:
    return struct.pack(">I", len(text)) + text


DISCONNECT = packet(b"\x01" + struct.pack(">I", 12) + string(b"Too many users") + string(b""))


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    watchdog = Watchdog(SystemClock())
    watchdog.start()
    yield watchdog
    watchdog.stop(5)


@pytest.fixture
def dialer(tmp_path: Path) -> Iterator[Dialer]:
    names = Names()
    slots = Slots(2)
    yield Dialer(HostKeys(tmp_path / "known_hosts"), names, slots, SystemClock())
    names.stop()
    # No handshake slot and no thread is left behind.
    assert slots.acquire(seconds=0)
    assert slots.acquire(seconds=0)
    give_up_at = time.monotonic() + 5
    while left := [one for one in threading.enumerate() if one.name.startswith("monserv-ssh")]:
        assert time.monotonic() < give_up_at, left
        time.sleep(0.01)
    assert not (tmp_path / "known_hosts").exists()


Fail = Callable[..., PollError]


@pytest.fixture
def fail(dialer: Dialer, watchdog: Watchdog) -> Fail:
    """Log in on a scripted server, within a limit, and return how that fails."""

    def fail(script: Callable[[socket.socket], object], seconds: float = 5.0) -> PollError:
        with Scripted(lambda sock: (script(sock), None)[1]) as scripted:
            server = Server(
                "nas",
                "nas",
                Reach.SSH,
                "127.0.0.1",
                scripted.port,
                "me",
                "ssh://me:***@nas",
                credentials=Credentials(Secret(CANARY)),
            )
            began_at = time.monotonic()
            with watchdog.limit(seconds) as limit, pytest.raises(PollError) as raised:
                dialer.connect(server, limit)
            assert time.monotonic() - began_at < seconds + 5  # on a busy machine, too
            assert CANARY not in str(raised.value)
            return raised.value

    return fail


def say(*pieces: bytes) -> Callable[[socket.socket], None]:
    """Say all this, then listen until the caller hangs up."""

    def script(sock: socket.socket) -> None:
        for piece in pieces:
            sock.sendall(piece)
        while sock.recv(65536):
            pass

    return script


def say_and_hang_up(*pieces: bytes) -> Callable[[socket.socket], None]:
    def script(sock: socket.socket) -> None:
        for piece in pieces:
            sock.sendall(piece)
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass

    return script


# What an ordinary server offers, in the order of RFC 4253.
OFFERS = {
    "kex": b"curve25519-sha256,curve25519-sha256@libssh.org,ext-info-s",
    "keys": b"ssh-ed25519",
    "ciphers": b"aes128-ctr",
    "macs": b"hmac-sha2-256",
    "compression": b"none",
}


def offering(**instead: bytes) -> bytes:
    """Return the first message of a server that offers this."""
    kex, keys, ciphers, macs, compression = (OFFERS | instead).values()
    lists = (kex, keys, ciphers, ciphers, macs, macs, compression, compression, b"", b"")
    return packet(b"\x14" + bytes(16) + b"".join(map(string, lists)) + bytes(5))


@pytest.mark.parametrize(
    ("offer", "words"),
    [
        (
            offering(kex=b"diffie-hellman-group14-sha1,diffie-hellman-group1-sha1,ext-info-s"),
            (
                "for the key exchange it offers only diffie-hellman-group14-sha1,"
                " diffie-hellman-group1-sha1, which rests on SHA-1 and is not safe any more"
            ),
        ),
        (
            offering(keys=b"ssh-rsa,ssh-dss"),
            (
                "for its host key it offers only ssh-rsa, ssh-dss, which rests on SHA-1 and is not"
                " safe any more"
            ),
        ),
        (
            offering(keys=b"ssh-ed25519-cert-v01@openssh.com"),
            (
                "for its host key it offers only ssh-ed25519-cert-v01@openssh.com: host"
                " certificates, which paramiko does not verify"
            ),
        ),
        # What tinysshd has.
        (
            offering(ciphers=b"chacha20-poly1305@openssh.com"),
            "for encryption it offers only chacha20-poly1305@openssh.com",
        ),
        (
            offering(macs=b"a,b,c,d,e," + b"x" * 5000),
            "for integrity it offers only a, b, c, d and 2 more",
        ),
        (offering(compression=b"zip"), "for compression it offers only zip"),
        (offering(keys=b""), "for its host key it offers nothing"),
    ],
)
def test_algorithms_that_are_not_shared_are_named_in_one_sentence(
    fail: Fail, offer: bytes, words: str
) -> None:
    error = fail(say(GREETING, offer))
    assert isinstance(error, TurnedAway)
    assert str(error).startswith(f"No common algorithm with the server: {words}")
    assert len(str(error)) < 500


NO_SSH = "What answers on this port is no SSH server; it said: "


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (say_and_hang_up(b"HTTP/1.1 400 Bad Request\r\n\r\n"), NO_SSH + "HTTP/1.1 400 Bad Request"),
        (say_and_hang_up(b"Exceeded MaxStartups\r\n"), NO_SSH + "Exceeded MaxStartups"),
        (say_and_hang_up(b"\x15\x03\x01\x00\x02\x02\x46"), NO_SSH),
        (say_and_hang_up(b"\xff\xfe\x00\n" * 200), NO_SSH),
        (say(b"noise without an end " * 5000), NO_SSH + "noise without"),
        (say(b"a line\n" * 10000), NO_SSH + "a line"),
        (say_and_hang_up(b"\n"), NO_SSH),
        (say_and_hang_up(b"SSH-"), NO_SSH + "SSH-"),
        (say_and_hang_up(b"SSH-1.5-old\r\n"), "No common algorithm with the server: Incompatible"),
        (say_and_hang_up(GREETING), "The connection ended during the SSH handshake"),
        (say(GREETING, DISCONNECT), "The server ended the SSH handshake: Too many users"),
        (say(GREETING, packet(b"\x14" + bytes(16) + string(b"x") * 10 + bytes(5))), "No common"),
        (say(GREETING, packet(b"\xfa\x00\x00")), "The SSH handshake failed: "),
        (say(GREETING, packet(b"\x14")), "No common algorithm with the server: "),
        (say(GREETING, packet(b"\x1f")), "The SSH handshake failed: "),
        (
            say(GREETING, packet(b"\x1f" + bytes(16384))),
            "The SSH handshake failed: the server sent 16385 bytes to agree on keys",
        ),
        (lambda sock: None, "The server closed the connection before it said anything"),
    ],
)
def test_what_is_wrong_is_said(
    fail: Fail, script: Callable[[socket.socket], None], words: str
) -> None:
    error = fail(script)
    assert str(error).startswith(words)
    assert error.cause is Cause.UNREACHABLE


def test_one_that_falls_silent_after_its_version_is_named_in_words(fail: Fail) -> None:
    assert str(fail(say(GREETING), 0.5)) in {
        "The server fell silent during the SSH handshake",
        "The connection ended during the SSH handshake",
    }


def test_a_server_whose_jump_server_is_unknown_is_never_reached_directly(
    dialer: Dialer, watchdog: Watchdog
) -> None:
    callers: list[socket.socket] = []
    with Scripted(callers.append) as scripted, watchdog.limit(5) as limit:
        lost = Server("a", "a", Reach.SSH, "127.0.0.1", scripted.port, "me", "", jump="bastion")
        with pytest.raises(PollError, match="Its jump server bastion is none of") as raised:
            dialer.connect(lost, limit)
    assert (raised.value.cause, callers) == (Cause.PARENT_DOWN, [])


def test_silence_is_given_up_before_the_login_s_own_limit(
    fail: Fail, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert session.GREETING_SECONDS == 5
    monkeypatch.setattr(session, "GREETING_SECONDS", 0.2)
    assert "said nothing for" in str(fail(say()))


@pytest.mark.timed
def test_who_waits_for_his_turn_loses_no_time_of_his_own(
    dialer: Dialer, fail: Fail, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = dialer._handshakes
    slots.acquire()
    slots.acquire()
    timer = threading.Timer(0.8, slots.release, [2])
    timer.start()
    # It fails by what comes after its turn, and not at the limit, which is long past then.
    assert "ended the SSH handshake: Too many users" in str(fail(say(GREETING, DISCONNECT), 0.4))
    timer.join()
    slots.acquire()
    slots.acquire()
    monkeypatch.setattr(session, "QUEUE_SECONDS", 0.1)
    assert str(fail(say(GREETING), 5)) == "No handshake slot was free in time"
    slots.release(2)


@pytest.mark.timed
def test_servers_that_fall_silent_in_the_handshake_keep_no_slot_from_others(
    fail: Fail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handshake, "SLOT_SECONDS", 0.2)
    silent = [threading.Thread(target=fail, args=(say(GREETING),)) for _ in range(6)]
    for thread in silent:
        thread.start()
    time.sleep(0.1)
    began_at = time.monotonic()
    assert "ended the SSH handshake" in str(fail(say(GREETING, DISCONNECT)))
    # There are two slots; a login is given up after five seconds.
    assert time.monotonic() - began_at < 2
    for thread in silent:
        thread.join(30)


@pytest.mark.timed
@pytest.mark.parametrize("start", [b"SS", GREETING, GREETING + b"\x00\x00"])
def test_a_drip_ends_at_the_limit(fail: Fail, start: bytes) -> None:
    def script(sock: socket.socket) -> None:
        sock.sendall(start)
        while True:
            sock.sendall(b"\x00")
            time.sleep(0.02)

    began_at = time.monotonic()
    fail(script, 0.5)
    assert time.monotonic() - began_at < 1.5


@pytest.mark.parametrize("length", [b"\x7f\xff\xff\xfc", b"\xff\xff\xff\xfc", b"\x00\x04\x00\x0c"])
def test_a_packet_of_gigabytes_before_the_login_is_refused_unread(
    fail: Fail, length: bytes
) -> None:
    def script(sock: socket.socket) -> None:
        sock.sendall(GREETING + length)
        while True:
            sock.sendall(bytes(65536))

    tracemalloc.start()
    try:
        error = fail(script)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "announced a packet of" in str(error)
    assert peak_bytes < 5_000_000


def test_a_greeting_of_gigabytes_is_refused_unread(fail: Fail) -> None:
    def script(sock: socket.socket) -> None:
        while True:
            sock.sendall(b"x" * 65536)

    tracemalloc.start()
    try:
        error = fail(script)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert str(error).startswith(NO_SSH)
    assert peak_bytes < 5_000_000


def test_garbage_after_the_greeting_is_never_an_unforeseen_error(fail: Fail) -> None:
    chance = random.Random(7)
    for _ in range(40):
        kind = bytes([chance.randrange(256)])
        payload = kind + os.urandom(chance.randrange(200))
        noise = chance.choice([packet(payload), os.urandom(300), packet(b"\x14" + os.urandom(400))])
        error = fail(say_and_hang_up(GREETING, noise))
        assert error.cause is Cause.UNREACHABLE


def test_a_store_of_pins_that_is_broken_is_noticed_before_anybody_is_connected_to(
    fail: Fail, dialer: Dialer, tmp_path: Path
) -> None:
    store = tmp_path / "known_hosts"
    store.write_text("damaged\n")
    called: list[socket.socket] = []
    try:
        assert "is damaged in line 1" in str(fail(called.append))
    finally:
        store.unlink()
    assert called == []
