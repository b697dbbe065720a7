from __future__ import annotations

from flask import g
from prometheus_client.parser import text_string_to_metric_families

from monserv.model.access import Access, Role
from tests.golden import world
from tests.web.site import Site


def servers(site: Site) -> set[str]:
    answer = site.get("/metrics")
    assert (answer.status_code, answer.content_type) == (
        200,
        "text/plain; version=0.0.4; charset=utf-8",
    )
    return {
        sample.labels["server"]
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if "server" in sample.labels
    }


def test_it_shows_every_server_and_no_password(site: Site) -> None:
    assert servers(site) == {"scadanas", "mail", "local"}
    assert world.CANARY not in site.get("/metrics").text


def test_it_shows_those_that_whoever_scrapes_may_see(site: Site) -> None:
    def limit() -> None:
        g.access = Access("prometheus", Role.VIEWER, frozenset({"berlin"}))

    site.app.before_request(limit)
    assert servers(site) == {"scadanas"}


def test_whoever_wants_to_know_of_monserv_alone_is_told_nothing_of_servers(site: Site) -> None:
    text = site.get("/metrics?collect[]=process").text
    assert "monserv_polls_total" in text
    assert "monserv_server" not in text
    assert "monserv_server" in site.get("/metrics?collect[]=process&collect[]=servers").text


def test_it_says_what_the_journal_and_the_pollers_do(site: Site) -> None:
    site.runtime.journal.broken = "The disk is full"
    text = site.get("/metrics").text
    assert "monserv_database_up 0.0\n" in text
    assert 'monserv_polls_total{outcome="sampled"} 41.0\n' in text
    assert 'monserv_clients{form="sse"} 0.0\n' in text
    assert 'monserv_delivery_restarts_total{channel="email"} 0.0\n' in text


def named(site: Site, url: str) -> dict[str, set[str]]:
    """Return metric -> the instances that it is told of."""
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(site.get(url).text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).add(sample.labels.get("instance", ""))
    return found


def test_it_shows_each_server_as_node_exporter_would(site: Site) -> None:
    found = named(site, "/metrics")
    assert found["node_load1"] == {"scadanas"}
    # One that went away tells nothing: its old values would look like new ones.
    assert found["node_filesystem_size_bytes"] == {"scadanas"}


def test_a_probe_shows_one_server_alone(site: Site) -> None:
    found = named(site, "/probe?target=scadanas")
    assert found["node_load1"] == {""}
    assert not any(name.startswith("monserv") for name in found)


def test_a_probe_of_a_server_that_is_offline_fails(site: Site) -> None:
    assert site.get("/probe?target=mail").status_code == 503
    assert site.get("/probe?target=local").status_code == 503


def test_a_probe_of_nobody_says_what_it_takes(site: Site) -> None:
    for url in ("/probe", "/probe?target=", "/probe?target=none"):
        answer = site.get(url)
        assert answer.status_code == 404
        assert answer.json is not None
        assert answer.json["error"] == "No server has this id; ?target= takes one."


def test_prometheus_is_told_which_servers_there_are(site: Site) -> None:
    found = site.document("/probe/targets")
    assert [one["labels"]["instance"] for one in found] == ["scadanas", "mail", "local"]
    assert found[0] == {
        "targets": ["localhost"],
        "labels": {
            "__scheme__": "http",
            "__metrics_path__": "/probe",
            "__param_target": "scadanas",
            "instance": "scadanas",
            "server_name": "scadanas",
            "tags": "prod,berlin",
        },
    }


def test_a_limited_access_finds_and_probes_its_own_servers_only(site: Site) -> None:
    def limit() -> None:
        g.access = Access("prometheus", Role.VIEWER, frozenset({"cellar"}))

    site.app.before_request(limit)
    assert site.document("/probe/targets") == []
    assert site.get("/probe?target=scadanas").status_code == 404
    assert "node_load1" not in named(site, "/metrics")
