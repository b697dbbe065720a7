"""Starts that cannot be: one line that says why, and exit code 2."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bootstrap.starting import Copy

pytestmark = pytest.mark.real

CANARY = "k4n4r1e"


def refusal(here: Copy, *arguments: str, **settings: str) -> str:
    start = here.start(*arguments, **settings)
    assert start.ends(30) == 2, start.said
    assert CANARY not in start.said
    (line,) = start.said.splitlines()
    assert line.startswith("monserv: ")
    return line


def test_a_taken_port_is_named_with_the_setting(here: Copy) -> None:
    with socket.create_server(("127.0.0.1", here.port)):
        said = refusal(here)
    assert said.startswith(f"monserv: Port {here.port} of 127.0.0.1 is taken")
    assert f"SERVER_PORT={here.port + 1} python3 wsgi.py" in said


def test_an_address_of_another_machine_is_named_with_the_setting(here: Copy) -> None:
    said = refusal(here, SERVER_HOST="192.0.2.77", MONSERV_AUTH="none")
    assert "SERVER_HOST=192.0.2.77: this machine cannot listen there" in said


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"SERVERS": f"local://,ssh://u:{CANARY}@h:x"}, "SERVERS, entry 2: it has a port"),
        ({"POLL_INTERVAL_SECONDS": CANARY}, "POLL_INTERVAL_SECONDS must be a number"),
        ({"MONSERV_COLOUR": CANARY}, "MONSERV_COLOUR (environment): monserv has no such"),
        ({"SERVER_HOST": "0.0.0.0"}, "type: python3 -m monserv user add NAME (or set MONSERV_AUTH"),
        ({"DATABASE_URL": f"postgresql://u:{CANARY}@h/d"}, "DATABASE_URL names postgresql"),
        ({"MONSERV_DATA_DIR": "/dev/null/data"}, "MONSERV_DATA_DIR"),
    ],
)
def test_a_setting_that_cannot_be_stops_the_start(
    here: Copy, settings: dict[str, str], said: str
) -> None:
    assert said in refusal(here, **settings)


def test_keys_that_cannot_be_used_stop_the_start_with_their_paths(
    here: Copy, tmp_path: Path
) -> None:
    open_key, locked = tmp_path / "open", tmp_path / "locked"
    for path in (open_key, locked):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "phrase", "-f", str(path)]
        subprocess.run(command, check=True)
    open_key.chmod(0o644)
    servers = [
        f"ssh://a:{CANARY}@h?key={tmp_path}/absent",
        f"ssh://b:{CANARY}@h?key={open_key}",
        f"ssh://c@h?key={locked}",
        f"ssh://d:{CANARY}@h?key={locked}",
        f"ssh://e:phrase@h?key={locked}",
    ]
    said = refusal(here, SERVERS=",".join(servers)).removeprefix("monserv: ")
    assert said == (
        f"SERVERS, ssh://a:***@h: The key file {tmp_path}/absent does not exist; "
        f"SERVERS, ssh://b:***@h: The key file {open_key} may be read by others; "
        "chmod 600 mends that; "
        f"SERVERS, ssh://c@h: The key file {locked} is encrypted and no passphrase was given; "
        f"SERVERS, ssh://d:***@h: The key file {locked} cannot be read: it is no private key, or "
        "the passphrase is wrong"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-w", "2"], "2 workers are refused"),
        (["--workers=3"], "3 workers are refused"),
        (["-k", "sync"], "worker class sync is refused"),
        (["--preload"], "--preload is refused"),
    ],
)
def test_another_shape_of_the_process_is_refused_with_the_reason(
    here: Copy, arguments: list[str], said: str
) -> None:
    gunicorn = ("-m", "gunicorn", "-c", "gunicorn.conf.py", *arguments, "wsgi:app")
    assert said in refusal(here, *gunicorn)


def test_workers_from_the_environment_are_refused_too(here: Copy) -> None:
    assert "2 workers are refused" in refusal(here, GUNICORN_CMD_ARGS="--workers 2")


def test_a_second_start_on_the_same_data_is_refused_with_the_process_of_the_first(
    here: Copy,
) -> None:
    first = here.start()
    first.wait_until_it_answers(60)
    here.port += 1
    said = refusal(here)
    assert f"(process {first.process.pid})" in said
    gunicorn = ("-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app")
    assert f"(process {first.process.pid})" in refusal(here, *gunicorn)
    first.kill()
    here.start().wait_until_it_answers(60)


def test_the_interpreter_of_these_tests_has_all_that_is_needed(here: Copy) -> None:
    assert here.python == sys.executable
