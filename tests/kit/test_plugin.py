from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.kit.steps import REMARKS

CHECKOUT = Path(__file__).parents[2]


def test_what_failed_before_is_said_and_the_last_line_stays_that_of_pytest(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text("def test_one(): pass\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.kit.plugin", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--rootdir", str(tmp_path), "-c", os.devnull, str(tmp_path)],
        cwd=CHECKOUT,
        env=os.environ | {REMARKS: "failed: mypy\nmissing, as root type: apt install x"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert "failed: mypy" in lines
    assert "missing, as root type: apt install x" in lines
    assert "1 passed" in lines[-1]
