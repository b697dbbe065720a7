"""Ways to log in on real servers beyond a plain password or key."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from monserv.clock import SystemClock
from monserv.errors import Cause, PollError
from monserv.model.server import Credentials, Identities, Server
from monserv.preflight import complaint
from monserv.settings.servers import read
from monserv.ssh import agent as agents
from monserv.ssh.opener import Opener
from monserv.sshconfig.book import Book
from tests.real.machines import Sshd, User, run
from tests.real.product import wait_until
from tests.real.watching import ssh_server

pytestmark = pytest.mark.real

WRONG = "wr0ng-c4nary"
LINK_LOCAL = f"fe80::6d6f:6e:{os.getpid() & 0xFFFF:x}"
KINDS = ("ed25519", "rsa", "ecdsa")


class Lease:
    def hold(self, abort: Callable[[], None]) -> None:
        pass

    def queuing(self, _most_seconds: float) -> contextlib.nullcontext[None]:
        return contextlib.nullcontext()


def new_key(path: Path, kind: str = "ed25519", phrase: str = "") -> Path:
    run("ssh-keygen", "-q", "-t", kind, "-N", phrase, "-C", path.name, "-f", str(path))
    return path


def sign(authority: Path, key: Path, name: str, *options: str) -> Path:
    run("ssh-keygen", "-q", "-s", str(authority), "-I", "x", "-n", name, *options, f"{key}.pub")
    return key.with_name(f"{key.name}-cert.pub")


@dataclass(frozen=True)
class Asking:
    """The server that asks, its authority, and a user who has no key in authorized_keys."""

    sshd: Sshd
    authority: Path
    user: User

    def server(self, password: str | None = None, **more: Any) -> Server:
        return ssh_server("nas", self.sshd.port, self.user.name, password, **more)

    def certify(self, key: Path, *options: str) -> Path:
        return sign(self.authority, key, self.user.name, *options)


@pytest.fixture(scope="module")
def folder(machine_room: Path) -> Path:
    """Where keys, their authority and the server of these tests are kept."""
    folder = machine_room / "access"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def asking(folder: Path, machine_room: Path) -> Iterator[Asking]:
    """A server that asks for passwords by PAM alone, trusts an authority, and is on IPv6 too."""
    place = folder / "asking"
    place.mkdir()
    authority = new_key(folder / "authority")
    sshd = Sshd(
        place,
        "UsePAM yes",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication yes",
        f"TrustedUserCAKeys {authority}.pub",
    )
    sshd.extra += tuple(f"ListenAddress [{one}]:{sshd.port}" for one in ("::1", f"{LINK_LOCAL}%lo"))
    user = User(machine_room)
    run("ip", "address", "add", f"{LINK_LOCAL}/128", "dev", "lo")
    try:
        sshd.start()
        yield Asking(sshd, authority, user)
    finally:
        sshd.stop()
        run("ip", "address", "del", f"{LINK_LOCAL}/128", "dev", "lo")
        user.remove()


@pytest.fixture(autouse=True)
def nothing_else_to_try(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv(agents.VARIABLE, raising=False)


Open = Callable[[Server], None]


@pytest.fixture
def log_in(tmp_path: Path) -> Iterator[Open]:
    """Log in once, and out again."""
    opener = Opener(tmp_path, SystemClock())
    yield lambda server: opener.open(server, Lease()).close()
    opener.stop()


def failure(log_in: Open, server: Server) -> str:
    with pytest.raises(PollError) as raised:
        log_in(server)
    assert raised.value.cause is Cause.AUTHENTICATION_FAILED
    return str(raised.value)


class TestKeyboardInteractive:
    def test_its_one_prompt_gets_the_password_and_no_failure_is_logged(
        self, asking: Asking, log_in: Open
    ) -> None:
        log_in(asking.server(asking.user.password))
        accepted = f"Accepted keyboard-interactive/pam for {asking.user.name}"
        wait_until(lambda: accepted in asking.sshd.log(), what="sshd says that it was let in")
        # What is not offered is not tried: fail2ban counts these lines.
        assert f"Failed password for {asking.user.name}" not in asking.sshd.log()

    def test_a_wrong_password_is_refused_in_words(self, asking: Asking, log_in: Open) -> None:
        server = asking.server(WRONG)
        assert failure(log_in, server) == "The server refused the password"

    def test_an_expired_password_is_said_to_be_one_and_no_new_one_is_set(
        self, asking: Asking, machine_room: Path, log_in: Open
    ) -> None:
        user = User(machine_room)
        run("chage", "-d", "0", user.name)
        try:
            server = ssh_server("nas", asking.sshd.port, user.name, user.password)
            words = "The password has expired and must be changed; the server asks: "
            assert failure(log_in, server).startswith(words)
        finally:
            user.remove()


@pytest.mark.parametrize(
    ("methods", "said"),
    [
        ("publickey,password", "The server accepted the key {key} but asks for a second factor"),
        ("password,publickey", "The server does not accept the key {key}; it offers password"),
    ],
)
def test_a_key_that_is_not_enough_is_said_to_be_half_a_login(
    tmp_path: Path, machine_room: Path, log_in: Open, methods: str, said: str
) -> None:
    sshd = Sshd(tmp_path, f"AuthenticationMethods {methods}")
    user = User(machine_room)
    key = new_key(tmp_path / "key")
    user.authorise(key)
    sshd.start()
    try:
        server = ssh_server("nas", sshd.port, user.name, user.password, key_path=key)
        assert failure(log_in, server).startswith(said.format(key=key))
        # The passphrase of a key is no password, whoever asks for one.
        assert "Failed password" not in sshd.log()
    finally:
        sshd.stop()
        user.remove()


class TestCertificates:
    @pytest.mark.parametrize("kind", KINDS)
    def test_the_one_beside_the_key_lets_in(
        self, tmp_path: Path, asking: Asking, log_in: Open, kind: str
    ) -> None:
        key = new_key(tmp_path / kind, kind)
        server = asking.server(key_path=key)
        assert failure(log_in, server) == f"The server refused the key {key}"
        asking.certify(key)
        log_in(server)
        assert complaint(server) is None

    def test_where_it_is_not_wanted_the_key_itself_is(
        self, tmp_path: Path, asking: Asking, machine_room: Path, log_in: Open
    ) -> None:
        key = new_key(tmp_path / "key")
        stranger = new_key(tmp_path / "stranger")
        certificate = sign(stranger, key, "ops,admins")
        server = asking.server(key_path=key)
        assert failure(log_in, server) == (
            f"The server refused the certificate {certificate} (for ops, admins) and the key {key}"
        )
        other = User(machine_room)
        try:
            other.authorise(key)
            log_in(replace(server, username=other.name))
        finally:
            other.remove()

    def test_one_that_has_expired_is_named_with_its_hour(
        self, tmp_path: Path, asking: Asking, log_in: Open
    ) -> None:
        key = new_key(tmp_path / "key")
        certificate = asking.certify(key, "-V", "20250101120000Z:20260101123000Z")
        server = asking.server(key_path=key)
        assert failure(log_in, server) == (
            f"The server refused the key {key}; "
            f"The certificate {certificate} expired on 2026-01-01 12:30 UTC"
        )

    def test_one_of_another_key_is_refused_before_anything_is_tried(
        self, tmp_path: Path, asking: Asking, log_in: Open
    ) -> None:
        key, other = new_key(tmp_path / "key"), new_key(tmp_path / "other")
        certificate = key.with_name("key-cert.pub")
        shutil.move(asking.certify(other), certificate)
        server = asking.server(key_path=key)
        words = f"The certificate {certificate} is for another key than {key}"
        assert complaint(server) == f"SERVERS, {server.url}: {words}"
        assert failure(log_in, server) == words

    def test_a_default_key_brings_its_own(
        self, tmp_path: Path, asking: Asking, log_in: Open
    ) -> None:
        (tmp_path / ".ssh").mkdir()
        asking.certify(new_key(tmp_path / ".ssh/id_ed25519"))
        log_in(asking.server())


class Agent:
    """An ssh-agent, which a test may fill."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.process = subprocess.Popen(
            ["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL
        )
        while not path.exists():
            time.sleep(0.02)

    def __call__(self, *words: str) -> None:
        subprocess.run(
            ["ssh-add", "-q", *words],
            env=os.environ | {"SSH_AUTH_SOCK": str(self.path), "DISPLAY": ""},
            check=True,
            stdin=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Agent]:
    agent = Agent(tmp_path / "agent")
    monkeypatch.setenv(agents.VARIABLE, str(agent.path))
    yield agent
    agent.stop()


class TestAgents:
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_certificate_that_only_the_agent_holds_lets_in(
        self, tmp_path: Path, asking: Asking, log_in: Open, agent: Agent, kind: str
    ) -> None:
        key = new_key(tmp_path / "key", kind)
        asking.certify(key)
        agent(str(key))
        for path in tmp_path.glob("key*"):
            path.unlink()
        log_in(asking.server())

    def test_a_certificate_of_the_configuration_goes_with_the_key_of_the_agent(
        self, tmp_path: Path, asking: Asking, log_in: Open, agent: Agent
    ) -> None:
        key = new_key(tmp_path / "key")
        agent(str(key))
        certificate = asking.certify(key)
        key.unlink()
        names = Identities(certificate_paths=(str(certificate),))
        server = asking.server()
        assert failure(log_in, server) == "The server refused all 1 keys of the agent and of ~/.ssh"
        log_in(replace(server, credentials=Credentials(identities=names)))

    def test_an_encrypted_key_that_is_named_is_taken_from_the_agent_before_its_others(
        self, tmp_path: Path, asking: Asking, machine_room: Path, log_in: Open, agent: Agent
    ) -> None:
        for number in range(5):
            agent(str(new_key(tmp_path / f"other{number}")))
        key = new_key(tmp_path / "key")
        agent(str(key))
        run("ssh-keygen", "-q", "-p", "-N", "phrase", "-f", str(key))
        user = User(machine_room)
        try:
            user.authorise(key)
            server = ssh_server("nas", asking.sshd.port, user.name)
            assert failure(log_in, server).startswith("The server refused all 4 keys")
            names = Identities(key_paths=(str(key),), is_only=True)
            log_in(replace(server, credentials=Credentials(identities=names)))
            names = replace(names, agent="")
            said = failure(log_in, replace(server, credentials=Credentials(identities=names)))
        finally:
            user.remove()
        assert said == (
            "There is no password or key for this server, no agent and no key in the SSH "
            f"configuration; The key file {key} is encrypted and no passphrase was given, "
            "nor does an agent hold it"
        )

    def test_one_that_is_locked_says_that_it_refused(
        self, tmp_path: Path, asking: Asking, log_in: Open, agent: Agent
    ) -> None:
        # Without a display nobody can confirm what has to be confirmed.
        agent("-c", str(new_key(tmp_path / "key")))
        said = failure(log_in, asking.server())
        assert said == "The agent refused, when the agent's key key was to be shown"

    def test_one_that_is_gone_leaves_the_keys_in_files(
        self, tmp_path: Path, asking: Asking, log_in: Open, agent: Agent
    ) -> None:
        agent.process.kill()
        agent.process.wait()
        assert agent.path.exists()
        (tmp_path / ".ssh").mkdir()
        asking.certify(new_key(tmp_path / ".ssh/id_ed25519"))
        log_in(asking.server())


@pytest.mark.parametrize(
    "host", ["::1", f"{LINK_LOCAL}%lo", "localhost"], ids=["loopback", "link-local", "name"]
)
def test_a_server_on_ipv6_is_reached(
    asking: Asking, log_in: Open, tmp_path: Path, host: str
) -> None:
    log_in(asking.server(asking.user.password, host=host))
    pin = (tmp_path / "known_hosts").read_text().split(" ")[0]
    assert pin == f"[{host}]:{asking.sshd.port}"


@pytest.mark.timed
def test_a_name_whose_ipv6_address_hangs_is_reached_by_ipv4(
    asking: Asking, log_in: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel swallows each SYN for a queue that is full."""
    with socket.socket(socket.AF_INET6) as listener:
        listener.bind(("::1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        stuffing = [socket.socket(socket.AF_INET6) for _ in range(4)]
        for sock in stuffing:
            sock.setblocking(False)
            sock.connect_ex(("::1", port))
        addresses = [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", port, 0, 0)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", asking.sshd.port)),
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: addresses)
        began_at = time.monotonic()
        server = ssh_server("nas", 22, asking.user.name, asking.user.password, host="nas")
        log_in(server)
        assert 2 < time.monotonic() - began_at < 5
        for sock in stuffing:
            sock.close()


class TestConfiguration:
    @pytest.fixture
    def config(self, tmp_path: Path) -> Path:
        path = tmp_path / "ssh_config"
        path.touch(0o600)
        return path

    @pytest.fixture
    def led_in(self, config: Path, tmp_path: Path) -> Iterator[Open]:
        """Log in where the configuration leads, by what stands in SERVERS."""
        book = Book(config, SystemClock(), "nobody-here")
        opener = Opener(tmp_path, SystemClock(), book)

        def led_in(server: Server) -> None:
            opener.open(server, Lease()).close()

        yield led_in
        opener.stop()

    def test_an_alias_is_all_that_servers_needs(
        self, config: Path, asking: Asking, led_in: Open, tmp_path: Path
    ) -> None:
        asking.certify(new_key(tmp_path / "key"))
        (tmp_path / "included").write_text(f"Port {asking.sshd.port}\nIdentitiesOnly yes\n")
        config.write_text(
            f"Host nas\n  HostName 127.0.0.1\n  User {asking.user.name}\n"
            f"  IdentityFile {tmp_path}/absent\n  IdentityFile {tmp_path}/key\n"
            f"  Include {tmp_path}/included\n"
        )
        (server,) = read(["ssh://nas"], "me", {"nas": "somebody"}.get)
        led_in(server)
        pin = (tmp_path / "known_hosts").read_text().split(" ")[0]
        assert pin == f"[127.0.0.1]:{asking.sshd.port}"

    def test_what_is_wrong_with_named_keys_is_said_when_none_lets_in(
        self, config: Path, asking: Asking, led_in: Open, tmp_path: Path
    ) -> None:
        locked = new_key(tmp_path / "locked", phrase="phrase")
        public = new_key(tmp_path / "public")
        public.chmod(0o644)
        config.write_text(f"IdentityFile {locked}\nIdentityFile {public}\n")
        assert failure(led_in, asking.server()) == (
            "There is no password or key for this server, no agent and no key in the SSH "
            f"configuration; The key file {locked} is encrypted and no passphrase was given, nor "
            f"does an agent hold it; The key file {public} may be read by others; chmod 600 mends "
            "that"
        )

    @pytest.fixture
    def gate(self, sshd: Sshd, user: User, key_path: Path) -> tuple[Sshd, str, Path]:
        """A jump server, who may log in there, and with which key."""
        return sshd, user.name, key_path

    def test_a_jump_server_is_passed_with_keys_of_its_own(
        self, config: Path, asking: Asking, gate: tuple[Sshd, str, Path], led_in: Open
    ) -> None:
        sshd, name, key_path = gate
        config.write_text(
            f"Host inner\n  HostName 127.0.0.1\n  Port {asking.sshd.port}\n"
            f"  ProxyJump {name}@gate\n"
            f"Host gate\n  HostName 127.0.0.1\n  Port {sshd.port}\n  IdentityFile {key_path}\n"
        )
        server = ssh_server("nas", 22, asking.user.name, asking.user.password, host="inner")
        led_in(replace(server, url=f"ssh://{asking.user.name}:***@inner"))
        # The connection came from the jump server, which logged us in by key.
        assert f"Accepted publickey for {name}" in sshd.log()
        pins = (config.parent / "known_hosts").read_text()
        assert f"[127.0.0.1]:{sshd.port}>" in pins

    def test_a_command_is_refused_and_not_run(
        self, config: Path, asking: Asking, led_in: Open, tmp_path: Path
    ) -> None:
        config.write_text(f"ProxyCommand touch {tmp_path}/ran\n")
        with pytest.raises(PollError, match="ProxyCommand, and nothing is executed here"):
            led_in(asking.server())
        assert not (tmp_path / "ran").exists()
