"""The Python that has what benchmarks need: this one, or that of the tests, completed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from monserv.errors import StartRefused
from monserv.setup import requirements, start, virtualenv

ROOT = Path(__file__).resolve().parents[1]
WANTED = ROOT / "bench" / "requirements.txt"


def find(module: str) -> None:
    """Return when this Python will do; else run ``module`` in one that does, made if need be.

    Raises ``SystemExit`` with what to do when there is none.
    """
    if not requirements.unmet(WANTED):
        return
    plan = start.plan(ROOT, ".venv-tests", "-dev", None)
    if Path(sys.prefix) == plan.directory:
        raise SystemExit(f"type: {sys.executable} -m pip install -r {WANTED}")
    try:
        python = str(virtualenv.ensure(plan, start.tell))
    except StartRefused as error:
        raise SystemExit(str(error)) from None
    subprocess.run([python, "-m", "pip", "install", "-q", "-r", str(WANTED)], check=True)
    os.execv(python, [python, "-m", module, *sys.argv[1:]])  # noqa: S606 -- the very purpose
