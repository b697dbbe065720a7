"""Who is thrown back how often: by address, by account, and never for ever."""

from __future__ import annotations

import pytest

from monserv.accounts.service import Accounts
from monserv.errors import LoginDelayed, LoginRefused
from monserv.model.secret import Secret
from tests.accounts.world import PASSWORD, World

WRONG = Secret("wrong horse battery")


@pytest.fixture
def accounts(world: World, monkeypatch: pytest.MonkeyPatch) -> Accounts:
    """Anna has an account; comparing takes no time here."""
    world.person("anna")
    monkeypatch.setattr(
        "monserv.accounts.passwords.Passwords.matches",
        lambda _self, password_hash, given: password_hash is not None and given == PASSWORD,
    )
    return world.serve()


def outcome(accounts: Accounts, name: str, password: Secret, address: str) -> str:
    try:
        accounts.log_in(name, password, address, "a test")
    except LoginDelayed:
        return "delayed"
    except LoginRefused:
        return "refused"
    return "in"


def test_one_address_may_try_ten_times_whatever_the_names(accounts: Accounts) -> None:
    tried = [outcome(accounts, f"name{n}", WRONG, "192.0.2.9") for n in range(12)]
    assert tried == ["refused"] * 10 + ["delayed"] * 2
    assert outcome(accounts, "anna", PASSWORD, "192.0.2.1") == "in"


def test_an_ipv6_network_counts_as_one(accounts: Accounts) -> None:
    tried = [outcome(accounts, "x", WRONG, f"2001:db8::{n}") for n in range(1, 12)]
    assert tried[-1] == "delayed"


def test_two_of_ipv4_are_two_also_through_an_ipv6_socket(accounts: Accounts) -> None:
    tried = [outcome(accounts, "x", WRONG, "::ffff:192.0.2.9") for _ in range(12)]
    assert tried[-1] == "delayed"
    assert outcome(accounts, "anna", PASSWORD, "::ffff:192.0.2.1") == "in"
    for number in range(100):
        outcome(accounts, "anna", WRONG, f"::ffff:198.51.100.{number}")
    assert outcome(accounts, "anna", PASSWORD, "::ffff:192.0.2.77") == "delayed"


def test_many_addresses_together_guess_slowly_at_one_account(
    world: World, accounts: Accounts
) -> None:
    tried = [outcome(accounts, "ANNA", WRONG, f"198.51.100.{n}") for n in range(100)]
    assert tried == ["refused"] * 10 + ["delayed"] * 90
    world.clock.advance(3600)
    tried = [outcome(accounts, "anna", WRONG, f"203.0.113.{n}") for n in range(100)]
    assert tried.count("refused") == 10


def test_who_is_logged_in_somewhere_can_log_in_from_there_whatever_others_do(
    accounts: Accounts,
) -> None:
    assert outcome(accounts, "anna", PASSWORD, "192.0.2.1") == "in"
    for number in range(100):
        outcome(accounts, "anna", WRONG, f"198.51.100.{number}")
    assert outcome(accounts, "anna", PASSWORD, "192.0.2.77") == "delayed"
    assert outcome(accounts, "anna", PASSWORD, "192.0.2.1") == "in"


def test_who_logs_in_at_home_gives_others_no_more_tries(accounts: Accounts) -> None:
    assert outcome(accounts, "anna", PASSWORD, "192.0.2.1") == "in"
    for number in range(10):
        assert outcome(accounts, "anna", WRONG, f"198.51.100.{number}") == "refused"
    for _ in range(5):
        assert outcome(accounts, "anna", PASSWORD, "192.0.2.1") == "in"
    assert outcome(accounts, "anna", WRONG, "198.51.100.99") == "delayed"


def test_nobody_stays_locked_out(world: World, accounts: Accounts) -> None:
    for number in range(100):
        outcome(accounts, "anna", WRONG, f"198.51.100.{number}")
    world.clock.advance(30)
    assert outcome(accounts, "anna", PASSWORD, "192.0.2.77") == "in"


def test_logging_in_well_is_no_try(accounts: Accounts) -> None:
    for _ in range(30):
        assert outcome(accounts, "anna", PASSWORD, "192.0.2.1") == "in"


def test_many_failures_are_few_log_lines(
    world: World, accounts: Accounts, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(100):
        outcome(accounts, f"name{number}", WRONG, f"198.51.100.{number}")
    assert len(caplog.records) == 10


def test_of_one_account_only_the_newest_sessions_stay(world: World, accounts: Accounts) -> None:
    for _ in range(60):
        world.clock.advance(1)
        outcome(accounts, "anna", PASSWORD, "192.0.2.1")
    assert len(accounts.directory.sessions) == 50
