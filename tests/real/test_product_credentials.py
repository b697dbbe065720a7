"""Streams and credentials, with the product and its command: who sees what, and for how long."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPResponse

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.real.machines import free_port
from tests.real.product import Product, messages, wait_until

pytestmark = pytest.mark.real
EVENTS = "/api/v1/sse/dashboard"


class Guarded(Product):
    """A product that wants a login."""

    def listen(self, token: str = "", query: str = "") -> ClientConnection:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        address = f"ws://127.0.0.1:{self.port}/ws{query}"
        return connect(address, additional_headers=headers, max_size=None)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    dead = f"ssh://nobody@127.0.0.1:{free_port()}?name=dead&tags=linz"
    settings = {"MONSERV_AUTH": "required", "POLL_INTERVAL_SECONDS": "1"}
    started = Guarded(folder, ["local://?name=here&tags=berlin", dead], **settings)
    started.start()
    yield started
    started.stop()
    started.kill()
    assert "Traceback" not in started.log()


def next_event(stream: HTTPResponse) -> dict[str, object]:
    while not (line := stream.readline()).startswith(b"data: "):
        assert line, "the stream ended"
    return dict(json.loads(line.removeprefix(b"data: ")))


def names(event: dict[str, object]) -> set[str]:
    data = event["data"]
    assert isinstance(data, dict)
    return {server["name"] for server in data["servers"]["servers"]}


def test_a_limited_token_sees_its_servers_and_hears_their_alerts_alone(guarded: Guarded) -> None:
    berlin, linz = guarded.token("b", "--tag", "berlin"), guarded.token("l", "--tag", "linz")
    with guarded.listen(berlin) as in_berlin, guarded.listen(linz) as in_linz, ExitStack() as open_:
        streams = [open_.enter_context(guarded.ask(EVENTS, each)) for each in (berlin, linz)]
        assert [names(next_event(stream)) for stream in streams] == [{"here"}, {"dead"}]
        wait_until(
            lambda: "|host" in guarded.ask("/api/v1/alerts/active", linz).read().decode(),
            20,
            "the dead server is offline",
        )
        heard = [list(messages(client, 3)) for client in (in_berlin, in_linz)]
    states = [[one for one in each if one["type"] == "metrics_update"] for each in heard]
    assert states[0][-1]["data"].keys() == {"local://"}
    assert states[1][-1]["data"] == {}
    assert [one for one in heard[0] if one["type"] == "alert"] == []
    assert 'server="dead"' not in guarded.ask("/metrics", berlin).read().decode()


@pytest.mark.timed
def test_a_revoked_token_loses_all_its_streams_within_5_s_and_opens_none(
    guarded: Guarded,
) -> None:
    token, other = guarded.token("short-lived"), guarded.token("other")
    with (
        guarded.listen(token) as by_header,
        guarded.listen(query=f"?token={token}") as by_query,
        guarded.listen(other) as staying,
        guarded.ask(EVENTS, token) as stream,
        urllib.request.urlopen(f"{guarded.url}{EVENTS}?token={token}", timeout=10) as old_stream,
    ):
        next_event(stream)
        guarded.command("token", "revoke", "short-lived")
        revoked_at = time.monotonic()
        for client in (by_header, by_query):
            with pytest.raises(ConnectionClosed) as closed:
                list(iter(lambda c=client: c.recv(5), None))
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1008
        for ended in (stream, old_stream):
            assert b": credential no longer valid\n\n" in ended.read()
        assert time.monotonic() - revoked_at < 5.0
        assert list(messages(staying, 2.5))
    with pytest.raises(InvalidStatus) as refused:
        guarded.listen(token)
    assert refused.value.response.status_code == 401
    assert guarded.status(EVENTS, token) == 401
    assert token not in guarded.log()
    assert token.removeprefix("mst_") not in guarded.log()


@pytest.mark.parametrize("query", ["", "?token=", "?token=mst_guessed", "?token=a&token=b"])
def test_without_a_valid_credential_nothing_is_streamed(guarded: Guarded, query: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        guarded.listen(query=query)
    assert refused.value.response.status_code == 401
    assert guarded.status(EVENTS + query) == 401
    assert guarded.status(f"/metrics{query}") == 401


def test_who_guesses_on_is_told_to_wait_and_a_valid_token_from_there_opens(
    guarded: Guarded,
) -> None:
    valid = guarded.token("neighbour")
    statuses = [guarded.status("/api/state", f"mst_guessed{number}") for number in range(120)]
    assert (statuses[0], statuses[-1]) == (401, 429)
    assert guarded.status("/api/state", valid) == 200
