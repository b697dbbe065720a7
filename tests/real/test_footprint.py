"""What watching is said to cost a server is what a real sshd and its kernel saw of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monserv.model.footprint import Footprint
from monserv.model.poll import Missed, Polled
from tests.real.machines import Sshd, User, descendants
from tests.real.product import wait_until
from tests.real.watching import Watch, ssh_server

pytestmark = pytest.mark.real

_OF_OTHERS = re.compile(r"listening on|^kex_exchange_ident|closed by 127\.0\.0\.1 port \d+$")


@pytest.fixture
def plain_sshd(machine_room: Path, tmp_path: Path) -> Iterator[Sshd]:
    """An sshd that writes what sshd writes where nobody has asked for more."""
    sshd = Sshd(tmp_path, "LogLevel INFO")
    sshd.start()
    try:
        yield sshd
    finally:
        sshd.stop()


def lines(sshd: Sshd) -> list[str]:
    """Return what sshd has written because of us, and not of those who look at its port."""
    return [line for line in sshd.log().splitlines() if not _OF_OTHERS.search(line)]


def ticks(pid: int) -> int:
    """Return the CPU time of a process and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return sum(int(number) for number in fields[11:15])


def footprint(watch: Watch) -> Footprint:
    return watch.fleet.footprints()["nas"]


def test_the_lines_in_its_log_are_those_that_are_counted(
    tmp_path: Path, plain_sshd: Sshd, user: User
) -> None:
    server = ssh_server("nas", plain_sshd.port, user.name, user.password)
    with Watch(tmp_path, [server]) as watch:
        watch.wait("nas", lambda result: isinstance(result, Polled))
        assert footprint(watch).log_lines == 1
        wait_until(lambda: len(lines(plain_sshd)) == 1, 5, str(lines(plain_sshd)))
    refused = ssh_server("nas", plain_sshd.port, user.name, "wrong")
    before = len(lines(plain_sshd))
    with Watch(tmp_path, [refused]) as watch:
        watch.wait("nas", lambda result: isinstance(result, Missed))
        assert footprint(watch).log_lines == 2
        wait_until(lambda: len(lines(plain_sshd)) == before + 2, 5, str(lines(plain_sshd)))


def test_a_key_that_is_not_the_pinned_one_is_a_line_of_a_connection(
    tmp_path: Path, plain_sshd: Sshd, user: User
) -> None:
    server = ssh_server("nas", plain_sshd.port, user.name, user.password)
    with Watch(tmp_path, [server]) as watch:
        watch.wait("nas", lambda result: isinstance(result, Polled))
    plain_sshd.stop()
    for kind in ("ed25519", "rsa"):
        plain_sshd.new_host_key(kind)
    plain_sshd.start()
    before = len(lines(plain_sshd))
    with Watch(tmp_path, [server]) as watch:
        watch.wait("nas", lambda result: isinstance(result, Missed))
        found = footprint(watch)
        assert (found.logins, found.broken_connections, found.log_lines) == (0, 1, 1)
        wait_until(lambda: len(lines(plain_sshd)) == before + 1, 5, str(lines(plain_sshd)))


@pytest.mark.timed
def test_its_cpu_time_and_its_bytes_are_those_of_the_session(
    tmp_path: Path, plain_sshd: Sshd, user: User
) -> None:
    server = ssh_server("nas", plain_sshd.port, user.name, user.password)
    with Watch(tmp_path, [server]) as watch:
        wait_until(lambda: footprint(watch).measured_polls, 20, "the server tells what it used")
        found = footprint(watch)
        assert found.cpu_seconds is not None
        session = max(plain_sshd.sessions())
        seen = sum(ticks(one) for one in (session, *descendants(session))) / 100
        # The kernel has counted on since, in hundredths of a second.
        assert 0 <= found.cpu_seconds <= seen + 0.05
        assert found.bytes_sent > 8192, "the probe alone is as long"
        assert found.bytes_received > found.polls * 1000
        assert found.forks_per_poll is not None
        assert found.forks_per_poll >= 1
