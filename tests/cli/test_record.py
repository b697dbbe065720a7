"""A recording that a person makes, of this machine and of one behind sshd."""

from __future__ import annotations

import pwd
import re
import socket
from pathlib import Path

import pytest

from monserv.probe import recording
from monserv.probe.vocabulary import is_known
from tests.cli.typing import Type
from tests.ports import free_port
from tests.probe.answers import polls, sample
from tests.real import canary
from tests.real.machines import Sshd, User
from tests.real.product import ssh_url


def test_a_recording_of_this_machine_reads_like_one_of_the_fixtures(
    typed: Type, tmp_path: Path
) -> None:
    path = tmp_path / "here.txt"
    said = typed("record", "local://", "--output", str(path))
    assert (said.code, said.out) == (0, "")
    assert path.stat().st_mode & 0o777 == 0o600
    first, second = polls(recording.read(path.read_bytes()))
    found = sample(first, second)
    assert found is not None
    assert (found.cpu, found.memory, found.load) != (None, None, None)
    assert found.disks
    assert found.processes is not None
    assert set(found.problems) <= {"network: /proc/net/dev could not be read"}
    names = {socket.gethostname()} | {
        one.pw_name for one in pwd.getpwall() if 1000 <= one.pw_uid < 65534
    }
    words = set(path.read_text(errors="surrogateescape").replace("/", " ").split())
    assert {name for name in names & words if not is_known(name)} == set()
    assert "Look through" in said.err
    assert not (tmp_path / "data").exists()


def test_a_file_that_is_there_is_not_replaced(typed: Type, tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("mine")
    said = typed("record", "local://", "--output", str(path))
    assert said.code == 2
    assert said.err == f"monserv: {path} is there already; a recording replaces nothing\n"
    assert path.read_text() == "mine"


def test_a_server_that_cannot_be_reached_is_one_sentence(typed: Type, tmp_path: Path) -> None:
    path = tmp_path / "none.txt"
    said = typed("record", f"ssh://me:k4n4r1e@127.0.0.1:{free_port()}", "--output", str(path))
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("monserv: ssh://me:***@127.0.0.1:")
    assert said.err.count("\n") == 1
    assert not path.exists()


@pytest.mark.real
def test_a_server_is_recorded_without_the_names_of_its_people(
    typed: Type, sshd: Sshd, user: User, tmp_path: Path
) -> None:
    said = typed("record", ssh_url(user.name, sshd.port, user.password))
    assert said.code == 0
    assert "users and their names" in said.err
    assert not {user.name, user.home.name} & set(re.findall(r"\w+", said.out))
    first, second = polls(recording.read(said.out.encode()))
    assert sample(first, second) is not None
    assert "\nMARK logins\n" in said.out
    assert not list((tmp_path / "data").glob("known_hosts*")), "a recording pins nothing"
    canary.check((said.out + said.err).encode())


def test_a_terminal_is_shown_no_control_sequences(
    typed: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = [{"something": "\x1b]0;owned\x07 \u202e\n"}]
    monkeypatch.setattr("monserv.cli.record._answers", lambda *_: answer)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    said = typed("record", "local://")
    assert said.code == 0
    assert said.out.startswith("MARK something\n\\x1b]0;")
    assert said.out.replace("\n", "").isprintable()
