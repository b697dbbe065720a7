"""The real programs that tests start, and where they come from.

Nothing of what is installed is started: while apt works, ``policy-rc.d`` forbids
services to come up, and none of the new ones begins with the machine's next start.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

# Each program by the Debian package that brings it.
PROGRAMS = {
    "sshd": "openssh-server",
    "ssh-keygen": "openssh-client",
    "ssh": "openssh-client",
    "ssh-agent": "openssh-client",
    "ip": "iproute2",
    "dropbear": "dropbear-bin",
    "tinysshd": "tinysshd",
    "busybox": "busybox",
    "mksh": "mksh",
    "zsh": "zsh",
    "chromium": "chromium",
    "chromium-headless-shell": "chromium-headless-shell",
    "mkfs.ext4": "e2fsprogs",
    "node": "nodejs",
    "npm": "npm",
    "nginx": "nginx",
    "caddy": "caddy",
    "systemd-analyze": "systemd",
    "openssl": "openssl",
    "prometheus-node-exporter": "prometheus-node-exporter",
    "bsd-csh": "csh",
    "fish": "fish",
    "tcsh": "tcsh",
    "toybox": "toybox",
    "prometheus": "prometheus",
    "promtool": "prometheus",
}
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])
POLICY = Path("/usr/sbin/policy-rc.d")
UNITS = Path("/etc/systemd/system")
NODE_PACKAGES = ("@asyncapi/specs@6.11.1", "newman@6.2.2", "ws@8.23.0")


def missing() -> list[str]:
    """Return the Debian packages whose programs are not here."""
    packages = {package for name, package in PROGRAMS.items() if not shutil.which(name, path=PATH)}
    if importlib.util.find_spec("ensurepip") is None:
        packages.add(f"python3.{sys.version_info[1]}-venv")
    return sorted(packages)


def apt_line(packages: list[str]) -> str:
    return f"apt install --no-install-recommends {' '.join(packages)}"


def install(packages: list[str], tell: Callable[[str], None]) -> None:
    """Install what is missing where that is possible: as root, with apt."""
    if not packages or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    tell(f"installing {' '.join(packages)} with apt")
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with _no_service_starts(), _no_service_enabled():
        for command in (
            ["apt-get", "-q", "update"],
            ["apt-get", "-q", "-y", "install", "--no-install-recommends", *packages],
        ):
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                env=environ,
                check=False,
            )
            if done.returncode != 0:
                tell(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}")
                return


@contextlib.contextmanager
def _no_service_starts() -> Iterator[None]:
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)


@contextlib.contextmanager
def _no_service_enabled() -> Iterator[None]:
    """Leave nothing to systemd that it would start by itself and did not before."""
    before = set(UNITS.glob("*.wants/*"))
    try:
        yield
    finally:
        for link in set(UNITS.glob("*.wants/*")) - before:
            link.unlink()


def install_node_packages(folder: Path, tell: Callable[[str], None]) -> Path:
    """Return the ``node_modules`` with ``NODE_PACKAGES``, installed if need be."""
    names = " ".join(NODE_PACKAGES)
    modules = folder / "node_modules"
    stamp = folder / "stamp"
    if stamp.exists() and stamp.read_text() == names:
        return modules
    npm = shutil.which("npm")
    if npm is None:
        return modules
    tell(f"installing {names} with npm")
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [
            npm,
            "install",
            "--no-audit",
            "--no-fund",
            "--no-save",
            "--prefix",
            str(folder),
            *NODE_PACKAGES,
        ],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"npm_config_cache": str(folder / "cache")},
        check=False,
    )
    if done.returncode == 0:
        stamp.write_text(names)
    else:
        tell(f"npm failed:\n{done.stdout[-2000:]}")
    return modules
