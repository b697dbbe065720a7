"""A virtual environment with exactly what the requirements files say.

The stamp is written last: an environment without it was left half-made and is
made anew. Only pip is used, as the user has configured it, and only wheels.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from monserv.clock import SystemClock
from monserv.errors import StartRefused
from monserv.setup.failure import pip_failure
from monserv.setup.requirements import fingerprint

STAMP = "monserv-stamp"
UNFINISHED = "monserv-unfinished"


@dataclass(frozen=True, slots=True)
class Plan:
    """Which environment is wanted.

    ``requirements`` and ``constraints`` are files for pip. ``is_ours`` allows to
    replace whatever lies at ``directory``; otherwise only what monserv made.
    """

    directory: Path
    requirements: Path
    constraints: tuple[Path, ...]
    is_ours: bool

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.directory / "bin" / "python"

    def is_done(self) -> bool:
        """Whether the environment is complete and of these very files."""
        try:
            stamp = (self.directory / STAMP).read_text(encoding="utf-8")
        except OSError:
            return False
        return stamp == self._stamp() and os.access(self.python, os.X_OK)

    def finish(self) -> None:
        """Write the stamp, all of it or nothing."""
        draft = self.directory / f"{STAMP}.new"
        draft.write_text(self._stamp(), encoding="utf-8")
        draft.replace(self.directory / STAMP)
        (self.directory / UNFINISHED).unlink(missing_ok=True)

    def _stamp(self) -> str:
        files = [self.requirements, *self.constraints]
        siblings = self.requirements.parent.glob("requirements*.txt")
        return fingerprint(sorted({*files, *siblings}))


def ensure(plan: Plan, tell: Callable[[str], None]) -> Path:
    """Return the environment's interpreter, made first if need be.

    ``tell`` gets a line for each step. Raises ``StartRefused`` with what to type.
    """
    if plan.is_done():
        return plan.python
    try:
        plan.directory.parent.mkdir(parents=True, exist_ok=True)
        with _alone(plan.directory.parent, tell):
            if not plan.is_done():
                _make(plan, tell)
    except OSError as error:
        raise StartRefused(
            f"{plan.directory} cannot be made: {error.strerror or error}; "
            "let MONSERV_VENV name a directory that can be written"
        ) from None
    return plan.python


def _make(plan: Plan, tell: Callable[[str], None]) -> None:
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise StartRefused(f"This Python cannot make virtual environments; {_install_venv()}")
    clock = SystemClock()
    started_at = clock.monotonic()
    _clear(plan)
    plan.directory.mkdir(parents=True)
    (plan.directory / UNFINISHED).touch()
    tell(f"setting up {plan.directory} with Python {sys.version.split()[0]} (once)")
    _run([sys.executable, "-m", "venv", str(plan.directory)], _venv_failure)
    tell("installing what is needed")
    constraints = [word for file in plan.constraints for word in ("-c", str(file))]
    _run(
        [
            *(str(plan.python), "-m", "pip", "install", "--only-binary", ":all:"),
            *("-r", str(plan.requirements), *constraints),
        ],
        pip_failure,
    )
    plan.finish()
    tell(f"set up in {clock.monotonic() - started_at:.0f} s")


def _clear(plan: Plan) -> None:
    directory = plan.directory
    if directory.is_symlink() or directory.is_file():
        raise StartRefused(f"{directory} is in the way; move it, or set MONSERV_VENV")
    if not directory.exists():
        return
    made_here = (directory / STAMP).exists() or (directory / UNFINISHED).exists()
    if not plan.is_ours and not made_here and any(directory.iterdir()):
        raise StartRefused(
            f"{directory} holds something else; let MONSERV_VENV name an empty directory"
        )
    shutil.rmtree(directory)


def _run(command: list[str], explain: Callable[[str], str]) -> None:
    # pip refuses a user installation in a virtual environment.
    environ = os.environ | {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(  # noqa: S603 -- our own command
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environ,
        check=False,
    )
    if done.returncode != 0:
        raise StartRefused(explain(done.stdout))


def _venv_failure(output: str) -> str:
    if "ensurepip" in output:
        return f"This Python cannot make virtual environments; {_install_venv()}"
    lines = output.strip().splitlines()
    return f"The virtual environment cannot be made: {lines[-1] if lines else 'no reason given'}"


def _install_venv() -> str:
    if shutil.which("apt-get"):
        sudo = "" if os.geteuid() == 0 else "sudo "
        return f"type: {sudo}apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    return "install its venv and ensurepip modules"


@contextlib.contextmanager
def _alone(directory: Path, tell: Callable[[str], None]) -> Iterator[None]:
    """Keep a second start from working in ``directory`` at the same time."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("another start is setting up; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
