"""What docker and podman say of their containers."""

from __future__ import annotations

import json

import pytest

from monserv.model.services import Container
from monserv.probe import containers
from monserv.probe.containers import containers as read

ID = "4f66ad9a0b2e" * 5

DOCKER = json.dumps(
    {
        "Command": '"/docker-entrypoint.…"',
        "CreatedAt": "2026-01-01 12:00:00 +0000 UTC",
        "ID": ID,
        "Image": "nginx:1.27",
        "Labels": "a=b,c=d",
        "LocalVolumes": "0",
        "Mounts": "",
        "Names": "web",
        "Networks": "bridge",
        "Ports": "0.0.0.0:80->80/tcp",
        "RunningFor": "2 hours ago",
        "Size": "0B",
        "State": "running",
        "Status": "Up 2 hours (healthy)",
    }
)
PODMAN = json.dumps(
    {
        "Id": ID,
        "Image": "docker.io/library/redis:7",
        "Names": ["cache"],
        "State": "exited",
        "Status": "Exited (0) 3 days ago",
        "Pid": 0,
        "Labels": None,
    }
)


def test_docker() -> None:
    assert read(DOCKER + "\n", "docker") == (
        Container("docker", ID, "web", "nginx:1.27", "running", "Up 2 hours (healthy)"),
    )


def test_podman() -> None:
    assert read(PODMAN + "\n", "podman") == (
        Container(
            "podman", ID, "cache", "docker.io/library/redis:7", "exited", "Exited (0) 3 days ago"
        ),
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Up 3 weeks", "running"),
        ("Up 3 weeks (Paused)", "paused"),
        ("Exited (137) 2 minutes ago", "exited"),
        ("Created", "created"),
        ("Restarting (1) 5 seconds ago", "restarting"),
        ("Removal In Progress", "removing"),
        ("Dead", "dead"),
        ("", "unknown"),
        ("?", "unknown"),
    ],
)
def test_an_old_docker_tells_the_state_in_its_status(status: str, state: str) -> None:
    (found,) = read(json.dumps({"ID": ID, "Status": status}), "docker") or ()
    assert found.state == state


def test_none_running_is_known() -> None:
    assert read("", "docker") == ()
    assert read("\n", "docker") == ()


@pytest.mark.parametrize(
    "line",
    [
        "Cannot connect to the Docker daemon",
        "[]",
        "null",
        "3",
        "{}",
        '{"ID": 5}',
        '{"ID": ["", "x"]}',
        '{"ID": "x"',
        '{"ID": ' + "9" * 5000 + "}",
        "[" * 50000,
        '{"ID": "x", "Labels": "' + "y" * 70000 + '"}',
    ],
)
def test_what_is_no_container_is_left_out(line: str) -> None:
    assert read(line, "docker") is None
    assert len(read(f"{line}\n{DOCKER}\n", "docker") or ()) == 1


def test_hostile_values_are_inert() -> None:
    row = json.dumps({"ID": "\x1b[2J", "Names": "<b>\u202e", "State": "R\x00", "Image": "\ud800"})
    assert read(row, "docker") == (
        Container("docker", "\\x1b[2J", "<b>\\u202e", "\\ud800", "unknown", ""),
    )
    assert read('{"ID": "x", "Size": NaN}', "docker") == (
        Container("docker", "x", "", "", "unknown", ""),
    )


def test_a_flood_is_bounded() -> None:
    assert len(read(f"{DOCKER}\n" * 2000, "docker") or ()) == containers.MAX_CONTAINERS
