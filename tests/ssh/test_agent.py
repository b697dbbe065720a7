"""Agents that answer, hang, drip, lie or are gone: each question ends in time."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monserv.clock import SystemClock
from monserv.ssh import agent as agents
from monserv.ssh.agent import Agent, AgentError, path_of

Script = Callable[[socket.socket], None]


@contextlib.contextmanager
def scripted(folder: Path, script: Script) -> Iterator[str]:
    path = str(folder / "agent")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                script(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield path
        thread.join(30)
        assert not thread.is_alive()


def string(text: bytes) -> bytes:
    return struct.pack(">I", len(text)) + text


def listing(*keys: bytes) -> bytes:
    body = b"".join(string(string(b"ssh-ed25519") + key) + string(b"joe@nas") for key in keys)
    return string(b"\x0c" + struct.pack(">I", len(keys)) + body)


def answer(*pieces: bytes) -> Script:
    def script(sock: socket.socket) -> None:
        sock.recv(4096)
        for piece in pieces:
            sock.sendall(piece)
        while sock.recv(4096):
            pass

    return script


def drip(sock: socket.socket) -> None:
    sock.sendall(struct.pack(">I", 1000))
    while True:
        sock.sendall(b"\x00")
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    assert agents.AGENT_SECONDS == 3
    monkeypatch.setattr(agents, "AGENT_SECONDS", 0.3)


def test_keys_are_listed_in_their_order_and_sign(tmp_path: Path) -> None:
    def script(sock: socket.socket) -> None:
        sock.recv(4096)
        sock.sendall(listing(b"one", b"two"))
        assert sock.recv(4096).endswith(string(b"data") + struct.pack(">I", 0))
        sock.sendall(string(b"\x0e" + string(b"signature")))

    with scripted(tmp_path, script) as path:
        agent = Agent(path, SystemClock())
        first, second = agent.keys()
        assert (first.get_name(), first.comment) == ("ssh-ed25519", "joe@nas")
        assert second.asbytes() == string(b"ssh-ed25519") + b"two"
        assert second.sign_ssh_data(b"data").asbytes() == b"signature"
        agent.close()


@pytest.mark.timed
@pytest.mark.parametrize(
    ("script", "words"),
    [
        (answer(), "did not answer within 0 s"),
        (drip, "did not answer within 0 s"),
        (answer(struct.pack(">I", 2**31)), "announced an answer of 2147483648 bytes"),
        (answer(struct.pack(">I", 0)), "announced an answer of 0 bytes"),
        (answer(string(b"\x05")), "refused"),
        (lambda sock: None, "went away before it answered"),
    ],
)
def test_one_that_does_not_answer_is_given_up_in_time(
    tmp_path: Path, script: Script, words: str
) -> None:
    began_at = time.monotonic()
    with scripted(tmp_path, script) as path:
        agent = Agent(path, SystemClock())
        try:
            with pytest.raises(AgentError, match=words):
                agent.keys()
        finally:
            agent.close()
    assert time.monotonic() - began_at < 1.5


def test_a_lie_about_the_number_of_keys_is_bounded(tmp_path: Path) -> None:
    with scripted(tmp_path, answer(string(b"\x0c" + b"\xff" * 4))) as path:
        agent = Agent(path, SystemClock())
        assert len(agent.keys()) == agents.MAX_KEYS
        agent.close()


@pytest.mark.parametrize("name", ["", "absent", "x" * 500])
def test_where_no_agent_is_there_are_no_keys(tmp_path: Path, name: str) -> None:
    with agents.keys(str(tmp_path / name) if name else "", SystemClock()) as found:
        assert found == ()


def test_an_agent_that_was_left_behind_holds_nothing(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "agent"))
    with agents.keys(str(tmp_path / "agent"), SystemClock()) as found:
        assert found == ()


def test_what_is_configured_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(agents.VARIABLE, "/run/agent")
    assert [path_of(one) for one in (None, "", "/other")] == ["/run/agent", "", "/other"]
