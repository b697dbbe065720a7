"""The test command: what the tests need, then every step, then pytest's last word."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from monserv.errors import StartRefused
from monserv.setup import requirements, start, virtualenv
from monserv.setup.places import place
from tests.kit import components, pythons, steps

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = ".venv-tests"
NODE = ".venv-node"
FAILED = 1
CHECKS_AT_ONCE = 2
MEMORY = "/dev/shm"
ROOM_BYTES = 2 * 2**30


def main(arguments: Sequence[str]) -> int:
    """Run everything and return 0 only if all of it passed."""
    os.chdir(CHECKOUT)
    components.install(components.missing(), tell)
    try:
        # Both mostly wait for the network.
        with ThreadPoolExecutor() as pool:
            folder = place(CHECKOUT, NODE, None, os.environ)
            node = pool.submit(components.install_node_packages, folder, tell)
            python = _python()
            modules = node.result()
    except StartRefused as error:
        tell(str(error))
        return start.REFUSED
    if not pythons.every_python():
        tell(f"{pythons.MATRIX}=1 would set monserv up with every Python of this machine, too")
    # A name that leaves room for sockets below it, whose paths are short.
    with tempfile.TemporaryDirectory(prefix="m-", dir=_memory()) as scratch:
        environ = os.environ | _environ(modules, Path(scratch))
        return _run(python, arguments, environ, Path(scratch))


def tell(text: str) -> None:
    print(f"tests: {text}", flush=True)


def _run(python: str, arguments: Sequence[str], environ: dict[str, str], scratch: Path) -> int:
    planned = steps.checks(python, CHECKOUT, scratch)
    with ThreadPoolExecutor(CHECKS_AT_ONCE) as pool:
        passed = list(pool.map(lambda step: step.run(CHECKOUT, environ, tell), planned))
    failed = [step.name for step, ok in zip(planned, passed, strict=True) if not ok]
    remarks = [f"failed: {name}" for name in failed]
    absent = components.missing()
    if absent:
        remarks.append(f"missing, as root type: {components.apt_line(absent)}")
    for remark in remarks:
        tell(remark)
    # pytest comes last and says the last word, so it also says what failed before and beside.
    beside = steps.patched(python, arguments, scratch)
    command = steps.suite(python, arguments, scratch, beside, remarks)
    code = _wait(subprocess.Popen(command, cwd=CHECKOUT, env=environ))
    return code or (FAILED if remarks else 0)


def _wait(process: subprocess.Popen[bytes]) -> int:
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # it was interrupted itself, too, and says what was done so far


def _python() -> str:
    """Return an interpreter that has what the tests need: this one, or one made for them."""
    if not requirements.unmet(CHECKOUT / "requirements-dev.txt"):
        return sys.executable
    return str(virtualenv.ensure(start.plan(CHECKOUT, VENV, "-dev", None), tell))


def _memory() -> str | None:
    """Return a folder in memory if it has room: of a busy disk each test would notice."""
    try:
        is_roomy = shutil.disk_usage(MEMORY).free >= ROOM_BYTES
    except OSError:
        return None
    return MEMORY if is_roomy and os.access(MEMORY, os.W_OK | os.X_OK) else None


def _environ(modules: Path, scratch: Path) -> dict[str, str]:
    # A second source of truth for settings would make tests depend on the shell.
    environ = {"NODE_PATH": str(modules), "PATH": components.PATH, "PYTHONUNBUFFERED": "1"}
    # Each lane, and each program that a test starts, would compile every module for itself.
    environ["PYTHONDONTWRITEBYTECODE"] = ""
    # What pytest makes for the tests goes along with the rest of the scratch.
    environ["PYTEST_DEBUG_TEMPROOT"] = str(scratch)
    if not os.access(CHECKOUT, os.W_OK):
        environ |= {
            "RUFF_CACHE_DIR": str(scratch / "ruff"),
            "MYPY_CACHE_DIR": str(scratch / "mypy"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
    return environ
