from __future__ import annotations

import logging
from dataclasses import replace
from urllib.parse import quote

import pytest

from monserv.clock import ManualClock
from monserv.model.footprint import Footprint
from monserv.model.server import Reach, Server
from monserv.model.snapshot import Snapshot
from tests.golden import world
from tests.web.site import Site

METRICS = "/api/v1/servers/metrics"
SCADANAS = world.text("metrics.json")
# What may stand where the password does: the stars, the password itself, any other.
PASSWORDS = ["***", "%2A%2A%2A", world.CANARY, quote(world.CANARY, safe=""), "wrong"]


def of(url: str) -> str:
    return f"{METRICS}?url={quote(url, safe='')}"


def watch(site: Site, url: str) -> None:
    """Watch one server with that masked URL, in the place of all others."""
    view = world.SNAPSHOT.servers["scadanas"]
    one = Server("one", "one", Reach.SSH, "one", 22, "root", url)
    site.runtime.state.now = Snapshot(8, {"one": replace(view, server=one)})


def test_all_servers_are_listed_in_their_order(site: Site) -> None:
    answer = site.get("/api/v1/servers")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.text == world.text("servers.json")


@pytest.mark.parametrize("password", PASSWORDS)
def test_a_server_is_found_by_its_url_masked_or_exact(site: Site, password: str) -> None:
    answer = site.get(of(f"ssh://scada:{password}@10.0.0.3:2222"))
    assert (answer.status_code, answer.text) == (200, SCADANAS)


def test_the_stars_may_come_encoded_or_as_they_are(site: Site) -> None:
    bare = f"{METRICS}?url=ssh://scada:***@10.0.0.3:2222"
    encoded = f"{METRICS}?url=ssh%3A%2F%2Fscada%3A%2A%2A%2A%4010.0.0.3%3A2222"
    assert [site.get(bare).text, site.get(encoded).text] == [SCADANAS, SCADANAS]


@pytest.mark.parametrize("url", ["ssh://root@mail.example.net", "ssh://root@mail.example.net:22"])
def test_port_22_may_be_left_out_or_written(site: Site, url: str) -> None:
    assert site.document(of(url))["data"]["hostname"] == "mail"


@pytest.mark.parametrize(
    "configured", ["ssh://root@mail.example.net", "ssh://root@[2001:db8::1]", "ssh://alias"]
)
@pytest.mark.parametrize("extra", [":22", "", "/", "?name=x&tags=a,b", ":22?name=x"])
def test_a_server_is_found_however_its_port_and_options_are_written(
    site: Site, configured: str, extra: str
) -> None:
    for watched in (configured, f"{configured}:22"):
        watch(site, watched)
        assert site.get(of(configured + extra)).status_code == 200


def test_the_case_of_a_host_does_not_matter_and_that_of_a_user_does(site: Site) -> None:
    assert site.get(of("SSH://root@Mail.Example.NET")).status_code == 200
    assert site.get(of("ssh://Root@mail.example.net")).status_code == 404


def test_an_ipv6_server_with_a_port_is_found_by_that_port_alone(site: Site) -> None:
    watch(site, "ssh://root:***@[::1]:2222")
    assert site.get(of("ssh://root:x@[::1]:2222")).status_code == 200
    assert site.get(of("ssh://root:x@[::1]")).status_code == 404


def test_a_server_without_a_sample_has_null_for_metrics(site: Site) -> None:
    assert site.document(of("local://")) == {
        "success": True,
        "message": "No sample of this machine yet",
        "data": None,
    }


@pytest.mark.parametrize(
    "url",
    [
        "ssh://scada@10.0.0.3:2222",
        "ssh://scada:***@10.0.0.3",
        "ssh://scada:***@10.0.0.3:22",
        "ssh://other:***@10.0.0.3:2222",
        f"ssh://scada:{world.CANARY}@10.0.0.4:2222",
        "scadanas",
        "10.0.0.3",
        "http://10.0.0.3",
        "ssh://",
        "ssh://@",
        "ssh://a@[",
        "ssh://a@b:99999999999999999999",
        "ssh://a@b?jump=c",
        "\x00",
        "ssh://a\x00@b",
        "ssh://😀%FF@b",
    ],
)
def test_any_other_url_is_404(shared_site: Site, url: str) -> None:
    answer = shared_site.get(of(url))
    assert (answer.status_code, answer.text) == (404, world.text("error.json"))


@pytest.mark.parametrize("query", ["", "?url=", "?url=%20", "?uri=local://"])
def test_a_missing_url_is_400(site: Site, query: str) -> None:
    answer = site.get(METRICS + query)
    assert answer.status_code == 400
    assert answer.json == {
        "success": False,
        "error": "The query parameter url is missing.",
        "code": 400,
        "errors": {"url": ["The query parameter url is missing."]},
    }


def test_an_endless_url_is_400(site: Site) -> None:
    answer = site.get(of("ssh://" + "a" * 5000))
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["errors"] == {"url": ["Longer than maximum length 4096."]}


@pytest.mark.parametrize("path", [METRICS, "/api/v1/alerts", "/api/v1/trends", "/api//state"])
@pytest.mark.parametrize("name", ["url", "server", "from", "page"])
def test_a_password_in_a_query_is_in_no_answer_and_no_log_line(
    shared_site: Site, caplog: pytest.LogCaptureFixture, path: str, name: str
) -> None:
    caplog.set_level(logging.DEBUG)
    for host in ("10.0.0.3:2222", "elsewhere"):
        url = quote(f"ssh://scada:{world.CANARY}@{host}", safe="")
        answer = shared_site.get(f"{path}?{name}={url}")
        said = answer.text + str(answer.headers) + caplog.text
        assert world.CANARY not in said
        assert quote(world.CANARY, safe="") not in said


CAPABILITIES = "/api/v1/servers/scadanas/capabilities"


def test_one_server_is_shown_with_the_details_that_the_list_leaves_out(site: Site) -> None:
    (listed, *_) = site.document("/api/v1/servers")["data"]["servers"]
    shown = site.document("/api/v1/servers/scadanas")["data"]
    assert shown["metrics"] == world.load("metrics.json")["data"]
    assert listed["metrics"] == world.load("servers.json")["data"]["servers"][0]["metrics"]
    assert world.load("server_alone.json")["data"]["thresholds"] == shown.pop("thresholds")
    assert {**shown, "metrics": None} == {**listed, "metrics": None}


def test_capabilities_say_how_old_each_group_is_at_the_time_of_the_answer(site: Site) -> None:
    assert isinstance(site.runtime.clock, ManualClock)
    site.runtime.clock.advance(2.5)
    assert site.get(CAPABILITIES).text == world.text("capabilities.json")
    site.runtime.clock.advance(60)
    groups = site.document(CAPABILITIES)["data"]
    assert (groups["cpu"]["age_seconds"], groups["disks"]["age_seconds"]) == (62.5, 74.5)
    assert site.document("/api/v1/servers/scadanas")["data"]["metrics"]["quality"]["cpu"] == {
        "quality": "ok",
        "age_seconds": 62.5,
        "reason": "",
    }


def test_a_server_without_a_sample_has_no_capabilities_yet(site: Site) -> None:
    assert site.document("/api/v1/servers/local/capabilities") == {
        "success": True,
        "message": "No sample of this machine yet",
        "data": {},
    }


def test_an_unknown_server_has_no_capabilities(site: Site) -> None:
    answer = site.get("/api/v1/servers/nobody/capabilities")
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["error"] == "No server has this id."


def test_what_watching_a_server_costs_it_is_told(site: Site) -> None:
    assert site.document("/api/v1/servers/scadanas/footprint") == {
        "success": True,
        "message": "Footprint on scadanas",
        "data": {
            "since": "2026-01-01T11:00:00Z",
            "polls": 900,
            "interval_seconds": 4.0,
            "is_slowed": False,
            "sent_bytes_per_poll": 361.5,
            "received_bytes_per_poll": 7412.25,
            "forks_per_poll": 1.85,
            "cpu_milliseconds_per_poll": 3.4,
            "logins": 1,
            "refused_logins": 0,
            "broken_connections": 0,
            "log_lines": 1,
        },
    }


def test_what_is_not_polled_costs_nothing_and_what_was_not_told_is_null(site: Site) -> None:
    assert site.document("/api/v1/servers/mail/footprint")["data"] is None
    site.runtime.costs = {"mail": Footprint(world.NOON, interval_seconds=4.0)}
    data = site.document("/api/v1/servers/mail/footprint")["data"]
    assert (data["polls"], data["forks_per_poll"], data["cpu_milliseconds_per_poll"]) == (
        0,
        None,
        None,
    )
    assert site.get("/api/v1/servers/nobody/footprint").status_code == 404
