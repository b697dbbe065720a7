"""Managing servers over REST: what is answered, and what nobody ever gets to see."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from flask import g
from werkzeug.test import TestResponse

from monserv.errors import ServerConflict, StorageError
from monserv.model.access import Access, Role
from monserv.poll.attended import Attended
from monserv.wire import examples
from tests.golden import world
from tests.web.site import Site

SERVERS = "/api/v1/servers"
ARCHIVE = f"{SERVERS}/backup-archive"
TEST = f"{SERVERS}/test"
STEPS = f"{TEST}/steps"
NEW = {"host": "10.0.0.9", "username": "joe", "password": world.CANARY}
MALFORMED = [
    ("host", "http://10.0.0.3", "Must be a host name or an address alone"),
    ("host", "user@nas", "Must be a host name"),
    ("host", "nas:22", "Must be a host name"),
    ("host", "", "Must be a host name"),
    ("host", "a b", "Must be a host name"),
    ("host", "x" * 254, "Must be a host name"),
    ("host", "::1::", "Must be a host name"),
    ("host", 7, "Not a valid string."),
    ("host", None, "Field may not be null."),
    ("port", 0, "Must be greater than or equal to 1"),
    ("port", 65536, "Must be greater than or equal to 1"),
    ("port", "22", "Not a valid integer."),
    ("port", 22.5, "Not a valid integer."),
    ("port", True, "Not a valid integer."),
    ("username", " ", "Length must be between 1 and 100."),
    ("username", "a\x00b", "Must be one line without control characters"),
    ("username", "x" * 101, "Length must be between 1 and 100."),
    ("name", "a\u202eb", "Must be one line without control characters"),
    ("name", "\ud800", "Must be text without half characters."),
    ("password", "x" * 1025, "Longer than maximum length 1024."),
    ("password", "a\x00", "Must be text without NUL."),
    ("password", ["x"], "Not a valid string."),
    ("tags", ["a"], "Not a valid string."),
    ("tags", ",".join("abcdefghijklmnopqrstuvwxyz"), "Must be at most 20 tags"),
    ("tags", "x" * 51, "Must be at most 20 tags"),
    ("description", "x" * 1001, "Longer than maximum length 1000."),
    ("description", "a\x1b[31m", "Must be text without control characters."),
    ("location", "x" * 201, "Longer than maximum length 200."),
    ("latitude", 90.1, "Must be greater than or equal to -90"),
    ("latitude", "52", "Not a valid number."),
    ("longitude", -180.5, "Must be greater than or equal to -180"),
    ("is_active", 1, "Not a valid boolean."),
    ("is_active", "true", "Not a valid boolean."),
    ("zzz", 1, "Unknown field."),
    ("id", "x", "Unknown field."),
]


def write(site: Site, method: str, url: str, body: Any = None) -> TestResponse:
    return site.app.test_client().open(url, method=method, json=body, buffered=True)


def data(answer: TestResponse) -> Any:
    assert answer.json is not None
    return answer.json["data"]


def error(answer: TestResponse) -> tuple[int, str]:
    assert answer.json is not None
    assert answer.json["code"] == answer.status_code
    assert set(answer.json) == {"success", "error", "code", "errors"}
    return answer.status_code, answer.json["error"]


def test_a_server_is_added_with_its_defaults_and_its_place_is_named(site: Site) -> None:
    answer = write(site, "POST", SERVERS, NEW)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{SERVERS}/joe-10-0-0-9"
    added = data(answer)
    assert {name: added[name] for name in ("id", "name", "host", "port", "username", "url")} == {
        "id": "joe-10-0-0-9",
        "name": "10.0.0.9",
        "host": "10.0.0.9",
        "port": 22,
        "username": "joe",
        "url": "ssh://joe:***@10.0.0.9",
    }
    assert (added["is_active"], added["source"], added["metrics"]) == (True, "managed", None)
    assert (added["latitude"], added["location"], added["tags"]) == (None, "", "")
    assert added["created_at"] == added["updated_at"] == "2026-01-01T12:00:00Z"
    shown = data(site.get(answer.headers["Location"]))
    assert {name: shown[name] for name in added} == added
    assert site.document(SERVERS)["data"]["servers"][-1] == added


def test_everything_that_is_written_comes_back_in_order(site: Site) -> None:
    more = {
        "name": " The  archive ",
        "port": 2222,
        "description": "a\nb",
        "tags": " b, a ,,b",
        "location": "cellar",
        "latitude": 52,
        "longitude": -0.5,
        "is_active": False,
    }
    added = data(write(site, "POST", SERVERS, NEW | more))
    assert {name: added[name] for name in more} == more | {"name": "The  archive", "tags": "b,a"}
    assert added["url"] == "ssh://joe:***@10.0.0.9:2222"


@pytest.mark.parametrize(
    ("host", "shown", "url"),
    [
        ("::1", "::1", "ssh://joe:***@[::1]"),
        ("[FE80::1%eth0]", "fe80::1%eth0", "ssh://joe:***@[fe80::1%eth0]"),
        (" Nas.Example ", "Nas.Example", "ssh://joe:***@Nas.Example"),
    ],
)
def test_a_host_may_be_an_ipv6_address(site: Site, host: str, shown: str, url: str) -> None:
    added = data(write(site, "POST", SERVERS, NEW | {"host": host}))
    assert (added["host"], added["url"]) == (shown, url)


@pytest.mark.parametrize("password", [{}, {"password": ""}, {"password": None}])
def test_without_a_password_the_url_has_no_stars(site: Site, password: dict[str, Any]) -> None:
    body = {"host": "10.0.0.9", "username": "joe", **password}
    assert data(write(site, "POST", SERVERS, body))["url"] == "ssh://joe@10.0.0.9"


@pytest.mark.parametrize(("field", "value", "said"), MALFORMED)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_what_cannot_be_is_422_and_named_in_one_sentence(
    shared_site: Site, method: str, field: str, value: Any, said: str
) -> None:
    body = {field: value} if method == "PUT" else NEW | {field: value}
    answer = write(shared_site, method, SERVERS if method == "POST" else ARCHIVE, body)
    code, sentence = error(answer)
    assert code == 422
    assert sentence.startswith(f"{field}: {said}")
    assert answer.json is not None
    assert list(answer.json["errors"]) == [field]
    assert shared_site.runtime.store.taken == []


@pytest.mark.parametrize("missing", ["host", "username"])
def test_a_new_server_needs_a_host_and_a_user(site: Site, missing: str) -> None:
    body = {name: value for name, value in NEW.items() if name != missing}
    assert error(write(site, "POST", SERVERS, body)) == (
        422,
        f"{missing}: Missing data for required field.",
    )


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b"9" * 60_000, "application/json", 400),
        (b'{"x": "' + b" " * 70_000 + b'"}', "application/json", 413),
        (b"{}", "text/plain", 415),
        (b"host=a&username=b", "application/x-www-form-urlencoded", 415),
    ],
)
@pytest.mark.parametrize(("method", "url"), [("POST", SERVERS), ("PUT", ARCHIVE), ("POST", TEST)])
def test_a_body_that_is_no_json_object_is_refused(
    shared_site: Site, body: bytes, kind: str, code: int, *, method: str, url: str
) -> None:
    answer = shared_site.app.test_client().open(url, method=method, data=body, content_type=kind)
    assert error(answer)[0] == code


def test_a_change_is_partial(site: Site) -> None:
    after = data(write(site, "PUT", ARCHIVE, {"name": "tapes", "latitude": None}))
    assert (after["name"], after["latitude"], after["longitude"]) == ("tapes", None, 13.405)
    assert (after["url"], after["tags"]) == ("ssh://backup:***@archive", "prod,cellar")
    assert after["created_at"] == "2025-11-01T08:00:00Z"
    assert after["updated_at"] == "2026-01-01T12:00:00Z"
    assert data(write(site, "PUT", ARCHIVE, {}))["name"] == "tapes"


@pytest.mark.parametrize(
    "change", [{"host": "other"}, {"port": 23}, {"username": "root"}, {"jump": "mail"}]
)
def test_another_host_port_user_or_jump_needs_the_password_again(
    site: Site, change: dict[str, Any]
) -> None:
    for body in (change, change | {"password": ""}, change | {"password": None}):
        answer = write(site, "PUT", ARCHIVE, body)
        code, sentence = error(answer)
        assert (code, sentence[:27]) == (422, "Another host, port, usernam")
        assert answer.json is not None
        assert list(answer.json["errors"]) == ["password"]
    assert write(site, "PUT", ARCHIVE, change | {"password": "x"}).status_code == 200
    # The test of a connection offers a stored password to nobody else either.
    fresh = Site()
    assert error(write(fresh, "POST", TEST, {"id": "backup-archive", **change}))[0] == 422
    assert fresh.runtime.trials.tried == []


def test_a_jump_server_is_named_by_name_or_id_and_shown_by_its_id(site: Site) -> None:
    bastion = data(write(site, "POST", SERVERS, NEW | {"name": "the bastion"}))
    assert bastion["jump"] == ""
    inner = {"host": "10.1.0.3", "username": "joe", "password": world.CANARY}
    added = data(write(site, "POST", SERVERS, inner | {"jump": "the bastion"}))
    assert added["jump"] == bastion["id"]
    url = f"{SERVERS}/{added['id']}"
    # What was read may be written back, and is no change.
    assert data(write(site, "PUT", url, {"jump": added["jump"]}))["jump"] == bastion["id"]
    assert data(write(site, "PUT", url, {"name": "inner"}))["jump"] == bastion["id"]
    for none in ("", None):
        assert error(write(site, "PUT", url, {"jump": none}))[0] == 422
        direct = data(write(site, "PUT", url, {"jump": none, "password": "x"}))
        assert direct["jump"] == ""
        write(site, "PUT", url, {"jump": bastion["id"], "password": "x"})


@pytest.mark.parametrize(
    ("jump", "words"),
    [
        ("nobody", "It has a jump server that is none of the servers."),
        ("backup-archive", "It is its own jump server, or behind one that is."),
        ("local", "It has this machine as a jump server, which it reaches without one."),
    ],
)
def test_a_jump_server_that_leads_nowhere_is_refused_at_its_field(
    site: Site, jump: str, words: str
) -> None:
    write(site, "POST", SERVERS, {"url": "local://"})
    answer = write(site, "PUT", ARCHIVE, {"jump": jump, "password": "x"})
    assert error(answer) == (422, words)
    assert answer.json is not None
    assert answer.json["errors"] == {"jump": [words]}


def test_a_server_that_others_are_reached_through_is_not_removed(site: Site) -> None:
    bastion = data(write(site, "POST", SERVERS, NEW | {"name": "bastion"}))
    write(site, "PUT", ARCHIVE, {"jump": bastion["id"], "password": "x"})
    url = f"{SERVERS}/{bastion['id']}"
    assert error(write(site, "DELETE", url)) == (
        409,
        "bastion is the jump server of archive; give them another way first.",
    )
    write(site, "PUT", ARCHIVE, {"jump": "", "password": "x"})
    assert write(site, "DELETE", url).status_code == 200


def test_a_second_server_with_the_same_login_is_409(site: Site) -> None:
    for host, user in (("10.0.0.3", "scada"), ("ARCHIVE", "backup")):
        body = {"host": host, "username": user, "port": 2222 if user == "scada" else 22}
        code, sentence = error(write(site, "POST", SERVERS, body))
        assert (code, "is watched already" in sentence) == (409, True)


def test_servers_from_settings_say_where_they_come_from_and_can_be_paused(site: Site) -> None:
    for method in ("PUT", "DELETE"):
        assert error(write(site, method, f"{SERVERS}/mail", {"name": "x"})) == (
            409,
            "post office comes from the setting SERVERS; change it there and restart.",
        )
    paused = write(site, "PATCH", f"{SERVERS}/mail/toggle")
    assert (data(paused)["is_active"], data(paused)["source"]) == (False, "settings")
    assert data(write(site, "PATCH", f"{SERVERS}/mail/toggle"))["is_active"] is True
    assert [verb for verb, _ in site.runtime.store.taken] == ["pause", "resume"]


def test_a_removed_server_is_nowhere(site: Site) -> None:
    answer = write(site, "DELETE", ARCHIVE)
    assert answer.json == {
        "success": True,
        "message": "archive is no longer watched",
        "data": {"id": "backup-archive"},
    }
    assert error(write(site, "DELETE", ARCHIVE)) == (404, "No server has this id.")


@pytest.mark.parametrize(
    ("method", "tail"), [("GET", ""), ("PUT", ""), ("DELETE", ""), ("PATCH", "/toggle")]
)
@pytest.mark.parametrize("name", ["nobody", "%00", "..%2F", "😀", "a" * 3000])
def test_an_unknown_id_is_404(shared_site: Site, method: str, tail: str, name: str) -> None:
    assert error(write(shared_site, method, f"{SERVERS}/{name}{tail}", {}))[0] == 404


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("POST", SERVERS, NEW),
        ("PUT", ARCHIVE, {"name": "x"}),
        ("DELETE", ARCHIVE, None),
        ("PATCH", f"{ARCHIVE}/toggle", None),
        ("PATCH", f"{SERVERS}/mail/toggle", None),
    ],
)
def test_with_a_broken_database_nothing_changes_and_the_answer_is_503(
    site: Site, method: str, url: str, body: Any
) -> None:
    before = site.get(SERVERS).text
    site.runtime.store.error = StorageError("the disk is full")
    assert error(write(site, method, url, body)) == (503, "The disk is full.")
    assert site.get(SERVERS).text == before


def test_an_access_that_is_limited_to_tags_stays_among_them() -> None:
    site = Site()
    mine = Access("cellar", Role.OPERATOR, frozenset({"cellar"}))
    site.app.before_request(lambda: setattr(g, "access", mine))
    assert error(write(site, "PATCH", f"{SERVERS}/scadanas/toggle"))[0] == 404
    assert error(write(site, "POST", SERVERS, NEW)) == (
        403,
        "The server must have one of your tags: cellar.",
    )
    assert write(site, "POST", SERVERS, NEW | {"tags": "cellar"}).status_code == 201
    assert error(write(site, "PUT", ARCHIVE, {"tags": "prod"}))[0] == 403
    assert write(site, "PUT", ARCHIVE, {"tags": "cellar"}).status_code == 200


def test_a_key_that_cannot_be_used_is_422(site: Site) -> None:
    site.runtime.unusable_key = "The key file /k does not exist"
    answer = write(site, "POST", SERVERS, NEW | {"key": "/k"})
    assert error(answer) == (422, "The key file /k does not exist.")
    assert answer.json is not None
    assert answer.json["errors"] == {"key": ["The key file /k does not exist."]}


def test_a_trial_says_step_by_step_how_far_it_came(site: Site) -> None:
    answer = write(site, "POST", TEST, NEW)
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["message"] == "The server refused the password."
    tried = data(answer)
    assert (tried["passed"], tried["host_key"]) == (
        False,
        {"type": "ssh-ed25519", "fingerprint": "SHA256:abc", "known": False, "acceptable": False},
    )
    assert [step["state"] for step in tried["steps"]] == [*["passed"] * 3, "failed", "not_run"]
    assert tried["steps"][3] == {
        "name": "login",
        "state": "failed",
        "detail": "The server refused the password.",
        "duration_seconds": 1.907,
    }
    assert site.runtime.store.taken == []


def test_an_edit_is_tried_with_the_password_that_is_stored(site: Site) -> None:
    write(site, "POST", TEST, {"id": "backup-archive", "name": "x"})
    write(site, "POST", TEST, {"id": "mail", "password": "other"})
    write(site, "POST", TEST, {"url": "local://"})
    first, second, third = site.runtime.trials.tried
    assert first.credentials == world.ARCHIVE.credentials
    assert (second.host, second.credentials.password is not None) == ("mail.example.net", True)
    assert third.url == "local://"
    assert error(write(site, "POST", TEST, {"id": "nobody"}))[0] == 404


@pytest.mark.parametrize("url", [TEST, STEPS])
def test_too_many_trials_at_once_are_429(site: Site, url: str) -> None:
    site.runtime.trials.is_busy = True
    answer = write(site, "POST", url, NEW)
    assert error(answer)[0] == 429
    assert answer.headers["Retry-After"] == "2"


def test_a_test_is_told_step_by_step_a_line_each_and_at_the_end_as_a_whole(site: Site) -> None:
    answer = write(site, "POST", STEPS, NEW)
    assert answer.status_code == 200
    assert answer.content_type == "application/x-ndjson"
    assert answer.headers["X-Accel-Buffering"] == "no"
    *steps, whole = [json.loads(line) for line in answer.text.splitlines() if line]
    expected = data(write(site, "POST", TEST, NEW))
    assert [line["step"] for line in steps] == expected["steps"]
    assert {json.dumps(line["host_key"]) for line in steps} == {json.dumps(expected["host_key"])}
    assert whole == {"trial": expected, "message": "The server refused the password."}
    assert error(write(site, "POST", STEPS, {"id": "nobody"}))[0] == 404


def test_whoever_hangs_up_stops_the_test(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[bool] = []
    monkeypatch.setattr(Attended, "stop", lambda _self: stopped.append(True))
    answer = site.app.test_client().post(STEPS, json=NEW)
    next(answer.iter_encoded())
    assert stopped == []
    answer.close()
    assert stopped == [True]


def test_a_key_that_was_accepted_is_tried_alone_and_trusted_before_the_server_is_watched(
    site: Site,
) -> None:
    vouched = NEW | {"host_key": examples.FINGERPRINT}
    for url in (TEST, STEPS):
        assert write(site, "POST", url, vouched).status_code == 200
    assert site.runtime.trials.vouched == [examples.FINGERPRINT] * 2
    assert site.runtime.trust.asked == []
    site.runtime.trust.error = ServerConflict("It has not shown that host key lately.")
    assert error(write(site, "POST", SERVERS, vouched))[0] == 409
    assert site.runtime.store.taken == []
    site.runtime.trust.error = None
    assert write(site, "POST", SERVERS, vouched).status_code == 201
    masked = ("ssh://joe:***@10.0.0.9", examples.FINGERPRINT, "")
    assert site.runtime.trust.asked[-1] == ("vouch", *masked)
    moved = {"host": "10.0.0.10", "password": "x", "host_key": examples.FINGERPRINT}
    assert write(site, "PUT", ARCHIVE, moved).status_code == 200
    assert site.runtime.trust.asked[-1][0] == "vouch"
    assert error(write(site, "POST", SERVERS, NEW | {"host_key": "SHA256:x"}))[0] == 422


def test_who_was_removed_is_brought_back_while_the_time_lasts(site: Site) -> None:
    before = data(write(site, "PUT", ARCHIVE, {"name": "archive"}))
    assert error(write(site, "DELETE", f"{ARCHIVE}?undo_seconds=61"))[0] == 422
    assert error(write(site, "DELETE", f"{ARCHIVE}?undo_seconds=-1"))[0] == 422
    assert write(site, "DELETE", f"{ARCHIVE}?undo_seconds=60").status_code == 200
    assert error(site.get(ARCHIVE))[0] == 404
    restored = write(site, "POST", f"{ARCHIVE}/restore", {})
    assert restored.status_code == 200
    assert data(restored)["url"] == before["url"]
    assert site.get(ARCHIVE).status_code == 200
    assert error(write(site, "POST", f"{ARCHIVE}/restore", {}))[0] == 404
    taken = [verb for verb, _ in site.runtime.store.taken]
    assert taken == ["change", "leave", "stay"]
    site.runtime.inventory.stop(1)


def test_no_password_is_in_any_answer_or_log_line(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bodies = [NEW, NEW | {"port": "x"}, NEW | {"zzz": 1}, {"password": world.CANARY}]
    said = []
    for method, url in [("POST", SERVERS), ("POST", TEST), ("PUT", ARCHIVE), ("PUT", SERVERS)]:
        for body in bodies:
            answer = write(site, method, url, body)
            said.append(answer.text + str(answer.headers))
    said += [site.get(SERVERS).text, caplog.text]
    for canary in (world.CANARY, json.dumps(world.CANARY)[1:-1]):
        assert not [text for text in said if canary in text]
