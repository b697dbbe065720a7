"""Logging in, out, and making the first account, as a browser does it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from monserv.model.access import Role
from monserv.model.account import Scope
from tests.accounts.world import PASSWORD, World
from tests.web.guarded import COOKIE, FRIEND, HTML, Guarded, bearer

GOOD = {"name": "viewer", "password": PASSWORD.reveal()}
WRONG = {"name": "viewer", "password": "wrong horse battery"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, new_database: Path) -> Iterator[Guarded]:
    world = World(tmp_path_factory.mktemp("login"), new_database)
    site = Guarded(world)
    site.populate()
    yield site
    world.end()


@pytest.fixture
def site(shared: Guarded) -> Guarded:
    shared.world.clock.advance(3600)  # nobody has tried lately
    return shared


@pytest.fixture
def empty(tmp_path_factory: pytest.TempPathFactory, new_database: Path) -> Iterator[Guarded]:
    world = World(tmp_path_factory.mktemp("empty"), new_database)
    yield Guarded(world)
    world.end()


@pytest.fixture
def browser(site: Guarded) -> FlaskClient:
    return site.app.test_client()


def csrf_token(browser: FlaskClient) -> str:
    return str(browser.get("/api/v1/session").json["data"]["csrf_token"])


def test_a_person_logs_in_looks_and_logs_out(site: Guarded, browser: FlaskClient) -> None:
    first = browser.get("/?kiosk", headers={"Accept": HTML})
    assert (first.status_code, first.headers["Location"]) == (
        302,
        "/login?next=%2F%3Fkiosk",
    )
    form = browser.get(first.headers["Location"])
    assert 'name="next" value="/?kiosk"' in form.text
    ended = "You are no longer logged in"
    assert ended not in form.text
    assert ended in browser.get(f"{first.headers['Location']}&ended").text
    done = browser.post("/login", data=GOOD | {"next": "/?kiosk"})
    assert (done.status_code, done.headers["Location"]) == (303, "/?kiosk")
    assert browser.get("/api/v1/session").json["data"]["name"] == "viewer"
    out = browser.post("/logout", data={"csrf_token": csrf_token(browser)})
    assert (out.status_code, out.headers["Location"]) == (303, "/login")
    assert browser.get("/api/state").status_code == 401


def test_another_page_logs_nobody_out(browser: FlaskClient) -> None:
    browser.post("/login", data=GOOD)
    for headers in ({"Origin": FRIEND}, {"Sec-Fetch-Site": "cross-site"}):
        answer = browser.post("/logout", headers=headers)
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)
    assert browser.get("/api/state").status_code == 200


def test_whoever_is_logged_in_is_led_on(browser: FlaskClient) -> None:
    browser.post("/login", data=GOOD)
    assert browser.get("/login?next=/swagger").headers["Location"] == "/swagger"


def test_the_dashboard_says_who_is_logged_in_and_has_the_way_out(
    site: Guarded, browser: FlaskClient
) -> None:
    browser.post("/login", data=GOOD)
    text = browser.get("/").text
    assert f'name="csrf_token" value="{csrf_token(browser)}"' in text
    assert "viewer</span>" in text
    token = bearer(site.token(Scope.READ))
    assert "Log out" not in site.get("/", **token).text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: FlaskClient) -> None:
    plain = browser.post("/login", data=GOOD).headers["Set-Cookie"]
    assert plain.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(plain.split("; "))
    assert "Secure" not in plain
    secure = browser.post("/login", data=GOOD, base_url="https://localhost")
    assert "Secure" in secure.headers["Set-Cookie"].split("; ")


@pytest.mark.parametrize("name", ["viewer", "nobody", "", "x" * 5000, "\x00", "vi\nwer"])
def test_a_wrong_password_is_said_in_words_and_repeats_nothing_but_the_name(
    browser: FlaskClient, name: str
) -> None:
    answer = browser.post("/login", data={"name": name, "password": "wrong horse battery"})
    assert answer.status_code == 401
    assert "The name or the password is wrong." in answer.text
    assert "wrong horse" not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/ok\r\nX-Evil: 1",
        "javascript:alert(1)",
        "evil.example",
        "",
        "/" + "x" * 3000,
    ],
)
def test_the_way_on_leads_to_no_other_site(browser: FlaskClient, onward: str) -> None:
    done = browser.post("/login", data=GOOD | {"next": onward})
    assert (done.status_code, done.headers["Location"]) == (303, "/")
    assert browser.get("/login", query_string={"next": onward}).headers["Location"] == "/"


def test_too_many_tries_are_429_and_say_when_to_come_back(
    site: Guarded, browser: FlaskClient
) -> None:
    said = [browser.post("/login", data=WRONG).status_code for _ in range(11)]
    assert said == [401] * 10 + [429]
    delayed = browser.post("/login", data=GOOD)
    assert delayed.status_code == 429
    site.world.clock.advance(int(delayed.headers["Retry-After"]))
    assert browser.post("/login", data=GOOD).status_code == 303


def test_another_page_cannot_log_anybody_in(browser: FlaskClient) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://friend.example"}):
        answer = browser.post("/login", data=GOOD, headers=headers)
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert browser.post("/login", data=GOOD, headers=own).status_code == 303


def test_a_form_of_megabytes_is_refused(browser: FlaskClient) -> None:
    assert browser.post("/login", data={"name": "x" * 2**20}).status_code == 413


def test_a_page_of_the_api_leads_back_without_its_query(browser: FlaskClient) -> None:
    url = "/api/v1/servers/metrics?url=ssh://a:secret@b"
    assert browser.get(url, headers={"Accept": HTML}).headers["Location"] == (
        "/login?next=%2Fapi%2Fv1%2Fservers%2Fmetrics"
    )


def test_programs_and_websockets_are_told_and_not_led(site: Guarded) -> None:
    for headers in ({}, {"Accept": "*/*"}, {"Accept": HTML, "Upgrade": "websocket"}):
        answer = site.ask("GET", "/ws", **headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="monserv"'


def test_a_token_that_only_reads_is_told_which_scope_changes_something(site: Guarded) -> None:
    url = "/api/v1/servers/local/toggle"
    by_token = site.ask("PATCH", url, **bearer(site.token(Scope.READ)))
    assert by_token.status_code == 403
    assert by_token.get_json()["error"] == (
        "A token needs the scope manage for this, and its account, if it has one, "
        "the role operator."
    )
    by_person = site.as_person(Role.VIEWER, "PATCH", url)
    assert by_person.get_json()["error"] == "This needs the role operator; yours is viewer."


def test_the_first_account_is_made_in_the_browser(
    empty: Guarded, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    browser = empty.app.test_client()
    assert browser.get("/login").headers["Location"] == "/setup"
    assert "Code from the log" in browser.get("/setup").text
    made = {"code": "x", "name": "root", "password": PASSWORD.reveal()}
    assert browser.post("/setup", data=made).status_code == 401
    code = empty.accounts.set_up._code
    assert code is not None
    made["code"] = code.reveal()
    short = browser.post("/setup", data=made | {"password": "short"})
    assert (short.status_code, "at least 10" in short.text) == (422, True)
    done = browser.post("/setup", data=made)
    assert (done.status_code, done.headers["Location"]) == (303, "/")
    assert browser.get("/api/v1/session").json["data"]["role"] == Role.ADMIN
    assert browser.post("/setup", data=made).headers["Location"] == "/login"
    assert browser.get("/setup").headers["Location"] == "/login"
    assert PASSWORD.reveal() not in caplog.text


def test_where_the_database_is_broken_the_page_says_so(empty: Guarded) -> None:
    (empty.world.folder / "monserv.db").unlink()
    fresh = Guarded(empty.world)
    answer = fresh.ask("POST", "/login")
    assert answer.status_code == 503
    assert "Nobody can be let in: The database" in answer.text
    refused = fresh.get("/api/state")
    assert (refused.status_code, refused.json["success"]) == (503, False)
    assert fresh.get("/healthz").status_code == 200


@pytest.mark.parametrize("page", ["/login", "/setup"])
def test_the_pages_need_no_script_and_name_nothing_but_ours(empty: Guarded, page: str) -> None:
    text = empty.app.test_client().get(page, follow_redirects=True).text
    assert re.findall(r"<script[^>]*>", text) == ['<script src="/static/js/early.js">']
    assert not re.search(r"\son\w+=|style=|https?://", text)
