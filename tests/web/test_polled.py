"""What everybody asks for: encoded once, with a tag that changes with what is shown."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace

import pytest

from monserv.model.trend import TrendPoint
from monserv.web import documents, prepared
from monserv.web.polled import PATHS
from tests.golden import world
from tests.web.fakes import Journal
from tests.web.site import Site

GOLDEN = {
    "/api/state": "state.json",
    "/api/v1/servers": "servers.json",
    "/api/v1/alerts/active": "alerts_active.json",
    "/api/v1/health": "health.json",
    "/api/v1/trends": "trends.json",
}
OF_THE_STATE = [path for path in PATHS if path != "/api/v1/trends"]
GZIP = {"Accept_Encoding": "gzip"}


def journal(site: Site) -> Journal:
    assert isinstance(site.runtime.journal, Journal)
    return site.runtime.journal


@pytest.mark.parametrize("path", PATHS)
def test_gzip_is_the_golden_text(site: Site, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MIN_GZIP_BYTES", 1)
    answer = site.get(path, **GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data).decode() == world.text(GOLDEN[path])


@pytest.mark.parametrize("path", OF_THE_STATE)
def test_the_tag_changes_with_each_change_and_with_the_process(site: Site, path: str) -> None:
    tags = []
    for version in (7, 8):
        site.runtime.state.now = replace(world.SNAPSHOT, version=version)
        tags += [site.get(path).headers["ETag"], site.get(path).headers["ETag"]]
    site.runtime.epoch = "e2"
    tags.append(site.get(path).headers["ETag"])
    assert tags[0] == tags[1]
    assert tags[2] == tags[3]
    assert len(set(tags)) == 3


@pytest.mark.parametrize("path", PATHS)
def test_whatever_who_has_it_takes_he_gets_304(site: Site, path: str) -> None:
    for headers in ({}, GZIP):
        tag = site.get(path, **headers).headers["ETag"]
        answer = site.get(path, If_None_Match=tag, **headers)
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == tag
        assert "Content-Length" not in answer.headers


@pytest.mark.parametrize("path", OF_THE_STATE)
def test_it_is_encoded_once_for_all_who_ask_until_something_changes(
    site: Site, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[int] = []
    document = documents.DOCUMENTS[PATHS[path]]

    def encode(runtime: object, seen: object) -> bytes:
        encoded.append(site.runtime.state.now.version)
        return b"{}"

    monkeypatch.setitem(documents.DOCUMENTS, PATHS[path], replace(document, encode=encode))
    for version in (8, 9):
        site.runtime.state.now = replace(world.SNAPSHOT, version=version)
        for headers in ({}, GZIP, {"If_None_Match": '"x"'}, {"Cookie": "a=b"}) * 10:
            assert site.get(path, **headers).status_code == 200
    assert encoded == [8, 9]


def test_a_server_that_did_not_change_is_not_encoded_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[str] = []
    for fragments in (site.runtime.dashboards.rows, site.runtime.records):
        show = fragments._show
        spy: Callable[..., object] = lambda view, show=show: (  # noqa: E731 -- one for each
            encoded.append(view.server.id) or show(view)
        )
        monkeypatch.setattr(fragments, "_show", spy)
    for version in (8, 9):
        views = dict(world.SNAPSHOT.servers)
        views["mail"] = replace(views["mail"], missed_polls=version)
        site.runtime.state.now = replace(world.SNAPSHOT, version=version, servers=views)
        for path in ("/api/v1/servers", "/api/v1/sse/dashboard", "/api/state"):
            site.get(path)
    assert encoded.count("mail") == 4
    assert encoded.count("scadanas") == 2


def test_an_alert_that_is_recorded_meanwhile_is_another_answer(site: Site) -> None:
    first = site.get("/api/v1/alerts/active")
    journal(site).is_recorded = lambda _event_id: True  # type: ignore[method-assign]  # from now on
    journal(site).revision += 1
    second = site.get("/api/v1/alerts/active", If_None_Match=first.headers["ETag"])
    assert second.status_code == 200
    assert '"recorded":false' in first.text
    assert '"recorded":false' not in second.text


def test_a_database_that_breaks_is_another_answer(site: Site) -> None:
    first = site.get("/api/v1/health")
    journal(site).broken = "The disk is full"
    second = site.get("/api/v1/health", If_None_Match=first.headers["ETag"])
    assert second.json is not None
    assert second.json["data"]["status"] == "error"
    journal(site).broken = None
    third = site.get("/api/v1/health")
    assert (third.headers["ETag"], third.text) == (first.headers["ETag"], first.text)


def test_nothing_in_it_depends_on_when_it_is_asked(site: Site) -> None:
    before = [site.get(path).text for path in PATHS]
    site.runtime.clock.advance(3600)
    site.runtime.state.now = replace(world.SNAPSHOT, version=world.SNAPSHOT.version + 1)
    assert [site.get(path).text for path in PATHS] == before


def test_trends_are_encoded_once_an_interval_however_often_servers_are_polled(site: Site) -> None:
    path, interval = "/api/v1/trends", site.runtime.settings.poll_interval_seconds
    first = site.get(path)
    site.runtime.trends.rings = {"mail": (TrendPoint(world.NOON, 1.0, 2.0),)}
    site.runtime.state.now = replace(world.SNAPSHOT, version=8)
    assert site.get(path, If_None_Match=first.headers["ETag"]).status_code == 304
    site.runtime.clock.advance(interval)
    later = site.get(path, If_None_Match=first.headers["ETag"])
    assert later.json is not None
    assert later.json["data"]["trends"]["mail"] == {"points": [["2026-01-01T12:00:00Z", 1.0, 2.0]]}


def test_the_trends_of_a_server_that_is_gone_are_gone_at_once(site: Site) -> None:
    site.get("/api/v1/trends")
    views = {name: view for name, view in world.SNAPSHOT.servers.items() if name != "mail"}
    site.runtime.state.now = replace(world.SNAPSHOT, version=8, servers=views)
    assert list(site.document("/api/v1/trends")["data"]["trends"]) == list(views)
