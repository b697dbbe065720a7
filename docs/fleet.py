# ruff: noqa: INP001 -- a script beside the documents, not a package
"""The made-up servers of the README's pictures, and the page's stand-in that watches them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from tests.browser import world
from tests.browser.standin import StandIn

# With what a process is called besides the one that a server is for.
_OTHERS = [("systemd-journal", 0.9), ("sshd", 0.4), ("cron", 0.1)]
_NO_SAMPLE_IS_OLD_SECONDS = 60.0


class Made(NamedTuple):
    """One server: shares in percent, disks by mount point (GB, percent), rates in kB/s."""

    name: str
    tags: str
    cpu: float
    memory: float
    load: float
    days: int
    disks: dict[str, tuple[int, float]]
    process: str
    rates: tuple[int, int]


_APP = {"/": (80, 38.2), "/var": (160, 57.9)}
_DATABASE = {"/": (60, 33.0), "/var/lib/postgresql": (900, 71.4)}
FLEET = [
    # Its values are those with which its history ends.
    Made("app-1", "web,prod", 0, 0, 2.31, 41, _APP, "node", (2180, 5340)),
    Made("app-2", "web,prod", 27.9, 63.1, 1.74, 41, _APP, "node", (1930, 4870)),
    Made("backup", "storage", 3.4, 18.7, 0.22, 212, {"/srv": (8000, 68.4)}, "restic", (12400, 96)),
    Made("db-1", "db,prod", 46.2, 83.6, 4.12, 128, _DATABASE, "postgres", (3310, 8120)),
    Made("db-2", "db,prod", 12.8, 58.9, 0.97, 128, _DATABASE, "postgres", (4090, 640)),
    Made("gateway", "network", 6.1, 31.5, 0.34, 340, {"/": (20, 44.9)}, "nginx", (6720, 6690)),
    Made("mail", "office", 9.7, 47.2, 0.58, 73, {"/": (40, 29.4)}, "dovecot", (210, 180)),
    Made("build", "office", 71.3, 54.8, 7.63, 9, {"/": (250, 49.5)}, "cargo", (1450, 320)),
]
_CPU = "CPU used {}% (threshold 90.0%)"
_MEMORY = "Memory used {}% (threshold 80.0%)"
# Of which server, what, at which value, how many hours ago.
_PAST = [
    (1, "cpu", 96.4, 5.2),
    (7, "cpu", 98.1, 9.5),
    (7, "memory", 88.3, 27),
    (3, "memory", 82.9, 33),
    (7, "cpu", 97.0, 52),
]


def watched() -> StandIn:
    """Return the stand-in with the fleet, not yet started."""
    server = StandIn(_NO_SAMPLE_IS_OLD_SECONDS)
    for i, made in enumerate([_as_it_ends(server, FLEET[0]), *FLEET[1:]]):
        of = _state(i, made)
        row = world.server(i, of, name=made.name, tags=made.tags)
        _measure(row["metrics"], made)
        server.servers.append(row)
        server.trends[row["id"]] = _trend(i, made)
    in_trouble = server.servers[3]
    in_trouble["status"] = "alert"
    server.alerts = [world.alert(in_trouble, "mem", _MEMORY.format(83.6))]
    server.journal = server.alerts + [_over(server.servers[i], *rest) for i, *rest in _PAST]
    return server


def _as_it_ends(server: StandIn, made: Made) -> Made:
    history = server.past.answer({"range": "5m"})
    names = ("cpu_used_percent", "memory_used_percent", "load_one_minute")
    cpu, memory, load = (history["metrics"][name]["avg"][-1] for name in names)
    used = {mount: of["disk_used_percent"]["avg"][-1] for mount, of in history["disks"].items()}
    disks = {mount: (size, used[mount]) for mount, (size, _) in made.disks.items()}
    return made._replace(cpu=cpu, memory=memory, load=load, disks=disks)


def _state(number: int, made: Made) -> dict[str, Any]:
    of = world.state(number, cpu=round(made.cpu, 1), memory=round(made.memory, 1))
    total = of["memory"]["total"]
    disk = of["disks"][0]
    sizes = {mount: (size * world.GB, percent) for mount, (size, percent) in made.disks.items()}
    processes = [(made.process, made.memory * 0.4), (made.process, made.memory * 0.2), *_OTHERS]
    return of | {
        "hostname": f"{made.name}.example.org",
        "uptimeSeconds": made.days * 86400 + number * 3600,
        "disks": [
            disk
            | {"mountpoint": mount, "usedPercent": percent, "total": size}
            | {"used": int(size * percent / 100), "free": int(size * (1 - percent / 100))}
            for mount, (size, percent) in sizes.items()
        ],
        "topProcsByMem": [
            {"pid": 800 + 211 * i + number, "name": name, "username": "root" if i > 1 else name}
            | {"rssBytes": int(total * percent / 100), "percentRAM": round(percent, 1)}
            | {"cmdline": ""}
            for i, (name, percent) in enumerate(processes)
        ],
    }


def _measure(metrics: dict[str, Any], made: Made) -> None:
    received, sent = (rate * 1000 for rate in made.rates)
    metrics["network"] |= {"bytes_recv_rate": received, "bytes_sent_rate": sent}
    metrics["load"] |= {"one_minute": made.load, "five_minutes": round(made.load * 0.9, 2)}


def _trend(number: int, made: Made) -> dict[str, Any]:
    def swing(i: int) -> float:
        ways = ((11.3, 0.16), (3.7, 0.1), (0.6, 0.05))
        return sum(far * math.sin((i + 90 * number) / long) for long, far in ways)

    found = world.points(0, 0)["points"]
    last = len(found) - 1
    for i, point in enumerate(found):
        point[1] = round(made.cpu * (1 + swing(i) - swing(last)), 1)
        point[2] = round(made.memory * (1 + 0.1 * (swing(i) - swing(last))), 1)
    return {"points": found}


def _over(row: dict[str, Any], kind: str, value: float, hours_ago: float) -> dict[str, Any]:
    is_memory = kind == "memory"
    found: dict[str, Any] = world.episode(
        int(hours_ago * 10),
        row,
        hours_ago=hours_ago,
        type=kind,
        severity="critical" if is_memory else "warning",
        message=(_MEMORY if is_memory else _CPU).format(value),
    )
    return found
