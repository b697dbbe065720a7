from __future__ import annotations

import pytest

from monserv import capacity


@pytest.mark.parametrize(
    ("files", "servers", "connections", "streams"),
    [
        (65536, 10, 6000, 5000),
        (65536, 5000, 6000, 5000),
        (65536, 15000, 6000, 5000),
        (1024, 1, 796, 663),
        (1024, 100, 496, 413),
        (256, 1, 64, 53),
        (64, 1, 16, 13),
    ],
)
def test_polling_comes_first_then_requests_then_streams(
    files: int, servers: int, connections: int, streams: int
) -> None:
    assert capacity.connections(files, servers) == connections
    assert capacity.streams(files, servers) == streams


def test_the_limit_is_that_of_this_process() -> None:
    assert 0 < capacity.open_files() < 2**31
