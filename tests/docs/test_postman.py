"""The collection that people import, run with newman against the product and a real sshd."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.real.machines import Sshd, User
from tests.real.product import Product
from tests.web.site import Site

COLLECTION = Path(__file__).parents[2] / "docs" / "monserv.postman_collection.json"
# What a person sees in a browser, and streams, which Postman's runner does not follow.
ELSEWHERE = {("GET", "/ws"), ("GET", "/api/v1/sse/dashboard")}


def requests(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "request" in item:
        yield item["request"]
    for inner in item.get("item", []):
        yield from requests(inner)


def test_the_collection_has_every_call_of_the_description() -> None:
    document = Site().document("/swagger/doc.json")
    described = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
        if method in {"get", "post", "put", "patch", "delete"}
    }
    collection = json.loads(COLLECTION.read_text())
    asked = set()
    for request in requests(collection):
        path = request["url"]["raw"].removeprefix("{{base_url}}").partition("?")[0]
        asked.add((request["method"], re.sub(r"\{\{(\w+)\}\}", r"{\1}", path)))
    assert sorted(described - asked - ELSEWHERE) == []


@pytest.mark.real
def test_newman_runs_it_without_a_failure(tmp_path: Path, sshd: Sshd, user: User) -> None:
    product = Product(tmp_path, ["local://"]).start()
    try:
        variables = {
            "base_url": product.url,
            "server_host": "127.0.0.1",
            "server_port": sshd.port,
            "server_username": user.name,
            "server_password": user.password,
        }
        newman = Path(os.environ["NODE_PATH"]) / ".bin" / "newman"
        done = subprocess.run(
            [
                str(newman),
                "run",
                str(COLLECTION),
                "--color=off",
                *(f"--env-var={name}={value}" for name, value in variables.items()),
            ],
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-6000:]
    finally:
        product.kill()
