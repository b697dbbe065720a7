from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.pythons import old_pythons

CHECKOUT = Path(__file__).parents[2]
DOORS = (
    "wsgi.py",
    "monserv/__main__.py",
    "monserv/__init__.py",
    "monserv/bootstrap.py",
    "tests/__init__.py",
    "tests/__main__.py",
)
TOO_NEW = (
    ast.AnnAssign,
    ast.AsyncFunctionDef,
    ast.Await,
    ast.FormattedValue,
    ast.JoinedStr,
    ast.Match,
    ast.NamedExpr,
    ast.Nonlocal,
    ast.Starred,
    ast.YieldFrom,
)


@pytest.mark.parametrize("door", DOORS)
def test_nothing_in_the_first_files_is_newer_than_python_2(door: str) -> None:
    for node in ast.walk(ast.parse((CHECKOUT / door).read_text())):
        assert not isinstance(node, TOO_NEW), f"{door}, line {node.lineno}"
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
            assert not node.args.kwonlyargs
            assert all(argument.annotation is None for argument in node.args.args)
        if isinstance(node, ast.Raise):
            assert node.cause is None


@pytest.mark.parametrize(
    "module", ["monserv.setup.start", "monserv.setup.command", "tests.kit.suite"]
)
def test_what_makes_the_environment_needs_nothing_from_it(module: str) -> None:
    command = [sys.executable, "-S", "-c", f"import {module}"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.real
@pytest.mark.parametrize("command", [["wsgi.py"], ["-m", "monserv"], ["-m", "tests"]], ids=" ".join)
def test_an_old_python_says_which_one_is_needed(command: list[str]) -> None:
    for python in old_pythons():
        done = subprocess.run(
            [python, "-B", *command], cwd=CHECKOUT, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (2, ""), python
        (line,) = done.stderr.splitlines()
        assert line.startswith("monserv: needs Python 3.11 or newer, and this is "), python
