"""What the patched run does while it parses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PARSES = """
import ast
import gc

def test_nothing_is_freed_while_source_is_parsed():
    assert ast.parse.__wrapped__ is not None
    assert gc.isenabled()
    assert isinstance(ast.parse("1"), ast.Module)
    assert gc.isenabled()
"""


def test_no_cyclic_garbage_is_freed_during_what_must_not_be_disturbed() -> None:
    code = """
import gc
from tests.kit.green import undisturbed
assert undisturbed(gc.isenabled)() is False
assert gc.isenabled()
gc.disable()
undisturbed(len)("")
assert not gc.isenabled()
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


def test_the_patched_run_parses_in_this_way(tmp_path: Path) -> None:
    (tmp_path / "test_parses.py").write_text(PARSES)
    command = [sys.executable, "-m", "tests.kit.green", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--rootdir", str(tmp_path), "-c", "/dev/null", str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
