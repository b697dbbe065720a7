"""Lighthouse, installed with npm where it is not there, and what it says of a page."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

from bench.page.screen import chromium
from tests.kit.components import PATH

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "lighthouse@13.5.0"
FOLDER = ROOT / ".venv-lighthouse"
CATEGORIES = ("performance", "accessibility")


# A machine with much to do can lose the beginning of a trace; Lighthouse then says nothing.
TRIES = 3
SECONDS = 300


def scores(url: str, form: str) -> list[tuple[str, float | None]]:
    """Return each category's score of 100, on a slow phone ("mobile") or on a "desktop".

    ``None`` where Lighthouse could not tell.
    """
    command = [str(_program()), url, "--quiet", "--output=json"]
    command += [f"--only-categories={','.join(CATEGORIES)}"]
    command += ["--chrome-flags=--headless=new --no-sandbox"]
    command += ["--preset=desktop"] if form == "desktop" else []
    found: dict[str, float | None] = {}
    for _ in range(TRIES):
        found = _scores(command)
        if None not in found.values():
            break
    return list(found.items())


def _scores(command: list[str]) -> dict[str, float | None]:
    environ = {**os.environ, "CHROME_PATH": chromium(PATH)}
    try:
        # What it writes into a pipe it may cut off when it ends.
        with tempfile.NamedTemporaryFile() as told:
            whole = [*command, f"--output-path={told.name}"]
            subprocess.run(whole, env=environ, timeout=SECONDS, check=False)
            found = json.loads(Path(told.name).read_bytes())["categories"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return dict.fromkeys(CATEGORIES)
    scores = {name: found[name]["score"] for name in CATEGORIES}
    return {name: None if score is None else 100 * score for name, score in scores.items()}


def _program() -> Path:
    program = FOLDER / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        print(f"installing {PACKAGE} with npm")
        install = ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--prefix"]
        subprocess.run([*install, str(FOLDER), PACKAGE], check=True, stdout=subprocess.DEVNULL)
    return program
