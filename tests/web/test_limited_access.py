"""Who may see only servers with certain tags sees nothing of the others, anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from monserv.model.account import Scope
from tests.accounts.world import World
from tests.golden import world as golden
from tests.web.fakes import Journal
from tests.web.guarded import Guarded, bearer

# What each listing must not show to who sees "prod" alone: the others of the golden world.
OTHERS = ("mail.example.net", "post office", "local://", "this machine")
LISTINGS = [
    "/api/state",
    "/api/v1/servers",
    "/api/v1/alerts/active",
    "/api/v1/health",
    "/api/v1/trends",
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, new_database: Path) -> Iterator[Guarded]:
    world = World(tmp_path_factory.mktemp("limited"), new_database)
    yield Guarded(world)
    world.end()


@pytest.fixture(scope="module")
def prod(site: Guarded) -> dict[str, str]:
    return bearer(site.token(Scope.READ, "prod", "elsewhere"))


@pytest.fixture(scope="module")
def everything(site: Guarded) -> dict[str, str]:
    return bearer(site.token(Scope.READ))


@pytest.mark.parametrize("url", LISTINGS)
def test_a_listing_shows_nothing_of_other_servers(
    site: Guarded, prod: dict[str, str], everything: dict[str, str], url: str
) -> None:
    text = site.get(url, **prod).text
    assert [word for word in OTHERS if word in text] == []
    assert "scadanas" in text
    assert site.get(url, **everything).text != text


def test_the_metrics_of_another_server_are_as_if_it_were_not_there(
    site: Guarded, prod: dict[str, str]
) -> None:
    for server, status in ((golden.SCADANAS, 200), (golden.MAIL, 404)):
        url = f"/api/v1/servers/metrics?url={quote(server.url, safe='')}"
        assert site.get(url, **prod).status_code == status
    assert site.get("/api/v1/trends?server=mail", **prod).status_code == 404
    assert site.get("/api/v1/servers/mail/history", **prod).status_code == 404
    assert site.get("/api/v1/servers/scadanas/history", **prod).status_code == 200


def test_another_server_and_its_capabilities_are_as_if_it_were_not_there(
    site: Guarded, prod: dict[str, str]
) -> None:
    for server, status in ((golden.SCADANAS, 200), (golden.MAIL, 404)):
        for url in (f"/api/v1/servers/{server.id}", f"/api/v1/servers/{server.id}/capabilities"):
            assert site.get(url, **prod).status_code == status


def test_the_journal_is_asked_for_the_visible_servers_alone(
    site: Guarded, prod: dict[str, str], everything: dict[str, str]
) -> None:
    journal = site.runtime.journal
    assert isinstance(journal, Journal)
    site.get("/api/v1/alerts", **prod)
    assert journal.asked is not None
    assert journal.asked.seen_ids == {"scadanas"}
    site.get("/api/v1/alerts", **everything)
    assert journal.asked.seen_ids is None


def test_an_unchanged_state_is_another_one_for_who_sees_less(
    site: Guarded, prod: dict[str, str], everything: dict[str, str]
) -> None:
    tag = site.get("/api/state", **everything).headers["ETag"]
    assert site.get("/api/state", If_None_Match=tag, **everything).status_code == 304
    limited = site.get("/api/state", If_None_Match=tag, **prod)
    assert limited.status_code == 200
    assert {"Authorization", "Cookie"} <= set(limited.headers["Vary"].split(", "))


def test_readiness_says_why_not_only_to_who_may_know(
    site: Guarded, prod: dict[str, str], everything: dict[str, str]
) -> None:
    site.runtime.wrong = ("the poller of scadanas has died",)
    for headers in ({}, prod):
        answer = site.get("/readyz", **headers)
        assert (answer.status_code, "scadanas" in answer.text) == (503, False)
    assert "scadanas" in site.get("/readyz", **everything).text
    site.runtime.wrong = ()
