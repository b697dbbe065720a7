"""The steps of the test command, in order, each a program with an exit code."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

NO_TESTS_CHOSEN = 5
# The variable in which pytest is told what to say at its end, a line each.
REMARKS = "TEST_COMMAND_REMARKS"


@dataclass(frozen=True)
class Step:
    """A command; what ``is_shown`` prints as it runs, others only what went wrong."""

    name: str
    command: list[str]
    is_shown: bool = False
    accepted: frozenset[int] = frozenset({0})

    def run(self, checkout: Path, environ: dict[str, str], tell: Callable[[str], None]) -> bool:
        started_at = time.monotonic()
        tell(f"{self.name} ...")
        pipe = None if self.is_shown else subprocess.PIPE
        try:
            done = subprocess.run(
                self.command,
                cwd=checkout,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=pipe,
                stderr=None if self.is_shown else subprocess.STDOUT,
                text=True,
                check=False,
            )
        except FileNotFoundError:
            tell(f"{self.name}: {self.command[0]} is not installed")
            return False
        passed = done.returncode in self.accepted
        if not passed and done.stdout:
            tell(done.stdout.rstrip())
        verdict = "ok" if passed else "FAILED"
        tell(f"{self.name}: {verdict} ({time.monotonic() - started_at:.1f} s)")
        return passed


def checks(python: str, checkout: Path) -> list[Step]:
    """Return the steps before the suite itself."""
    scripts = sorted(str(path) for path in (checkout / "tests" / "js").glob("*.test.js"))
    lint_imports = "from importlinter.cli import lint_imports_command as run; run()"
    return [
        Step("ruff check", [python, "-m", "ruff", "check", "."]),
        Step("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        Step("mypy", [python, "-m", "mypy"]),
        Step("lint-imports", [python, "-c", lint_imports, "--no-logo", "--no-cache"]),
        Step("pip check", [python, "-m", "pip", "check"]),
        Step("JavaScript", ["node", "--test", *scripts]),
    ]


def pytest(python: str, arguments: Sequence[str], *, is_green: bool) -> Step:
    """Return the suite: as it is, or the part that starts nothing, patched by gevent."""
    options = ["-p", "tests.kit.plugin"]
    if not os.access(".", os.W_OK):
        options += ["-p", "no:cacheprovider"]
    if not is_green:
        return Step("pytest", [python, "-m", "pytest", *options, *arguments], is_shown=True)
    accepted = frozenset({0, NO_TESTS_CHOSEN} if arguments else {0})
    command = [python, "-m", "tests.kit.green", *options, "-q", "-m", "not real", *arguments]
    return Step("pytest, patched by gevent", command, is_shown=True, accepted=accepted)
