"""What a running server knows: at once what it writes, soon what others write."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from monserv.accounts.passwords import Passwords
from monserv.accounts.service import IDLE_LIFETIME, Accounts
from monserv.db import accounts as accounts_rows
from monserv.errors import AccountConflict, AccountError, LoginDelayed, LoginRefused, StorageError
from monserv.model.access import Role
from monserv.model.account import Scope
from monserv.model.secret import Secret
from tests.accounts.world import PASSWORD, World
from tests.waiting import eventually

HERE = ("192.0.2.1", "Firefox")


NEWER = Secret("another horse battery")


def log_in(accounts: Accounts, name: str) -> Secret:
    return accounts.log_in(name, PASSWORD, *HERE)


def connect(world: World, accounts: Accounts, secret: Secret) -> str:
    """Open a live connection and return its credential."""
    grant = accounts.grant(secret)
    assert grant is not None
    world.connections.alive.add(grant.access.credential)
    return grant.access.credential


def test_whoever_logs_in_is_known_at_once_and_by_any_spelling_of_the_name(world: World) -> None:
    world.person("Änna", Role.OPERATOR, "prod")
    accounts = world.serve()
    grant = accounts.grant(log_in(accounts, "änna"))
    assert grant is not None
    assert (grant.access.name, grant.access.role) == ("Änna", Role.OPERATOR)
    assert grant.access.tags == {"prod"}


@pytest.mark.parametrize("name", ["anna", "nobody"])
def test_a_wrong_password_and_an_unknown_name_are_refused_alike(world: World, name: str) -> None:
    world.person("anna")
    accounts = world.serve()
    with pytest.raises(LoginRefused, match=r"^The name or the password is wrong\.$"):
        accounts.log_in(name, Secret("wrong horse battery"), *HERE)


def test_a_disabled_account_is_refused_like_a_wrong_password(world: World) -> None:
    anna = world.person("anna")
    world.shell.change_account(anna, {"is_disabled": True}, spare_last_admin=False)
    with pytest.raises(LoginRefused, match=r"^The name or the password is wrong\.$"):
        log_in(world.serve(), "anna")


def test_a_token_opens_what_its_scope_says_and_no_more_than_its_owner(world: World) -> None:
    anna = world.person("anna", Role.VIEWER, "prod", "berlin")
    _, managing = world.shell.add_token("ci", Scope.MANAGE, ["prod", "lab"], None, anna)
    _, alone = world.shell.add_token("script", Scope.MANAGE, [], None, None)
    _, elsewhere = world.shell.add_token("odd", Scope.READ, ["lab"], None, anna)
    accounts = world.serve()
    found = [accounts.grant(one) for one in (managing, alone, elsewhere)]
    accesses = [one.access for one in found if one is not None]
    assert [(one.role, set(one.tags)) for one in accesses] == [
        (Role.VIEWER, {"prod"}),
        (Role.OPERATOR, set()),
        (Role.VIEWER, {""}),
    ]
    assert not accesses[2].sees(["lab", "prod", "berlin"])
    assert not accesses[2].sees([])


def test_one_account_leaves_tokens_to_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts_rows, "MAX_TOKENS_PER_ACCOUNT", 2)
    anna, bert = world.person("anna"), world.person("bert")
    made = [world.shell.add_token(f"ci {n}", Scope.READ, [], None, anna)[0] for n in range(2)]
    with pytest.raises(AccountConflict, match=r"^The account has 2 tokens; revoke"):
        world.shell.add_token("one too many", Scope.READ, [], None, anna)
    for owner in (bert, None):
        world.shell.add_token("ci", Scope.READ, [], None, owner)
    world.shell.remove_token(made[0])
    world.shell.add_token("in its place", Scope.READ, [], None, anna)


def test_a_token_of_an_admin_does_not_administer(world: World) -> None:
    root = world.person("root", Role.ADMIN)
    _, text = world.shell.add_token("ci", Scope.MANAGE, [], None, root)
    grant = world.serve().grant(text)
    assert grant is not None
    assert grant.access.role is Role.OPERATOR


def test_a_token_ends_when_it_expires(world: World) -> None:
    expires_at = world.clock.now() + timedelta(hours=1)
    _, text = world.shell.add_token("ci", Scope.READ, [], expires_at, None)
    accounts = world.serve()
    credential = connect(world, accounts, text)
    world.clock.advance(3599)
    accounts.look()
    assert accounts.grant(text) is not None
    assert world.connections.alive == {credential}
    world.clock.advance(1)
    accounts.look()
    assert accounts.grant(text) is None
    assert world.connections.alive == set()


def test_a_session_ends_when_it_is_idle_for_long_and_at_last_in_any_case(world: World) -> None:
    world.person("anna")
    accounts = world.serve()
    idle, used = log_in(accounts, "anna"), log_in(accounts, "anna")
    day = 86400
    for _ in range(IDLE_LIFETIME.days):
        assert accounts.grant(used) is not None
        world.clock.advance(day)
    assert accounts.grant(idle) is None
    for _ in range(22):
        assert accounts.grant(used) is not None
        world.clock.advance(day)
    world.clock.advance(day)
    assert accounts.grant(used) is None


def test_when_a_session_was_used_outlives_the_process(world: World) -> None:
    world.person("anna")
    accounts = world.serve()
    secret = log_in(accounts, "anna")
    world.clock.advance(IDLE_LIFETIME.total_seconds() - 1)
    assert accounts.grant(secret) is not None
    accounts.look()
    world.clock.advance(2)
    assert world.serve().grant(secret) is not None


CHANGES = {
    "token revoked": lambda shell, _anna, token: shell.remove_token(token),
    "role lowered": lambda shell, anna, _token: shell.change_account(
        anna, {"role": Role.VIEWER}, spare_last_admin=False
    ),
    "other servers": lambda shell, anna, _token: shell.change_account(
        anna, {"tags": ["lab"]}, spare_last_admin=False
    ),
    "disabled": lambda shell, anna, _token: shell.change_account(
        anna, {"is_disabled": True}, spare_last_admin=False
    ),
    "removed": lambda shell, anna, _token: shell.remove_account(anna, spare_last_admin=False),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_the_command_line_takes_away_loses_its_connections_and_nothing_else_does(
    world: World, change: str
) -> None:
    anna, bert = world.person("anna", Role.OPERATOR), world.person("bert", Role.OPERATOR)
    token, text = world.shell.add_token("ci", Scope.MANAGE, [], None, anna)
    _, other = world.shell.add_token("ci", Scope.MANAGE, [], None, bert)
    accounts = world.serve()
    connect(world, accounts, text)
    kept = connect(world, accounts, other)
    world.connections.alive.add("")
    CHANGES[change](world.shell, anna, token)
    accounts.look()
    assert world.connections.alive == {kept, ""}


def test_a_new_password_ends_all_sessions(world: World) -> None:
    anna = world.person("anna")
    accounts = world.serve()
    secret = log_in(accounts, "anna")
    connect(world, accounts, secret)
    world.shell.set_password(anna, Secret("another horse battery"))
    accounts.look()
    assert accounts.grant(secret) is None
    assert world.connections.alive == set()


@pytest.fixture
def slow_world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Anna gets a new password from the command line while an old one is compared."""
    anna = world.person("anna")
    matches = Passwords.matches

    def overtaken(self: Passwords, password_hash: str | None, password: Secret) -> bool:
        is_right = matches(self, password_hash, password)
        world.shell.set_password(anna, NEWER)
        return is_right

    monkeypatch.setattr(Passwords, "matches", overtaken)
    return world


def test_a_log_in_that_a_new_password_overtakes_begins_no_session(slow_world: World) -> None:
    accounts = slow_world.serve()
    with pytest.raises(LoginRefused, match=r"^The name or the password is wrong\.$"):
        log_in(accounts, "anna")
    accounts.look()
    assert accounts.directory.sessions == {}


def test_a_change_of_password_does_not_undo_a_newer_one(slow_world: World) -> None:
    accounts = slow_world.serve()
    (anna,) = accounts.directory.accounts.values()
    accounts.confirm(anna, PASSWORD, HERE[0])
    with pytest.raises(AccountConflict, match=r"^The password was changed meanwhile\.$"):
        accounts.registry.set_password(anna, PASSWORD, instead_of_shown=True)
    accounts.look()
    (anna,) = accounts.directory.accounts.values()
    accounts.confirm(anna, NEWER, HERE[0])


def test_its_own_thread_sees_what_others_write(world: World) -> None:
    accounts = world.serve()
    accounts.start()
    accounts.start()
    world.person("anna")
    assert eventually(lambda: accounts.directory.named("anna"))
    assert accounts.is_alive
    accounts.stop(5)
    accounts.stop(5)
    assert not accounts.is_alive


def test_nothing_is_read_again_while_nothing_changes(world: World) -> None:
    world.person("anna")
    accounts = world.serve()
    before = accounts.directory
    accounts.look()
    assert accounts.directory is before


def test_without_a_database_nobody_is_let_in_and_the_reason_is_known(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    _, text = world.shell.add_token("ci", Scope.READ, [], None, None)
    path = world.folder / "monserv.db"
    path.rename(world.folder / "away")
    accounts = world.serve()
    accounts.look()
    assert str(path) in (accounts.ignorance or "")
    with pytest.raises(StorageError):
        accounts.grant(text)
    assert len(caplog.records) == 1
    (world.folder / "away").rename(path)
    accounts.look()
    assert accounts.ignorance is None
    assert accounts.grant(text) is not None


def test_who_was_let_in_stays_when_the_database_breaks_later_until_it_expires(
    world: World,
) -> None:
    expires_at = world.clock.now() + timedelta(hours=1)
    _, text = world.shell.add_token("ci", Scope.READ, [], expires_at, None)
    accounts = world.serve()
    connect(world, accounts, text)
    (world.folder / "monserv.db").unlink()
    accounts.look()
    assert accounts.grant(text) is not None
    assert len(world.connections.alive) == 1
    world.clock.advance(3600)
    accounts.look()
    assert world.connections.alive == set()


def code_in(caplog: pytest.LogCaptureFixture) -> Secret:
    (line,) = [one.getMessage() for one in caplog.records if "code" in one.getMessage()]
    assert "http://127.0.0.1:18904/setup" in line
    return Secret(line.rpartition(" ")[2])


def test_the_first_account_is_made_with_the_code_of_the_log_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    accounts = world.serve(needs_login=True)
    accounts.look()
    code = code_in(caplog)
    with pytest.raises(LoginRefused, match="not the code"):
        accounts.make_first(Secret("aaaaa-aaaaa"), "root", PASSWORD, *HERE)
    with pytest.raises(AccountError, match="at least 10"):
        accounts.make_first(code, "root", Secret("short"), *HERE)
    spelled = Secret(code.reveal().replace("-", " ").upper())
    grant = accounts.grant(accounts.make_first(spelled, "root", PASSWORD, *HERE))
    assert grant is not None
    assert (grant.access.name, grant.access.role) == ("root", Role.ADMIN)
    with pytest.raises(LoginRefused, match="set-up is over"):
        accounts.make_first(code, "more", PASSWORD, *HERE)


def test_the_code_is_gone_once_the_command_line_made_an_account(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    accounts = world.serve(needs_login=True)
    code = code_in(caplog)
    root = world.person("root", Role.ADMIN)
    # It has not looked yet, but the row decides.
    with pytest.raises(AccountError, match="an account already"):
        accounts.make_first(code, "more", PASSWORD, *HERE)
    accounts.look()
    assert not accounts.set_up.is_open
    world.shell.remove_account(root, spare_last_admin=False)
    accounts.look()
    assert not accounts.set_up.is_open


def test_codes_cannot_be_tried_for_ever(world: World, caplog: pytest.LogCaptureFixture) -> None:
    accounts = world.serve(needs_login=True)
    code = code_in(caplog)
    for _ in range(5):
        with pytest.raises(LoginRefused):
            accounts.set_up.check(Secret("x"))
    with pytest.raises(LoginDelayed) as delay:
        accounts.set_up.check(code)
    world.clock.advance(delay.value.retry_after_seconds)
    accounts.set_up.check(code)


def test_where_no_login_is_needed_there_is_no_code(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    assert not world.serve().set_up.is_open
    assert caplog.records == []


def test_the_log_says_who_came_and_no_secret(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    world.person("anna")
    accounts = world.serve()
    secret = log_in(accounts, "anna")
    for name in ("anna", "my secret passphrase"):
        with pytest.raises(LoginRefused):
            accounts.log_in(name, Secret("wrong horse battery"), *HERE)
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "anna logged in from 192.0.2.1",
        "log-in of anna from 192.0.2.1 failed",
        "log-in of an unknown name from 192.0.2.1 failed",
    ]
    assert secret.reveal() not in caplog.text
