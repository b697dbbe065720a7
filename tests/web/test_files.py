"""Scripts and styles in gzip, and the page that loads them."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from flask import Flask

from monserv.web import files
from monserv.web.vendor import FILES
from tests.web.site import Site

STATIC = Path(__file__).parents[2] / "static"
SCRIPT = "/static/js/main.js"


def test_who_takes_gzip_gets_a_script_in_it(shared_site: Site) -> None:
    answer = shared_site.get(SCRIPT, Accept_Encoding="gzip, br")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert gzip.decompress(answer.data) == (STATIC / "js" / "main.js").read_bytes()
    again = shared_site.get(
        SCRIPT, Accept_Encoding="gzip, br", If_None_Match=answer.headers["ETag"]
    )
    assert (again.status_code, again.data) == (304, b"")
    whole = shared_site.get(SCRIPT, If_None_Match=answer.headers["ETag"])
    assert (whole.status_code, whole.headers["Vary"]) == (200, "Accept-Encoding")
    assert "Content-Encoding" not in whole.headers


def test_so_does_one_of_others(shared_site: Site) -> None:
    answer = shared_site.get("/vendor/chart.umd.js", Accept_Encoding="gzip")
    assert gzip.decompress(answer.data) == FILES["chart.umd.js"].read_bytes()


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        pytest.param("/static/icons/icon-512.png", {}, id="a picture"),
        pytest.param("/static/favicon.svg", {}, id="what fits into a packet"),
        pytest.param(SCRIPT, {"Range": "bytes=0-9"}, id="a part"),
        pytest.param("/static/js/nothing.js", {}, id="nothing"),
        pytest.param("/static/../config.js", {}, id="what lies elsewhere"),
    ],
)
def test_all_else_comes_as_it_is(shared_site: Site, url: str, headers: dict[str, str]) -> None:
    plain = shared_site.get(url, **headers)
    answer = shared_site.get(url, Accept_Encoding="gzip", **headers)
    assert "Content-Encoding" not in answer.headers
    assert (answer.status_code, answer.data) == (plain.status_code, plain.data)


def test_a_file_that_was_replaced_is_sent_anew(tmp_path: Path) -> None:
    script = tmp_path / "a.js"
    app = Flask(__name__)
    seen = []
    for number in range(2):
        script.write_text(f"{number};" * 1000)
        os.utime(script, ns=(number, number))
        with app.test_request_context(headers={"Accept-Encoding": "gzip"}):
            answer = files.send(tmp_path, "a.js")
            seen.append((gzip.decompress(answer.get_data())[:1], answer.headers["ETag"]))
    assert [one for one, _ in seen] == [b"0", b"1"]
    assert len({tag for _, tag in seen}) == 2


def test_the_dashboard_is_in_gzip_for_who_takes_it(site: Site) -> None:
    whole = site.get("/")
    answer = site.get("/", Accept_Encoding="gzip")
    assert answer.content_type == whole.content_type == "text/html; charset=utf-8"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert gzip.decompress(answer.data) == whole.data


def test_whoever_may_manage_finds_that_in_the_page(site: Site) -> None:
    assert '<html lang="en" data-may-manage>' in site.get("/").text
