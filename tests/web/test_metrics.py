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


def test_it_says_what_the_journal_and_the_pollers_do(site: Site) -> None:
    site.runtime.journal.broken = "The disk is full"
    text = site.get("/metrics").text
    assert "monserv_database_up 0.0\n" in text
    assert 'monserv_polls_total{outcome="sampled"} 41.0\n' in text
    assert 'monserv_clients{form="sse"} 0.0\n' in text
