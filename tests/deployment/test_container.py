"""The container, as far as it goes without an engine: its files, its settings, its health check."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from monserv.settings import schema, sources
from tests.bootstrap.starting import CHECKOUT, Copy

KNOWN = {*schema.NAMES, *(name + sources.FILE_SUFFIX for name in schema.SECRET_NAMES)}
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text().replace("\\\n", " ")


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} +(.*)$", DOCKERFILE, re.MULTILINE)


def environment() -> dict[str, str]:
    (line,) = instructions("ENV")
    return dict(pair.split("=", 1) for pair in shlex.split(line))


def copied() -> list[tuple[str, str]]:
    """Return what is copied, each with its place below the working directory."""
    found = []
    for line in instructions("COPY"):
        *names, target = line.split()
        found += [(name, target) for name in names]
    return found


def test_every_setting_in_it_exists_and_everybody_has_to_log_in() -> None:
    names = set(environment())
    assert names - KNOWN == {"PYTHONDONTWRITEBYTECODE"}
    assert environment()["MONSERV_AUTH"] == "required"
    (user,) = instructions("USER")
    assert user.split(":")[0] not in {"0", "root"}


def test_what_it_copies_is_what_its_context_lets_in() -> None:
    let_in = {
        line[1:]
        for line in (CHECKOUT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    assert {name.rstrip("/") for name, _ in copied()} == let_in
    assert [name for name in let_in if not (CHECKOUT / name).exists()] == []


def test_the_compose_file_uses_what_the_image_has() -> None:
    compose = yaml.safe_load((CHECKOUT / "compose.yaml").read_text())
    service = compose["services"]["monserv"]
    assert set(service["environment"]) <= KNOWN
    (volume,) = service["volumes"]
    name, target = volume.split(":")
    assert name in compose["volumes"]
    assert target == environment()["MONSERV_DATA_DIR"] == instructions("VOLUME")[0]
    (port,) = service["ports"]
    assert port == f"127.0.0.1:{environment()['SERVER_PORT']}:{instructions('EXPOSE')[0]}"
    (secret,) = service["secrets"]
    assert secret in compose["secrets"]
    assert service["environment"]["SERVERS_FILE"] == f"/run/secrets/{secret}"


@pytest.mark.real
def test_the_files_of_the_image_are_enough_to_run_and_its_health_check_sees_it(
    tmp_path: Path,
) -> None:
    image = tmp_path / "image"
    for name, target in copied():
        place = image / target / ("" if name.endswith("/") else name)
        if name.endswith("/"):
            shutil.copytree(CHECKOUT / name, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, place)
    home = tmp_path / "home"
    home.mkdir()
    container = Copy(image, home, sys.executable, None)
    try:
        # Accounts have tests of their own.
        here = {"MONSERV_DATA_DIR": str(tmp_path / "data"), "MONSERV_AUTH": "none"}
        container.settings = environment() | here | {"SERVER_PORT": str(container.port)}
        started = container.start()
        started.wait_until_it_answers(60)
        (check,) = instructions("HEALTHCHECK")
        command = json.loads(check.partition("CMD ")[2])
        assert command[0] == "python"
        text = command[2].replace(environment()["SERVER_PORT"], str(container.port))
        healthy = [sys.executable, command[1], text]
        assert subprocess.run(healthy, check=False).returncode == 0
        assert started.stop()[0] == 0
        failed = subprocess.run(healthy, stderr=subprocess.DEVNULL, check=False)
        assert failed.returncode == 1
    finally:
        container.kill_all()
    assert not (image / ".venv").exists()
