"""A shell on this machine, in the shape of one over SSH."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from monserv.ssh.local import LocalSession
from monserv.ssh.session import Shell


@pytest.fixture
def session() -> Iterator[LocalSession]:
    session = LocalSession()
    yield session
    session.close()


def ask(shell: Shell, line: str) -> str:
    shell.settimeout(30)
    shell.sendall(f"{line}\n".encode())
    answer = b""
    while not answer.endswith(b"\n"):
        chunk = shell.recv(4096)
        assert chunk, answer
        answer += chunk
    return answer.decode().strip()


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_it_answers_and_a_second_shell_does_too(session: LocalSession) -> None:
    first, second = session.open_shell(), session.open_shell()
    pids = {ask(first, "echo $$"), ask(second, "echo $$")}
    assert len(pids) == 2
    assert ask(first, "echo again") == "again"


def test_it_inherits_nothing_that_could_be_a_secret(
    session: LocalSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL_PASSWORD", "c4nary")
    shell = session.open_shell()
    assert ask(shell, 'echo "[$EMAIL_PASSWORD]"') == "[]"
    pid = int(ask(shell, "echo $$"))
    assert b"c4nary" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_closing_ends_the_shell_and_what_hangs_in_it(session: LocalSession) -> None:
    shell = session.open_shell()
    pid = int(ask(shell, "echo $$"))
    child = int(ask(shell, "sleep 1000 & echo $!"))
    shell.sendall(b"sleep 1000\n")
    session.close()
    assert not is_there(pid)
    time.sleep(0.1)
    assert not is_there(child) or "Z" in Path(f"/proc/{child}/stat").read_text()


@pytest.mark.timed
def test_aborting_wakes_whoever_waits(session: LocalSession) -> None:
    shell = session.open_shell()
    shell.settimeout(30)
    session.abort()
    began_at = time.monotonic()
    assert shell.recv(1) == b""
    assert time.monotonic() - began_at < 1


def test_a_shell_that_was_let_go_leaves_no_process_behind(session: LocalSession) -> None:
    shell = session.open_shell()
    pid = int(ask(shell, "echo $$"))
    shell.close()
    for _ in range(100):
        session.open_shell().close()
        if not is_there(pid):
            break
        time.sleep(0.05)
    assert not is_there(pid)
