from __future__ import annotations

import threading
from dataclasses import replace

from monserv.errors import Cause
from monserv.model.alert import Alert, AlertType, Severity
from monserv.model.secret import Secret
from monserv.model.server import Credentials
from monserv.model.snapshot import Status
from monserv.state import State
from tests.samples import START, after, missed, polled, sample, server


def alert(severity: Severity) -> Alert:
    return Alert("id", "e", "nas", "u", "h", AlertType.CPU, severity, "s", "m", START)


def state() -> State:
    return State([server("nas"), server("web")], START)


def test_a_server_is_pending_until_its_first_sample() -> None:
    view = state().snapshot().servers["nas"]
    assert (view.status, view.reason, view.sample) == (Status.OFFLINE, "pending", None)
    assert (view.since, view.last_update) == (START, START)


def test_a_sample_turns_a_server_online_and_is_shown() -> None:
    taken = sample(at=after(4))
    view = state().put(polled(taken), ())
    assert (view.status, view.reason, view.sample) == (Status.ONLINE, None, taken)
    assert (view.since, view.last_update) == (after(4), after(4))


def test_the_worst_open_alert_decides_the_status() -> None:
    servers = state()
    assert servers.put(polled(sample()), (alert(Severity.WARNING),)).status is Status.WARNING
    both = (alert(Severity.WARNING), alert(Severity.CRITICAL))
    assert servers.put(polled(sample()), both).status is Status.ALERT


def test_the_old_status_holds_until_the_third_miss() -> None:
    servers = state()
    servers.put(polled(sample(at=after(4))), ())
    held = servers.put(missed(2, at=after(12)), ())
    assert (held.status, held.reason, held.missed_polls) == (Status.ONLINE, None, 2)
    assert held.last_error == "Connection refused"
    lost = servers.put(missed(3, at=after(16)), (alert(Severity.CRITICAL),))
    assert (lost.status, lost.reason, lost.since) == (Status.OFFLINE, "unreachable", after(16))
    assert lost.sample is not None
    assert lost.last_update == after(4)


def test_a_refused_login_is_a_reason_of_its_own() -> None:
    view = state().put(missed(1, cause=Cause.AUTHENTICATION_FAILED), ())
    assert (view.status, view.reason) == (Status.OFFLINE, "authentication_failed")


def test_a_snapshot_never_changes_and_is_the_same_object_until_something_does() -> None:
    servers = state()
    before = servers.snapshot()
    assert servers.snapshot() is before
    servers.put(polled(sample()), ())
    after_it = servers.snapshot()
    assert before.servers["nas"].sample is None
    assert after_it.servers["nas"].sample is not None
    assert after_it.version == before.version + 1
    assert list(after_it.servers) == ["nas", "web"]


def test_many_pollers_lose_no_update() -> None:
    servers = state()

    def poll(name: str) -> None:
        for _ in range(500):
            servers.put(polled(sample(), name), ())

    threads = [threading.Thread(target=poll, args=(name,)) for name in ("nas", "web") * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert servers.snapshot().version == 4000


def test_a_paused_server_is_offline_keeps_its_sample_and_takes_nothing_in() -> None:
    servers = state()
    servers.put(polled(sample(at=after(4))), (alert(Severity.WARNING),))
    servers.watch(replace(server("nas"), is_active=False), after(6))
    assert servers.put(polled(sample(at=after(8))), ()) is None
    view = servers.snapshot().servers["nas"]
    assert (view.status, view.reason, view.since) == (Status.OFFLINE, "paused", after(6))
    assert (view.last_update, len(view.alerts)) == (after(4), 1)
    servers.watch(server("nas"), after(9))
    resumed = servers.snapshot().servers["nas"]
    assert (resumed.status, resumed.reason, resumed.since) == (Status.OFFLINE, "pending", after(6))


def test_a_late_result_brings_no_server_back() -> None:
    servers = state()
    servers.forget("nas")
    servers.forget("nas")
    assert servers.put(polled(sample()), ()) is None
    servers.adopt("nas", ())
    assert list(servers.snapshot().servers) == ["web"]


def test_another_name_changes_nothing_else_and_another_url_everything() -> None:
    servers = state()
    servers.put(polled(sample(at=after(4))), ())
    servers.watch(replace(server("nas"), name="renamed"), after(5))
    renamed = servers.snapshot().servers["nas"]
    assert (renamed.server.name, renamed.status) == ("renamed", Status.ONLINE)
    servers.watch(replace(server("nas"), host="10.0.0.4", url="ssh://scada:***@other"), after(6))
    moved = servers.snapshot().servers["nas"]
    assert (moved.status, moved.reason, moved.sample) == (Status.OFFLINE, "pending", None)
    assert list(servers.snapshot().servers) == ["nas", "web"]


def test_a_new_password_is_tried_as_if_nothing_had_been_refused() -> None:
    servers = state()
    servers.put(missed(1, cause=Cause.AUTHENTICATION_FAILED), ())
    servers.watch(replace(server("nas"), credentials=Credentials(Secret("x"))), after(5))
    view = servers.snapshot().servers["nas"]
    assert (view.reason, view.last_error, view.missed_polls) == ("pending", None, 0)
