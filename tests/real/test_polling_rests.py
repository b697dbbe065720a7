"""A server that renews its keys all the time, and asks each second whether we are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monserv.model.poll import Polled
from tests.real.machines import Sshd, User
from tests.real.watching import Watch, ssh_server

pytestmark = pytest.mark.real

# Two of its questions are asked and would be in vain, between two polls.
INTERVAL_SECONDS = 4.0


@pytest.fixture
def restless(machine_room: Path) -> Iterator[Sshd]:
    folder = machine_room / "restless"
    folder.mkdir()
    sshd = Sshd(folder, "ClientAliveInterval 1", "ClientAliveCountMax 2", "RekeyLimit 16K")
    sshd.start()
    try:
        yield sshd
    finally:
        sshd.stop()


def test_it_is_answered_between_two_polls_and_keeps_its_one_login(
    restless: Sshd, user: User, key_path: Path, tmp_path: Path
) -> None:
    server = ssh_server("nas", restless.port, user.name, key_path=key_path)
    with Watch(tmp_path, [server], INTERVAL_SECONDS) as watch:
        watch.sample("nas", after=3)
        results = watch.results("nas")
        footprint = watch.fleet.footprints()["nas"]
    assert [type(one) for one in results] == [Polled] * len(results)
    assert footprint.logins == 1
    assert restless.log().count("SSH2_MSG_NEWKEYS received") > 2
