"""Pinned host keys: the first one is kept, another is refused, a broken store trusts nobody."""

from __future__ import annotations

import base64
import fcntl
import threading
from pathlib import Path

import pytest

from monserv.clock import ManualClock
from monserv.errors import Cause, PollError, ServerConflict, TurnedAway
from monserv.model.host_key import KeyState
from monserv.model.trial import ShownKey, Step
from monserv.offload import real_threads
from monserv.ssh.host_key import fingerprint
from monserv.ssh.hostkeys import HostKeys, Onlooker, host_name
from monserv.ssh.keyfile import gather_seconds
from monserv.ssh.known_hosts import KnownHosts
from tests.ssh.keys import key_of

KEY = base64.b64encode(b"the first key").decode()
OTHER = base64.b64encode(b"another key").decode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "known_hosts"


def contents(path: Path) -> list[str]:
    """Return the lines of a store without what stands behind the keys."""
    return [" ".join(line.split(" ")[:3]) for line in path.read_text().splitlines()]


def cause_of(store: HostKeys, key: str = KEY) -> PollError:
    with pytest.raises(PollError) as raised:
        store.check("nas", 22, "ssh-ed25519", key)
    return raised.value


def test_the_first_key_is_pinned_and_stays_accepted(path: Path) -> None:
    HostKeys(path).check("nas", 22, "ssh-ed25519", KEY)
    HostKeys(path).check("nas", 22, "ssh-ed25519", KEY)
    assert contents(path) == [f"nas ssh-ed25519 {KEY}"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_pinned_later_leaves_the_other_lines_as_they_were(path: Path) -> None:
    store = HostKeys(path)
    lines: list[str] = []
    for number in range(5):
        store.check(f"nas{number}", 22, "ssh-ed25519", KEY)
        written = path.read_text().splitlines()
        assert (written[:-1], len(written)) == (lines, number + 1)
        lines = written
    # A person deletes a line meanwhile, and writes another one otherwise.
    path.write_text(f"{lines[0]}\nnas3 ssh-ed25519 {OTHER}\n")
    store.check("nas9", 22, "ssh-ed25519", KEY)
    assert contents(path) == [
        f"nas0 ssh-ed25519 {KEY}",
        f"nas3 ssh-ed25519 {OTHER}",
        f"nas9 ssh-ed25519 {KEY}",
    ]


@pytest.mark.parametrize(
    ("host", "port", "name"),
    [("nas", 22, "nas"), ("nas", 2222, "[nas]:2222"), ("::1", 22, "::1"), ("::1", 23, "[::1]:23")],
)
def test_hosts_are_named_as_openssh_names_them(host: str, port: int, name: str) -> None:
    assert host_name(host, port) == name


def test_another_key_is_refused_with_both_fingerprints_and_the_pin_stays(path: Path) -> None:
    store = HostKeys(path)
    store.check("nas", 22, "ssh-ed25519", KEY)
    error = cause_of(store, OTHER)
    assert error.cause is Cause.HOST_KEY_CHANGED
    assert fingerprint(KEY) in str(error)
    assert fingerprint(OTHER) in str(error)
    assert contents(path) == [f"nas ssh-ed25519 {KEY}"]


def test_a_name_in_other_letters_is_no_new_machine(path: Path) -> None:
    path.write_text(f"NAS ssh-ed25519 {KEY}\n[Db]:2222 ssh-ed25519 {KEY}\n")
    store = HostKeys(path)
    for host, port in (("nas", 22), ("Nas", 22), ("DB", 2222)):
        store.check(host, port, "ssh-ed25519", KEY)
        with pytest.raises(TurnedAway):
            store.check(host, port, "ssh-ed25519", OTHER)
    store.accept("nAs", 22, fingerprint(OTHER))
    store.check("NAS", 22, "ssh-ed25519", OTHER)


def test_a_key_of_another_type_is_another_key(path: Path) -> None:
    store = HostKeys(path)
    store.check("nas", 22, "ssh-rsa", KEY)
    assert cause_of(store).cause is Cause.HOST_KEY_CHANGED


def test_each_of_several_pinned_types_is_accepted(path: Path) -> None:
    path.write_text(f"nas ssh-rsa {OTHER}\nnas ssh-ed25519 {KEY}\n")
    store = HostKeys(path)
    store.check("nas", 22, "ssh-ed25519", KEY)
    store.check("nas", 22, "ssh-rsa", OTHER)
    assert store.pinned_types("nas", 22) == ("ssh-rsa", "ssh-ed25519")
    assert store.pinned_types("nas", 2222) == ()


def test_the_longer_the_store_the_more_are_written_at_once() -> None:
    waits = [round(gather_seconds(names), 3) for names in (0, 1000, 5000, 10**6)]
    assert waits == [0.0, 0.05, 0.25, 0.25]


def test_forty_hosts_that_are_pinned_at_once_are_all_kept(path: Path) -> None:
    threads = real_threads("test-hostkeys", 1)
    store = HostKeys(path, threads=threads)
    start = threading.Barrier(40)

    def pin(number: int) -> None:
        start.wait(10)
        store.check(f"host{number}", 22, "ssh-ed25519", KEY)

    crew = [threading.Thread(target=pin, args=(number,)) for number in range(40)]
    for member in crew:
        member.start()
    for member in crew:
        member.join(10)
    threads.stop()
    assert sorted(contents(path)) == sorted(
        f"host{number} ssh-ed25519 {KEY}" for number in range(40)
    )
    assert {one.name for one in path.parent.iterdir()} == {"known_hosts", "known_hosts.lock"}


@pytest.mark.parametrize(
    "content",
    [
        b"nas ssh-ed25519\n",
        b"nas ssh-ed25519 not!base64\n",
        b"\n",
        b"\xff\xfe\n",
        b"nas ssh-ed25519 " + KEY.encode() + b" comment\n",
    ],
)
def test_a_damaged_store_trusts_nobody_and_is_left_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    error = cause_of(HostKeys(path))
    assert error.cause is Cause.UNREACHABLE
    assert str(path) in str(error)
    with pytest.raises(PollError):
        HostKeys(path).pinned_types("nas", 22)
    assert path.read_bytes() == content


def test_a_store_that_cannot_be_read_trusts_nobody(path: Path) -> None:
    path.mkdir()
    assert "cannot be read" in str(cause_of(HostKeys(path)))


def test_a_store_that_cannot_be_written_trusts_nobody(tmp_path: Path) -> None:
    error = cause_of(HostKeys(tmp_path / "gone" / "known_hosts"))
    assert "cannot be written" in str(error)


def test_a_draft_left_by_a_crash_does_no_harm(path: Path) -> None:
    path.with_name("known_hosts.new").write_text("half a li")
    HostKeys(path).check("nas", 22, "ssh-ed25519", KEY)
    assert contents(path) == [f"nas ssh-ed25519 {KEY}"]


def test_a_host_outside_ascii_is_pinned_like_any(path: Path) -> None:
    store = HostKeys(path)
    store.check("bücher.example", 22, "ssh-ed25519", KEY)
    assert store.pinned_types("bücher.example", 22) == ("ssh-ed25519",)


def test_a_fingerprint_is_that_of_ssh_keygen() -> None:
    # ssh-keygen -lf, of a key made for this test.
    key = "AAAAC3NzaC1lZDI1NTE5AAAAIAe/ypESl1yLyc9XCexFVMUkyhmqWMI9ePiwCNKVY7M6"
    assert fingerprint(key) == "SHA256:7Fi1Nps/q171ZMEHLDLA/ei8bmj1qZtJBVSWN15V7sU"


class Ears:
    """Hears which key a server showed, and whether it is known."""

    def __init__(self, accepted: str = "") -> None:
        self.heard: list[ShownKey] = []
        self._accepted = accepted

    def vouched(self) -> str:
        return self._accepted

    def reached(self, step: Step) -> None: ...

    def saw_key(self, key: ShownKey) -> None:
        self.heard.append(key)


def test_an_onlooker_judges_by_the_pins_and_pins_nothing(path: Path) -> None:
    store, ears = HostKeys(path), Ears()
    onlooker = Onlooker(store, ears)
    onlooker.check("nas", 22, "ssh-ed25519", KEY)
    assert not path.exists()
    assert ears.heard[-1] == ShownKey(
        "ssh-ed25519", fingerprint(KEY), is_known=False, is_acceptable=True
    )
    store.check("nas", 22, "ssh-ed25519", KEY)
    onlooker.check("nas", 22, "ssh-ed25519", KEY)
    assert ears.heard[-1].is_known
    with pytest.raises(PollError) as refused:
        onlooker.check("nas", 22, "ssh-ed25519", OTHER)
    assert refused.value.cause is Cause.HOST_KEY_CHANGED
    assert ears.heard[-1] == ShownKey("ssh-ed25519", fingerprint(OTHER), is_known=False)
    assert onlooker.pinned_types("nas", 22) == ("ssh-ed25519",)


@pytest.mark.parametrize("is_strict", [False, True])
def test_a_key_that_an_onlooker_saw_is_trusted_once_a_person_vouches_for_exactly_that_one(
    path: Path, *, is_strict: bool
) -> None:
    store, mark = HostKeys(path, is_strict=is_strict), fingerprint(KEY)
    with pytest.raises(ServerConflict, match="has not shown that host key lately"):
        store.vouch("nas", 22, mark)
    ears = Ears(mark)
    Onlooker(store, ears).check("nas", 22, "ssh-ed25519", KEY)
    assert ears.heard[-1].is_acceptable
    assert not path.exists()
    with pytest.raises(ServerConflict):
        store.vouch("nas", 22, fingerprint(OTHER))
    store.vouch("nas", 22, mark)
    store.vouch("nas", 22, mark)
    store.check("nas", 22, "ssh-ed25519", KEY)
    assert [one.is_accepted for one in store.report("nas", 22).known] == [True]
    assert cause_of(store, OTHER).cause is Cause.HOST_KEY_CHANGED


def test_where_one_key_was_accepted_an_onlooker_goes_no_further_with_another(path: Path) -> None:
    for is_strict in (False, True):
        onlooker = Onlooker(HostKeys(path, is_strict=is_strict), Ears(fingerprint(OTHER)))
        with pytest.raises(TurnedAway):
            onlooker.check("nas", 22, "ssh-ed25519", KEY)
    assert not path.exists()


def test_in_strict_mode_an_onlooker_stops_at_a_key_that_nobody_knows_and_it_is_acceptable(
    path: Path,
) -> None:
    ears = Ears()
    with pytest.raises(TurnedAway) as refused:
        Onlooker(HostKeys(path, is_strict=True), ears).check("nas", 22, "ssh-ed25519", KEY)
    assert refused.value.cause is Cause.HOST_KEY_UNKNOWN
    assert ears.heard[-1].is_acceptable


def test_a_key_that_changed_is_not_to_be_vouched_for(path: Path) -> None:
    store = HostKeys(path)
    store.check("nas", 22, "ssh-ed25519", KEY)
    ears = Ears(fingerprint(OTHER))
    with pytest.raises(TurnedAway):
        Onlooker(store, ears).check("nas", 22, "ssh-ed25519", OTHER)
    assert not ears.heard[-1].is_acceptable
    with pytest.raises(ServerConflict):
        store.vouch("nas", 22, fingerprint(OTHER))


NEW = key_of("ssh-ed25519", 2)
OLD = key_of("ssh-ed25519", 1)
KEY_3 = key_of("ssh-ed25519", 3)
RSA = key_of("ssh-rsa", 1)


def refused(store: HostKeys, key: str = NEW, kind: str = "ssh-ed25519") -> TurnedAway:
    with pytest.raises(TurnedAway) as raised:
        store.check("nas", 22, kind, key)
    return raised.value


def test_what_a_person_changes_in_the_store_counts_from_the_next_login_on(path: Path) -> None:
    store = HostKeys(path)
    store.check("nas", 22, "ssh-ed25519", OLD)
    path.write_text(f"nas ssh-ed25519 {NEW}\n")
    store.check("nas", 22, "ssh-ed25519", NEW)
    path.unlink()
    store.check("nas", 22, "ssh-ed25519", OLD)
    path.write_text("damaged\n")
    with pytest.raises(PollError, match="damaged in line 1"):
        store.check("nas", 22, "ssh-ed25519", OLD)


def test_the_store_is_read_once_while_it_stays_as_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text(f"nas ssh-ed25519 {OLD}\n")
    store = HostKeys(path)
    store.check("nas", 22, "ssh-ed25519", OLD)
    monkeypatch.setattr(Path, "read_text", lambda *_: pytest.fail("it was read again"))
    for _ in range(3):
        store.check("nas", 22, "ssh-ed25519", OLD)


def test_a_changed_key_is_refused_until_a_person_accepts_exactly_that_one(path: Path) -> None:
    clock = ManualClock()
    store = HostKeys(path, clock=clock)
    store.check("nas", 22, "ssh-ed25519", OLD)
    clock.advance(60)
    assert store.report("nas", 22).state is KeyState.KNOWN
    assert refused(store).cause is Cause.HOST_KEY_CHANGED
    assert not store.takes_refused("nas", 22)
    report = store.report("nas", 22)
    assert (report.state, report.explanation) == (KeyState.CHANGED, str(refused(store)))
    assert [(one.fingerprint, one.place) for one in report.known] == [(fingerprint(OLD), str(path))]
    assert report.offered is not None
    assert report.offered.fingerprint == fingerprint(NEW)
    assert report.offered.since == clock.now()
    with pytest.raises(ServerConflict) as conflict:
        store.accept("nas", 22, fingerprint(OLD))
    assert fingerprint(OLD) in str(conflict.value)
    assert fingerprint(NEW) in str(conflict.value)
    refused(store)
    store.accept("nas", 22, fingerprint(NEW))
    assert store.takes_refused("nas", 22)
    store.check("nas", 22, "ssh-ed25519", NEW)
    assert refused(store, OLD).cause is Cause.HOST_KEY_CHANGED
    assert path.read_text() == f"nas ssh-ed25519 {NEW} accepted 2026-01-01T12:01:00Z\n"


def test_what_was_refused_can_be_accepted_by_another_process_and_is_noticed(path: Path) -> None:
    running = HostKeys(path)
    running.check("nas", 22, "ssh-ed25519", OLD)
    refused(running)
    HostKeys(path).accept("nas", 22, fingerprint(NEW))
    assert running.takes_refused("nas", 22)
    running.check("nas", 22, "ssh-ed25519", NEW)
    assert running.report("nas", 22).offered is None
    with pytest.raises(ServerConflict, match="no key that waits"):
        HostKeys(path).accept("nas", 22, fingerprint(NEW))


def test_the_key_that_was_shown_last_is_the_one_that_may_be_accepted(path: Path) -> None:
    store = HostKeys(path)
    store.check("nas", 22, "ssh-ed25519", OLD)
    refused(store)
    refused(store, RSA, "ssh-rsa")
    with pytest.raises(ServerConflict):
        store.accept("nas", 22, fingerprint(NEW))
    store.accept("nas", 22, fingerprint(RSA))
    assert store.pinned_types("nas", 22) == ("ssh-rsa",)


def test_strictly_an_unknown_key_is_refused_and_pinned_by_nobody_but_a_person(path: Path) -> None:
    store = HostKeys(path, is_strict=True)
    error = refused(store)
    assert error.cause is Cause.HOST_KEY_UNKNOWN
    assert fingerprint(NEW) in str(error)
    assert not path.exists()
    assert store.report("nas", 22).state is KeyState.UNKNOWN
    store.accept("nas", 22, fingerprint(NEW))
    store.check("nas", 22, "ssh-ed25519", NEW)


def test_pins_of_an_earlier_version_count_and_have_no_date(path: Path) -> None:
    path.write_text(f"nas ssh-ed25519 {OLD}\n")
    (known,) = HostKeys(path).report("nas", 22).known
    assert (known.fingerprint, known.since, known.is_accepted) == (fingerprint(OLD), None, False)


def test_a_list_of_refused_keys_that_cannot_be_kept_lets_nobody_in_and_keeps_nobody_out(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = HostKeys(path)
    store.check("nas", 22, "ssh-ed25519", OLD)
    path.with_name("offered_keys").mkdir()
    assert refused(store).cause is Cause.HOST_KEY_CHANGED
    assert not store.takes_refused("nas", 22)
    store.check("nas", 22, "ssh-ed25519", OLD)
    assert "which keys were refused is not kept" in caplog.text


def test_a_key_that_is_absurdly_long_is_refused_and_not_kept(path: Path) -> None:
    assert refused(HostKeys(path), "A" * 10_000).cause is Cause.UNREACHABLE
    assert list(path.parent.iterdir()) == []


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder / "known_hosts"


def test_a_key_that_the_user_knows_is_trusted_and_not_pinned(path: Path, theirs: Path) -> None:
    text = f"nas ssh-ed25519 {NEW}\n"
    theirs.write_text(text)
    store = HostKeys(path, KnownHosts([theirs]), is_strict=True)
    store.check("nas", 22, "ssh-ed25519", NEW)
    assert store.pinned_types("nas", 22) == ("ssh-ed25519",)
    assert refused(store, OLD).cause is Cause.HOST_KEY_CHANGED
    assert not path.exists()
    assert theirs.read_text() == text
    assert [one.place for one in store.report("nas", 22).known] == [f"{theirs} line 1"]


def test_an_accepted_key_wins_over_what_the_user_knew_before(path: Path, theirs: Path) -> None:
    theirs.write_text(f"nas ssh-ed25519 {OLD}\n")
    store = HostKeys(path, KnownHosts([theirs]))
    refused(store)
    store.accept("nas", 22, fingerprint(NEW))
    store.check("nas", 22, "ssh-ed25519", NEW)
    assert refused(store, OLD).cause is Cause.HOST_KEY_CHANGED


def test_a_revoked_key_is_refused_also_where_it_is_pinned_and_nobody_can_accept_it(
    path: Path, theirs: Path
) -> None:
    store = HostKeys(path, KnownHosts([theirs]))
    store.check("nas", 22, "ssh-ed25519", NEW)
    theirs.write_text(f"@revoked * ssh-ed25519 {NEW}\n")
    error = refused(store)
    assert error.cause is Cause.HOST_KEY_REVOKED
    assert f"{theirs} line 1 has revoked" in str(error)
    with pytest.raises(ServerConflict, match="has revoked"):
        store.accept("nas", 22, fingerprint(NEW))


def test_a_file_of_the_user_that_cannot_be_read_trusts_nobody(path: Path, theirs: Path) -> None:
    theirs.mkdir()
    store = HostKeys(path, KnownHosts([theirs]))
    with pytest.raises(PollError, match="MONSERV_KNOWN_HOSTS"):
        store.pinned_types("nas", 22)
    with pytest.raises(PollError, match="MONSERV_KNOWN_HOSTS"):
        store.check("nas", 22, "ssh-ed25519", NEW)
    assert not path.exists()


def test_the_folder_is_made_durable_after_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(
        "os.fsync", lambda handle: synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
    )
    HostKeys(path).check("nas", 22, "ssh-ed25519", NEW)
    assert synced == [f"{path}.new", str(path.parent)]


def test_a_store_that_another_program_keeps_locked_is_said(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monserv.ssh.keyfile.LOCK_SECONDS", 0.1)
    with path.with_name("known_hosts.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(PollError, match="another program keeps it locked"):
            HostKeys(path).check("nas", 22, "ssh-ed25519", NEW)
    HostKeys(path).check("nas", 22, "ssh-ed25519", NEW)


@pytest.mark.parametrize(
    ("host", "port", "theirs_name"),
    [
        ("bastion>nas", 22, "nas"),
        ("[bastion]:2200>nas", 22, "nas"),
        ("[bastion]:2200>nas", 2222, "[nas]:2222"),
        ("a>b>::1", 2222, "[::1]:2222"),
    ],
)
def test_behind_a_jump_server_what_the_user_knows_helps_and_contradicts_nothing(
    path: Path, theirs: Path, host: str, port: int, theirs_name: str
) -> None:
    theirs.write_text(
        f"{theirs_name} ssh-ed25519 {OLD}\n{theirs_name} ssh-rsa {RSA}\n"
        f"@revoked {theirs_name} ssh-ed25519 {KEY_3}\n"
    )
    strict = HostKeys(path, KnownHosts([theirs]), is_strict=True)
    strict.check(host, port, "ssh-ed25519", OLD)
    assert strict.pinned_types(host, port) == ("ssh-ed25519", "ssh-rsa")
    with pytest.raises(TurnedAway) as unknown:
        strict.check(host, port, "ssh-ed25519", NEW)
    assert unknown.value.cause is Cause.HOST_KEY_UNKNOWN
    store = HostKeys(path, KnownHosts([theirs]))
    with pytest.raises(TurnedAway) as revoked:
        store.check(host, port, "ssh-ed25519", KEY_3)
    assert revoked.value.cause is Cause.HOST_KEY_REVOKED
    store.check(host, port, "ssh-ed25519", NEW)
    assert contents(path) == [f"{host_name(host, port)} ssh-ed25519 {NEW}"]


def test_a_key_that_a_test_of_the_connection_met_can_be_accepted(path: Path) -> None:
    store = HostKeys(path, is_strict=True)
    with pytest.raises(TurnedAway):
        Onlooker(store, Ears()).check("nas", 22, "ssh-ed25519", NEW)
    assert not path.exists()
    store.accept("nas", 22, fingerprint(NEW))
    assert store.takes_refused("nas", 22)


def test_what_the_user_corrects_in_his_own_file_is_noticed(path: Path, theirs: Path) -> None:
    theirs.write_text(f"nas ssh-ed25519 {OLD}\n")
    store = HostKeys(path, KnownHosts([theirs]))
    refused(store)
    assert not store.takes_refused("nas", 22)
    theirs.write_text(f"nas ssh-ed25519 {NEW}\n")
    assert store.takes_refused("nas", 22)


def test_only_so_many_refused_keys_are_kept_and_the_newest_are(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monserv.ssh.hostkeys.MAX_OFFERS", 3)
    store = HostKeys(path, is_strict=True)
    for number in range(5):
        with pytest.raises(TurnedAway):
            store.check(f"nas{number}", 22, "ssh-ed25519", NEW)
    kept = [line.split(" ")[0] for line in path.with_name("offered_keys").read_text().splitlines()]
    assert kept == ["nas2", "nas3", "nas4"]
    assert list(store._refused) == kept


def test_where_nothing_was_ever_started_nothing_is_made(tmp_path: Path) -> None:
    store = HostKeys(tmp_path / "absent" / "known_hosts", is_strict=True)
    with pytest.raises(TurnedAway):
        Onlooker(store, Ears()).check("nas", 22, "ssh-ed25519", NEW)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_nothing_is_told_to_everybody_who_waits_for_it(tmp_path: Path) -> None:
    store = HostKeys(tmp_path / "gone" / "known_hosts")
    said: list[str] = []

    def pin(number: int) -> None:
        with pytest.raises(PollError) as raised:
            store.check(f"host{number}", 22, "ssh-ed25519", KEY)
        said.append(str(raised.value))

    crew = [threading.Thread(target=pin, args=(number,)) for number in range(10)]
    for member in crew:
        member.start()
    for member in crew:
        member.join(10)
    assert len(said) == 10
    assert all("cannot be written" in text for text in said)
