"""Accounts with every login shell, noisy or odd surroundings, and those that give no shell."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from monserv.errors import Cause
from monserv.model.poll import Missed, Polled, PollResult
from monserv.model.quality import Group, Quality
from monserv.model.sample import Sample
from monserv.model.server import Server
from tests.real.machines import Sshd, User, run
from tests.real.watching import Watch, ssh_server

pytestmark = pytest.mark.real

# By its name, a file that it reads at a login without a terminal, and a line for it.
NOISE = "echo 'Welcome to acme; x end'"
LOGIN_SHELLS = {
    "dash": ("", ""),
    "bash": (".bashrc", f"{NOISE}; echo \u202eodd >&2"),
    "mksh": ("", ""),
    "zsh": (".zshenv", NOISE),
    "tcsh": (".tcshrc", NOISE),
    "bsd-csh": (".cshrc", NOISE),
    "fish": (".config/fish/config.fish", NOISE),
}
# What a key is bound to run, instead of what is asked for. Each is another kind of box.
USABLE = {
    "a message of the day": "echo Welcome; cat /etc/os-release; exec /bin/sh",
    "a byte order mark": "printf '\\357\\273\\277'; exec /bin/sh",
    "binary noise": "head -c 100000 /dev/urandom; exec /bin/sh",
    "no environment": "exec env -i /bin/sh",
    "no search path": "PATH=; export PATH; exec /bin/sh",
    "another locale": "LC_ALL=de_DE.UTF-8 LANGUAGE=de exec /bin/sh",
    "noisy settings": "ENV=/dev/null; CDPATH=/tmp; IFS=t; export ENV CDPATH IFS; exec /bin/sh",
    "BusyBox": "exec env PATH={busybox} {busybox}/sh",
    "toybox": "exec env PATH={toybox} /bin/sh",
    "bash": "exec bash --norc",
    "mksh": "exec mksh",
    "zsh as sh": "exec {zsh}/sh",
}
# What says no samples, with the cause and words of it.
UNUSABLE = {
    "only one command": ("echo 'Only backups here'", Cause.SHELL_UNUSABLE, "Only backups here"),
    "killed": ("kill -9 $$", Cause.SHELL_UNUSABLE, "ended at once"),
    "a drip": ("while printf x; do sleep 0.5; done", Cause.TIMED_OUT, "within 5 s"),
    "silence": ("exec sleep 60", Cause.TIMED_OUT, "within 5 s"),
    "no end": ("exec cat /dev/zero", Cause.BAD_OUTPUT, "The server sent more than"),
    "Windows line ends": ("sh | sed -u 's/$/\\r/'", Cause.TIMED_OUT, "within 5 s"),
}


@dataclass(frozen=True)
class Story:
    results: Mapping[str, list[PollResult]]

    def sample(self, name: str) -> Sample:
        polled = [one for one in self.results[name] if isinstance(one, Polled)]
        assert polled, self.results[name]
        return polled[0].sample


class Keys:
    """Keys of one user, each bound to a command of its own."""

    def __init__(self, folder: Path, user: User, port: int) -> None:
        self._folder = folder
        self._user = user
        self._port = port

    def server(self, name: str, command: str) -> Server:
        path = self._folder / f"key {len(list(self._folder.iterdir()))}"
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path))
        public = path.with_name(f"{path.name}.pub").read_text()
        bound = command.replace("\\", "\\\\").replace('"', '\\"')
        with (self._user.home / ".ssh" / "authorized_keys").open("a") as file:
            file.write(f'command="{bound}" {public}')
        return ssh_server(name, self._port, self._user.name, key_path=path)


def tools(folder: Path, program: str, names: str) -> Path:
    """Make a folder in which these names are applets of ``program``."""
    folder.mkdir()
    binary = shutil.which(program)
    assert binary is not None, f"{program} is not installed"
    for name in names.split():
        (folder / name).symlink_to(binary)
    return folder


@pytest.fixture(scope="module")
def shell_users(machine_room: Path) -> Iterator[dict[str, User]]:
    """A user for each login shell, whose settings make noise."""
    with contextlib.ExitStack() as stack:
        users = {}
        for shell, (file, line) in LOGIN_SHELLS.items():
            binary = shutil.which(shell)
            assert binary is not None, f"{shell} is not installed"
            user = users[shell] = User(machine_room, shell=binary)
            stack.callback(user.remove)
            if file:
                path = user.home / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(f"{line}\n")
        users["rbash"] = User(machine_room, shell="/bin/rbash")
        stack.callback(users["rbash"].remove)
        yield users


@pytest.fixture(scope="module")
def busy_sshd(machine_room: Path) -> Iterator[Sshd]:
    """An sshd of their own; no neighbour's mounts show in its sessions."""
    folder = Path(tempfile.mkdtemp(dir=machine_room))
    sshd = Sshd(folder, has_own_mounts=True)
    sshd.start()
    try:
        yield sshd
    finally:
        sshd.stop()


@pytest.fixture(scope="module")
def hiding_sshd(machine_room: Path) -> Iterator[Sshd]:
    """An sshd whose sessions see only their own processes."""
    folder = Path(tempfile.mkdtemp(dir=machine_room))
    sshd = Sshd(folder, has_own_mounts=True)
    sshd.start()
    assert sshd.process is not None
    inside = ["nsenter", "--mount", "--target", str(sshd.process.pid)]
    run(*inside, "mount", "-t", "proc", "-o", "hidepid=2", "proc", "/proc")
    try:
        yield sshd
    finally:
        sshd.stop()


@pytest.fixture(scope="module")
def sshds(busy_sshd: Sshd, hiding_sshd: Sshd) -> tuple[Sshd, Sshd]:
    return busy_sshd, hiding_sshd


@pytest.fixture(scope="module")
def bound_user(machine_room: Path) -> Iterator[User]:
    user = User(machine_room)
    (user.home / ".ssh").mkdir()
    try:
        yield user
    finally:
        user.remove()


@pytest.fixture(scope="module")
def story(
    tmp_path_factory: pytest.TempPathFactory,
    machine_room: Path,
    sshds: tuple[Sshd, Sshd],
    shell_users: dict[str, User],
    bound_user: User,
) -> Story:
    """All of them are polled at once, so that the slow ones are slow at once."""
    busy_sshd, hiding_sshd = sshds
    keys = Keys(tmp_path_factory.mktemp("keys"), bound_user, busy_sshd.port)
    places = {
        "busybox": tools(machine_room / "busybox", "busybox", "sh cat df"),
        "toybox": tools(machine_room / "toybox", "toybox", "cat df"),
        "zsh": tools(machine_room / "zsh", "zsh", "sh"),
    }
    servers = [
        ssh_server(f"login {shell}", busy_sshd.port, user.name, user.password)
        for shell, user in shell_users.items()
    ]
    user = shell_users["dash"]
    servers.append(ssh_server("hidepid", hiding_sshd.port, user.name, user.password))
    commands = {**USABLE, **{name: command for name, (command, _, _) in UNUSABLE.items()}}
    for name, command in commands.items():
        there = re.sub(r"\{(\w+)\}", lambda found: str(places[found[1]]), command)
        servers.append(keys.server(name, there))
    with Watch(tmp_path_factory.mktemp("shells"), servers) as watch:
        for server in servers:
            watch.wait(server.id, lambda one: True, within_seconds=30)
        return Story({server.id: watch.results(server.id) for server in servers})


@pytest.mark.parametrize("name", [*(f"login {shell}" for shell in LOGIN_SHELLS), *USABLE])
def test_it_gives_the_same_values_as_any(story: Story, name: str) -> None:
    sample, other = story.sample(name), story.sample("login dash")
    assert sample.problems == ()
    assert isinstance(story.results[name][0], Polled)
    assert (sample.hostname, sample.boot_id) == (other.hostname, other.boot_id)
    assert sample.memory is not None
    assert other.memory is not None
    assert sample.memory.total_bytes == other.memory.total_bytes
    assert {disk.mountpoint: disk.total_bytes for disk in sample.disks or ()} == {
        disk.mountpoint: disk.total_bytes for disk in other.disks or ()
    }
    assert sample.processes is not None
    assert 1 in sample.processes.seen
    assert sample.network is not None
    assert other.network is not None
    assert {one.name for one in sample.network.interfaces} == {
        one.name for one in other.network.interfaces
    }


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_gives_no_samples_says_why(story: Story, name: str) -> None:
    _, cause, words = UNUSABLE[name]
    first = story.results[name][0]
    assert isinstance(first, Missed)
    assert first.cause is cause, first
    assert words in first.text


def test_a_restricted_shell_is_named(story: Story) -> None:
    first = story.results["login rbash"][0]
    assert isinstance(first, Missed)
    assert first.cause is Cause.SHELL_UNUSABLE
    assert "restricted" in first.text


def test_hidden_processes_are_unknown_and_everything_else_is_known(story: Story) -> None:
    sample = story.sample("hidepid")
    assert sample.processes is None
    state = sample.quality[Group.PROCESSES]
    assert (state.quality, state.at) == (Quality.DENIED, None)
    assert "hidepid" in state.reason
    assert state.fix != ""
    assert [problem.partition(":")[0] for problem in sample.problems] == ["processes"]
    known = (sample.cpu, sample.memory, sample.load, sample.network, sample.disks)
    assert None not in known
