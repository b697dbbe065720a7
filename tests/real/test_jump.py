"""Servers behind a jump server: a real sshd in a network of its own, and one behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.behind import Network, network
from tests.real.machines import User
from tests.real.watching import Watch

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def behind(machine_room: Path, user: User) -> Iterator[Network]:
    with network(machine_room, user) as found:
        yield found


def test_values_arrive_through_a_jump_server(tmp_path: Path, behind: Network) -> None:
    with Watch(tmp_path, [behind.behind()]) as watch:
        assert watch.sample("inner").problems == ()
        assert watch.sample("inner", after=len(watch.results("inner"))).problems == ()
    place = f"[{behind.bastion.address}]:{behind.bastion.port}"
    pins = (tmp_path / "known_hosts").read_text().splitlines()
    assert {line.split(" ")[0] for line in pins} == {
        place,
        f"[{place}>127.0.0.1]:{behind.inner.port}",
    }
