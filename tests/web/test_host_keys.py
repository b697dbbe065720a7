"""Host keys over REST: shown, accepted by their fingerprint alone, and a server tried now."""

from __future__ import annotations

from typing import Any

import pytest

from monserv.errors import ServerConflict, StorageError, TooSoon
from tests.golden import world
from tests.web.site import Site

FINGERPRINT = "SHA256:uNiVztksCsDhcc0u9e8BrXJGX8Vvd1pCBwUZ4pQ4mzE"


@pytest.fixture
def server(site: Site) -> str:
    """Return the address of a server that there is."""
    server_id = next(iter(site.runtime.state.snapshot().servers))
    return f"/api/v1/servers/{server_id}"


def test_what_is_known_and_what_was_shown_instead_is_shown(site: Site, server: str) -> None:
    answer = site.document(f"{server}/host-key")["data"]
    golden = world.load("host_key.json")["data"]
    assert answer == golden | {"server_id": answer["server_id"]}


def test_a_key_is_accepted_by_its_fingerprint(site: Site, server: str) -> None:
    answer = site.post(f"{server}/host-key/accept", {"fingerprint": FINGERPRINT})
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["data"]["state"], answer.json["data"]["offered"]) == ("known", None)
    assert [words[2] for words in site.runtime.trust.asked] == [FINGERPRINT]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"fingerprint": "MD5:00:11"},
        {"fingerprint": FINGERPRINT[:-1]},
        {"fingerprint": f"{FINGERPRINT}="},
        {"fingerprint": f"{FINGERPRINT}\n"},
        {"fingerprint": None},
        {"fingerprint": FINGERPRINT, "force": True},
    ],
)
def test_what_is_no_fingerprint_accepts_nothing(shared_site: Site, server: str, body: Any) -> None:
    answer = shared_site.post(f"{server}/host-key/accept", body)
    assert answer.status_code == 422
    assert shared_site.runtime.trust.asked == []


@pytest.mark.parametrize(
    ("error", "code"),
    [(ServerConflict("It shows A, and not B."), 409), (StorageError("The store is gone"), 503)],
)
def test_what_cannot_be_accepted_is_said(
    site: Site, server: str, error: Exception, code: int
) -> None:
    site.runtime.trust.error = error
    for answer in (
        site.post(f"{server}/host-key/accept", {"fingerprint": FINGERPRINT}),
        site.get(f"{server}/host-key"),
    ):
        assert answer.status_code == code
        assert answer.json is not None
        assert answer.json["error"].startswith(str(error))


def test_a_server_is_tried_now_and_again_only_after_a_while(site: Site, server: str) -> None:
    answer = site.post(f"{server}/retry", {})
    assert (answer.status_code, answer.json and answer.json["success"]) == (202, True)
    site.runtime.trust.error = TooSoon("scadanas was just tried; wait a few seconds", 3.2)
    answer = site.post(f"{server}/retry", {})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "4")


def test_a_trial_that_is_too_soon_says_when_it_is_not(site: Site) -> None:
    def refuse(_server: object, *, vouched: str) -> None:
        raise TooSoon("Two connections ended before a login; test it again in 8 minutes", 480.0)

    site.runtime.trials.run = refuse  # type: ignore[assignment, method-assign]  # a fake
    answer = site.post("/api/v1/servers/test", {"host": "10.0.0.9", "username": "joe"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "480")
    assert answer.json is not None
    assert "in 8 minutes" in answer.json["error"]


@pytest.mark.parametrize("call", ["host-key", "host-key/accept", "retry"])
def test_a_server_that_nobody_knows_is_404(site: Site, call: str) -> None:
    url = f"/api/v1/servers/nobody/{call}"
    body = {"fingerprint": FINGERPRINT} if call.endswith("accept") else {}
    answer = site.get(url) if call == "host-key" else site.post(url, body)
    assert answer.status_code == 404


def test_a_form_of_another_site_tries_nothing(site: Site, server: str) -> None:
    answer = site.app.test_client().post(f"{server}/retry")
    assert answer.status_code == 415
    assert site.runtime.trust.asked == []
