"""The echo server that suites are let loose on, and what is made of their verdicts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from websockets.sync.client import connect

from bench.conformance.command import failures, summary
from bench.conformance.echo import EchoServer
from bench.conformance.suites import Verdict
from tests import conformance

VERDICTS = {
    "1.1": Verdict("OK", "OK"),
    "1.2": Verdict("FAILED", "OK"),
    "6.1": Verdict("NON-STRICT", "INFORMATIONAL"),
    "6.2": Verdict("OK", "WRONG CODE"),
}


@pytest.fixture
def server() -> Iterator[EchoServer]:
    running = EchoServer()
    conformance.excuse(running.port)
    yield running
    running.close()


@pytest.mark.parametrize("compression", ["deflate", None])
def test_the_echo_server_says_what_it_is_told(server: EchoServer, compression: str | None) -> None:
    messages = ["", "Zürich", "x" * 300_000, b"\x00\xff" * 5000, [b"in ", b"pieces"]]
    with connect(f"ws://127.0.0.1:{server.port}", compression=compression) as client:
        for message in messages:
            client.send(message)
        assert [client.recv() for _ in messages] == [*messages[:-1], b"in pieces"]


def test_a_case_fails_by_what_was_said_or_by_how_it_ended() -> None:
    assert failures(VERDICTS) == ["1.2", "6.2"]


def test_verdicts_are_counted_by_chapter() -> None:
    expected = (
        "chapter  FAILED  NON-STRICT  OK\n"
        "-------  ------  ----------  --\n"
        "1             1           0   1\n"
        "6             0           1   1"
    )  # fmt: skip
    assert summary(VERDICTS) == expected
