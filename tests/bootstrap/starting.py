"""``python3 wsgi.py`` as a person types it, and what it says."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from tests import prepared
from tests.ports import free_port

CHECKOUT = Path(__file__).parents[2]
# What a checkout has that was used, and one that was only cloned has not.
NOT_IN_A_CLONE = (".git", ".venv*", "instance", ".env", "monserv.toml", "__pycache__", ".*_cache")
# The names that a test's own shell may carry and that would change the start.
STRANGE = ("MONSERV_", "SERVER", "API_HOST", "DATABASE_URL", "XDG_", "LOG_", "GUNICORN", "WEB_")


def base_python() -> str:
    """Return a Python that is no virtual environment, and that every user may run."""
    own = os.path.realpath(sys.executable)
    for python in (own, "/usr/bin/python3"):
        found = Path(python)
        if found.exists() and all(parent.stat().st_mode & 0o001 for parent in found.parents):
            return python
    return own


class Copy:
    """A checkout that can be started, by ``user`` (an id) if one is set."""

    def __init__(
        self, checkout: Path, home: Path, python: str, wheels: Callable[[str], Path] | None
    ) -> None:
        self.checkout = checkout
        self.home = home
        self.python = python
        self.port = free_port()
        self.user: int | None = None
        self.settings: dict[str, str] = {}
        self._wheels = wheels
        self._started: list[Start] = []

    def start(self, *arguments: str, prefix: tuple[str, ...] = (), **settings: str) -> Start:
        """Type ``python3 wsgi.py`` in the checkout."""
        # The tests themselves may run under nohup, which their children would inherit.
        as_typed = ("env", "--default-signal=HUP")
        command = [*as_typed, *prefix, self.python, *(arguments or ("wsgi.py",))]
        log = self.home.parent / f"start-{len(self._started)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=self.checkout,
                env=self._environ() | {"SERVER_PORT": str(self.port)} | self.settings | settings,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
            )
        self._started.append(Start(process, log, self.port))
        return self._started[-1]

    def kill_all(self) -> None:
        for started in self._started:
            started.kill()

    def _environ(self) -> dict[str, str]:
        environ = {n: v for n, v in os.environ.items() if not n.startswith(STRANGE)}
        environ["HOME"] = str(self.home)
        if self._wheels is not None:
            # What a start needs is compiled by the first, and nothing else.
            environ |= {"PYTHONDONTWRITEBYTECODE": "", "PIP_COMPILE": "0"}
            environ |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self._wheels(self.python).as_uri()}
        return environ


@contextlib.contextmanager
def this_checkout(folder: Path) -> Iterator[Copy]:
    """Start this very checkout with the interpreter that has everything, its data in ``folder``."""
    home = folder / "home"
    home.mkdir()
    made = Copy(CHECKOUT, home, sys.executable, None)
    made.settings["MONSERV_DATA_DIR"] = str(folder / "data")
    prepared.put(folder / "data")
    try:
        yield made
    finally:
        made.kill_all()


class Start:
    """One start of the program."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, port: int) -> None:
        self.process = process
        self.port = port
        self._log = log

    @property
    def said(self) -> str:
        return self._log.read_text(errors="replace")

    def wait_until(self, found: Callable[[], bool], seconds: float) -> None:
        give_up_at = time.monotonic() + seconds
        while not found():
            assert self.process.poll() is None, f"it ended: {self.said}"
            assert time.monotonic() < give_up_at, f"not within {seconds} s: {self.said}"
            time.sleep(0.05)

    def wait_for(self, text: str, seconds: float = 120.0) -> None:
        self.wait_until(lambda: text in self.said, seconds)

    def wait_until_it_answers(self, seconds: float = 120.0) -> None:
        self.wait_until(self._answers, seconds)

    def ends(self, seconds: float = 120.0) -> int:
        """Return the exit code."""
        return self.process.wait(seconds)

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Return the exit code, and the seconds that the end took."""
        started_at = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(20), time.monotonic() - started_at

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                return True
        except OSError:
            return False


# Starts it as process 1 of a namespace; returns that start, and its id out here.
Contained = Callable[[], tuple[Start, int]]


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def worker_of(start: Start) -> int:
    (worker,) = children(start.process.pid)
    return worker


def signals(pid: int, which: str) -> int:
    """Return a mask of signals, one of those that /proc has of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition(f"{which}:")[2].split()[0], 16)


def runs(pid: int, module: str) -> bool:
    try:
        return module in Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
        return False
