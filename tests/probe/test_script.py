"""The script in the shells that servers have, and what each of them makes of a quoted path."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monserv.probe import disks, mounts, processes, reading, script, sections

pytestmark = pytest.mark.real

SHELLS = {"dash": ["dash"], "bash": ["bash", "--posix"], "busybox": ["busybox", "sh"]}
MARKER = "7f3a.1"

Ask = Callable[[str], dict[str, str]]


class Asked:
    """A shell at the other end of a socket, as the product has it."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(10)
        with theirs:
            self._child = subprocess.Popen(
                command, stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL, env=environment
            )
        self._socket.sendall(script.SCRIPT.encode())

    def ask(self, line: str) -> dict[str, str]:
        self._socket.sendall(line.encode("utf-8", "surrogateescape"))
        answer = bytearray()
        while not answer.endswith(sections.end_line(MARKER)):
            chunk = self._socket.recv(65536)
            assert chunk, bytes(answer)
            answer += chunk
        return sections.cut(bytes(answer), MARKER)

    def close(self) -> None:
        self._socket.close()
        self._child.wait(5)


@pytest.fixture(params=sorted(SHELLS))
def ask(request: pytest.FixtureRequest) -> Iterator[Ask]:
    asked = Asked(SHELLS[request.param])
    yield asked.ask
    asked.close()


def test_it_tells_what_proc_tells(ask: Ask) -> None:
    facts = reading.facts(ask(script.facts_line(MARKER)))
    assert facts.hostname == socket.gethostname()
    assert facts.page_bytes == os.sysconf("SC_PAGE_SIZE")
    assert facts.users[0] == "root"
    first = ask(script.poll_line(MARKER))
    before = reading.reading(first)
    assert before is not None
    assert before.cpu is not None
    assert before.cpu.cores == os.sysconf("SC_NPROCESSORS_ONLN")
    assert before.memory is not None
    assert before.load is not None
    assert os.getpid() in {row.pid for row in before.processes}
    names = {path.name for path in Path("/sys/class/net").iterdir() if path.is_dir()}
    assert {row.name for row in before.interfaces or ()} == names - {"lo"}
    real = {path.parent.name for path in Path("/sys/class/net").glob("*/device")}
    assert before.hardware == real


def test_it_reads_again_and_again(ask: Ask) -> None:
    uptimes = []
    for _ in range(20):
        found = reading.reading(ask(script.poll_line(MARKER)))
        assert found is not None
        uptimes.append(found.uptime_seconds)
        time.sleep(0.011)
    assert uptimes == sorted(set(uptimes))


def test_it_names_the_owners_and_passes_over_those_who_ended(ask: Ask) -> None:
    answer = ask(script.owners_line(MARKER, [1, os.getpid(), 2**22 + 1]))
    assert processes.owners(answer["owners"]) == {1: 0, os.getpid(): os.getuid()}


def test_it_asks_df_about_exactly_these_mount_points(ask: Ask) -> None:
    asked = mounts.mounts(ask(script.poll_line(MARKER))["mounts"])
    assert "/" in [mount.mountpoint for mount in asked]
    answer = ask(script.disks_line(MARKER, [mount.mountpoint for mount in asked]))
    found = disks.disks(answer["disks"], asked)
    assert [disk.mountpoint for disk in found] == [mount.mountpoint for mount in asked]


def test_a_path_that_is_gone_leaves_the_others(ask: Ask) -> None:
    answer = ask(script.disks_line(MARKER, ["/nowhere", "/"]))
    root = mounts.Mount("d", "/", "ext4", read_only=False)
    gone = mounts.Mount("d", "/nowhere", "ext4", read_only=False)
    assert [disk.mountpoint for disk in disks.disks(answer["disks"], [gone, root])] == ["/"]


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_it_needs_no_environment_and_another_locale_changes_nothing(shell: str) -> None:
    program = str(Path("/bin") / SHELLS[shell][0])
    for environment in ({}, {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de", "PATH": "", "IFS": "x"}):
        asked = Asked([program, *SHELLS[shell][1:]], environment)
        try:
            found = reading.reading(asked.ask(script.poll_line(MARKER)))
            assert found is not None
            assert found.processes
            answer = asked.ask(script.disks_line(MARKER, ["/"]))
            root = mounts.Mount("d", "/", "ext4", read_only=False)
            assert len(disks.disks(answer["disks"], [root])) == 1
        finally:
            asked.close()


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_a_quoted_path_is_literal_whatever_is_in_it(shell: str) -> None:
    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.binary(min_size=1, max_size=60).filter(lambda raw: b"\0" not in raw)))
    def check(paths: list[bytes]) -> None:
        quoted = " ".join(script.quote(os.fsdecode(raw)) for raw in paths)
        line = f"for p in {quoted}; do printf '%s\\0' \"$p\"; done\n"
        done = subprocess.run(
            SHELLS[shell], input=os.fsencode(line), capture_output=True, check=True
        )
        assert done.stdout == b"".join(raw + b"\0" for raw in paths)

    check()


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_a_path_cannot_break_out_of_its_quotes(shell: str) -> None:
    paths = [
        "'; echo broken #",
        "$(echo broken)",
        "`echo broken`",
        "\\'\n echo broken\n'",
        "!!",
        "-n",
    ]
    line = f"for p in {' '.join(map(script.quote, paths))}; do printf '%s\\0' \"$p\"; done\n"
    done = subprocess.run(SHELLS[shell], input=line.encode(), capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == paths
