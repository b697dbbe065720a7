"""``~/.ssh/config`` becomes a list of servers, and nothing in it is executed or followed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monserv.imports import ssh_config, ways
from monserv.imports.unreadable import UnreadableError
from monserv.model.candidate import Candidate, FileKind, Reading

CONFIG = """
# the house
Host nas archive
  HostName 10.0.0.3
  Port 2222
  IdentityFile ~/.ssh/id_nas
Host web-?? *.lan !db.lan
  User www
Host db.lan
  ProxyJump joe@gate:22
  Hostname %h.example
Host "two words"
  User "joe smith"
Host *
  User root
"""
ALPHABET = st.sampled_from(
    [
        *"ab*?!%\"'\\#=@:,[] \t",
        "\n",
        "\nHost ",
        "\nMatch ",
        "\nProxyJump ",
        "\nInclude ",
        "all",
        "é",
        "\u202e",
    ]
)


def read(text: str) -> dict[str, Candidate]:
    return {one.name: one for one in ssh_config.read(text).candidates}


def test_each_name_is_a_server_with_what_applies_to_it() -> None:
    reading = ssh_config.read(CONFIG)
    assert reading.kind is FileKind.SSH_CONFIG
    assert reading.candidates == (
        Candidate("nas", "10.0.0.3", 2222, "root", key="~/.ssh/id_nas"),
        Candidate("archive", "10.0.0.3", 2222, "root", key="~/.ssh/id_nas"),
        Candidate("gate", "gate", 22, "joe", remarks=("Named as a jump server alone.",)),
        Candidate("db.lan", "db.lan.example", 22, "root", jump="gate"),
        Candidate("two words", "two words", 22, "joe smith"),
    )


def test_patterns_are_no_servers_and_said_to_be_none() -> None:
    assert ssh_config.read(CONFIG).remarks == tuple(
        f"Host {pattern} is a pattern, and no server."
        for pattern in ("web-??", "*.lan", "!db.lan", "*")
    )


def test_nothing_is_executed_and_no_other_file_is_read(tmp_path: Path) -> None:
    ran, other = tmp_path / "ran", tmp_path / "other"
    other.write_text("Host hidden\n")
    text = f"""
Include {other}
Match exec "touch {ran}"
  User evil
Host nas
  ProxyCommand touch {ran}
Host db
  User joe
"""
    found = ssh_config.read(text)
    assert [(one.name, one.username, one.problem) for one in found.candidates] == [
        ("nas", "", ways.NO_COMMAND),
        ("db", "joe", ""),
    ]
    assert found.remarks == (
        "The file, line 3: Match exec is not decided here: its block counts for no server.",
        "The file, line 2: what it includes is not read.",
    )
    assert not ran.exists()


def test_jump_servers_come_before_what_is_behind_them_and_old_commands_are_understood() -> None:
    text = """
Host inner
  ProxyJump outer,middle
Host old
  ProxyCommand ssh -q -W %h:%p middle
Host middle
  User m
"""
    found = read(text)
    assert {name: one.jump for name, one in found.items()} == {
        "outer": "",
        "middle": "outer",
        "inner": "middle",
        "old": "middle",
    }
    assert list(found).index("outer") < list(found).index("middle") < list(found).index("inner")


def test_a_circle_is_a_problem_and_not_an_endless_way() -> None:
    found = read("Host a\n ProxyJump b\nHost b\n ProxyJump a\nHost c\n ProxyJump c\n")
    assert {one.problem for one in found.values()} == {ways.CIRCLE}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Host a\n Port 99999\n", "The file, line 2: the port is no number from 1 to 65535."),
        ('Host "a\n', "The file, line 1: a quote is not closed."),
        ("= x\n", "The file, line 1: it begins with no keyword."),
        ("".join(f"Host h{i}\n" for i in range(1001)), "It names more than 1000 servers."),
        (
            "Host *\n" + "User x\n" * 2001,
            "More than 2000 of its lines are for many servers at once.",
        ),
    ],
)
def test_what_makes_no_sense_is_said_with_its_line_and_without_its_text(
    text: str, said: str
) -> None:
    with pytest.raises(UnreadableError) as error:
        ssh_config.read(text)
    assert str(error.value) == said


def read_or_refused(text: str) -> Reading | str:
    try:
        return ssh_config.read(text)
    except UnreadableError as error:
        return str(error)


@settings(max_examples=150, deadline=None)
@given(st.lists(ALPHABET, max_size=60).map("".join))
def test_hostile_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    reading = read_or_refused(text)
    if isinstance(reading, str):
        assert reading.endswith(".")
        return
    names = [one.name for one in reading.candidates]
    assert len(names) == len(set(names))
    place = {name: i for i, name in enumerate(names)}
    for one in reading.candidates:
        assert one.problem == ways.CIRCLE or place.get(one.jump, -1) < place[one.name]
