"""The servers, alerts and trends that the golden files in this folder show.

Three servers: one with everything and an alert, one that went away and whose
old sample lacks groups, one that was never sampled.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monserv.model.alert import Alert, AlertType, Kind, Resolution, Severity, Transition
from monserv.model.channel import ChannelInfo
from monserv.model.delivery import Delivery, DeliveryPage, DeliveryState, delivery
from monserv.model.footprint import Footprint
from monserv.model.hardware import BlockDevice, Pressure, Temperature
from monserv.model.history import HistoryPage
from monserv.model.host_key import HostKeyReport, KeyState, KnownKey, OfferedKey
from monserv.model.quality import Group, GroupState, Quality
from monserv.model.rollup import Curve, Rollups
from monserv.model.sample import (
    Cpu,
    CpuShares,
    Disk,
    Inodes,
    Interface,
    Load,
    Memory,
    Network,
    Process,
    Processes,
    Sample,
)
from monserv.model.secret import Secret
from monserv.model.server import Credentials, Reach, Server, Source
from monserv.model.services import Container, FailedUnit, LoggedIn, OperatingSystem, Units
from monserv.model.snapshot import ServerView, Snapshot, Status
from monserv.model.trend import TrendPoint
from monserv.model.trial import ShownKey, Step, StepResult, StepState, Trial

# It must be nowhere but in the server's credentials.
CANARY = "c@nary:pa/ss%41 wörd"

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

SCADANAS = Server(
    id="scadanas",
    name="scadanas",
    reach=Reach.SSH,
    host="10.0.0.3",
    port=2222,
    username="scada",
    url="ssh://scada:***@10.0.0.3:2222",
    tags=("prod", "berlin"),
    description="the archive in the cellar",
    credentials=Credentials(password=Secret(CANARY)),
)
MAIL = Server(
    id="mail",
    name="post office",
    reach=Reach.SSH,
    host="mail.example.net",
    port=22,
    username="root",
    url="ssh://root@mail.example.net",
)
LOCAL = Server(
    id="local",
    name="this machine",
    reach=Reach.LOCAL,
    host="localhost",
    port=22,
    username="monserv",
    url="local://",
)

# One that is managed; the golden snapshot does not show it.
ARCHIVE = Server(
    id="backup-archive",
    name="archive",
    reach=Reach.SSH,
    host="archive",
    port=22,
    username="backup",
    url="ssh://backup:***@archive",
    tags=("prod", "cellar"),
    description="tapes",
    source=Source.MANAGED,
    credentials=Credentials(password=Secret(CANARY)),
    location="Berlin",
    latitude=52.52,
    longitude=13.405,
    created_at=datetime(2025, 11, 1, 8, tzinfo=UTC),
    updated_at=datetime(2025, 12, 1, 8, 30, tzinfo=UTC),
)

FOOTPRINT = Footprint(
    since=datetime(2026, 1, 1, 11, tzinfo=UTC),
    polls=900,
    bytes_sent=325_350,
    bytes_received=6_671_025,
    forks=1665,
    cpu_seconds=3.06,
    measured_polls=900,
    logins=1,
    interval_seconds=4.0,
)

HOST_KEY = HostKeyReport(
    state=KeyState.CHANGED,
    known=(
        KnownKey(
            "ssh-ed25519",
            "SHA256:7Fi1Nps/q171ZMEHLDLA/ei8bmj1qZtJBVSWN15V7sU",
            "/data/known_hosts",
            datetime(2025, 11, 1, 8, tzinfo=UTC),
        ),
        KnownKey(
            "ssh-rsa",
            "SHA256:b1Uv5xSJzWyVS4cTqPFdM4cPyF1cVp0zC0vJw1wQY1o",
            "/home/me/.ssh/known_hosts line 3",
            None,
        ),
    ),
    offered=OfferedKey(
        "ssh-ed25519",
        "SHA256:uNiVztksCsDhcc0u9e8BrXJGX8Vvd1pCBwUZ4pQ4mzE",
        datetime(2026, 1, 1, 11, 59, tzinfo=UTC),
    ),
    explanation="It shows another one; nothing was sent to it",
)

TRIAL = Trial(
    steps=(
        StepResult(Step.NAME, StepState.PASSED, "The name leads to an address.", 0.001),
        StepResult(Step.TCP, StepState.PASSED, "The port accepts connections.", 0.012),
        StepResult(Step.HOST_KEY, StepState.PASSED, "This host key is new.", 0.048),
        StepResult(Step.LOGIN, StepState.FAILED, "The server refused the password.", 1.907),
        StepResult(Step.PROBE, StepState.NOT_RUN, "Not tried.", None),
    ),
    host_key=ShownKey("ssh-ed25519", "SHA256:abc", is_known=False),
)

SAMPLE = Sample(
    taken_at=NOON,
    hostname="scadanas",
    boot_id="7d1c",
    uptime_seconds=3600,
    cpu=Cpu(
        4,
        12.46,
        "Intel(R) Celeron(R) J4125 CPU @ 2.00GHz",
        CpuShares(None, 12.46, 8.06, 4.2, 1.26, 0.2),
        (CpuShares(0, 14.04, 9.0, 5.04, 1.0, 0.0), CpuShares(3, 11.0, 7.0, 4.0, 1.5, 0.4)),
    ),
    memory=Memory(8589934592, 7301444403, 1288490189, 84.96, 1073741824, 2147483648, 536870912),
    disks=(
        Disk(
            "/dev/sda1",
            "/",
            "ext4",
            107374182400,
            53687091200,
            53687091200,
            50,
            read_only=False,
            inodes=Inodes(6553600, 163840, 2.5),
        ),
        Disk(
            "/dev/sdb1",
            '/srv/<b>é "x"',
            "xfs",
            4000000000000,
            1333333333333,
            2666666666667,
            33.333333333325,
            read_only=True,
        ),
    ),
    processes=Processes(
        large=(Process(1234, "postgres", "postgres", 536870912, 6.25, "", 99),),
        seen={1234: (99, 536870912), 1: (3, 4096)},
        busy=(Process(1, "init", "root", 4096, 0.01, "", 3, 137.54),),
    ),
    network=Network(
        interfaces=(
            Interface(
                "eth0",
                123456789,
                987654321,
                1000,
                2000,
                1,
                2,
                3,
                4,
                bytes_sent_rate=1500,
                bytes_recv_rate=250000,
                errors_rate=0.25,
                drops_rate=0.0,
            ),
        ),
        total_bytes_sent=123456789,
        total_bytes_recv=987654321,
        bytes_sent_rate=1500,
        bytes_recv_rate=250000,
    ),
    load=Load(0.42, 0.31, 0.2),
    system=OperatingSystem("Debian GNU/Linux 13 (trixie)", "6.12.48+deb13-amd64", "x86_64"),
    block_devices=(
        BlockDevice(
            name="sda",
            reads_completed=26843545,
            reads_merged=11,
            read_bytes=1099511627776,
            read_seconds=1.5,
            writes_completed=13421772,
            writes_merged=12,
            written_bytes=549755813888,
            write_seconds=2.5,
            io_seconds=3.5,
            weighted_io_seconds=4.5,
            io_now=1,
            read_bytes_rate=1048576,
            written_bytes_rate=524288,
            used_percent=7.46,
        ),
    ),
    pressure=(
        Pressure("cpu", 0.5, 12.5),
        Pressure("io", 1.25, 3.0, 0.75, 2.0),
        Pressure("memory", 0.0, 0.0, 0.0, 0.0),
    ),
    temperatures=(
        Temperature("coretemp", "Package id 0", 45.0, 100.0),
        Temperature("acpitz", "temp1", 27.75),
    ),
    units=Units("degraded", (FailedUnit("backup.service", "Nightly <backup>"),)),
    containers=(Container("docker", "4f66ad9a0b2e", "web", "nginx:1.27", "running", "Up 2 hours"),),
    logins=(LoggedIn("ada", "pts/0", "2026-01-01 11:42", "10.0.0.7"),),
    quality={
        Group.DISKS: GroupState(
            Quality.STALE,
            datetime(2026, 1, 1, 11, 59, 48, tzinfo=UTC),
            "df did not answer within 10 s.",
        ),
        Group.CPU: GroupState(Quality.OK, NOON),
        Group.PRESSURE: GroupState(
            Quality.UNSUPPORTED,
            None,
            "The kernel keeps no pressure stall information.",
            "Add psi=1 to the kernel's command line.",
        ),
    },
)
OLD_SAMPLE = Sample(
    taken_at=datetime(2026, 1, 1, 11, 55, 0, 250999, tzinfo=UTC),
    hostname="mail",
    boot_id="",
    uptime_seconds=0,
    memory=Memory(1073741824, 107374182, 966367642, 10.04),
    problems=("/proc/stat could not be read.",),
)

MEMORY_HIGH = Alert(
    id="ssh://scada:***@10.0.0.3:2222|mem",
    event_id="5f0c2c1e8f1b4f7d9a3e6b2d4c8a7e10",
    server_id="scadanas",
    server_url="ssh://scada:***@10.0.0.3:2222",
    hostname="scadanas",
    type=AlertType.MEMORY,
    severity=Severity.CRITICAL,
    subject="[ALERT] scadanas memory high",
    message="Memory used 85.0% (threshold 80.0%)",
    triggered_at=datetime(2026, 1, 1, 11, 59, 56, tzinfo=UTC),
)
HOST_DOWN = Alert(
    id="ssh://root@mail.example.net|host",
    event_id="0b7e4d2a9c6f4e1fb8d5a3c2e1f09876",
    server_id="mail",
    server_url="ssh://root@mail.example.net",
    hostname="mail",
    type=AlertType.HOST,
    severity=Severity.CRITICAL,
    subject="[ALERT] mail offline",
    message="No data for 3 polls: mail.example.net refuses connections on port 22.",
    triggered_at=datetime(2026, 1, 1, 11, 55, 12, tzinfo=UTC),
    recorded=False,
)
DISK_GONE = Alert(
    id="ssh://scada:***@10.0.0.3:2222|disk|/srv/data",
    event_id="c2a1f0e9d8b74c6a95f4e3d2c1b0a987",
    server_id="scadanas",
    server_url="ssh://scada:***@10.0.0.3:2222",
    hostname="scadanas",
    type=AlertType.DISK,
    severity=Severity.CRITICAL,
    subject="[ALERT] scadanas disk /srv/data high",
    message="Disk /srv/data used 91.4% (threshold 80.0%)",
    triggered_at=datetime(2026, 1, 1, 9, tzinfo=UTC),
    item="/srv/data",
    resolved_at=datetime(2026, 1, 1, 10, 30, 0, 500000, tzinfo=UTC),
    resolution=Resolution.GONE,
)
HISTORY = HistoryPage(alerts=(DISK_GONE,), total=21)

RAISED = Transition(
    kind=Kind.RAISED,
    at=NOON,
    alert=MEMORY_HIGH,
    subject="[ALERT] scadanas memory high",
    message="Memory used 85.0% (threshold 80.0%)",
    reason="breach",
)
RECOVERED = Transition(
    kind=Kind.RECOVERED,
    at=NOON,
    alert=MEMORY_HIGH,
    subject="[RECOVERED] scadanas memory",
    message="Memory back to 65.0%",
    reason="back",
)

CHANNELS = (
    ChannelInfo("email", "E-mail", "ops@example.net, boss@example.net"),
    ChannelInfo("discord", "discord", "discord://***"),
)
DELAYED: Delivery = replace(
    delivery(RAISED, "discord"),
    happened_at=MEMORY_HIGH.triggered_at,
    attempts=2,
    due_at=datetime(2026, 1, 1, 12, 0, 10, tzinfo=UTC),
    last_error="The service answered 429 (Too Many Requests)",
)
SENT: Delivery = replace(
    delivery(RECOVERED, "email"),
    state=DeliveryState.SENT,
    attempts=1,
    finished_at=datetime(2026, 1, 1, 12, 0, 0, 250999, tzinfo=UTC),
)
DELIVERIES = DeliveryPage((DELAYED, SENT), total=21)

SNAPSHOT = Snapshot(
    version=7,
    servers={
        "scadanas": ServerView(
            server=SCADANAS,
            status=Status.ALERT,
            reason=None,
            last_error=None,
            since=datetime(2026, 1, 1, 11, 59, 56, tzinfo=UTC),
            last_update=NOON,
            sample=SAMPLE,
            alerts=(MEMORY_HIGH,),
        ),
        "mail": ServerView(
            server=MAIL,
            status=Status.OFFLINE,
            reason="unreachable",
            last_error="mail.example.net refuses connections on port 22.",
            since=datetime(2026, 1, 1, 11, 55, 12, tzinfo=UTC),
            last_update=OLD_SAMPLE.taken_at,
            missed_polls=7,
            sample=OLD_SAMPLE,
            alerts=(HOST_DOWN,),
        ),
        "local": ServerView(
            server=LOCAL,
            status=Status.OFFLINE,
            reason="pending",
            last_error=None,
            since=datetime(2026, 1, 1, 11, tzinfo=UTC),
            last_update=datetime(2026, 1, 1, 11, tzinfo=UTC),
        ),
    },
)

TRENDS = {
    "scadanas": (
        TrendPoint(datetime(2026, 1, 1, 11, 59, 52, tzinfo=UTC), 3.04, 49.94),
        TrendPoint(datetime(2026, 1, 1, 11, 59, 56, tzinfo=UTC), None, None),
        TrendPoint(NOON, 12.46, 84.96),
    ),
}

ROLLUPS = Rollups(
    start=datetime(2026, 1, 1, 11, 58, tzinfo=UTC),
    end=NOON,
    step_seconds=60,
    tier="1m",
    at=(datetime(2026, 1, 1, 11, 58, tzinfo=UTC), datetime(2026, 1, 1, 11, 59, tzinfo=UTC)),
    samples=(15, 0),
    metrics={
        "cpu_used_percent": Curve((12.5, None), (3.1, None), (42.0, None)),
        "memory_used_bytes": Curve((7301444403, None), (7301444000, None), (7301445000, None)),
    },
    disks={"/srv/a,b": {"disk_used_percent": Curve((50.0, None), (50.0, None), (50.1, None))}},
)


def text(name: str) -> str:
    """Return a golden file as the wire writes it: compact, keys in their order."""
    return json.dumps(load(name), separators=(",", ":"), ensure_ascii=False)


def load(name: str) -> Any:
    """Return a golden file's document; ``{"data of": "x.json"}`` in it is another one's data."""
    return json.loads((Path(__file__).parent / name).read_text("utf-8"), object_hook=_followed)


def _followed(found: dict[str, Any]) -> Any:
    return load(found["data of"])["data"] if set(found) == {"data of"} else found
