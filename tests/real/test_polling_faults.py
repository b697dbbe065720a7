"""Servers that freeze, die, refuse a shell or hang in df, and neighbours who do not notice."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monserv.clock import SystemClock
from monserv.errors import Cause
from monserv.model.poll import Missed, Polled
from monserv.poll.watchdog import Watchdog
from monserv.ssh.opener import Opener
from tests.real.machines import Dropbear, Sshd, User
from tests.real.metronome import Metronome
from tests.real.watching import LOCAL, Watch, ssh_server

pytestmark = pytest.mark.real

INTERVAL_SECONDS = 0.5
CANARY = "c4n4ry-k4n4r1e"


@pytest.mark.timed
def test_a_frozen_and_a_dead_server_leave_the_cadence_of_another_alone(
    tmp_path: Path, sshd: Sshd, own_sshd: Sshd, user: User
) -> None:
    mortal, steady = own_sshd, sshd
    servers = [
        ssh_server("frozen", mortal.port, user.name, user.password, host="localhost"),
        ssh_server("steady", steady.port, user.name, user.password),
    ]
    stopped: list[int] = []
    try:
        with Metronome(0.1) as metronome, Watch(tmp_path, servers, INTERVAL_SECONDS) as watch:
            watch.sample("frozen")
            watch.sample("steady")
            seen, steady_seen = len(watch.results("frozen")), len(watch.results("steady"))

            stopped = mortal.sessions()
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)
            frozen_at = time.monotonic()
            miss = watch.miss("frozen", within_seconds=10, after=seen)
            noticed_after = time.monotonic() - frozen_at
            recovered = watch.whole("frozen", after=len(watch.results("frozen")))

            mortal.stop()
            refused = watch.wait(
                "frozen",
                lambda one: isinstance(one, Missed) and one.missed_polls >= 3,
                after=len(watch.results("frozen")),
            )
            mortal.start()
            watch.sample("frozen", after=len(watch.results("frozen")))
            results = watch.results("steady")[steady_seen + 1 :]
            problems = watch.problems()
    finally:
        for pid in stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    assert (miss.cause, miss.text) == (Cause.TIMED_OUT, "No complete answer within 5 s")
    assert noticed_after < 5 + 2 * INTERVAL_SECONDS
    assert recovered.hostname == socket.gethostname()
    assert isinstance(refused, Missed)
    assert (refused.cause, "Connection refused" in refused.text) == (Cause.UNREACHABLE, True)
    assert problems == ()
    assert len(results) >= 15
    assert all(isinstance(result, Polled) for result in results)
    # How long a poll takes depends on what is due in it; that the next one begins in its slot
    # says that none took too long.
    lateness = [result.late_seconds for result in results]
    p99 = statistics.quantiles(lateness, n=100, method="inclusive")[98]
    # A shared machine wakes everybody late now and then; what it does to a thread
    # that only sleeps is not the poller's.
    assert p99 <= 0.1 * INTERVAL_SECONDS + max(metronome.lateness)


@pytest.mark.timed
def test_a_server_that_accepts_and_says_nothing_is_named_within_ten_seconds(
    tmp_path: Path, own_sshd: Sshd, user: User
) -> None:
    assert own_sshd.process is not None
    own_sshd.process.send_signal(signal.SIGSTOP)
    began_at = time.monotonic()
    with Watch(tmp_path, [ssh_server("nas", own_sshd.port, user.name, "x")]) as watch:
        miss = watch.miss("nas")
    assert time.monotonic() - began_at < 10
    assert "said nothing for 5 s" in miss.text


def begun_login(port: int) -> socket.socket:
    """Return a connection that only begins to log in, for MaxStartups to count."""
    for _ in range(50):
        sock = socket.create_connection(("127.0.0.1", port))
        if sock.recv(4) == b"SSH-":
            return sock
        # The server still counts an earlier one that has gone.
        sock.close()
        time.sleep(0.05)
    raise AssertionError("no login can be begun")


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("ForceCommand echo 'Only backups here'", "it said: Only backups here"),
        ("MaxSessions 0", "The server refused a session channel"),
        ("MaxStartups 1", "Exceeded MaxStartups|closed the connection before it said anything"),
        ("HostKeyAlgorithms ssh-rsa", "No common algorithm"),
        # What tinysshd has.
        ("Ciphers chacha20-poly1305@openssh.com", "for encryption it offers only chacha20"),
    ],
)
def test_a_server_that_allows_no_shell_says_why(
    tmp_path: Path, user: User, setting: str, words: str, machine_room: Path
) -> None:
    sshd = Sshd(tmp_path, setting)
    try:
        sshd.start()
        server = ssh_server("nas", sshd.port, user.name, user.password)
        with begun_login(sshd.port), Watch(tmp_path, [server]) as watch:
            miss = watch.miss("nas")
    finally:
        sshd.stop()
    assert any(word in miss.text for word in words.split("|")), miss


def test_what_a_shell_said_is_still_to_be_read_after_it_has_ended(
    tmp_path: Path, user: User
) -> None:
    sshd = Sshd(tmp_path, "ForceCommand echo 'Only backups here'")
    sshd.start()
    opener, watchdog = Opener(tmp_path, SystemClock()), Watchdog(SystemClock())
    try:
        server = ssh_server("nas", sshd.port, user.name, user.password)
        session = opener.open(server, watchdog.limit(10))
        shell = session.open_shell()
        try:
            time.sleep(0.5)
            # Nobody has read yet that it has ended.
            shell.sendall(b"anybody there?\n")
            assert (shell.recv(100), shell.recv(100)) == (b"Only backups here\n", b"")
            with pytest.raises(BrokenPipeError):
                shell.sendall(b"anybody there?\n")
        finally:
            session.close()
    finally:
        sshd.stop()
        opener.stop()


def test_an_account_without_a_login_shell_says_so(
    tmp_path: Path, sshd: Sshd, machine_room: Path
) -> None:
    nobody = User(machine_room, shell="/usr/sbin/nologin")
    try:
        server = ssh_server("nas", sshd.port, nobody.name, nobody.password)
        with Watch(tmp_path, [server]) as watch:
            miss = watch.miss("nas")
    finally:
        nobody.remove()
    assert miss.cause is Cause.SHELL_UNUSABLE
    assert "This account is currently not available" in miss.text


def runs_of(program: Path) -> set[int]:
    """Return the processes that run it."""
    found = set()
    for cmdline in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if str(program).encode() in cmdline.read_bytes().split(b"\0"):
                found.add(int(cmdline.parent.name))
    return found


def test_a_hanging_df_is_alone_and_hides_nothing_else_even_in_a_new_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A first line of a script knows no path with a space.
    interpreter = tmp_path / "python"
    interpreter.symlink_to(sys.executable)
    df = tmp_path / "df"
    # In a group of its own, so that ending the shell does not end it: neither does
    # that end one which waits for a dead disk.
    df.write_text(
        f"#!{interpreter}\nimport os, signal\nos.setsid()\nos.closerange(0, 3)\nsignal.pause()\n"
    )
    df.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with Watch(tmp_path, [LOCAL], INTERVAL_SECONDS) as watch:
        first = watch.sample("local")
        assert first.disks is None
        assert first.cpu is not None
        assert [problem.partition(":")[0] for problem in first.problems] == ["disks"]
        (hanging,) = runs_of(df)
        shells = [
            pid for pid in children(os.getpid()) if Path(f"/proc/{pid}/comm").read_text() == "sh\n"
        ]
        assert len(shells) == 2
        for pid in shells:
            os.kill(pid, signal.SIGKILL)
        seen = len(watch.results("local"))
        third = watch.wait(
            "local",
            lambda one: isinstance(one, Polled) and one.sample.cpu is not None,
            after=seen + 1,
        )
        assert isinstance(third, Polled)
        assert third.sample.disks is None
        assert runs_of(df) == {hanging}
        os.kill(hanging, signal.SIGKILL)
        monkeypatch.undo()
        df.unlink()
        healed = watch.wait(
            "local", lambda one: isinstance(one, Polled) and bool(one.sample.disks), after=seen
        )
        assert isinstance(healed, Polled)
    assert runs_of(df) == set()


def children(parent: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=True
    )
    return [int(pid) for pid in found.stdout.split() if Path(f"/proc/{pid}/comm").exists()]


def test_a_password_is_in_no_log_repr_file_or_command_line(
    tmp_path: Path,
    machine_room: Path,
    sshd: Sshd,
    dropbear: Dropbear,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("", "paramiko", "paramiko.transport", "monserv"):
        caplog.set_level(logging.DEBUG, name)
    user = User(machine_room, CANARY)
    servers = [
        ssh_server("good", sshd.port, user.name, CANARY),
        ssh_server("wrong", dropbear.port, "root", CANARY),
        ssh_server("gone", 1, user.name, CANARY),
    ]
    lines: set[str] = set()
    try:
        with Watch(tmp_path, servers) as watch:
            give_up_at = time.monotonic() + 3
            while time.monotonic() < give_up_at:
                for path in Path("/proc").glob("[0-9]*/cmdline"):
                    with contextlib.suppress(OSError):
                        lines.add(path.read_bytes().decode("latin-1"))
            watch.sample("good")
            watch.miss("wrong")
            said = [repr(servers), str(servers), repr(vars(watch)), repr(watch.results("good"))]
            said += [repr(vars(one)) for one in watch.fleet._pollers.values()]
            said += [repr(watch.results(name)) for name in ("wrong", "gone")]
    finally:
        user.remove()
    logged = [record.getMessage() for record in caplog.records]
    assert any("userauth" in line for line in logged)
    said += logged + [repr(vars(record)) for record in caplog.records]
    said += [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert [text for text in [*said, *lines] if CANARY in text] == []
