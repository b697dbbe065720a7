"""``monserv user``: passwords come from the standard input, and never from the command line."""

from __future__ import annotations

import io

import pytest

from tests.cli.typing import Said, Type

PASSWORD = "correct horse battery"


@pytest.fixture
def told(typed: Type, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type a command with a password at its standard input."""

    def tell(*words: str, **settings: str) -> Said:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
        return typed(*words, **settings)

    return tell


def test_the_first_account_is_an_admin_and_others_look(told: Type) -> None:
    assert told("user", "add", "anna").out == "anna can log in: admin, all servers\n"
    said = told("user", "add", "bert", "--tag", "prod", "--tag", "lab")
    assert said.out == "bert can log in: viewer, servers tagged lab, prod\n"
    assert told("user", "list").out.splitlines() == [
        "NAME  ROLE    SEES",
        "anna  admin   all servers",
        "bert  viewer  servers tagged lab, prod",
    ]


def test_an_account_is_changed_and_removed_by_its_name(told: Type) -> None:
    told("user", "add", "anna")
    assert told("user", "role", "Anna", "operator", "--tag", "prod").code == 0
    assert told("user", "disable", "anna").code == 0
    assert "anna  operator  servers tagged prod  disabled" in told("user", "list").out
    assert told("user", "enable", "anna").code == 0
    assert told("user", "role", "anna", "viewer", "--all-servers").code == 0
    assert "anna  viewer  all servers\n" in told("user", "list").out
    assert told("user", "password", "anna").code == 0
    assert told("user", "remove", "anna").code == 0
    assert told("user", "remove", "anna").err == "monserv: There is no account named anna\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "anna"), "There is an account named anna already."),
        (("add", "x" * 65), "A name has 1 to 64 characters"),
        (("password", "nobody"), "There is no account named nobody"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(told: Type, words: tuple[str, ...], said: str) -> None:
    told("user", "add", "anna")
    refused = told("user", *words)
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err
    assert len(refused.err.splitlines()) == 1


def test_a_short_or_missing_password_makes_no_account(
    typed: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    for given in ("short\n", "", "\n"):
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        refused = typed("user", "add", "anna")
        assert refused.code == 2
        assert "assword" in refused.err
    assert typed("user", "list").out == "NAME  ROLE  SEES\n"
