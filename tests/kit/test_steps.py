from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.kit.steps import Step, checks
from tests.kit.steps import pytest as suite

ENVIRON = dict(os.environ)


def run(tmp_path: Path, step: Step) -> tuple[bool, list[str]]:
    said: list[str] = []
    return step.run(tmp_path, ENVIRON, said.append), said


def python(code: str, **options: object) -> Step:
    return Step("a step", [sys.executable, "-c", code], **options)  # type: ignore[arg-type]  # options are a Step's


def test_a_step_that_passes_says_only_so(tmp_path: Path) -> None:
    passed, said = run(tmp_path, python("print('chatter')"))
    assert passed
    assert [line.partition(" (")[0] for line in said] == ["a step ...", "a step: ok"]


def test_a_step_that_fails_shows_what_it_printed(tmp_path: Path) -> None:
    passed, said = run(tmp_path, python("print('the reason'); raise SystemExit(3)"))
    assert not passed
    assert said[1] == "the reason"
    assert said[2].startswith("a step: FAILED")


def test_a_program_that_is_not_there_fails_its_step(tmp_path: Path) -> None:
    passed, said = run(tmp_path, Step("a step", ["/nowhere/node"]))
    assert (passed, said[-1]) == (False, "a step: /nowhere/node is not installed")


def test_no_test_chosen_is_no_failure_of_the_patched_part(tmp_path: Path) -> None:
    assert run(tmp_path, python("raise SystemExit(5)", accepted=frozenset({0, 5})))[0]
    assert 5 in suite("python", ["-k", "x"], is_green=True).accepted
    assert 5 not in suite("python", [], is_green=True).accepted
    assert 5 not in suite("python", ["-k", "x"], is_green=False).accepted


def test_every_check_is_among_the_steps() -> None:
    names = [step.name for step in checks("python", Path(__file__).parents[2])]
    assert names == ["ruff check", "ruff format", "mypy", "lint-imports", "pip check", "JavaScript"]


@pytest.mark.parametrize("is_green", [True, False])
def test_extra_arguments_go_to_pytest(*, is_green: bool) -> None:
    assert suite("python", ["-k", "hub"], is_green=is_green).command[-2:] == ["-k", "hub"]
