"""Values that are kept: fresh, stale for three cadences, and then gone with their reason."""

from __future__ import annotations

from datetime import UTC, datetime

from monserv.model.quality import Group, GroupState, Quality
from monserv.poll.memory import Memory
from monserv.probe.capabilities import Shortcoming

AT = datetime(2026, 1, 1, tzinfo=UTC)
WHY = Shortcoming(Quality.DENIED, "It is refused.", "mend it")


def kept() -> Memory:
    memory = Memory()
    memory.keep(Group.UNITS, "value", 60.0, 1000.0, AT)
    return memory


def test_a_value_is_kept_with_its_own_age() -> None:
    memory = kept()
    assert memory.values(1180.0).get(Group.UNITS) == "value"
    assert memory.states(1180.0)[Group.UNITS] == GroupState(Quality.OK, AT)


def test_a_value_that_nobody_renewed_is_gone_after_three_cadences() -> None:
    memory = kept()
    assert memory.values(1180.1).get(Group.UNITS) is None
    assert memory.states(1180.1)[Group.UNITS].quality is Quality.STALE


def test_a_failure_makes_it_stale_and_then_is_the_reason() -> None:
    memory = kept()
    memory.fail(Group.UNITS, WHY)
    assert memory.values(1100.0).get(Group.UNITS) == "value"
    stale = GroupState(Quality.STALE, AT, "It is refused.", "mend it")
    assert memory.states(1100.0)[Group.UNITS] == stale
    assert memory.values(1181.0).get(Group.UNITS) is None
    denied = GroupState(Quality.DENIED, AT, "It is refused.", "mend it")
    assert memory.states(1181.0)[Group.UNITS] == denied


def test_a_failure_without_any_value_is_the_reason_at_once() -> None:
    memory = Memory()
    memory.fail(Group.UNITS, WHY)
    assert memory.values(1.0).get(Group.UNITS) is None
    denied = GroupState(Quality.DENIED, None, "It is refused.", "mend it")
    assert memory.states(1.0)[Group.UNITS] == denied


def test_a_new_value_ends_a_failure() -> None:
    memory = kept()
    memory.fail(Group.UNITS, WHY)
    memory.keep(Group.UNITS, "newer", 60.0, 1060.0, AT)
    assert memory.values(1060.0).get(Group.UNITS) == "newer"
    assert memory.states(1060.0)[Group.UNITS] == GroupState(Quality.OK, AT)


def test_what_was_told_of_the_qualities_does_not_change_afterwards() -> None:
    memory = kept()
    told = memory.states(1000.0)
    memory.fail(Group.UNITS, WHY)
    assert told[Group.UNITS].quality is Quality.OK


def test_what_is_forgotten_was_never_known() -> None:
    memory = kept()
    memory.forget()
    assert memory.values(1000.0).get(Group.UNITS) is None
    assert dict(memory.states(1000.0)) == {}
