"""What a person decides about a host key, and what follows from it at once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monserv.clock import SystemClock
from monserv.errors import ServerConflict, StorageError, TooSoon, TurnedAway
from monserv.model.access import Access, Role
from monserv.model.host_key import KeyState
from monserv.model.server import Reach, Server
from monserv.ssh.host_key import fingerprint
from monserv.ssh.hostkeys import HostKeys
from monserv.ssh.opener import Opener
from monserv.trust import Trust
from tests.poll.machine import NAS
from tests.ssh.keys import key_of

OLD, NEW = key_of("ssh-ed25519", 1), key_of("ssh-ed25519", 2)
ANNA = Access("anna", Role.OPERATOR)
LOCAL = replace(NAS, reach=Reach.LOCAL)
MINE = replace(NAS, id="mine", username="other", tags=("mine",))
ELSEWHERE = replace(NAS, id="elsewhere", host="elsewhere")
BEHIND = replace(ELSEWHERE, hops=(replace(NAS, id="way"),))
OTHERS = [LOCAL, NAS, MINE, ELSEWHERE]


class Fleet:
    """Is too early for ``wait_seconds``; with ``None`` it polls nobody."""

    def __init__(self) -> None:
        self.wait_seconds: float | None = 0.0
        self.tried: list[str] = []

    def retry(self, server_id: str) -> float | None:
        self.tried.append(server_id)
        return self.wait_seconds


@pytest.fixture
def fleet() -> Fleet:
    return Fleet()


@pytest.fixture
def trust(tmp_path: Path, fleet: Fleet) -> Iterator[Trust]:
    store = HostKeys(tmp_path / "known_hosts")
    store.check(NAS.host, NAS.port, "ssh-ed25519", OLD)
    with pytest.raises(TurnedAway):
        store.check(NAS.host, NAS.port, "ssh-ed25519", NEW)
    opener = Opener(tmp_path, SystemClock())
    yield Trust(opener, fleet, lambda: OTHERS)  # type: ignore[arg-type]  # a fake
    opener.stop()


def test_an_accepted_key_is_known_told_in_the_log_and_tried_at_once(
    trust: Trust, fleet: Fleet, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "monserv")
    assert trust.show(NAS).state is KeyState.CHANGED
    report = trust.accept(NAS, fingerprint(NEW), ANNA)
    assert (report.state, report.offered) == (KeyState.KNOWN, None)
    assert [one.is_accepted for one in report.known] == [True]
    assert fleet.tried == ["nas"]
    assert caplog.messages == [f"nas: the host key {fingerprint(NEW)} was accepted by anna"]


def test_another_key_is_not_accepted_and_nobody_is_tried(trust: Trust, fleet: Fleet) -> None:
    with pytest.raises(ServerConflict):
        trust.accept(NAS, fingerprint(OLD), ANNA)
    assert trust.show(NAS).state is KeyState.CHANGED
    assert fleet.tried == []


def test_a_new_key_is_vouched_for_by_whoever_sees_all_that_is_reached_with_it(
    tmp_path: Path, fleet: Fleet, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "monserv")
    opener = Opener(tmp_path, SystemClock())
    try:
        trust = Trust(opener, fleet, lambda: OTHERS)  # type: ignore[arg-type]  # a fake
        with pytest.raises(ServerConflict, match="test the connection again"):
            trust.vouch(NAS, fingerprint(NEW), ANNA)
        with pytest.raises(ServerConflict, match="do not see"):
            trust.vouch(NAS, fingerprint(NEW), replace(ANNA, tags=frozenset({"mine"})))
        with pytest.raises(ServerConflict, match="without SSH"):
            trust.vouch(LOCAL, fingerprint(NEW), ANNA)
    finally:
        opener.stop()
    assert (fleet.tried, caplog.messages) == ([], [])


@pytest.mark.parametrize("unseen", [NAS, BEHIND])
def test_who_does_not_see_all_that_is_reached_with_a_key_does_not_accept_it(
    trust: Trust, monkeypatch: pytest.MonkeyPatch, unseen: Server
) -> None:
    limited = replace(ANNA, tags=frozenset({"mine"}))
    monkeypatch.setattr("tests.test_trust.OTHERS", [MINE, LOCAL, unseen])
    with pytest.raises(ServerConflict, match="do not see"):
        trust.accept(MINE, fingerprint(NEW), limited)
    assert trust.show(NAS).state is KeyState.CHANGED
    monkeypatch.setattr("tests.test_trust.OTHERS", [MINE, LOCAL, ELSEWHERE])
    assert trust.accept(MINE, fingerprint(NEW), limited).state is KeyState.KNOWN


def test_a_broken_store_is_an_error_of_storage(trust: Trust, tmp_path: Path) -> None:
    (tmp_path / "known_hosts").write_text("damaged\n")
    for call in (lambda: trust.show(NAS), lambda: trust.accept(NAS, fingerprint(NEW), ANNA)):
        with pytest.raises(StorageError, match="damaged in line 1"):
            call()


def test_this_machine_has_no_host_key(trust: Trust) -> None:
    with pytest.raises(ServerConflict, match="without SSH"):
        trust.show(LOCAL)
    with pytest.raises(ServerConflict, match="without SSH"):
        trust.accept(LOCAL, fingerprint(NEW), ANNA)


def test_a_try_is_refused_while_it_is_too_early_and_where_nobody_polls(
    trust: Trust, fleet: Fleet
) -> None:
    trust.retry(NAS)
    fleet.wait_seconds = 3.5
    with pytest.raises(TooSoon) as refused:
        trust.retry(NAS)
    assert refused.value.wait_seconds == 3.5
    fleet.wait_seconds = None
    with pytest.raises(ServerConflict, match="is paused"):
        trust.retry(NAS)
