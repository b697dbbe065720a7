"""Keyboard-interactive: the one hidden prompt gets the password, and nothing else does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from paramiko.message import Message

from monserv.clock import SystemClock
from monserv.errors import Cause, PollError
from monserv.model.secret import Secret
from monserv.model.server import Credentials
from monserv.ssh.credentials import log_in
from monserv.ssh.interactive import MAX_ROUNDS, MoreAskedError, PasswordPrompt
from tests import samples
from tests.ssh.asking import Asking, login

CANARY = "c4n4ry"
SERVER = replace(samples.server(), credentials=Credentials(Secret(CANARY)))
HIDDEN, SHOWN = False, True
SECOND_FACTOR = (
    "The server asks for a second factor, or for more than a password, which monserv cannot give: "
)


def refusal(server: Asking) -> str:
    with login(server) as transport, pytest.raises(PollError) as raised:
        log_in(transport, SERVER, SystemClock())
    assert raised.value.cause is Cause.AUTHENTICATION_FAILED
    assert CANARY not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("news", [[], [[]], [[], []]])
def test_one_hidden_prompt_gets_the_password_whatever_is_told_around_it(
    news: list[list[tuple[str, bool]]],
) -> None:
    server = Asking(*news, [("Password: ", HIDDEN)], *news)
    with login(server) as transport:
        log_in(transport, SERVER, SystemClock())
        assert transport.is_authenticated()
    assert server.said == [CANARY]
    assert server.methods == ["none", "keyboard-interactive"]


@pytest.mark.parametrize(
    ("rounds", "asked", "said"),
    [
        ([[("Code: ", SHOWN)]], '"Code:"', []),
        ([[("Password: ", HIDDEN), ("Code: ", HIDDEN)]], '"Password:" and 1 more', []),
        ([[("Password: ", HIDDEN)], [("Verification code: ", HIDDEN)]], '"Verification code:"', 1),
        ([[("Password: ", HIDDEN)], [("Password: ", HIDDEN)]], '"Password:"', 1),
        ([[("Evil\x1b[2J\n" + "x" * 999, SHOWN)]], f'"Evil [2J {"x" * 71}…"', []),
    ],
)
def test_whatever_else_is_asked_is_a_second_factor_and_not_answered(
    rounds: list[list[tuple[str, bool]]], asked: str, said: object
) -> None:
    server = Asking(*rounds)
    assert refusal(server) == SECOND_FACTOR + asked
    assert server.said == ([CANARY] if said else [])


def test_a_new_password_that_is_asked_for_means_that_the_old_one_has_expired() -> None:
    server = Asking([("Password: ", HIDDEN)], [("New password: ", HIDDEN)])
    assert refusal(server) == (
        'The password has expired and must be changed; the server asks: "New password:"'
    )
    assert server.said == [CANARY]


def test_a_server_that_goes_on_without_a_question_is_given_up() -> None:
    server = Asking(*[[]] * (MAX_ROUNDS + 5))
    assert refusal(server) == "The server goes on asking for nothing, and lets nobody in"


def test_a_server_that_takes_no_password_is_shown_none() -> None:
    server = Asking(offers="publickey,hostbased")
    assert refusal(server) == (
        "The server does not accept the password; it offers publickey, hostbased"
    )
    assert (server.said, server.methods) == ([], ["none"])


def test_a_password_goes_the_plain_way_where_both_are_offered() -> None:
    server = Asking(offers="keyboard-interactive,password")
    with login(server) as transport:
        log_in(transport, SERVER, SystemClock())
    assert server.methods == ["none", "password"]


def test_billions_of_announced_prompts_are_not_read() -> None:
    message = Message()
    for _ in range(3):
        message.add_string("")
    message.add_int(2**32 - 1)
    with login(Asking()) as transport:
        prompt = PasswordPrompt(transport, CANARY)
        prompt.auth_method = "keyboard-interactive"
        with pytest.raises(MoreAskedError, match="4294967294 more"):
            prompt._parse_userauth_info_request(Message(message.asbytes()))
