"""The script in the shells that servers have, and what each of them makes of a request."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monserv.probe import disks, evidence, mounts, processes, procfs, reading, script, sections
from tests.waiting import eventually

pytestmark = pytest.mark.real

# By the name under which a server may have it as /bin/sh.
SHELLS = {
    "dash": "dash",
    "bash": "bash",
    "busybox": "busybox",
    "mksh": "mksh",
    "zsh": "zsh",
}
MARKER = "7f3a.1"
ROOT = mounts.Mount("d", "/", "ext4", read_only=False)

Ask = Callable[..., dict[str, str]]


class Asked:
    """A shell at the other end of a socket, as the product has it."""

    def __init__(
        self,
        program: Path,
        environment: dict[str, str] | None = None,
        text: str = script.SCRIPT,
    ) -> None:
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(10)
        with theirs:
            self._child = subprocess.Popen(
                [program], stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL, env=environment
            )
        self._socket.sendall(text.encode())
        assert self._up_to(script.READY).endswith(script.READY)

    def ask(self, verb: str, *arguments: str) -> dict[str, str]:
        self.send(script.request(verb, MARKER, arguments))
        return sections.cut(self._up_to(sections.end_line(MARKER)), MARKER)

    def send(self, text: str) -> None:
        self._socket.sendall(text.encode())

    def _up_to(self, end: bytes) -> bytes:
        answer = bytearray()
        while not answer.endswith(end):
            chunk = self._socket.recv(65536)
            assert chunk, bytes(answer)
            answer += chunk
        return bytes(answer)

    def close(self) -> None:
        self._socket.close()
        self._child.wait(30)


@pytest.fixture(scope="module")
def shells(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each shell as ``sh``, the name under which it behaves as one."""
    found = {}
    for name, program in SHELLS.items():
        found[name] = tmp_path_factory.mktemp(name) / "sh"
        where = subprocess.run(["which", program], capture_output=True, text=True, check=True)
        found[name].symlink_to(where.stdout.strip())
    return found


@pytest.fixture(scope="module", params=sorted(SHELLS))
def asked(request: pytest.FixtureRequest, shells: dict[str, Path]) -> Iterator[Asked]:
    shell = Asked(shells[request.param])
    yield shell
    shell.close()


@pytest.fixture
def ask(asked: Asked) -> Ask:
    return asked.ask


def test_it_tells_what_proc_tells(ask: Ask) -> None:
    facts = reading.facts(ask("facts"))
    assert facts.hostname == socket.gethostname()
    assert facts.page_bytes == os.sysconf("SC_PAGE_SIZE")
    assert facts.users[0] == "root"
    before = reading.reading(ask("poll"))
    assert before is not None
    assert before.cpu is not None
    assert before.cpu.cores == os.sysconf("SC_NPROCESSORS_ONLN")
    assert before.memory is not None
    assert before.load is not None
    names = {path.name for path in Path("/sys/class/net").iterdir() if path.is_dir()}
    assert before.interfaces is not None
    assert set(before.interfaces.rows) == names - {"lo"}
    rows = processes.rows(ask("processes")["processes"])
    assert os.getpid() in {row.pid for row in rows}
    mounted = ask("mounts")
    real = {path.parent.name for path in Path("/sys/class/net").glob("*/device")}
    assert procfs.hardware_interfaces(mounted["hardware"]) == real
    assert "/" in [mount.mountpoint for mount in mounts.mounts(mounted["mounts"])]


def test_its_counters_are_the_files_of_proc_one_after_the_other(ask: Ask) -> None:
    answer = ask("poll")["counters"]
    for path in ("stat", "meminfo", "net/dev", "diskstats", "pressure/cpu", "pressure/memory"):
        file = Path("/proc") / path
        first = file.read_text().split()[0] if file.exists() else ""
        assert first in answer


def test_it_reads_again_and_again(ask: Ask) -> None:
    uptimes = []
    for _ in range(20):
        found = reading.reading(ask("poll"))
        assert found is not None
        uptimes.append(found.uptime_seconds)
        time.sleep(0.011)
    assert uptimes == sorted(set(uptimes))


def test_it_tells_the_system_and_the_details_of_the_memory(ask: Ask) -> None:
    facts = ask("facts")
    assert facts["os"].strip() == Path("/etc/os-release").read_text().strip()
    assert facts["kernel"].split() == [os.uname().release, os.uname().machine]
    assert "pgmajfault" in ask("memory")["vmstat"]


def test_what_a_machine_has_not_is_said(ask: Ask) -> None:
    has_systemd = Path("/run/systemd/system").is_dir()
    assert ("! absent" in ask("units")["units"]) != has_systemd
    assert ask("containers")["podman"].startswith(("!", "{", "\n"))
    assert ask("logins").keys() == {"logins", "end"}
    assert ask("sensors").keys() == {"sensors", "end"}


def test_it_tells_what_it_costs(ask: Ask) -> None:
    own, children, daemon, forks = ask("cost")["cost"].splitlines()
    assert re.fullmatch(r"forks \d+", forks)
    assert own.count("m") == children.count("m") == 2
    assert daemon.startswith(f"{os.getpid()} (")


def test_it_names_the_owners_and_passes_over_those_who_ended(ask: Ask) -> None:
    answer = ask("owners", "1", str(os.getpid()), str(2**22 + 1))
    assert processes.owners(answer["owners"]) == {1: 0, os.getpid(): os.getuid()}


def test_its_evidence_has_the_disk_use_of_processes_and_the_log_of_the_kernel(ask: Ask) -> None:
    answer = ask("evidence")
    assert os.getpid() in evidence.disk_counters(answer["io"])
    assert evidence.killed(answer["oom"]) is not None


def test_a_command_line_is_told_with_its_blanks_and_only_so_much_of_it(ask: Ask) -> None:
    words = ["sleep", "10", "a b", "c\nd", "x" * 5000]
    command = [sys.executable, "-c", "input()", *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as child:
        pid = str(child.pid)
        # It has none for a moment, while the kernel puts the new program in its place.
        assert eventually(lambda: Path(f"/proc/{pid}/cmdline").read_bytes() != b"")
        answer = ask("commands", pid, "1", str(2**22 + 1))
        child.communicate(b"\n")
    assert answer.keys() == {f"command {pid}", "command 1", f"command {2**22 + 1}", "end"}
    text = answer[f"command {pid}"]
    assert text.startswith("\0".join([*command[:-1], "xxx"]))
    assert len(text) <= script.COMMAND_LINE_BYTES + 1
    assert answer[f"command {2**22 + 1}"] == "\n"


@pytest.mark.parametrize("verb", ["disks", "remote"])
def test_it_asks_df_about_exactly_these_mount_points(ask: Ask, verb: str) -> None:
    asked = mounts.mounts(ask("mounts")["mounts"])
    answer = ask(verb, *script.paths([mount.mountpoint for mount in asked]))
    found = disks.disks(answer[verb], asked)
    assert [disk.mountpoint for disk in found or ()] == [mount.mountpoint for mount in asked]


def test_a_path_that_is_gone_leaves_the_others(ask: Ask) -> None:
    answer = ask("disks", *script.paths(["/nowhere", "/"]))
    gone = mounts.Mount("d", "/nowhere", "ext4", read_only=False)
    assert [disk.mountpoint for disk in disks.disks(answer["disks"], [gone, ROOT]) or ()] == ["/"]


def test_inodes_are_told_or_said_not_to_be(ask: Ask) -> None:
    answer = ask("inodes", "/")["inodes"]
    assert answer == "! failed\n" or answer.splitlines()[-1].endswith(" /")


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_it_needs_no_environment_and_another_locale_changes_nothing(
    shells: dict[str, Path], shell: str
) -> None:
    for environment in ({}, {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de", "PATH": "", "IFS": "x"}):
        asked = Asked(shells[shell], environment)
        try:
            assert reading.reading(asked.ask("poll")) is not None
            answer = asked.ask("disks", *script.paths(["/"]))
            assert len(disks.disks(answer["disks"], [ROOT]) or ()) == 1
        finally:
            asked.close()


def test_it_is_of_one_size_and_holds_nothing_of_a_session() -> None:
    assert len(script.SCRIPT.encode()) == script.SCRIPT_BYTES
    assert script.SCRIPT.endswith("; exit\n")
    assert not any(mark in script.SCRIPT for mark in ("@T", "@D", "@L", "eval", "7f3a"))


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_it_is_ready_only_when_the_shell_has_read_all_of_it(
    shells: dict[str, Path], shell: str
) -> None:
    text, (ours, theirs) = script.SCRIPT.encode(), socket.socketpair()
    with ours, theirs, subprocess.Popen([shells[shell]], stdin=theirs, stdout=theirs) as child:
        ours.sendall(text[:-1])
        ours.settimeout(0.1)
        with pytest.raises(TimeoutError):
            ours.recv(100)
        ours.sendall(text[-1:])
        ours.settimeout(10)
        assert ours.recv(100) == script.READY
        ours.shutdown(socket.SHUT_WR)
        child.wait(30)


def test_nothing_that_is_sent_is_run_once_it_is_ready(asked: Asked, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    for text in (
        f"touch {trap}",
        f"$(touch {trap})",
        f"facts {MARKER}; touch {trap}",
        f"owners $(touch {trap}) `touch {trap}` ;touch {trap}",
        f"disks {MARKER}x -- ;touch${{IFS}}{trap} $(touch${{IFS}}{trap}) `touch {trap}`",
        f"*) touch {trap};; esac; done; touch {trap}",
        f"'\n\"\ntouch {trap}\n",
        "\\",
    ):
        asked.send(text + "\n")
    assert "Mounted" in asked.ask("disks", "/")["disks"]
    assert not trap.exists()


def test_whoever_may_send_requests_cannot_list_folders(ask: Ask, tmp_path: Path) -> None:
    for name in ("1", "22", "private"):
        (tmp_path / name).mkdir()
    for verb in ("commands", "owners"):
        assert not re.search("private|22", "".join(f"{ask(verb, f'{tmp_path}/*', '?2')}"))
    # df would have a line for each of them.
    assert ask("disks", f"{tmp_path}/*")["disks"] == "! failed\n"


def test_of_processes_alone_is_told_who_owns_them_and_what_they_were_called_with(
    ask: Ask, tmp_path: Path
) -> None:
    (tmp_path / "cmdline").write_text("private")
    (tmp_path / "status").write_text("Uid: private\n")
    odd = [f"../{tmp_path}", f"1/../../{tmp_path}", ".", "self", "\\c", "1\\0012", "*", "-1", "\\0"]
    assert ask("commands", *odd).keys() == {"end"}
    assert ask("owners", *odd)["owners"] == ""


def test_what_is_not_known_is_answered_all_the_same(ask: Ask) -> None:
    assert ask("reboot").keys() == {"unknown", "end"}
    assert ask("poll", "and", "more").keys() == {"boot", "uptime", "load", "counters", "end"}


def test_it_ends_with_its_requests(shells: dict[str, Path]) -> None:
    for program in shells.values():
        asked = Asked(program)
        asked._socket.shutdown(socket.SHUT_WR)
        asked._child.wait(30)
        asked._socket.close()


ODD_PATHS = [
    "/a b",
    "/a  b ",
    "/tab\tand\nnewline\n",
    "/'; echo broken #",
    "/$(echo broken)`echo broken`",
    "/back\\slash\\n\\0101\\c",
    "/100%s%d",
    "/*?[a-z]~",
    "/\U0001f600/\u202e",
    "/-n",
    "/" + "x" * 200,
]


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_every_byte_of_a_path_reaches_df(
    shells: dict[str, Path], shell: str, tmp_path: Path
) -> None:
    df = tmp_path / "df"
    df.write_text('#!/bin/dash\nshift 2\nfor p; do printf "<%s>" "$p"; done; echo\n')
    df.chmod(0o755)
    asked = Asked(shells[shell], {"PATH": f"{tmp_path}:/usr/bin:/bin"})

    def told(paths: list[bytes]) -> bytes:
        names = [os.fsdecode(path) for path in paths]
        text = asked.ask("disks", *script.paths(names))["disks"]
        return text.encode("utf-8", "surrogateescape")

    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.binary(min_size=1, max_size=40).filter(lambda raw: b"\0" not in raw)))
    def check(paths: list[bytes]) -> None:
        assert told(paths) == b"".join(b"<%s>" % path for path in paths) + b"\n"

    try:
        every_byte = [b"/%c" % byte for byte in range(1, 256)]
        assert told(every_byte) == b"".join(b"<%s>" % path for path in every_byte) + b"\n"
        odd = [os.fsencode(path) for path in ODD_PATHS]
        assert told(odd) == b"".join(b"<%s>" % path for path in odd) + b"\n"
        check()
    finally:
        asked.close()


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_containers_are_asked_for_in_bounded_number_and_a_failure_is_said_in_its_words(
    shells: dict[str, Path], shell: str, tmp_path: Path
) -> None:
    docker, podman = tmp_path / "docker", tmp_path / "podman"
    docker.write_text('#!/bin/dash\necho "$@"\n')
    podman.write_text("#!/bin/dash\necho one; printf '%s\\n' 'permission denied \\c' >&2; exit 1\n")
    for program in (docker, podman):
        program.chmod(0o755)
    (tmp_path / ".local/share/containers").mkdir(parents=True)
    there = {"DOCKER_HOST": "ssh://nas", "HOME": str(tmp_path)}
    asked = Asked(shells[shell], {"PATH": f"{tmp_path}:/usr/bin:/bin", **there})
    try:
        answer = asked.ask("containers")
    finally:
        asked.close()
    assert answer["docker"] == "ps -a --last 512 --no-trunc --format {{json .}}\n"
    assert answer["podman"] == "! permission denied \\c\n"


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_engines_that_nobody_uses_are_not_asked(
    shells: dict[str, Path], shell: str, tmp_path: Path
) -> None:
    text = script.SCRIPT
    for used in ("/var/run/docker.sock", "/var/lib/containers/storage"):
        text = re.sub(f"-[Sew] {used}", "-e /none", text)
    for name in ("docker", "podman"):
        program = tmp_path / name
        program.write_text(f"#!/bin/dash\necho asked >>{tmp_path}/log\n")
        program.chmod(0o755)
    there = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)}
    asked = Asked(shells[shell], there, text)
    try:
        answer = asked.ask("containers")
    finally:
        asked.close()
    assert (answer["docker"], answer["podman"]) == ("! absent\n", "! absent\n")
    assert not (tmp_path / "log").exists()


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_a_podman_that_only_root_has_used_is_said_to_be_hidden_and_not_asked(
    shells: dict[str, Path], shell: str, tmp_path: Path
) -> None:
    used = "/var/lib/containers/storage"
    # Root may write everywhere.
    text = script.SCRIPT.replace(f"-w {used}", "-w /none").replace(f"-e {used}", f"-e {tmp_path}")
    podman = tmp_path / "podman"
    podman.write_text(f"#!/bin/dash\necho asked >>{tmp_path}/log\n")
    podman.chmod(0o755)
    there = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)}
    asked = Asked(shells[shell], there, text)
    try:
        assert asked.ask("containers")["podman"] == "! hidden\n"
    finally:
        asked.close()
    assert not (tmp_path / "log").exists()


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_who_is_logged_in_is_asked_only_where_something_records_it(
    shells: dict[str, Path], shell: str, tmp_path: Path
) -> None:
    who = tmp_path / "who"
    who.write_text("#!/bin/dash\necho 'ada      pts/0        2026-01-01 12:00'\n")
    who.chmod(0o755)
    record = tmp_path / "utmp"
    text = re.sub(r"for f in (/\S+ ?)+;", f"for f in /none {record};", script.SCRIPT)
    asked = Asked(shells[shell], {"PATH": f"{tmp_path}:/usr/bin:/bin"}, text)
    try:
        assert asked.ask("logins")["logins"] == "! unrecorded\n"
        record.touch()
        told = asked.ask("logins")["logins"]
    finally:
        asked.close()
    assert told == "ada      pts/0        2026-01-01 12:00\n"


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_failed_units_are_listed_only_where_there_are_any(
    shells: dict[str, Path], shell: str, tmp_path: Path
) -> None:
    if not Path("/run/systemd/system").is_dir():
        text = script.SCRIPT.replace("[ -d /run/systemd/system ]", f"[ -d {tmp_path} ]")
    else:
        text = script.SCRIPT
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(
        "#!/bin/dash\n"
        f'echo "$1" >>{tmp_path}/log\n'
        "case $1 in\n"
        f"show) echo SystemState=degraded; cat {tmp_path}/count;;\n"
        "list-units) echo 'a.service loaded failed failed An a';;\n"
        "esac\n"
    )
    systemctl.chmod(0o755)
    asked = Asked(shells[shell], {"PATH": f"{tmp_path}:/usr/bin:/bin"}, text)
    try:
        (tmp_path / "count").write_text("NFailedUnits=0\n")
        assert asked.ask("units")["units"] == "= degraded\n"
        (tmp_path / "count").write_text("NFailedUnits=1\n")
        told = asked.ask("units")["units"]
    finally:
        asked.close()
    assert told == "a.service loaded failed failed An a\n= degraded\n"
    assert (tmp_path / "log").read_text().split() == ["show", "show", "list-units"]


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_temperatures_are_told_of_each_chip_or_else_of_the_zones(
    shells: dict[str, Path], shell: str, tmp_path: Path
) -> None:
    text = script.SCRIPT.replace("/sys/class/", f"{tmp_path}/")
    zone, chip = tmp_path / "thermal" / "thermal_zone0", tmp_path / "hwmon" / "hwmon0"
    zone.mkdir(parents=True)
    (zone / "type").write_text("acpitz\n")
    (zone / "temp").write_text("27800\n")
    device = tmp_path / "pci0000:00" / "0000:00:18.3"
    device.mkdir(parents=True)
    asked = Asked(shells[shell], {"PATH": "/usr/bin:/bin"}, text)
    try:
        zones = asked.ask("sensors")["sensors"]
        chip.mkdir(parents=True)
        (chip / "name").write_text("k10temp\n")
        (chip / "temp1_input").write_text("41250\n")
        (chip / "temp1_label").write_text("Tctl die\n")
        (chip / "temp1_crit").write_text("95000\n")
        (chip / "temp2_input").write_text("39000\n")
        (chip / "device").symlink_to(device)
        other = chip.with_name("hwmon1")
        other.mkdir()
        (other / "name").write_text("acpitz\n")
        (other / "temp1_input").write_text("27800\n")
        chips = asked.ask("sensors")["sensors"]
    finally:
        asked.close()
    assert zones.strip() == "acpitz thermal_zone0 \t27800"
    assert chips.splitlines()[:3] == [
        "k10temp temp1 Tctl die\t41250\t95000\tpci0000:00/0000:00:18.3",
        "k10temp temp2 \t39000\t\tpci0000:00/0000:00:18.3",
        "acpitz temp1 \t27800\t\t",
    ]
