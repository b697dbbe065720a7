from __future__ import annotations

import sys
from pathlib import Path

import pytest

from monserv.errors import StartRefused
from monserv.setup.virtualenv import UNFINISHED, Plan, ensure

said: list[str] = []


@pytest.fixture(autouse=True)
def _quiet() -> None:
    said.clear()


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return planned(tmp_path, is_ours=True)


def planned(folder: Path, *, is_ours: bool) -> Plan:
    (folder / "requirements.txt").write_text("")
    (folder / "constraints.txt").write_text("")
    return Plan(
        directory=folder / "venv",
        requirements=folder / "requirements.txt",
        constraints=(folder / "constraints.txt",),
        is_ours=is_ours,
    )


def pretend(plan: Plan) -> None:
    plan.python.parent.mkdir(parents=True, exist_ok=True)
    plan.python.unlink(missing_ok=True)
    plan.python.symlink_to(sys.executable)


def test_an_environment_is_done_only_with_its_stamp(plan: Plan) -> None:
    pretend(plan)
    assert not plan.is_done()
    plan.finish()
    assert plan.is_done()
    assert ensure(plan, said.append) == plan.python
    assert said == []


@pytest.mark.parametrize("file", ["requirements.txt", "constraints.txt"])
def test_a_change_of_the_files_undoes_it(plan: Plan, file: str) -> None:
    pretend(plan)
    plan.finish()
    (plan.requirements.parent / file).write_text("# changed\n")
    assert not plan.is_done()


def test_an_interpreter_that_is_gone_undoes_it(plan: Plan) -> None:
    pretend(plan)
    plan.finish()
    plan.python.unlink()
    plan.python.symlink_to("/nowhere/python")
    assert not plan.is_done()


def test_a_chosen_directory_with_other_things_is_left_alone(tmp_path: Path) -> None:
    plan = planned(tmp_path, is_ours=False)
    plan.directory.mkdir()
    (plan.directory / "photos").touch()
    with pytest.raises(StartRefused, match="holds something else"):
        ensure(plan, said.append)
    assert (plan.directory / "photos").exists()


def test_a_file_in_the_way_is_left_alone(plan: Plan) -> None:
    plan.directory.touch()
    with pytest.raises(StartRefused, match="is in the way"):
        ensure(plan, said.append)
    assert plan.directory.is_file()


@pytest.mark.timeout(240)  # venv and pip take as long as they take
def test_without_requirements_an_environment_is_made_in_steps_that_are_told(
    tmp_path: Path,
) -> None:
    plan = planned(tmp_path, is_ours=False)
    plan.directory.mkdir()
    (plan.directory / UNFINISHED).touch()
    (plan.directory / "rest of a killed run").touch()
    assert ensure(plan, said.append) == plan.python
    assert plan.is_done()
    assert not (plan.directory / "rest of a killed run").exists()
    assert [line.split()[0] for line in said] == ["setting", "installing", "set"]
