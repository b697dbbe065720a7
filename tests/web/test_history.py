from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monserv.errors import StorageError
from monserv.model.rollup import NAMES, RollupQuery
from tests.golden import world
from tests.web.site import Site

HISTORY = "/api/v1/servers/scadanas/history"


def asked(site: Site) -> RollupQuery:
    assert site.runtime.history.asked is not None
    server, query = site.runtime.history.asked
    assert server == world.SCADANAS
    return query


def test_the_history_of_a_server_is_told_gaps_included(site: Site) -> None:
    answer = site.get(HISTORY)
    assert (answer.status_code, answer.text) == (200, world.text("history.json"))


def test_without_a_word_it_is_the_last_hour_of_everything(site: Site) -> None:
    site.get(HISTORY)
    now = site.runtime.clock.now()
    assert asked(site) == RollupQuery(now - timedelta(hours=1), now, NAMES)


def test_what_is_asked_reaches_the_archive(site: Site) -> None:
    words = "to=2026-01-02T01:00:00%2B01:00&range=2d&step=300&max_points=50"
    site.get(f"{HISTORY}?{words}&metrics=load_one_minute,cpu_used_percent&disk=/&disk=/a,b")
    assert asked(site) == RollupQuery(
        start=datetime(2025, 12, 31, tzinfo=UTC),
        end=datetime(2026, 1, 2, tzinfo=UTC),
        metrics=["load_one_minute", "cpu_used_percent"],
        disks=frozenset({"/", "/a,b"}),
        step_seconds=300,
        max_points=50,
    )


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ("from=2025-12-01T00:00:00Z&range=5m", datetime(2025, 12, 1, tzinfo=UTC)),
        ("range=9999y", datetime(1970, 1, 1, tzinfo=UTC)),
        ("range=90s&to=2026-01-01T00:01:30Z", datetime(2026, 1, 1, tzinfo=UTC)),
        ("range=&step=&metrics=", datetime(2026, 1, 1, 11, tzinfo=UTC)),
    ],
)
def test_a_beginning_is_given_or_computed(site: Site, words: str, start: datetime) -> None:
    assert site.get(f"{HISTORY}?{words}").status_code == 200
    assert asked(site).start == start


@pytest.mark.parametrize(
    ("words", "field", "sentence"),
    [
        ("range=5", "range", "Must be as 15m, 24h, 30d or 1y."),
        ("range=0h", "range", "Must be as 15m, 24h, 30d or 1y."),
        ("range=1h%0A", "range", "Must be as 15m, 24h, 30d or 1y."),
        ("from=now", "from", "Must be a time with its offset, as in 2026-01-01T12:00:00Z."),
        ("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from", "Lies after to."),
        ("step=0", "step", None),
        ("step=-1", "step", "Must be a whole number in plain digits."),
        ("max_points=9", "max_points", None),
        ("max_points=5001", "max_points", None),
        ("metrics=cpu_used_percent,uptime", "metrics", "There is no metric uptime."),
        ("format=xml", "format", None),
        ("minutes=5", "minutes", None),
        ("&".join(["disk=/"] * 101), "disk", None),
    ],
)
def test_what_cannot_be_asked_is_422_with_a_sentence(
    shared_site: Site, words: str, field: str, sentence: str | None
) -> None:
    answer = shared_site.get(f"{HISTORY}?{words}")
    document = answer.json
    assert document is not None
    assert (answer.status_code, list(document["errors"])) == (422, [field])
    if sentence is not None:
        assert document["errors"][field] == [sentence]


def test_a_server_that_nobody_knows_is_404(site: Site) -> None:
    answer = site.get("/api/v1/servers/nobody/history")
    assert (answer.status_code, answer.json and answer.json["error"]) == (
        404,
        "No server has this id.",
    )


def test_a_database_that_does_not_answer_is_503(site: Site) -> None:
    site.runtime.history.error = StorageError("The disk is full")
    answer = site.get(HISTORY)
    assert (answer.status_code, answer.json and answer.json["error"]) == (503, "The disk is full.")


CSV = (
    "at,samples,cpu_used_percent_avg,cpu_used_percent_min,cpu_used_percent_max,"
    "memory_used_bytes_avg,memory_used_bytes_min,memory_used_bytes_max,"
    '"disk_used_percent_avg:/srv/a,b","disk_used_percent_min:/srv/a,b",'
    '"disk_used_percent_max:/srv/a,b"\r\n'
    "2026-01-01T11:58:00Z,15,12.5,3.1,42.0,7301444403,7301444000,7301445000,50.0,50.0,50.1\r\n"
    "2026-01-01T11:59:00Z,0,,,,,,,,,\r\n"
)


@pytest.mark.parametrize(
    ("words", "accept", "is_csv"),
    [
        ("?format=csv", "*/*", True),
        ("", "text/csv", True),
        ("?format=json", "text/csv", False),
        ("", "*/*", False),
        ("", "application/json, text/csv;q=0.5", False),
    ],
)
def test_it_is_csv_for_whoever_wants_that(
    site: Site, words: str, accept: str, *, is_csv: bool
) -> None:
    answer = site.get(HISTORY + words, Accept=accept)
    assert answer.content_type == ("text/csv; charset=utf-8" if is_csv else "application/json")
    assert (answer.text == CSV) is is_csv


def test_what_is_kept_is_told_with_its_size(site: Site) -> None:
    kept = site.document("/api/v1/history")["data"]
    assert [(one["name"], one["step_seconds"], one["days"]) for one in kept["tiers"]] == [
        ("1m", 60, 2.0),
        ("10m", 600, 30.0),
        ("1h", 3600, 730.0),
    ]
    assert kept["memory_seconds"] == 900
    assert kept["estimated_bytes"] == sum(one["estimated_bytes"] for one in kept["tiers"]) > 0
    assert list(kept["metrics"]) == list(NAMES)
