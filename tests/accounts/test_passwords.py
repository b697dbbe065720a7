"""Passwords cost time on purpose, in threads of their own, and in bounded numbers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from monserv.accounts import passwords as module
from monserv.accounts.passwords import Passwords, flaw
from monserv.errors import AccountError, LoginDelayed
from monserv.model.secret import Secret
from tests.waiting import fastest_seconds

GOOD = Secret("correct horse battery")


@pytest.fixture(scope="module")
def passwords() -> Iterator[Passwords]:
    made = Passwords(1)
    yield made
    made.stop()


def test_a_hash_is_argon2id_and_knows_its_password_alone(passwords: Passwords) -> None:
    made = passwords.hash(GOOD, "anna")
    assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.matches(made, GOOD)
    assert not passwords.matches(made, Secret("correct horse batterx"))
    assert passwords.hash(GOOD, "anna") != made


def test_nobody_and_a_damaged_hash_have_no_password(passwords: Passwords) -> None:
    assert not passwords.matches(None, Secret(""))
    assert not passwords.matches("garbage", GOOD)


def test_the_same_letters_typed_otherwise_are_the_same_password(passwords: Passwords) -> None:
    composed, decomposed = Secret("pässword 12345"), Secret("pa\u0308ssword 12345")
    assert passwords.matches(passwords.hash(composed, "anna"), decomposed)


@pytest.mark.timed
def test_an_unknown_name_takes_as_long_as_a_known_one(passwords: Passwords) -> None:
    made = passwords.hash(GOOD, "anna")
    ratios = []
    # What else the machine does may fall on one of the two; it does not always.
    while not any(0.5 < ratio < 2 for ratio in ratios):
        assert len(ratios) < 10, ratios
        known = fastest_seconds(lambda: passwords.matches(made, Secret("wrong")), 5)
        unknown = fastest_seconds(lambda: passwords.matches(None, Secret("wrong")), 5)
        ratios.append(known / unknown)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "at least 10"),
        ("x" * 257, "at most 256"),
        ("aaaaaaaaaaaaaa", "the first"),
        ("Administrator", "the first"),
    ],
)
def test_a_bad_password_is_refused_with_the_reason(
    passwords: Passwords, password: str, said: str
) -> None:
    assert said in (flaw(Secret(password), "administrator") or "")
    with pytest.raises(AccountError, match=said) as refusal:
        passwords.hash(Secret(password), "administrator")
    assert password not in str(refusal.value)


@pytest.mark.timed
def test_others_go_on_while_a_password_is_compared(passwords: Passwords) -> None:
    beats, stop = [], threading.Event()

    def beat() -> None:
        while not stop.wait(0.005):
            beats.append(time.monotonic())

    heart = threading.Thread(target=beat)
    heart.start()
    began_at = time.monotonic()
    for _ in range(3):
        passwords.matches(None, GOOD)
    took_seconds = time.monotonic() - began_at
    stop.set()
    heart.join(30)
    assert len(beats) > took_seconds * 20


def test_beyond_what_may_wait_nothing_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    monkeypatch.setattr(module, "_verify", lambda *_: gate.is_set())
    slow = Passwords(1)
    outcomes: list[object] = []

    def try_it() -> None:
        try:
            outcomes.append(slow.matches(None, GOOD))
        except LoginDelayed as delay:
            outcomes.append((delay.is_busy, delay.retry_after_seconds))

    monkeypatch.setattr(slow, "_inside", module.MAX_WAITING)
    try_it()
    assert outcomes == [(True, module.RETRY_AFTER_SECONDS)]
    monkeypatch.setattr(slow, "_inside", module.MAX_WAITING - 1)
    try_it()
    assert outcomes[1:] == [False]
    slow.stop()
    try_it()
    assert outcomes[2:] == [(True, module.RETRY_AFTER_SECONDS)]
