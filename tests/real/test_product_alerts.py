"""A disk that fills and is emptied, a server that goes and comes back, and a pulled plug."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.real.machines import Dropbear, SmallDisk, Sshd, User
from tests.real.metronome import Metronome
from tests.real.product import Product, messages, ssh_url, wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

INTERVAL_SECONDS = 2.0


def alerts_of(stream: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["alert_type"], one["subject"]) for one in stream if one["type"] == "alert"]


def shows(product: Product, mountpoint: str) -> bool:
    state = product.get("/api/state")
    return any(disk["mountpoint"] == mountpoint for row in state.values() for disk in row["disks"])


def test_a_filling_disk_is_told_once_everywhere_even_with_the_plug_pulled_in_between(
    tmp_path: Path, sshd: Sshd, user: User, small_disk: SmallDisk
) -> None:
    server = ssh_url(user.name, sshd.port, user.password, "?name=nas")
    product = Product(tmp_path, [server]).start()
    mount = str(small_disk.mountpoint)
    try:
        wait_until(lambda: shows(product, mount), what="the small disk is seen")
        with product.websocket() as client:
            small_disk.fill()
            stream = list(messages(client, 4 * INTERVAL_SECONDS))
        hostname = product.server("nas")["metrics"]["hostname"]
        assert alerts_of(stream) == [("alert", f"[ALERT] {hostname} disk {mount} high")]
        told = [one["type"] for one in stream]
        # Disks are asked for at every third poll.
        assert told.index("alert") <= 4
        (active,) = product.data("/api/v1/alerts/active")
        assert (active["type"], active["severity"]) == ("disk", "critical")
        assert active["message"].startswith(f"Disk {mount} used ")
        assert product.server("nas")["status"] == "alert"
        journal = product.data("/api/v1/alerts?type=disk")
        assert [row["event_id"] for row in journal["alerts"]] == [active["event_id"]]

        product.kill()
        product.start()
        with product.websocket() as client:
            stream = list(messages(client, 4 * INTERVAL_SECONDS))
        assert alerts_of(stream) == []
        assert product.data("/api/v1/alerts/active") == [active]

        with product.websocket() as client:
            small_disk.empty()
            stream = list(messages(client, 4 * INTERVAL_SECONDS))
        assert alerts_of(stream) == [("recovery", f"[RECOVERED] {hostname} disk {mount}")]
        assert product.data("/api/v1/alerts/active") == []
        (episode,) = product.data("/api/v1/alerts?type=disk")["alerts"]
        assert episode["event_id"] == active["event_id"]
        assert (episode["is_active"], episode["resolution"]) == (False, "recovered")
        assert product.stop()[0] == 0
    finally:
        product.kill()


@pytest.mark.timed
def test_an_outage_of_one_server_is_told_and_leaves_the_cadence_of_the_others_alone(
    tmp_path: Path, user: User, dropbear: Dropbear, sshd: Sshd, own_sshd: Sshd
) -> None:
    doomed = own_sshd
    servers = [
        ssh_url(user.name, doomed.port, user.password, "?name=doomed"),
        ssh_url(user.name, sshd.port, user.password, "?name=steady"),
        ssh_url("root", dropbear.port, dropbear.password, "?name=busybox"),
    ]
    product = Product(tmp_path, servers).start()
    try:
        wait_until(lambda: len(product.get("/api/state")) == 3, what="three samples")
        with Metronome(0.1) as metronome, product.websocket() as client:
            since = datetime.now(UTC)
            doomed.stop()
            stopped_at = time.monotonic()
            stream = list(messages(client, 12 * INTERVAL_SECONDS))
        assert [kind for kind, _ in alerts_of(stream)] == ["alert"]
        row = product.server("doomed")
        assert (row["status"], row["reason"]) == ("offline", "unreachable")
        assert "refused" in row["last_error"]
        assert row["metrics"] is not None
        health = product.data("/api/v1/health")
        assert (health["status"], health["online"], health["offline"]) == ("degraded", 2, 1)
        # What a shared machine does to a thread that only sleeps is not the pollers'.
        allowed = 0.1 * INTERVAL_SECONDS + max(metronome.lateness)
        assert lateness_p99(product, ("steady", "busybox"), since) <= allowed

        doomed.start()
        wait_until(lambda: product.server("doomed")["status"] == "online", 45, "it is back")
        assert product.data("/api/v1/alerts/active") == []
        (episode,) = product.data("/api/v1/alerts?type=host")["alerts"]
        assert episode["resolution"] == "recovered"
        raised = datetime.fromisoformat(episode["triggered_at"]).timestamp()
        seconds = raised - (time.time() - (time.monotonic() - stopped_at))
        # The third poll that finds nobody, and not before.
        assert 2 * INTERVAL_SECONDS <= seconds <= 4 * INTERVAL_SECONDS
    finally:
        product.kill()


def lateness_p99(product: Product, names: Sequence[str], since: datetime) -> float:
    """Return the 99th percentile of how far polls lie from an even cadence, in seconds."""
    late: list[float] = []
    for name in names:
        server_id = product.server(name)["id"]
        points = product.data(f"/api/v1/trends?server={server_id}")["trends"][server_id]["points"]
        times = [at for at in (datetime.fromisoformat(point[0]) for point in points) if at > since]
        gaps = [(later - at).total_seconds() for at, later in itertools.pairwise(times)]
        assert len(gaps) >= 10
        late += [abs(gap - INTERVAL_SECONDS) for gap in gaps]
    return statistics.quantiles(late, n=100, method="inclusive")[98]
