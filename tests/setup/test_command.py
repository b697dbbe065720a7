from __future__ import annotations

import sys
from pathlib import Path

import pytest

from monserv import __version__
from monserv.errors import StartRefused
from monserv.setup import command, product, start, usage


@pytest.fixture(autouse=True)
def _not_set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout that asks for a package which nobody has."""
    (tmp_path / "requirements.txt").write_text("no-such-package>=1\n")
    (tmp_path / "constraints.txt").write_text("")
    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr("monserv.setup.signals.let_in", lambda: None)
    monkeypatch.delenv("MONSERV_VENV", raising=False)


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["user", "add", "--help"]])
def test_before_it_is_set_up_there_is_help(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.prepare(words) == 0
    said = capsys.readouterr().out
    assert said.startswith(usage.PURPOSE)
    assert usage.examples() in said
    assert "Nothing is set up yet" in said


def test_the_version_needs_no_set_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.prepare(["--version"]) == 0
    assert capsys.readouterr().out == f"monserv {__version__}\n"


def test_any_other_command_sets_it_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ensure(_plan: object, _tell: object) -> Path:
        raise StartRefused("This Python cannot make virtual environments")

    monkeypatch.setattr("monserv.setup.virtualenv.ensure", ensure)
    assert command.prepare(["check"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "monserv: This Python cannot make virtual environments\n")


@pytest.mark.parametrize("words", [[], ["check"]])
def test_installed_without_its_packages_it_says_what_to_type(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(product, "IS_INSTALLED", True)
    assert command.prepare(words) == 2
    assert capsys.readouterr().err == (
        "monserv: This Python lacks what monserv needs; "
        f"type: {sys.executable} -m pip install 'no-such-package>=1'\n"
    )


def test_where_the_packages_are_there_is_nothing_to_do(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("pytest>=1\n")
    assert command.prepare([]) is None
    assert command.prepare(["check"]) is None
