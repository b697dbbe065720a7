"""The programs in C and Go of this benchmark, compiled where they are not yet."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
NEEDED = (
    "apt install --no-install-recommends "
    "gcc libc6-dev golang-go golang-github-gorilla-websocket-dev"
)
GO_PACKAGES = "/usr/share/gocode"


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the compiled programs are."""

    load: Path
    floor: Path
    hub: Path


def build(folder: Path) -> Programs:
    """Compile all into ``folder``; raises ``SystemExit`` with what is missing."""
    missing = [name for name in ("gcc", "go") if shutil.which(name) is None]
    if missing or not Path(GO_PACKAGES, "src/github.com/gorilla/websocket").exists():
        raise SystemExit(f"type: {NEEDED}")
    for name in ("load", "floor"):
        _run("gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", folder / name, HERE / f"{name}.c")
    _run("go", "build", "-o", folder / "hub", HERE / "hub.go")
    return Programs(folder / "load", folder / "floor", folder / "hub")


def _run(*command: str | Path) -> None:
    environ = os.environ | {"GO111MODULE": "off", "GOPATH": GO_PACKAGES}
    subprocess.run(command, env=environ, check=True)
