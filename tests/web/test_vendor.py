from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from monserv.web.vendor import FILES
from tests.web.site import Site

CHECKOUT = Path(__file__).parents[2]
# What lies beside the files that are served, and what lies elsewhere.
ELSEWHERE = [
    "",
    "chartkick.js",
    "swagger-ui/index.html",
    "swagger-ui/swagger-ui.js",
    "swagger-ui/",
    "swagger-ui",
    "swagger-ui/swagger-ui.css/",
    "Chart.bundle.js",
    "CHART.UMD.JS",
    "chart.umd.js%00",
    "chart.umd.js%20",
    "./chart.umd.js",
    "%2e/chart.umd.js",
    "swagger-ui/../chart.umd.js",
    "../config.py",
    "..%2fconfig.py",
    "..%5cconfig.py",
    "swagger-ui/..%2f..%2f__init__.py",
    "/etc/passwd",
    "%2Fetc%2Fpasswd",
    "....//etc/passwd",
]


@pytest.mark.parametrize("name", FILES)
def test_each_listed_file_is_sent_from_its_package(site: Site, name: str) -> None:
    answer = site.get(f"/vendor/{name}")
    assert answer.status_code == 200
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    assert answer.content_type == f"{kind}; charset=utf-8"
    sent, installed = answer.data, FILES[name].read_bytes()
    assert hashlib.sha256(sent).digest() == hashlib.sha256(installed).digest()


@pytest.mark.parametrize("name", ELSEWHERE)
def test_no_other_file_is_sent(shared_site: Site, name: str) -> None:
    answer = shared_site.get(f"/vendor/{name}")
    assert answer.status_code == 404
    assert answer.content_type == "application/json"


@pytest.mark.parametrize(
    "path",
    ["../config.py", "..%2fconfig.py", "js/../../config.py", "js/%2e%2e/%2e%2e/config.py", "%00"],
)
def test_no_file_outside_of_static_is_sent(site: Site, path: str) -> None:
    answer = site.get(f"/static/{path}")
    assert answer.status_code == 404
    assert (CHECKOUT / "config.py").read_bytes() != answer.data


def test_no_file_of_others_lies_in_the_repository() -> None:
    names = {path.name for path in (CHECKOUT / "static").rglob("*")}
    assert names.isdisjoint({path.name for path in FILES.values()} | set(FILES))
