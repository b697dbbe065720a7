"""Host keys of real servers: known, unknown, changed, gone, revoked, certified, and too old."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monserv.clock import SystemClock
from monserv.errors import Cause, TooSoon
from monserv.model.host_key import KeyState
from monserv.model.poll import Missed, PollResult
from monserv.poll.trials import Trials
from monserv.ssh.host_key import fingerprint
from tests.real.machines import Dropbear, Sshd, Tinysshd, User, run
from tests.real.product import wait_until
from tests.real.watching import Watch, ssh_server

pytestmark = pytest.mark.real

QUICKLY = 0.2


def key_of(sshd: Sshd, kind: str) -> str:
    """Return the type and the key of one of its host keys, as files of keys hold them."""
    return " ".join((sshd.folder / f"host_{kind}.pub").read_text().split()[:2])


def mark_of(sshd: Sshd, kind: str = "ed25519") -> str:
    return fingerprint(key_of(sshd, kind).split()[1])


def renewed(sshd: Sshd) -> None:
    """Let it be installed anew: other host keys, and an empty log."""
    sshd.stop()
    for kind in ("ed25519", "rsa"):
        sshd.new_host_key(kind)
    sshd.log_path.unlink()
    sshd.start()


def connections(sshd: Sshd) -> int:
    return sshd.log().count("Connection from 127.0.0.1")


def missed(count: int) -> Callable[[PollResult], bool]:
    return lambda one: isinstance(one, Missed) and one.missed_polls >= count


@pytest.fixture
def pinned(own_sshd: Sshd, tmp_path: Path, user: User) -> Sshd:
    """An sshd whose key is pinned in ``tmp_path``."""
    server = ssh_server("nas", own_sshd.port, user.name, user.password)
    with Watch(tmp_path, [server]) as watch:
        watch.sample("nas")
    return own_sshd


def test_a_changed_key_costs_two_connections_in_which_nothing_authenticates(
    pinned: Sshd, tmp_path: Path, user: User
) -> None:
    old = mark_of(pinned)
    renewed(pinned)
    wait_until(lambda: connections(pinned) == 1, what="the one that waited for its port")
    # Two users of the same place, polled often, and a person who tests the connection.
    servers = [
        ssh_server("nas", pinned.port, user.name, user.password),
        ssh_server("root", pinned.port, "root", "s3cr3t"),
    ]
    with Watch(tmp_path, servers[:1], QUICKLY) as watch:
        miss = watch.wait("nas", missed(30), 30)
        watch.fleet.watch(servers[1])
        watch._arrivals["root"] = []
        watch.wait("root", missed(10), 30)
        trials = Trials(watch.opener, SystemClock(), watch.fleet.limit, watch.fleet.courtesy)
        with pytest.raises(TooSoon) as refused:
            trials.run(servers[0])
    assert isinstance(miss, Missed)
    assert miss.cause is Cause.HOST_KEY_CHANGED
    assert old in miss.text
    assert mark_of(pinned) in miss.text
    assert "test it again in 10 minutes" in str(refused.value)
    assert connections(pinned) == 1 + 2
    assert "userauth-request" not in pinned.log()


@pytest.mark.timed
def test_a_changed_key_that_is_accepted_is_connected_to_within_seconds(
    pinned: Sshd, tmp_path: Path, user: User
) -> None:
    renewed(pinned)
    server = ssh_server("nas", pinned.port, user.name, user.password)
    with Watch(tmp_path, [server], QUICKLY) as watch:
        watch.wait("nas", missed(20), 30)
        report = watch.opener.host_key(server)
        assert report.state is KeyState.CHANGED
        assert report.offered is not None
        assert report.offered.fingerprint == mark_of(pinned)
        seen = len(watch.results("nas"))
        began_at = time.monotonic()
        watch.opener.accept_key(server, mark_of(pinned))
        watch.sample("nas", after=seen)
        assert time.monotonic() - began_at < 5
        assert watch.opener.host_key(server).state is KeyState.KNOWN


@pytest.mark.parametrize("place", ["our store", "the user's file"])
def test_when_one_of_two_known_kinds_goes_away_the_other_one_is_asked_for(
    pinned: Sshd, tmp_path: Path, user: User, place: str
) -> None:
    line = f"[127.0.0.1]:{pinned.port} {key_of(pinned, 'rsa')}\n"
    theirs = tmp_path / "theirs"
    with (theirs if place == "the user's file" else tmp_path / "known_hosts").open("a") as file:
        file.write(line)
    server = ssh_server("nas", pinned.port, user.name, user.password)
    with Watch(tmp_path, [server], known_hosts=[theirs]) as watch:
        watch.sample("nas")
    (pinned.folder / "host_ed25519").unlink()
    pinned.stop()
    pinned.start()
    with Watch(tmp_path, [server], known_hosts=[theirs]) as watch:
        watch.sample("nas")


def test_a_known_kind_is_asked_for_where_the_server_has_better_ones(
    own_sshd: Sshd, tmp_path: Path, user: User
) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text(f"[127.0.0.1]:{own_sshd.port} {key_of(own_sshd, 'rsa')}\n")
    run("ssh-keygen", "-q", "-H", "-f", str(theirs))
    server = ssh_server("nas", own_sshd.port, user.name, user.password)
    with Watch(tmp_path, [server], known_hosts=[theirs], is_strict=True) as watch:
        watch.sample("nas")
    assert not (tmp_path / "known_hosts").exists()


def test_strictly_an_unknown_key_gets_no_password_until_a_person_accepts_it(
    tmp_path: Path, dropbear: Dropbear
) -> None:
    server = ssh_server("nas", dropbear.port, "root", dropbear.password)
    with Watch(tmp_path, [server], QUICKLY, is_strict=True) as watch:
        miss = watch.wait("nas", missed(5))
        assert isinstance(miss, Missed)
        report = watch.opener.host_key(server)
        assert report.offered is not None
        assert (miss.cause, report.state) == (Cause.HOST_KEY_UNKNOWN, KeyState.UNKNOWN)
        assert report.offered.fingerprint in miss.text
        assert not (tmp_path / "known_hosts").exists()
        watch.opener.accept_key(server, report.offered.fingerprint)
        watch.sample("nas")


def test_a_key_that_is_revoked_is_refused_although_it_is_pinned(
    pinned: Sshd, tmp_path: Path, user: User
) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text(f"@revoked * {key_of(pinned, 'ed25519')}\n")
    pinned.log_path.write_text("")
    server = ssh_server("nas", pinned.port, user.name, user.password)
    with Watch(tmp_path, [server], known_hosts=[theirs]) as watch:
        miss = watch.miss("nas")
    assert miss.cause is Cause.HOST_KEY_REVOKED
    assert f"{theirs} line 1 has revoked" in miss.text
    assert "userauth-request" not in pinned.log()


def certified(sshd: Sshd, *options: str) -> str:
    """Give it a host certificate; return the authority's key."""
    sshd.stop()
    authority = sshd.folder / "authority"
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(authority))
    key = str(sshd.folder / "host_ed25519.pub")
    run("ssh-keygen", "-q", "-s", str(authority), "-h", "-I", "nas", "-n", "127.0.0.1", key)
    certificate = sshd.folder / "host_ed25519-cert.pub"
    sshd.extra = (f"HostCertificate {certificate}", *options)
    sshd.start()
    return " ".join(authority.with_suffix(".pub").read_text().split()[:2])


def test_a_host_that_only_an_authority_vouches_for_is_refused_with_the_reason(
    own_sshd: Sshd, tmp_path: Path, user: User
) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text(f"@cert-authority * {certified(own_sshd)}\n")
    server = ssh_server("nas", own_sshd.port, user.name, user.password)
    with Watch(tmp_path, [server], known_hosts=[theirs]) as watch:
        miss = watch.miss("nas")
        assert miss.cause is Cause.HOST_KEY_UNKNOWN
        assert f"{theirs} line 1 knows it by a certificate authority alone" in miss.text
        watch.opener.accept_key(server, mark_of(own_sshd))
        watch.sample("nas")


OLD = "which rests on SHA-1 and is not safe any more"
CERTIFICATE = "ssh-ed25519-cert-v01@openssh.com"
FOREIGN = {
    "KexAlgorithms diffie-hellman-group14-sha1": (
        f"for the key exchange it offers only diffie-hellman-group14-sha1, {OLD}"
    ),
    "HostKeyAlgorithms ssh-rsa": f"for its host key it offers only ssh-rsa, {OLD}",
    f"HostKeyAlgorithms {CERTIFICATE}": (
        f"for its host key it offers only {CERTIFICATE}: host certificates, which paramiko does"
        " not verify"
    ),
    "Ciphers chacha20-poly1305@openssh.com": (
        "for encryption it offers only chacha20-poly1305@openssh.com"
    ),
}


@pytest.fixture
def foreign(machine_room: Path, tmp_path: Path) -> Iterator[dict[str, Sshd]]:
    """Servers of which each shares no algorithm of one kind with us, by what they say."""
    started = {}
    try:
        for number, (option, words) in enumerate(FOREIGN.items()):
            folder = tmp_path / str(number)
            folder.mkdir()
            started[words] = Sshd(folder)
            certified(started[words], option)
        yield started
    finally:
        for sshd in started.values():
            sshd.stop()


def test_servers_without_a_common_algorithm_are_named_and_tried_twice(
    foreign: dict[str, Sshd], tmp_path: Path, user: User
) -> None:
    servers = {
        words: ssh_server(f"nas{number}", sshd.port, user.name, user.password)
        for number, (words, sshd) in enumerate(foreign.items())
    }
    with Watch(tmp_path, list(servers.values()), QUICKLY) as watch:
        for words, server in servers.items():
            miss = watch.wait(server.id, missed(30), 30)
            assert isinstance(miss, Missed)
            assert (miss.cause, miss.text) == (
                Cause.UNREACHABLE,
                f"No common algorithm with the server: {words}",
            )
    for sshd in foreign.values():
        assert sshd.log().count("Unable to negotiate with") == 2


def test_tinysshd_is_said_to_share_no_cipher(tmp_path: Path) -> None:
    tinysshd = Tinysshd(tmp_path)
    tinysshd.start()
    try:
        with Watch(tmp_path, [ssh_server("nas", tinysshd.port, "root", "x")], QUICKLY) as watch:
            miss = watch.wait("nas", missed(25), 30)
        assert isinstance(miss, Missed)
        assert miss.text == (
            "No common algorithm with the server: for encryption it offers only"
            " chacha20-poly1305@openssh.com"
        )
        assert tinysshd.connections == 2
    finally:
        tinysshd.stop()
