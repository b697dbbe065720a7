"""The steps of the test command, each a program with an exit code."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

NO_TESTS_CHOSEN = 5
# The options in which pytest is told of the rest of the test command.
LANES = "--lanes"
BESIDE = "--beside"
REMARKS = "--remarks"
# Most tests wait most of the time, which leaves room for more lanes than processors.
SIDE_BY_SIDE = ("-n", "7", "--dist", "loadfile", "--no-loadscope-reorder")
GRACE_SECONDS = 5.0


@dataclass(frozen=True)
class Step:
    """A command of which only what went wrong is shown."""

    name: str
    command: list[str]
    accepted: frozenset[int] = frozenset({0})

    def run(self, checkout: Path, environ: Mapping[str, str], tell: Callable[[str], None]) -> bool:
        started_at = time.monotonic()
        tell(f"{self.name} ...")
        try:
            running = self.start(checkout, environ)
        except FileNotFoundError:
            tell(f"{self.name}: {self.command[0]} is not installed")
            return False
        with contextlib.closing(running):
            passed = running.has_passed()
            if not passed and running.output():
                tell(running.output())
        verdict = "ok" if passed else "FAILED"
        tell(f"{self.name}: {verdict} ({time.monotonic() - started_at:.1f} s)")
        return passed

    def start(self, checkout: Path, environ: Mapping[str, str]) -> Running:
        """Raises ``FileNotFoundError`` where the program is absent."""
        return Running(self, checkout, environ)

    def written(self) -> str:
        """Return the text of which ``read`` makes the same step."""
        return json.dumps([self.name, self.command, sorted(self.accepted)])

    @classmethod
    def read(cls, text: str) -> Self:
        name, command, accepted = json.loads(text)
        return cls(name, command, frozenset(accepted))


class Running:
    """A step that was started; its output goes to a file, so that it never waits for a reader."""

    def __init__(self, step: Step, checkout: Path, environ: Mapping[str, str]) -> None:
        self._step = step
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 -- it lives as long as this
        try:
            self._process = subprocess.Popen(
                step.command,
                cwd=checkout,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=self._file,
                stderr=subprocess.STDOUT,
            )
        except OSError:
            self._file.close()
            raise

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def has_passed(self) -> bool:
        """Wait for the end first."""
        return self._process.wait() in self._step.accepted

    def output(self) -> str:
        # The place in the file is shared with the step, which writes on from there.
        size = os.fstat(self._file.fileno()).st_size
        return os.pread(self._file.fileno(), size, 0).decode(errors="replace").rstrip()

    def close(self) -> None:
        """Interrupt it if it still runs, and kill it if it does not heed that."""
        if not self.has_ended():
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._file.close()


def checks(python: str, checkout: Path, lanes: Path) -> list[Step]:
    """Return the steps before the suite itself."""
    scripts = sorted(str(path) for path in (checkout / "tests" / "js").glob("*.test.js"))
    collecting = [*_options(lanes), "--collect-only", "-qq"]
    lint_imports = "from importlinter.cli import lint_imports_command as run; run()"
    return [
        # The longest first. What is collected once lies compiled before all lanes need it.
        Step("mypy", [python, "-m", "mypy"]),
        Step("pytest, collected", [python, "-m", "pytest", *collecting]),
        Step("ruff check", [python, "-m", "ruff", "check", "."]),
        Step("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        Step("lint-imports", [python, "-c", lint_imports, "--no-logo", "--no-cache"]),
        Step("pip check", [python, "-m", "pip", "check"]),
        Step("JavaScript", ["node", "--test", *scripts]),
    ]


def patched(python: str, arguments: Sequence[str], lanes: Path) -> Step:
    """Return the part of the suite that starts nothing, patched by gevent: one lane of its own."""
    options = [*_options(lanes), "-q", "-m", "not real"]
    accepted = frozenset({0, NO_TESTS_CHOSEN} if arguments else {0})
    # Workers of pytest-xdist would not be patched, whatever the arguments ask for.
    command = [python, "-m", "tests.kit.green", *options, *arguments, "-n0"]
    return Step("pytest, patched by gevent", command, accepted)


def suite(
    python: str, arguments: Sequence[str], lanes: Path, beside: Step, remarks: Sequence[str]
) -> list[str]:
    """Return the command of the whole suite, which says at its end how the rest went."""
    said = "\n".join(remarks)
    told = [f"{BESIDE}={beside.written()}", f"{REMARKS}={said}"]
    return [python, "-m", "pytest", *_options(lanes), *told, *SIDE_BY_SIDE, *arguments]


def _options(lanes: Path) -> list[str]:
    options = ["-p", "tests.kit.plugin", f"{LANES}={lanes}"]
    return options if os.access(".", os.W_OK) else [*options, "-p", "no:cacheprovider"]
