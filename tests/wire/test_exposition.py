"""What Prometheus scrapes is what the servers said, whatever they are called."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monserv.model.polls import Polls
from monserv.model.snapshot import ServerView, Snapshot, Status
from monserv.model.traffic import Traffic
from monserv.wire.exposition import exposition
from monserv.wire.own_metrics import Process
from tests.golden import world

POLLS = Polls(41, 2, (40, 0, 0, 0, 2, 0, 0, 0, 0, 1), 7.5)
PROCESS = Process("0.1.0", {"websocket": 3, "sse": 1}, POLLS, is_database_well=True)
NAS = {"server": "scadanas", "name": "scadanas", "url": "ssh://scada:***@10.0.0.3:2222"}
MAIL = {"server": "mail", "name": "post office", "url": "ssh://root@mail.example.net"}
NASTY = 'a"b\\c\nd} 1\n# HELP x\x1b[2J<script>\u202e\ud800'

Labels = frozenset[tuple[str, str]]


def scraped(snapshot: Snapshot, process: Process = PROCESS) -> dict[str, dict[Labels, float]]:
    """Return metric -> labels -> value, as the library's own parser reads them."""
    found: dict[str, dict[Labels, float]] = {}
    for family in text_string_to_metric_families(exposition(snapshot, process).decode()):
        for sample in family.samples:
            rows = found.setdefault(sample.name, {})
            labels = frozenset(sample.labels.items())
            assert labels not in rows, "a series twice: Prometheus refuses the whole scrape"
            rows[labels] = sample.value
    return found


def labelled(**labels: str) -> Labels:
    return frozenset(labels.items())


def of(view: ServerView) -> Snapshot:
    return Snapshot(1, {view.server.id: view})


def test_every_server_says_whether_it_is_up_and_an_offline_one_nothing_else() -> None:
    found = scraped(world.SNAPSHOT)
    assert found["monserv_server_up"][labelled(**NAS)] == 1.0
    assert found["monserv_server_up"][labelled(**MAIL)] == 0.0
    assert len(found["monserv_server_up"]) == 3
    assert found["monserv_server_memory_used_percent"] == {labelled(**NAS): 85.0}


def test_how_late_polls_began_is_a_histogram_whose_buckets_add_up() -> None:
    found = scraped(world.SNAPSHOT)
    buckets = found["monserv_poll_lateness_seconds_bucket"]
    assert [buckets[labelled(le=bound)] for bound in ("0.01", "0.2", "5.0", "+Inf")] == [
        40.0,
        42.0,
        42.0,
        43.0,
    ]
    assert found["monserv_poll_lateness_seconds_sum"] == {frozenset(): 7.5}
    assert found["monserv_poll_lateness_seconds_count"] == {frozenset(): 43.0}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("last_sample_timestamp_seconds", 1767268800.0),
        ("uptime_seconds", 3600.0),
        ("cpu_used_percent", 12.5),
        ("cpu_cores", 4.0),
        ("memory_total_bytes", 8589934592.0),
        ("memory_used_bytes", 7301444403.0),
        ("memory_free_bytes", 1288490189.0),
        ("network_receive_bytes_per_second", 250000.0),
        ("network_transmit_bytes_per_second", 1500.0),
        ("load1", 0.42),
        ("load5", 0.31),
        ("load15", 0.2),
    ],
)
def test_a_value_is_what_the_sample_says(name: str, value: float) -> None:
    assert scraped(world.SNAPSHOT)[f"monserv_server_{name}"] == {labelled(**NAS): value}


def test_each_disk_and_each_interface_is_a_series() -> None:
    found = scraped(world.SNAPSHOT)
    root = labelled(**NAS, mountpoint="/", device="/dev/sda1", fstype="ext4")
    odd = labelled(**NAS, mountpoint='/srv/<b>é "x"', device="/dev/sdb1", fstype="xfs")
    assert found["monserv_server_disk_used_percent"] == {root: 50.0, odd: 33.3}
    assert found["monserv_server_disk_free_bytes"][odd] == 2666666666667.0
    interface = labelled(**NAS, interface="eth0")
    assert found["monserv_server_network_receive_bytes_total"] == {interface: 987654321.0}
    assert found["monserv_server_network_transmit_bytes_total"] == {interface: 123456789.0}


def test_alerts_are_counted_by_server_type_and_severity() -> None:
    assert scraped(world.SNAPSHOT)["monserv_alerts_active"] == {
        labelled(**NAS, type="memory", severity="critical"): 1.0,
        labelled(**MAIL, type="host", severity="critical"): 1.0,
    }


def test_it_says_how_monserv_itself_does() -> None:
    process = replace(PROCESS, is_database_well=False, delivery_restarts={"email": 2, "slack": 0})
    found = scraped(Snapshot(1, {}), process)
    assert found["monserv_delivery_restarts_total"] == {
        labelled(channel="email"): 2.0,
        labelled(channel="slack"): 0.0,
    }
    assert found["monserv_clients"] == {labelled(form="websocket"): 3.0, labelled(form="sse"): 1.0}
    assert found["monserv_polls_total"] == {
        labelled(outcome="sampled"): 41.0,
        labelled(outcome="missed"): 2.0,
    }
    assert found["monserv_database_up"] == {labelled(): 0.0}
    assert found["monserv_build_info"] == {labelled(version="0.1.0"): 1.0}


def test_it_says_what_became_of_websockets() -> None:
    traffic = Traffic(
        closed={("peer", ""): 5, ("violation", "1009"): 2},
        queued=7,
        conflated=3,
        clients={"deflate": 4},
        sent_bytes={"deflate": 1000, "none": 50},
    )
    found = scraped(Snapshot(1, {}), replace(PROCESS, traffic=traffic))
    assert found["monserv_websocket_closed_total"] == {
        labelled(reason="peer", code=""): 5.0,
        labelled(reason="violation", code="1009"): 2.0,
    }
    assert found["monserv_websocket_queued_frames_total"] == {labelled(): 7.0}
    assert found["monserv_websocket_conflated_frames_total"] == {labelled(): 3.0}
    assert found["monserv_websocket_clients"] == {
        labelled(compression="deflate"): 4.0,
        labelled(compression="none"): 0.0,
    }
    assert found["monserv_websocket_sent_bytes_total"] == {
        labelled(compression="deflate"): 1000.0,
        labelled(compression="none"): 50.0,
    }


def test_what_a_server_does_not_tell_is_absent_and_never_0() -> None:
    view = world.SNAPSHOT.servers["scadanas"]
    bare = replace(world.SAMPLE, cpu=None, memory=None, disks=None, network=None, load=None)
    found = scraped(of(replace(view, sample=bare)))
    assert {name for name in found if name.startswith("monserv_server_")} == {
        "monserv_server_up",
        "monserv_server_last_sample_timestamp_seconds",
        "monserv_server_uptime_seconds",
    }
    assert world.SAMPLE.cpu is not None
    odd = replace(bare, cpu=replace(world.SAMPLE.cpu, used_percent=math.nan))
    assert "monserv_server_cpu_used_percent" not in scraped(of(replace(view, sample=odd)))


def test_hostile_names_stay_inside_their_label() -> None:
    view = world.SNAPSHOT.servers["scadanas"]
    assert world.SAMPLE.disks is not None
    disks = tuple(
        replace(disk, mountpoint=NASTY, device=NASTY, fstype=NASTY) for disk in world.SAMPLE.disks
    )
    nasty = replace(
        view,
        server=replace(view.server, name=NASTY),
        sample=replace(world.SAMPLE, disks=disks),
    )
    found = scraped(of(nasty))
    expected = NASTY.replace("\ud800", "\ufffd")
    assert [dict(labels)["name"] for labels in found["monserv_server_up"]] == [expected]
    (labels,) = found["monserv_server_disk_used_bytes"]
    assert dict(labels)["mountpoint"] == expected
    assert all(name.startswith("monserv_") for name in found)


def test_a_server_that_is_offline_or_never_answered_is_not_shown_with_old_values() -> None:
    view = replace(world.SNAPSHOT.servers["scadanas"], status=Status.OFFLINE)
    assert "monserv_server_cpu_cores" not in scraped(of(view))


def test_no_password_is_scraped() -> None:
    assert world.CANARY not in exposition(world.SNAPSHOT, PROCESS).decode()


def test_what_watching_costs_a_server_is_counted() -> None:
    process = replace(PROCESS, footprints={"scadanas": world.FOOTPRINT})
    found = scraped(world.SNAPSHOT, process)
    prefix = "monserv_server_probe_"
    costs = {
        name.removeprefix(prefix): rows[labelled(**NAS)]
        for name, rows in found.items()
        if name.startswith(prefix)
    }
    assert costs == {
        "polls_total": 900.0,
        "sent_bytes_total": 325_350.0,
        "received_bytes_total": 6_671_025.0,
        "forks_total": 1665.0,
        "cpu_seconds_total": 3.06,
        "logins_total": 1.0,
        "refused_logins_total": 0.0,
        "broken_connections_total": 0.0,
        "log_lines_total": 1.0,
        "interval_seconds": 4.0,
    }
    assert labelled(**MAIL) not in found["monserv_server_probe_polls_total"]


def test_others_go_on_between_two_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[None] = []
    monkeypatch.setattr("monserv.wire.exposition.give_way", lambda: pauses.append(None))
    text = exposition(world.SNAPSHOT, PROCESS).decode()
    assert len(pauses) == len(list(text_string_to_metric_families(text)))
