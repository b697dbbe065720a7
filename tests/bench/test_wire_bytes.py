"""The simulated fleet moves as it says, and the bytes that are counted are those of frames."""

from __future__ import annotations

from bench.wire_bytes.command import measured
from bench.wire_bytes.fleet import fleet
from bench.wire_bytes.streams import deltas, states
from monserv.stream.forms import WEB_SOCKET, WEB_SOCKET_CHAINED, WEB_SOCKET_DEFLATE
from monserv.stream.selection import Selection


def test_the_same_seed_is_the_same_fleet_and_each_poll_moves_it() -> None:
    first, second = list(states(3, 4)), list(states(3, 4))
    assert first == second
    assert len(set(first)) == 4
    assert [machine.name for machine in fleet(3)] == ["web00", "db01", "mail02"]
    assert [len(machine.sample.disks or ()) for machine in fleet(2)] == [6, 6]


def test_a_stream_is_counted_in_frames_and_a_second() -> None:
    found = measured([b"x" * 100, b"y" * 200], WEB_SOCKET.message, seconds=2)
    assert (found.bytes_per_second, found.bytes_per_message) == (153.0, 153.0)


def test_ten_servers_take_the_bandwidth_that_is_promised_of_the_first_protocol() -> None:
    assert measured(states(10, 15), WEB_SOCKET_DEFLATE.message, 60).bytes_per_second < 1300


def test_ten_servers_take_the_bandwidth_that_is_promised_of_the_second_protocol() -> None:
    chain = WEB_SOCKET_CHAINED.chain()
    assert chain
    told = deltas(10, 15, Selection(), 1)
    assert measured(told, chain.message, 60).bytes_per_second < 450


def test_a_delta_tells_of_as_many_servers_as_were_sampled_at_once() -> None:
    assert [len(list(deltas(4, 3, Selection(), at_once))) for at_once in (1, 2, 4)] == [12, 6, 3]
