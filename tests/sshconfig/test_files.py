"""Includes: in their place, relative to ``~/.ssh``, and never without an end."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from monserv.sshconfig import answer, files
from monserv.sshconfig.answer import Answer
from monserv.sshconfig.lines import BrokenConfigError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with an empty ``.ssh``."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    return tmp_path / ".ssh"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.touch(0o600)
    path.write_text(text)
    return path


def ask(path: Path, name: str) -> Answer:
    return answer.ask(files.read(path), name, None, None, "me")


def refusal(path: Path) -> str:
    with pytest.raises(BrokenConfigError) as raised:
        files.read(path)
    assert str(path.parent) in str(raised.value)
    return str(raised.value)


def test_included_files_count_where_they_are_named_and_in_their_order(home: Path) -> None:
    write(home / "conf.d" / "20", "Host nas\nPort 20\nUser twenty\n")
    write(home / "conf.d" / "10", "Host nas\nPort 10\n")
    write(home / "conf.d" / "30~", "!! not included\n")
    config = write(home / "config", "Include conf.d/[0-9]0\nHost *\n  User all\n  Port 1\n")
    assert ask(config, "nas") == Answer(port=10, user="twenty")
    assert ask(config, "web") == Answer(port=1, user="all")


@pytest.mark.real
def test_one_in_a_block_counts_for_that_block_alone_and_the_block_goes_on_after_it(
    home: Path,
) -> None:
    inner = write(home / "inner", "User inner\nHost db\n  Port 7\nHost nas\n  Port 8\n")
    config = write(home / "config", f"Host n*\n  Include {inner}\n  HostName after\n")
    for name in ("nas", "db", "nothing"):
        said = subprocess.run(
            ["ssh", "-G", "-F", str(config), name], capture_output=True, text=True, check=True
        ).stdout
        found = ask(config, name)
        assert f"port {found.port or 22}\n" in said
        assert f"hostname {found.hostname or name}\n" in said
        assert (f"user {found.user}\n" in said) is (found.user is not None)
    assert ask(config, "nas") == Answer(user="inner", port=8, hostname="after")
    assert ask(config, "db") == Answer()


def test_a_tilde_is_the_home_and_what_is_not_there_is_none(home: Path) -> None:
    write(home / "other", "User other\n")
    config = write(home / "config", "Include ~/.ssh/other absent ~/absent/* ~nobody-here/x\n")
    assert ask(config, "nas") == Answer(user="other")


@pytest.mark.parametrize("chain", [["config"], ["a", "config"], ["a", "b", "a"]])
def test_a_circle_is_refused(home: Path, chain: list[str]) -> None:
    for name, following in zip(["config", *chain], chain, strict=False):
        write(home / name, f"Include {following}\n")
    assert "it includes itself" in refusal(home / "config")


def test_files_that_go_ever_deeper_are_refused(home: Path) -> None:
    for number in range(files.MAX_DEPTH + 1):
        write(home / f"c{number}", f"Include c{number + 1}\n")
    assert "more than 16 deep" in refusal(home / "c0")
    write(home / f"c{files.MAX_DEPTH - 1}", "User deep\n")
    assert ask(home / "c0", "nas") == Answer(user="deep")


def test_more_than_a_megabyte_or_than_256_files_are_refused(home: Path) -> None:
    write(home / "big", "# remark\n" * (files.MAX_BYTES // 16))
    config = write(home / "config", "Include big\nInclude big\n")
    assert "it is more than" in refusal(config)
    write(home / "big", "")
    write(home / "config", "Include big\n" * 256)
    assert "it is more than 256 files" in refusal(config)


def test_a_file_that_others_may_write_is_refused_as_ssh_does(home: Path) -> None:
    config = write(home / "config", "Include inner\n")
    inner = write(home / "inner", "User inner\n")
    for path in (config, inner):
        path.chmod(0o620)
        assert f"{path} may be written by others" in refusal(config)
        path.chmod(0o644)
    if os.geteuid() == 0:
        os.chown(inner, 12345, -1)
        assert f"{inner} may be written by others" in refusal(config)


def test_a_folder_and_what_is_not_there_are_no_configuration(home: Path) -> None:
    assert "cannot be read: " in refusal(home)
    assert "cannot be read: No such file" in refusal(home / "absent")
    config = write(home / "config", "Include\n")
    assert refusal(config) == f"{config}, line 1: Include names no file"


def test_a_pipe_that_is_included_is_not_waited_for(home: Path) -> None:
    os.mkfifo(home / "pipe", 0o600)
    assert "it is no file" in refusal(write(home / "config", "Include pipe\n"))
