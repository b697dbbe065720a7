"""How often a place may be bothered in vain, whoever does it."""

from __future__ import annotations

from dataclasses import replace

from monserv.errors import Cause, PollError, TurnedAway
from monserv.poll.courtesy import Courtesy
from monserv.poll.schedule import FAILURE_WINDOW_SECONDS
from tests.poll.machine import NAS

AWAY = TurnedAway(Cause.HOST_KEY_CHANGED, "It shows another key")
LATER = TurnedAway(Cause.HOST_KEY_CHANGED, "It shows yet another key")
REFUSED = PollError(Cause.AUTHENTICATION_FAILED, "The server refused the password")


def test_two_connections_without_a_login_are_enough_for_ten_minutes() -> None:
    courtesy = Courtesy()
    courtesy.turned_away(NAS, AWAY, 100.0)
    assert courtesy.objection(NAS, 100.0) is None
    courtesy.turned_away(NAS, LATER, 160.0)
    objection = courtesy.objection(NAS, 200.0)
    assert objection is not None
    assert (objection.error, objection.wait_seconds) == (LATER, FAILURE_WINDOW_SECONDS - 100)
    assert courtesy.objection(NAS, 99 + FAILURE_WINDOW_SECONDS) is not None
    assert courtesy.objection(NAS, 100 + FAILURE_WINDOW_SECONDS) is None


def test_they_count_for_host_and_port_whatever_the_user_and_for_no_other_place() -> None:
    courtesy = Courtesy()
    other_user = replace(NAS, id="other", username="root", host=NAS.host.upper())
    courtesy.turned_away(NAS, AWAY, 100.0)
    courtesy.turned_away(other_user, AWAY, 101.0)
    assert courtesy.objection(NAS, 102.0) is not None
    assert courtesy.objection(other_user, 102.0) is not None
    assert courtesy.objection(replace(NAS, port=2222), 102.0) is None
    assert courtesy.objection(replace(NAS, host="10.0.0.4"), 102.0) is None


def test_a_login_that_succeeds_ends_it() -> None:
    courtesy = Courtesy()
    for at in (100.0, 101.0):
        courtesy.turned_away(NAS, AWAY, at)
    courtesy.welcomed(NAS)
    assert courtesy.objection(NAS, 102.0) is None


def test_refused_trials_count_for_their_user_alone_and_not_as_connections_without_a_login() -> None:
    courtesy = Courtesy()
    for at in (100.0, 101.0):
        courtesy.trial_refused(NAS, REFUSED, at)
    assert courtesy.objection(NAS, 102.0) is None
    assert courtesy.trial_objection(NAS, 102.0) is not None
    assert courtesy.trial_objection(replace(NAS, username="root"), 102.0) is None


def test_what_no_longer_counts_is_forgotten() -> None:
    courtesy = Courtesy()
    for number in range(100):
        courtesy.turned_away(replace(NAS, port=1000 + number), AWAY, 100.0)
    courtesy.turned_away(NAS, AWAY, 100 + FAILURE_WINDOW_SECONDS)
    assert len(courtesy._turned_away._entries) == 1
