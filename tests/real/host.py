"""What a real host has and a virtual machine often lacks, for the sessions of one sshd alone.

They have a ``/run`` of their own. In it a real systemd may run: as the manager of a user, but
with the socket at which ``systemctl`` of root looks for that of the machine.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from monserv.model.server import Server
from tests.real import witnesses
from tests.real.machines import Sshd, run
from tests.real.watching import ssh_server
from tests.real.witnesses import NodeExporter
from tests.waiting import eventually

# A manager moves all that is in its own group, so it needs one of its own before it begins.
_GROUP = Path(f"/sys/fs/cgroup/monserv-host-{os.getpid()}")
_MANAGE = (
    f"mount -t cgroup2 cgroup2 {_GROUP.parent} && mkdir {_GROUP} &&"
    f" echo $$ >{_GROUP}/cgroup.procs && exec /lib/systemd/systemd --user"
)
UNITS = {
    "fine.service": "[Unit]\nDescription=Is well\n[Service]\nExecStart=/bin/sleep 1000\n",
    "broken.service": (
        "[Unit]\nDescription=Breaks  at once\n[Service]\nType=oneshot\nExecStart=/bin/false\n"
    ),
    r"odd\x2dname.service": "[Service]\nType=oneshot\nExecStart=/bin/false\n",
    "default.target": (
        "[Unit]\nDescription=All\nWants=fine.service broken.service odd\\x2dname.service\n"
    ),
}

# The first belongs to a device, the second is a driver's alone, as those of ACPI are.
SENSORS = {
    "hwmon/hwmon0/name": "coretemp",
    "hwmon/hwmon0/temp1_input": "45125",
    "hwmon/hwmon0/temp1_label": "Package id 0",
    "hwmon/hwmon0/temp1_crit": "100000",
    "hwmon/hwmon0/temp2_input": "39000",
    "hwmon/hwmon1/name": "Acpi-TZ",
    "hwmon/hwmon1/temp1_input": "-5000",
    "thermal/thermal_zone3/type": "x86_pkg_temp",
    "thermal/thermal_zone3/policy": "step_wise",
    "thermal/thermal_zone3/temp": "46000",
}


class Host:
    """Its root logs in with a key."""

    def __init__(self, folder: Path) -> None:
        self._key_path = folder / "id_root"
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self._key_path))
        keys = self._key_path.with_name("id_root.pub")
        self._sshd = Sshd(folder, f"AuthorizedKeysFile {keys}", has_own_mounts=True)
        self._sshd.start()
        self.run("sh", "-c", "mount -t tmpfs tmpfs /run && mkdir /run/sshd")

    def server(self, server_id: str) -> Server:
        return ssh_server(server_id, self._sshd.port, "root", key_path=self._key_path)

    def run(self, *command: str) -> str:
        return run(*self._enter(), *command)

    def _enter(self) -> tuple[str, ...]:
        assert self._sshd.process is not None
        return "nsenter", "--mount", "--target", str(self._sshd.process.pid)

    @contextlib.contextmanager
    def terminal(self) -> Iterator[None]:
        """Somebody is logged in at a terminal, until this is over."""
        options = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR")
        chosen = [word for option in options for word in ("-o", option)]
        place = ["-p", str(self._sshd.port), "root@127.0.0.1"]
        command = ["ssh", "-tt", "-i", str(self._key_path), *chosen, *place, "echo here; cat"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as client:
            assert client.stdout is not None
            try:
                assert b"here" in map(bytes.strip, client.stdout)
                yield
            finally:
                client.kill()

    @contextlib.contextmanager
    def systemd(self) -> Iterator[None]:
        """A systemd with ``UNITS``, which has come to rest."""
        inside = self._inside("/run")
        (inside / "systemd/system").mkdir(parents=True)
        for name, text in UNITS.items():
            unit = inside / "units" / name
            unit.parent.mkdir(exist_ok=True)
            unit.write_text(text)
        # The colon is for what ends it.
        there = {"XDG_RUNTIME_DIR": "/run", "SYSTEMD_UNIT_PATH": "/run/units:"}
        manager = subprocess.Popen(
            [*self._enter(), "sh", "-c", _MANAGE],
            env=os.environ | there,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert eventually(self._rests)
            yield
        finally:
            self.run("systemctl", "exit")
            manager.wait(30)
            self.run("find", str(_GROUP), "-depth", "-type", "d", "-exec", "rmdir", "{}", ";")

    def _rests(self) -> bool:
        """Whether every unit has started, or failed to."""
        command = [*self._enter(), "systemctl", "show", "-p", "SystemState", "--value"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.strip() in {"running", "degraded"}

    def failed_units(self) -> list[Mapping[str, Any]]:
        """Return what systemctl says of them to programs, which is not what is asked for."""
        told: list[Mapping[str, Any]] = json.loads(
            self.run("systemctl", "list-units", "--failed", "--output=json")
        )
        return told

    @contextlib.contextmanager
    def sensors(self, kind: str) -> Iterator[None]:
        """The ``SENSORS`` of a kind (``hwmon``, ``thermal``), in place of all that is there."""
        self.run("mount", "-t", "tmpfs", "tmpfs", "/sys/class")
        try:
            inside = self._inside("/sys/class")
            for name, text in SENSORS.items():
                if name.startswith(kind):
                    file = inside / name
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(f"{text}\n")
            if kind == "hwmon":
                (inside / "hwmon/hwmon0/device").symlink_to("/sys/devices/system/cpu")
            yield
        finally:
            self.run("umount", "--lazy", "/sys/class")

    def node_exporter(self, *collectors: str) -> AbstractContextManager[NodeExporter]:
        """A node_exporter with these collectors alone."""
        wanted = [f"--collector.{name}" for name in ("disable-defaults", *collectors)]
        return witnesses.node_exporter(prefix=self._enter(), options=wanted)

    def _inside(self, path: str) -> Path:
        assert self._sshd.process is not None
        return Path(f"/proc/{self._sshd.process.pid}/root{path}")

    def stop(self) -> None:
        self._sshd.stop()
