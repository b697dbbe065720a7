"""Lighthouse, installed with npm where it is not there, and what it says of a page."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from bench.page.screen import chromium
from tests.kit.components import PATH

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "lighthouse@13.5.0"
FOLDER = ROOT / ".venv-lighthouse"
CATEGORIES = ("performance", "accessibility")


def scores(url: str, form: str) -> dict[str, float]:
    """Return each category's score of 100, on a slow phone ("mobile") or on a "desktop"."""
    command = [str(_program()), url, "--quiet", "--output=json"]
    command += [f"--only-categories={','.join(CATEGORIES)}"]
    command += ["--chrome-flags=--headless=new --no-sandbox"]
    command += ["--preset=desktop"] if form == "desktop" else []
    environ = {**os.environ, "CHROME_PATH": chromium(PATH)}
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environ, check=True)
    found = json.loads(done.stdout)["categories"]
    return {name: 100 * found[name]["score"] for name in CATEGORIES}


def _program() -> Path:
    program = FOLDER / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        print(f"installing {PACKAGE} with npm")
        install = ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--prefix"]
        subprocess.run([*install, str(FOLDER), PACKAGE], check=True, stdout=subprocess.DEVNULL)
    return program
