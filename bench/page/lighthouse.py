"""Lighthouse, installed with npm where it is not there, and what it says of a page."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

from bench.page.screen import chromium
from tests.kit.components import PATH

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "lighthouse@13.5.0"
FOLDER = ROOT / ".venv-lighthouse"
CATEGORIES = ("performance", "accessibility")

# Scores of one page differ by several points from one run to the next: Lighthouse's authors advise
# to go by the median of five.
RUNS = 5
SECONDS = 300


def scores(url: str, form: str) -> list[tuple[str, float | None]]:
    """Return each category's score of 100, on a slow phone ("mobile") or on a "desktop".

    It is the median of ``RUNS``; ``None`` where Lighthouse could not tell it in most of them,
    since a machine with much to do can lose the beginning of a trace.
    """
    command = [str(_program()), url, "--quiet", "--output=json"]
    command += [f"--only-categories={','.join(CATEGORIES)}"]
    command += ["--chrome-flags=--headless=new --no-sandbox"]
    command += ["--preset=desktop"] if form == "desktop" else []
    runs = [_scores(command) for _ in range(RUNS)]
    told = {name: [found[name] for found in runs] for name in CATEGORIES}
    for name, each in told.items():
        words = ["none" if score is None else f"{score:.0f}" for score in each]
        print(f"Lighthouse, {form}: {name} in each run: {', '.join(words)}", flush=True)
    return [(name, median(each)) for name, each in told.items()]


def median(runs: list[float | None]) -> float | None:
    """Return the median of those that are known, if that is most of them."""
    known = [score for score in runs if score is not None]
    return statistics.median(known) if 2 * len(known) > len(runs) else None


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
