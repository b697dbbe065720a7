from __future__ import annotations

import re

import click
import pytest

from monserv import __version__
from monserv.cli import commands
from monserv.errors import StorageError
from monserv.setup import usage
from tests.cli.typing import Said, Type


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",)])
def test_help_has_every_command_and_examples(typed: Type, words: tuple[str, ...]) -> None:
    said = typed(*words)
    assert (said.code, said.err) == (0, "")
    for name, meaning in commands.COMMANDS.items():
        assert re.search(f"\n  {name} +{meaning}\n", said.out)
    for typed_line, _ in usage.EXAMPLES:
        assert f"\n  {typed_line} " in said.out


def test_no_line_of_help_is_wider_than_a_terminal_of_a_hundred(typed: Type) -> None:
    assert max(map(len, typed("--help").out.splitlines())) <= 100


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_every_command_has_help_and_a_name_of_its_own(typed: Type, name: str) -> None:
    said = typed(name, "--help")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"Usage: {usage.COMMAND} {name} ")


def test_the_version_is_the_packages(typed: Type) -> None:
    assert typed("--version") == Said(0, f"monserv {__version__}\n", "")


def test_what_is_no_command_is_named(typed: Type) -> None:
    said = typed("wach")
    assert (said.code, said.out) == (2, "")
    assert "wach" in said.err


def test_an_error_raised_on_purpose_is_one_sentence(
    typed: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command()
    def check() -> None:
        raise StorageError("The disk is full")

    monkeypatch.setattr("monserv.cli.check.check", check)
    assert typed("check") == Said(2, "", "monserv: The disk is full\n")


def test_run_keeps_the_signals_and_passes_on_what_it_does_not_know(
    typed: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: list[object] = []
    monkeypatch.setattr("monserv.setup.signals.as_usual", lambda: passed.append("let go"))
    monkeypatch.setattr("monserv.setup.start.main", lambda given: passed.append(given) or 3)
    assert typed("run", "--log-level", "debug", "-w=2").code == 3
    assert passed == [("--log-level", "debug", "-w=2")]
