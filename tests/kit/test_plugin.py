from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.again import UNSTEADY
from tests.kit.lanes import BROWSERS
from tests.kit.steps import BESIDE, LANES, REMARKS, SIDE_BY_SIDE, Step

# Each starts a pytest, and one of them a pytest in every lane.
pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]

CHECKOUT = Path(__file__).parents[2]
# What nothing here needs, and every lane would load for seconds.
WITHOUT = ("-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:anyio")


def outcome_of(tmp_path: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run pytest as the test command does, with these tests."""
    (tmp_path / "test_one.py").write_text(text)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    real\n    alone\n    timed\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.kit.plugin", *WITHOUT]
    return subprocess.run(
        [*command, "-c", str(tmp_path / "pytest.ini"), *options, str(tmp_path)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )


def beside(code: str) -> str:
    return f"{BESIDE}={Step('the other part', [sys.executable, '-c', code]).written()}"


def test_what_failed_before_is_said_and_the_last_line_stays_that_of_pytest(tmp_path: Path) -> None:
    remarks = "failed: mypy\nmissing, as root type: apt install x"
    done = outcome_of(tmp_path, "def test_one(): pass\n", f"{REMARKS}={remarks}")
    lines = list(filter(None, done.stdout.splitlines()))
    assert "failed: mypy" in lines
    assert "missing, as root type: apt install x" in lines
    assert "1 passed" in lines[-1]


def test_what_ran_beside_and_passed_is_said_in_a_line(tmp_path: Path) -> None:
    code = "print('a lot')\nprint('7 passed')"
    done = outcome_of(tmp_path, "def test_one(): pass\n", beside(code))
    lines = list(filter(None, done.stdout.splitlines()))
    assert done.returncode == 0
    assert [line.strip("= ") for line in lines[-3:-1]] == ["the other part: ok", "7 passed"]
    assert "1 passed" in lines[-1]
    assert "a lot" not in lines


def test_what_runs_beside_is_waited_for_and_fails_the_whole(tmp_path: Path) -> None:
    over = str(tmp_path / "over")
    code = (
        f"import os, time\nwhile not os.path.exists({over!r}): time.sleep(0.01)\n"
        "time.sleep(1)\nprint('the reason')\nprint('in short')\nraise SystemExit(1)"
    )
    done = outcome_of(tmp_path, f"def test_one(): open({over!r}, 'w').close()\n", beside(code))
    lines = list(filter(None, done.stdout.splitlines()))
    assert done.returncode == 1
    assert "waiting for the other part ..." in lines
    assert [line.strip("= ") for line in lines[-4:-1]] == [
        "the other part: FAILED",
        "the reason",
        "in short",
    ]
    assert "1 passed" in lines[-1]


def test_an_interrupt_ends_what_runs_beside(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    pid.touch()
    code = f"import os, time\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\ntime.sleep(50)"
    interrupted = (
        f"import os, time\ndef test_one():\n    while not os.path.getsize({str(pid)!r}):\n"
        "        time.sleep(0.01)\n    raise KeyboardInterrupt\n"
    )
    done = outcome_of(tmp_path, interrupted, beside(code))
    assert done.returncode == 2
    assert not Path("/proc", pid.read_text()).exists()


REPEATED = """
import pathlib
import pytest

def tries(name, tmp_path):
    folder = pathlib.Path({folder!r}, name)
    folder.mkdir(exist_ok=True)
    (folder / tmp_path.name).touch()
    return len(list(folder.iterdir()))

@pytest.mark.timed
@pytest.mark.parametrize("name", ["lucky", "slow", "disturbed"])
def test_measures(name, tmp_path):
    assert tries(name, tmp_path) == dict(lucky=2, slow=0, disturbed=3)[name], "too slow"

@pytest.mark.parametrize("name", ["unsteady", "broken", "one too many"])
def test_another(name, tmp_path):
    assert tries(name, tmp_path) == 2 and name != "broken", "nobody knows why"

@pytest.mark.alone
def test_narrowly(tmp_path):
    assert tries("narrow", tmp_path) == 2, "disturbed"
"""


def test_what_measures_time_and_fails_is_repeated_twice_and_of_all_else_two_once(
    tmp_path: Path,
) -> None:
    lanes = tmp_path / "lanes"
    lanes.mkdir()
    text = REPEATED.format(folder=str(tmp_path))
    done = outcome_of(tmp_path, text, f"{LANES}={lanes}", "-n2", "--dist=loadfile")
    lines = done.stdout.splitlines()
    assert "3 failed, 4 passed" in lines[-1]
    expected = {
        "lucky": 2,
        "slow": 3,
        "disturbed": 3,
        "unsteady": 2,
        "broken": 2,
        "one too many": 1,
        "narrow": 2,
    }
    assert {name: len(list((tmp_path / name).iterdir())) for name in expected} == expected
    said = [line for line in lines if line.startswith("test_one.py::test_measures[lucky]")]
    assert [line.partition(": ")[2] for line in said] == ["AssertionError: too slow"]
    assert [line for line in lines if UNSTEADY in line]
    assert "E       AssertionError: nobody knows why" in done.stdout.partition(UNSTEADY)[2]


SHARED = """
import pytest

@pytest.fixture(scope="module")
def count():
    with open({log!r}, "a+") as file:
        file.write("x")
        file.seek(0)
        return len(file.read())

def test_before(count): pass
def test_fails_with_what_all_share(count): assert count == 3
def test_after(count): assert count == 2
"""


def test_a_repeated_test_does_not_share_what_it_failed_with(tmp_path: Path) -> None:
    lanes = tmp_path / "lanes"
    lanes.mkdir()
    done = outcome_of(tmp_path, SHARED.format(log=str(tmp_path / "log")), f"{LANES}={lanes}", "-n1")
    assert "3 passed" in done.stdout.splitlines()[-1]


LIMITED = """
import time
import pytest

class Lengthy(Exception):
    def __str__(self):
        time.sleep(1.5)
        return "told in full"

@pytest.mark.timeout(1)
def test_fails_just_before_its_time_is_over(): raise Lengthy

@pytest.mark.timeout(1)
def test_hangs_each_time(): time.sleep(100)
"""


def test_a_time_limit_is_one_of_each_try_and_none_of_its_report(tmp_path: Path) -> None:
    lanes = tmp_path / "lanes"
    lanes.mkdir()
    done = outcome_of(tmp_path, LIMITED, f"{LANES}={lanes}", "-n1")
    assert "2 failed" in done.stdout.splitlines()[-1]
    assert "Lengthy: told in full" in done.stdout
    assert "Failed: Timeout" in done.stdout


def test_what_ran_beside_and_is_to_be_mended_is_said(tmp_path: Path) -> None:
    done = outcome_of(tmp_path, "def test_one(): pass\n", beside(f"print({UNSTEADY!r})\nprint(1)"))
    assert done.returncode == 0
    assert UNSTEADY in done.stdout


NEIGHBOURS = """
import os
import time
import pytest

def note(name):
    began_at = time.monotonic()
    time.sleep(0.3)
    with open({log!r}, "a") as file:
        lane = os.environ["PYTEST_XDIST_WORKER"]
        file.write(f"{{name}} {{began_at}} {{time.monotonic()}} {{lane}}\\n")

@pytest.mark.alone
@pytest.mark.parametrize("number", range(2))
def test_alone(number): note("alone")

@pytest.mark.parametrize("number", range(4))
def test_other(number): note("{name}")
"""


@pytest.fixture(scope="module")
def noted(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, float, float, str]]:
    """What a few tests in their lanes noted of themselves: name, begin, end and lane."""
    folder = tmp_path_factory.mktemp("neighbours")
    log, lanes, pages = folder / "log", folder / "lanes", folder / "tests" / "browser"
    lanes.mkdir()
    pages.mkdir(parents=True)
    for path in (folder / "test_two.py", folder / "test_three.py"):
        path.write_text(NEIGHBOURS.format(log=str(log), name="other"))
    for path in (pages / "test_four.py", pages / "test_five.py", pages / "test_six.py"):
        path.write_text(NEIGHBOURS.format(log=str(log), name="page"))
    done = outcome_of(folder, "def test_one(): pass\n", f"{LANES}={lanes}", *SIDE_BY_SIDE)
    assert "31 passed" in done.stdout.splitlines()[-1]
    rows = [line.split() for line in log.read_text().splitlines()]
    return [(name, float(began), float(ended), lane) for name, began, ended, lane in rows]


def test_one_that_is_alone_has_no_other_beside_it_and_others_have(
    noted: list[tuple[str, float, float, str]],
) -> None:
    beside = [
        {one[0], other[0]}
        for one in noted
        for other in noted
        if one is not other and one[1] < other[2] and other[1] < one[2]
    ]
    assert {"other"} in beside
    assert [names for names in beside if "alone" in names] == []


def test_all_pages_are_in_a_few_lanes_and_other_tests_in_more(
    noted: list[tuple[str, float, float, str]],
) -> None:
    assert len({lane for name, _, _, lane in noted if name == "page"}) == BROWSERS
    assert len({lane for *_, lane in noted}) > BROWSERS
