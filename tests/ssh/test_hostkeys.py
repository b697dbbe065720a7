"""Pinned host keys: the first one is kept, another is refused, a broken store trusts nobody."""

from __future__ import annotations

import base64
import threading
from pathlib import Path

import pytest

from monserv.errors import Cause, PollError
from monserv.model.trial import ShownKey, Step
from monserv.ssh.hostkeys import HostKeys, Onlooker, fingerprint, host_name

KEY = base64.b64encode(b"the first key").decode()
OTHER = base64.b64encode(b"another key").decode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "known_hosts"


def cause_of(store: HostKeys, key: str = KEY) -> PollError:
    with pytest.raises(PollError) as raised:
        store.check("nas", 22, "ssh-ed25519", key)
    return raised.value


def test_the_first_key_is_pinned_and_stays_accepted(path: Path) -> None:
    HostKeys(path).check("nas", 22, "ssh-ed25519", KEY)
    HostKeys(path).check("nas", 22, "ssh-ed25519", KEY)
    assert path.read_text() == f"nas ssh-ed25519 {KEY}\n"
    assert path.stat().st_mode & 0o777 == 0o600


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
    assert path.read_text() == f"nas ssh-ed25519 {KEY}\n"


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


def test_forty_hosts_that_are_pinned_at_once_are_all_kept(path: Path) -> None:
    store = HostKeys(path)
    start = threading.Barrier(40)

    def pin(number: int) -> None:
        start.wait(10)
        store.check(f"host{number}", 22, "ssh-ed25519", KEY)

    crew = [threading.Thread(target=pin, args=(number,)) for number in range(40)]
    for member in crew:
        member.start()
    for member in crew:
        member.join(10)
    assert sorted(path.read_text().splitlines()) == sorted(
        f"host{number} ssh-ed25519 {KEY}" for number in range(40)
    )
    assert [one.name for one in path.parent.iterdir()] == ["known_hosts"]


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
    assert path.read_text() == f"nas ssh-ed25519 {KEY}\n"


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

    def __init__(self) -> None:
        self.heard: list[ShownKey] = []

    def reached(self, step: Step) -> None: ...

    def saw_key(self, key: ShownKey) -> None:
        self.heard.append(key)


def test_an_onlooker_judges_by_the_pins_and_pins_nothing(path: Path) -> None:
    store, ears = HostKeys(path), Ears()
    onlooker = Onlooker(store, ears)
    onlooker.check("nas", 22, "ssh-ed25519", KEY)
    assert not path.exists()
    assert ears.heard[-1] == ShownKey("ssh-ed25519", fingerprint(KEY), is_known=False)
    store.check("nas", 22, "ssh-ed25519", KEY)
    onlooker.check("nas", 22, "ssh-ed25519", KEY)
    assert ears.heard[-1].is_known
    with pytest.raises(PollError) as refused:
        onlooker.check("nas", 22, "ssh-ed25519", OTHER)
    assert refused.value.cause is Cause.HOST_KEY_CHANGED
    assert ears.heard[-1] == ShownKey("ssh-ed25519", fingerprint(OTHER), is_known=False)
    assert onlooker.pinned_types("nas", 22) == ("ssh-ed25519",)
