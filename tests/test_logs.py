from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator

import pytest

from monserv import logs


@pytest.fixture
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    gunicorn = [logging.getLogger(name) for name in ("gunicorn.error", "gunicorn.access")]
    yield
    root.handlers[:], root.level = handlers, level
    for one in gunicorn:
        one.filters.clear()
        one.setLevel(logging.NOTSET)


def written(log_format: str, level: str, name: str, *said: object) -> str:
    configuration = logs.configuration(level, log_format)
    stream = io.StringIO()
    configuration["handlers"]["stderr"]["stream"] = stream
    logging.config.dictConfig(configuration)
    logging.getLogger(name).warning(*said)
    return stream.getvalue()


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("name", ["gunicorn.error", "gunicorn.access"])
@pytest.mark.parametrize("log_format", ["text", "json"])
def test_gunicorn_never_logs_a_query(name: str, log_format: str) -> None:
    line = written(log_format, "DEBUG", name, "Bad %s", "GET /x?url=ssh://u:s3cr3t pw@h HTTP/1.1")
    assert "s3cr3t" not in line
    assert "GET /x..." in line


@pytest.mark.usefixtures("restored")
def test_a_request_that_gunicorn_could_not_split_is_not_repeated() -> None:
    said = "Invalid request from ip=::1: Invalid HTTP Version: 'word s3cr3t@h HTTP/1.1'"
    line = written("text", "INFO", "gunicorn.error", said)
    assert line.endswith("Invalid request from ip=::1: Invalid HTTP Version: ...\n")


@pytest.mark.usefixtures("restored")
def test_text_from_outside_stays_on_its_line() -> None:
    line = written("text", "INFO", "monserv", "host %s", "a\n2026 ERROR b\x1b[31m\u202e")
    assert line.count("\n") == 1
    assert line.endswith("WARNING host a\\u000a2026 ERROR b\\u001b[31m\\u202e\n")


@pytest.mark.usefixtures("restored")
def test_json_is_one_object_a_line_with_the_traceback_inside() -> None:
    configuration = logs.configuration("INFO", "json")
    configuration["handlers"]["stderr"]["stream"] = stream = io.StringIO()
    logging.config.dictConfig(configuration)
    try:
        raise ValueError("odd")
    except ValueError:
        logging.getLogger("monserv.poll").exception("it %s", "failed\nhere")
    (line,) = stream.getvalue().splitlines()
    said = json.loads(line)
    assert (said["level"], said["logger"], said["message"]) == (
        "ERROR",
        "monserv.poll",
        "it failed\nhere",
    )
    assert said["exception"].endswith("ValueError: odd")
    assert said["time"].endswith("Z")


def invalid_lines(times: list[float], text: str = "Invalid request from ip=::1: x") -> list[str]:
    """Return what is logged of one such line at each of ``times``."""
    configuration = logs.configuration("INFO", "text")
    configuration["handlers"]["stderr"]["stream"] = stream = io.StringIO()
    logging.config.dictConfig(configuration)
    for created in times:
        said = {"levelno": logging.WARNING, "levelname": "WARNING", "created": created}
        record = logging.makeLogRecord(said | {"name": "gunicorn.error", "msg": text})
        logging.getLogger("gunicorn.error").handle(record)
    return [line.partition("WARNING ")[2] for line in stream.getvalue().splitlines()]


@pytest.mark.usefixtures("restored")
def test_a_flood_of_invalid_requests_is_a_handful_of_lines_and_then_one_every_ten_seconds() -> None:
    flood = [1e9 + seconds for seconds in (0, 10, 20) for _ in range(1000)]
    line = "Invalid request from ip=::1: x"
    said = invalid_lines(flood)
    assert said == [line] * 5 + [f"{line} (995 others left out)", f"{line} (999 others left out)"]


@pytest.mark.usefixtures("restored")
def test_a_clock_that_was_set_back_does_not_silence_invalid_requests() -> None:
    assert len(invalid_lines([1e9] * 6 + [1e8, 1e8 + 10])) == 6


@pytest.mark.usefixtures("restored")
def test_other_lines_of_gunicorn_are_all_kept() -> None:
    said = "Worker (pid:7) was sent SIGKILL!"
    assert invalid_lines([1e9] * 50, said) == [said] * 50
