"""Logins on real servers: passwords, keys, agents, and those that are refused."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from monserv.errors import Cause
from monserv.model.poll import Missed
from monserv.settings.servers import read, split
from monserv.ssh.host_key import fingerprint
from tests.real.machines import Dropbear, Sshd, User, run
from tests.real.watching import Watch, ssh_server

pytestmark = pytest.mark.real

WRONG = "wr0ng-c4nary"


@pytest.fixture(scope="session")
def encrypted_key(machine_room: Path, user: User) -> Path:
    path = machine_room / "id_encrypted"
    run("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "phrase %41", "-f", str(path))
    user.authorise(path)
    return path


@pytest.fixture
def agent(key_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An ssh-agent that holds ``key_path``, and nothing else to try."""
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL)
    try:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
        while not path.exists():
            time.sleep(0.02)
        subprocess.run(
            ["ssh-add", "-q", str(key_path)], env=os.environ | {"DISPLAY": ""}, check=True
        )
        yield
    finally:
        process.terminate()
        process.wait()


# Raw where no % stands before two hex digits, and encoded in every case.
RAW = "p@ss:w/o%r#d? ü€ 'q\" $x"


@pytest.mark.parametrize(
    "written", [RAW, quote(RAW, safe=""), RAW.replace("@", "%40")], ids=["raw", "encoded", "mixed"]
)
def test_a_password_works_as_it_is_written_in_servers(
    tmp_path: Path, machine_room: Path, sshd: Sshd, written: str
) -> None:
    user = User(machine_room, RAW)
    try:
        text = f"local://,ssh://{user.name}:{written}@127.0.0.1:{sshd.port}?tags=a,b"
        _, server = read(split(text), "joe")
        assert server.url == f"ssh://{user.name}:***@127.0.0.1:{sshd.port}"
        with Watch(tmp_path, [server]) as watch:
            assert watch.whole(server.id).hostname == socket.gethostname()
    finally:
        user.remove()


@pytest.mark.usefixtures("agent")
def test_every_way_to_log_in_brings_a_sample(
    tmp_path: Path, sshd: Sshd, dropbear: Dropbear, user: User, encrypted_key: Path
) -> None:
    key_path = encrypted_key.with_name("id_plain")
    servers = [
        ssh_server("odd-password", sshd.port, user.name, user.password),
        ssh_server("key", sshd.port, user.name, key_path=key_path),
        ssh_server("encrypted-key", sshd.port, user.name, "phrase %41", key_path=encrypted_key),
        ssh_server("agent", sshd.port, user.name),
        ssh_server("busybox", dropbear.port, "root", dropbear.password),
        ssh_server("by-name", sshd.port, user.name, user.password, host="localhost"),
    ]
    with Watch(tmp_path, servers) as watch:
        for server in servers:
            assert watch.whole(server.id).hostname == socket.gethostname()
    pins = (tmp_path / "known_hosts").read_text().splitlines()
    assert {line.split(" ")[0] for line in pins} == {
        f"[127.0.0.1]:{sshd.port}",
        f"[localhost]:{sshd.port}",
        f"[127.0.0.1]:{dropbear.port}",
    }


def test_a_wrong_password_is_tried_twice_and_never_again(
    tmp_path: Path, own_sshd: Sshd, user: User
) -> None:
    server = ssh_server("nas", own_sshd.port, user.name, WRONG)
    with Watch(tmp_path, [server], interval_seconds=0.5) as watch:
        watch.wait("nas", lambda one: isinstance(one, Missed) and one.missed_polls >= 14)
        misses = watch.results("nas")
    assert {(one.cause, one.text) for one in misses if isinstance(one, Missed)} == {
        (Cause.AUTHENTICATION_FAILED, "The server refused the password")
    }
    assert own_sshd.log().count("Failed password for") == 2


def test_a_server_that_hangs_up_on_a_password_is_tried_twice_and_named(
    tmp_path: Path, machine_room: Path
) -> None:
    folder = Path(tempfile.mkdtemp(dir=machine_room))
    dropbear = Dropbear(folder, "r1ght-c4nary", "-T", "1")
    dropbear.start()
    server = ssh_server("nas", dropbear.port, "root", WRONG)
    try:
        with Watch(tmp_path, [server], interval_seconds=0.5) as watch:
            first = watch.miss("nas")
            watch.wait("nas", lambda one: isinstance(one, Missed) and one.missed_polls >= 14)
            last = watch.results("nas")[-1]
        assert (first.cause, first.text) == (
            Cause.UNREACHABLE,
            "The server hung up on the password",
        )
        assert isinstance(last, Missed)
        assert (last.cause, last.text) == (
            Cause.AUTHENTICATION_FAILED,
            "The server hung up on the password, and did so before: it is taken for refused",
        )
        assert dropbear.log().count("Bad password attempt") == 2
    finally:
        dropbear.stop()


def test_an_expired_password_is_a_failed_login_and_tried_twice(
    tmp_path: Path, machine_room: Path, own_sshd: Sshd
) -> None:
    user = User(machine_room)
    run("chage", "-d", "0", user.name)
    server = ssh_server("nas", own_sshd.port, user.name, user.password)
    try:
        with Watch(tmp_path, [server], interval_seconds=0.5) as watch:
            miss = watch.miss("nas")
            watch.wait("nas", lambda one: isinstance(one, Missed) and one.missed_polls >= 14)
        assert miss.cause is Cause.AUTHENTICATION_FAILED
        assert miss.text.startswith("The password has expired and must be changed; it said: ")
        assert own_sshd.log().count(f"Accepted password for {user.name}") == 2
    finally:
        user.remove()


def test_what_is_wrong_with_a_login_is_said(
    tmp_path: Path, sshd: Sshd, user: User, encrypted_key: Path
) -> None:
    stranger = tmp_path / "id_stranger"
    run("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", str(stranger))
    servers = [
        ssh_server("stranger", sshd.port, user.name, key_path=stranger),
        ssh_server("phrase", sshd.port, user.name, WRONG, key_path=encrypted_key),
        ssh_server("no-phrase", sshd.port, user.name, key_path=encrypted_key),
        ssh_server("no-key", sshd.port, user.name, key_path=tmp_path / "absent"),
    ]
    with Watch(tmp_path, servers) as watch:
        said = {server.id: watch.miss(server.id) for server in servers}
    assert {one.cause for one in said.values()} == {Cause.AUTHENTICATION_FAILED}
    assert {name: one.text for name, one in said.items()} == {
        "stranger": f"The server refused the key {stranger}",
        "phrase": f"The key file {encrypted_key} cannot be read: it is no private key,"
        " or the passphrase is wrong",
        "no-phrase": f"The key file {encrypted_key} is encrypted and no passphrase was given",
        "no-key": f"The key file {tmp_path / 'absent'} does not exist",
    }


def test_a_changed_host_key_is_refused_before_anything_authenticates(
    tmp_path: Path, own_sshd: Sshd, user: User
) -> None:
    server = ssh_server("nas", own_sshd.port, user.name, user.password)
    with Watch(tmp_path, [server]) as watch:
        watch.sample("nas")
    old = (tmp_path / "known_hosts").read_text().split(" ")[2].strip()
    own_sshd.stop()
    for kind in ("ed25519", "rsa"):
        own_sshd.new_host_key(kind)
    own_sshd.log_path.unlink()
    own_sshd.start()
    with Watch(tmp_path, [server]) as watch:
        miss = watch.miss("nas")
    new = (tmp_path / "host_ed25519.pub").read_text().split(" ")[1]
    assert miss.cause is Cause.HOST_KEY_CHANGED
    assert fingerprint(old) in miss.text
    assert fingerprint(new) in miss.text
    assert old != new
    assert "Connection from" in own_sshd.log()
    assert "userauth-request" not in own_sshd.log()
