"""What the user's own list of host keys says of a host; the file is hostile."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paramiko import HostKeys as ParamikoHostKeys

from monserv.errors import Cause, PollError
from monserv.ssh import known_hosts as module
from monserv.ssh.known_hosts import KnownHosts, Marker
from tests.ssh.keys import key_of

KEY, OTHER, RSA = key_of("ssh-ed25519", 1), key_of("ssh-ed25519", 2), key_of("ssh-rsa", 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "known_hosts"


def numbers(path: Path, name: str) -> list[int]:
    """Return the numbers of the lines that are about a host."""
    return [one.number for one in KnownHosts([path]).about(name)]


# Fixed, so that a test has the same name each time.
SALT = "|1|W2V/t5jTkkVK1zM3a7lWNaKi6DA="


@pytest.mark.parametrize(
    ("hosts", "name", "is_about"),
    [
        ("nas", "nas", True),
        ("NAS.Example", "nas.example", True),
        ("nas", "NAS", True),
        ("nas,10.0.0.3", "10.0.0.3", True),
        ("nas,10.0.0.3", "10.0.0.30", False),
        ("nas", "[nas]:2222", False),
        ("[nas]:2222", "[nas]:2222", True),
        ("[nas]:2222", "nas", False),
        ("*.example,!nas.example", "web.example", True),
        ("*.example,!nas.example", "nas.example", False),
        ("::1", "::1", True),
        ("[::1]:2222", "[::1]:2222", True),
        (ParamikoHostKeys.hash_host("nas", SALT), "nas", True),
        (ParamikoHostKeys.hash_host("nas", SALT), "web", False),
        (ParamikoHostKeys.hash_host("[nas]:2222", SALT), "[nas]:2222", True),
        ("bücher.example", "bücher.example", True),
    ],
)
def test_a_line_is_about_the_hosts_that_it_names(
    path: Path, hosts: str, name: str, is_about: bool
) -> None:
    path.write_text(f"# mine\n\n{hosts} ssh-ed25519 {KEY} me@home\n")
    assert numbers(path, name) == ([3] if is_about else [])


def test_markers_are_told_apart_and_lines_keep_their_order(path: Path) -> None:
    path.write_text(
        f"* ssh-rsa {RSA}\nnas ssh-ed25519 {KEY}\n@revoked nas ssh-ed25519 {OTHER}\n"
        f"@cert-authority *  ssh-ed25519\t{OTHER}\r\n@new nas ssh-rsa {RSA}\n"
    )
    found = KnownHosts([path]).about("nas")
    assert [(one.number, one.marker) for one in found] == [
        (1, Marker.NONE),
        (2, Marker.NONE),
        (3, Marker.REVOKED),
        (4, Marker.AUTHORITY),
    ]
    assert found[1].place == f"{path} line 2"
    assert found[3].key.base64 == OTHER


@pytest.mark.parametrize(
    "odd",
    [
        "nas",
        "nas ssh-ed25519",
        "nas ssh-ed25519 not!base64",
        f"nas ssh-rsa {KEY}",
        "nas ssh-ed25519 AAAA",
        "nas ssh-ed25519 " + "A" * 100_000,
        f"@revoked\nssh-ed25519 {KEY}",
        "@",
        "@cert-authority",
        f"|1|x|y ssh-ed25519 {KEY}",
        f"|1|AAAA ssh-ed25519 {KEY}",
        f"|2|AAAA|AAAA ssh-ed25519 {KEY}",
        f"||| ssh-ed25519 {KEY}",
        "nas 1024 35 1234567890",
        "\x00\x00\x00",
        ",,, , ,",
    ],
)
def test_an_odd_line_is_passed_over(path: Path, odd: str) -> None:
    path.write_text(f"{odd}\nnas ssh-ed25519 {KEY}\n")
    assert [one.key.base64 for one in KnownHosts([path]).about("nas")] == [KEY]


@settings(deadline=None)
@given(st.lists(st.binary(max_size=60) | st.sampled_from([b"@revoked nas ", b"|1|", b" "])))
def test_no_content_raises(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    path = tmp_path_factory.getbasetemp() / "hostile"
    path.write_bytes(b"\n".join(lines))
    KnownHosts([path]).about("nas")


def test_several_files_are_asked_in_turn_and_absent_ones_say_nothing(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text(f"nas ssh-ed25519 {KEY}\n")
    two.write_text(f"nas ssh-rsa {RSA}\n")
    absent, below_a_file = tmp_path / "absent", one / "below"
    found = KnownHosts([absent, two, below_a_file, one]).about("nas")
    assert [one.place for one in found] == [f"{two} line 1", f"{one} line 1"]


def test_a_change_is_noticed_and_until_then_nothing_is_read_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = KnownHosts([path])
    assert known.about("nas") == ()
    path.write_text(f"nas ssh-ed25519 {KEY}\n")
    assert len(known.about("nas")) == 1
    reads: list[Path] = []
    read = module._read
    monkeypatch.setattr(
        module, "_read", lambda file, *rest: (reads.append(file), read(file, *rest))[1]
    )
    known.about("nas")
    known.about("web")
    assert reads == []
    with path.open("a") as file:
        file.write(f"web ssh-ed25519 {KEY}\n")
    assert len(known.about("web")) == 1
    assert reads == [path]
    path.unlink()
    assert known.about("web") == ()


@pytest.mark.parametrize("kind", ["folder", "pipe", "endless", "large"])
def test_what_is_no_list_fails_closed_and_is_named(
    path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "endless":
        path.symlink_to("/dev/zero")
    else:
        monkeypatch.setattr(module, "MAX_BYTES", 10)
        path.write_text(f"nas ssh-ed25519 {KEY}\n")
    with pytest.raises(PollError) as raised:
        KnownHosts([path]).about("nas")
    assert raised.value.cause is Cause.UNREACHABLE
    assert str(raised.value) == (
        f"{path} (MONSERV_KNOWN_HOSTS) cannot be read: it is no list of host keys"
    )


@pytest.mark.timed
def test_ten_thousand_hashed_lines_cost_a_name_once(path: Path) -> None:
    lines = [
        f"{ParamikoHostKeys.hash_host(f'host{number}')} ssh-ed25519 {KEY}\n"
        for number in range(10_000)
    ]
    path.write_text("".join(lines))
    known = KnownHosts([path])
    known.about("nobody")
    began_at = time.monotonic()
    assert [one.number for one in known.about("host7777")] == [7778]
    first_seconds = time.monotonic() - began_at
    began_at = time.monotonic()
    for _ in range(100):
        known.about("host7777")
    assert time.monotonic() - began_at < max(0.05, first_seconds)
    assert first_seconds < 1


@pytest.mark.real
def test_ssh_keygen_and_we_agree_on_what_is_hashed(tmp_path: Path, path: Path) -> None:
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True
    )
    kind, key, *_ = (tmp_path / "key.pub").read_text().split()
    path.write_text(f"nas,10.0.0.3 {kind} {key}\n[nas]:2222 {kind} {key}\n")
    subprocess.run(["ssh-keygen", "-H", "-f", str(path)], check=True, capture_output=True)
    assert "nas" not in path.read_text()
    for name in ("nas", "10.0.0.3", "[nas]:2222"):
        assert [one.key.base64 for one in KnownHosts([path]).about(name)] == [key]
