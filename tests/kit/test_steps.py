from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from tests.kit.steps import Step, checks, patched, suite

ENVIRON = dict(os.environ)
LANES = Path("/lanes")


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


def test_a_step_that_is_closed_ends_by_an_interrupt(tmp_path: Path) -> None:
    running = python("import time\nprint('begun', flush=True)\ntime.sleep(60)").start(
        tmp_path, ENVIRON
    )
    while "begun" not in running.output():
        assert not running.has_ended()
        time.sleep(0.01)
    running.close()
    assert running.has_ended()
    assert not running.has_passed()


def test_a_step_can_be_written_down() -> None:
    step = Step("a step", ["a program", "it's", '"'], frozenset({0, 5}))
    assert Step.read(step.written()) == step


def test_no_test_chosen_is_no_failure_of_the_patched_part(tmp_path: Path) -> None:
    assert run(tmp_path, python("raise SystemExit(5)", accepted=frozenset({0, 5})))[0]
    assert 5 in patched("python", ["-k", "x"], LANES).accepted
    assert 5 not in patched("python", [], LANES).accepted


def test_every_check_is_among_the_steps() -> None:
    names = [step.name for step in checks("python", Path(__file__).parents[2], LANES)]
    static = ["mypy", "pytest, collected", "ruff check", "ruff format", "lint-imports"]
    assert names == [*static, "pip check", "JavaScript"]


def test_extra_arguments_go_to_pytest_and_leave_the_patched_part_in_its_one_process() -> None:
    beside = patched("python", ["-k", "hub", "-n3"], LANES)
    assert beside.command[-4:] == ["-k", "hub", "-n3", "-n0"]
    assert suite("python", ["-k", "hub", "-n3"], LANES, beside, [])[-3:] == ["-k", "hub", "-n3"]
