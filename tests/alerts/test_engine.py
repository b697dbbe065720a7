from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.alerts.engine import Engine
from monserv.errors import Cause
from monserv.model.alert import AlertType, Kind, Resolution, Severity, Transition
from monserv.model.poll import PollResult
from monserv.model.sample import Disk
from monserv.model.settings import Thresholds
from tests.samples import after, disk, missed, polled, process, processes, sample, server

Said = list[tuple[str, str]]


def new_ids() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"event{next(numbers)}"


@pytest.fixture
def engine() -> Engine:
    return Engine([server()], Thresholds(), new_ids())


def said(transitions: tuple[Transition, ...]) -> Said:
    return [(one.subject, one.message) for one in transitions]


def test_memory_is_raised_once_and_recovers_once_in_the_fixed_words(engine: Engine) -> None:
    first = engine.observe(polled(sample(memory=85.0)), 0.0)
    assert said(first) == [
        ("[ALERT] scadanas memory high", "Memory used 85.0% (threshold 80.0%)"),
    ]
    assert engine.observe(polled(sample(memory=99.0)), 4.0) == ()
    assert engine.observe(polled(sample(memory=79.5)), 8.0) == ()
    last = engine.observe(polled(sample(memory=65.0, at=after(12))), 12.0)
    assert said(last) == [("[RECOVERED] scadanas memory", "Memory back to 65.0%")]
    (recovered,) = last
    assert recovered.kind is Kind.RECOVERED
    assert recovered.alert.event_id == first[0].alert.event_id
    assert recovered.alert.resolved_at == after(12)
    assert recovered.alert.resolution is Resolution.RECOVERED
    assert engine.active("nas") == ()


def test_an_alert_carries_its_identity_and_severity(engine: Engine) -> None:
    (raised,) = engine.observe(polled(sample(disks=(disk("/var", 91.0),))), 0.0)
    alert = raised.alert
    assert alert.id == "ssh://scada:***@nas|disk|/var"
    assert (alert.type, alert.severity) == (AlertType.DISK, Severity.CRITICAL)
    assert (alert.server_id, alert.hostname, alert.event_id) == ("nas", "scadanas", "event1")
    assert engine.active("nas") == (alert,)


def test_cpu_is_raised_only_when_sustained(engine: Engine) -> None:
    assert engine.observe(polled(sample(cpu=99.0)), 0.0) == ()
    assert engine.observe(polled(sample(cpu=99.0)), 56.0) == ()
    raised = engine.observe(polled(sample(cpu=97.5)), 60.0)
    assert said(raised) == [("[ALERT] scadanas CPU high", "CPU used 97.5% (threshold 90.0%)")]
    recovered = engine.observe(polled(sample(cpu=12.0)), 64.0)
    assert said(recovered) == [("[RECOVERED] scadanas CPU", "CPU back to 12.0%")]


def test_a_gap_in_the_data_starts_the_wait_of_cpu_anew(engine: Engine) -> None:
    engine.observe(polled(sample(cpu=99.0)), 0.0)
    engine.observe(missed(1), 30.0)
    assert engine.observe(polled(sample(cpu=99.0)), 61.0) == ()


def test_each_disk_is_an_alert_of_its_own(engine: Engine) -> None:
    both = (disk("/", 95.0), disk("/srv/my data", 80.0))
    assert said(engine.observe(polled(sample(disks=both)), 0.0)) == [
        ("[ALERT] scadanas disk / high", "Disk / used 95.0% (threshold 80.0%)"),
        (
            "[ALERT] scadanas disk /srv/my data high",
            "Disk /srv/my data used 80.0% (threshold 80.0%)",
        ),
    ]
    one = (disk("/", 95.0), disk("/srv/my data", 10.0))
    assert said(engine.observe(polled(sample(disks=one)), 4.0)) == [
        ("[RECOVERED] scadanas disk /srv/my data", "Disk /srv/my data back to 10.0%"),
    ]


def test_an_unmounted_disk_closes_its_alert_and_says_so(engine: Engine) -> None:
    engine.observe(polled(sample(disks=(disk("/mnt", 95.0),))), 0.0)
    (closed,) = engine.observe(polled(sample(disks=())), 4.0)
    assert said((closed,)) == [("[RECOVERED] scadanas disk /mnt", "Disk /mnt unmounted")]
    assert closed.alert.resolution is Resolution.GONE


def test_disks_that_could_not_be_read_close_nothing(engine: Engine) -> None:
    engine.observe(polled(sample(disks=(disk("/mnt", 95.0),))), 0.0)
    assert engine.observe(polled(sample(disks=None, silent=None)), 4.0) == ()
    assert engine.observe(polled(sample(disks=(disk("/mnt", 95.0),))), 8.0) == ()
    assert len(engine.active("nas")) == 1


@pytest.mark.parametrize("disks", [None, (), (disk("/", 5.0),)])
def test_a_disk_that_is_mounted_and_does_not_answer_closes_nothing(
    engine: Engine, disks: tuple[Disk, ...] | None
) -> None:
    (raised,) = engine.observe(polled(sample(disks=(disk("/mnt", 95.0),))), 0.0)
    assert engine.observe(polled(sample(disks=disks, silent=("/mnt",))), 4.0) == ()
    assert engine.observe(polled(sample(disks=(disk("/mnt", 95.0),))), 8.0) == ()
    assert engine.active("nas") == (raised.alert,)


def test_a_disk_is_known_to_be_unmounted_also_while_df_hangs_on_another(engine: Engine) -> None:
    engine.observe(polled(sample(disks=(disk("/mnt", 95.0),))), 0.0)
    closed = engine.observe(polled(sample(disks=None, silent=("/nfs",))), 4.0)
    assert said(closed) == [("[RECOVERED] scadanas disk /mnt", "Disk /mnt unmounted")]


def test_a_read_only_disk_never_alerts_and_closes_an_open_alert(engine: Engine) -> None:
    assert engine.observe(polled(sample(disks=(disk("/rom", 100.0, read_only=True),))), 0.0) == ()
    engine.observe(polled(sample(disks=(disk("/data", 95.0),))), 4.0)
    closed = engine.observe(polled(sample(disks=(disk("/data", 95.0, read_only=True),))), 8.0)
    assert said(closed) == [("[RECOVERED] scadanas disk /data", "Disk /data is read-only now")]


def test_a_process_is_raised_and_recovers_in_the_fixed_words(engine: Engine) -> None:
    raised = engine.observe(polled(sample(top=processes(process(42, 93.5)))), 0.0)
    assert said(raised) == [
        ("[ALERT] scadanas proc java(42) RAM high", "Process java(42) uses 93.5% RAM (th 90.0%)"),
    ]
    recovered = engine.observe(polled(sample(top=processes(process(42, 30.0)))), 4.0)
    assert said(recovered) == [
        ("[RECOVERED] scadanas proc java(42) RAM", "Process java(42) back to 30.0% RAM"),
    ]


def test_a_process_that_ended_closes_its_alert(engine: Engine) -> None:
    engine.observe(polled(sample(top=processes(process(42, 93.5)))), 0.0)
    closed = engine.observe(polled(sample(top=processes(process(1, 1.0)))), 4.0)
    assert said(closed) == [
        ("[RECOVERED] scadanas proc java(42) RAM", "Process java(42) ended"),
    ]
    assert closed[0].alert.resolution is Resolution.GONE


def test_a_process_that_left_the_top_but_lives_is_measured_still(engine: Engine) -> None:
    engine.observe(polled(sample(top=processes(process(42, 93.5)))), 0.0)
    small = processes(process(1, 20.0), others={42: (7, round(8 * 2**30 * 0.05))})
    assert said(engine.observe(polled(sample(top=small)), 4.0)) == [
        ("[RECOVERED] scadanas proc java(42) RAM", "Process java(42) back to 5.0% RAM"),
    ]


def test_each_process_is_measured_however_many_are_large(engine: Engine) -> None:
    crowd = processes(*(process(pid, 95.0) for pid in range(1, 9)))
    raised = engine.observe(polled(sample(top=crowd)), 0.0)
    assert [one.alert.item for one in raised] == [f"java({pid})" for pid in range(1, 9)]


def test_a_reused_pid_ends_one_alert_and_begins_another(engine: Engine) -> None:
    engine.observe(polled(sample(top=processes(process(42, 93.5)))), 0.0)
    heir = processes(process(42, 95.0, name="node", started_ticks=9000))
    assert said(engine.observe(polled(sample(top=heir)), 4.0)) == [
        ("[RECOVERED] scadanas proc java(42) RAM", "Process java(42) ended"),
        ("[ALERT] scadanas proc node(42) RAM high", "Process node(42) uses 95.0% RAM (th 90.0%)"),
    ]


def test_a_server_is_offline_with_the_third_miss_and_online_with_the_next_sample(
    engine: Engine,
) -> None:
    engine.observe(polled(sample()), 0.0)
    assert engine.observe(missed(1), 4.0) == ()
    assert engine.observe(missed(2), 8.0) == ()
    assert said(engine.observe(missed(3, at=after(12)), 12.0)) == [
        ("[ALERT] scadanas offline", "No data for 3 polls: Connection refused"),
    ]
    assert engine.observe(missed(4, at=after(16)), 16.0) == ()
    assert said(engine.observe(polled(sample(at=after(102))), 102.0)) == [
        ("[RECOVERED] scadanas online", "Answering again after 1 min"),
    ]


def test_a_server_that_never_answered_goes_by_its_configured_name(engine: Engine) -> None:
    assert said(engine.observe(missed(3), 8.0)) == [
        ("[ALERT] nas offline", "No data for 3 polls: Connection refused"),
    ]


def test_no_data_is_never_a_recovery(engine: Engine) -> None:
    engine.observe(polled(sample(memory=85.0)), 0.0)
    for count in range(1, 6):
        engine.observe(missed(count), 4.0 * count)
    assert [alert.type for alert in engine.active("nas")] == [AlertType.MEMORY, AlertType.HOST]
    assert engine.observe(polled(sample(memory=None)), 30.0)[0].subject.endswith("online")
    assert [alert.type for alert in engine.active("nas")] == [AlertType.MEMORY]


@pytest.mark.parametrize(
    ("cause", "kind", "severity", "key"),
    [
        (
            Cause.AUTHENTICATION_FAILED,
            AlertType.AUTHENTICATION,
            Severity.WARNING,
            "auth",
        ),
        (Cause.HOST_KEY_CHANGED, AlertType.HOST_KEY, Severity.CRITICAL, "hostkey"),
    ],
)
def test_a_refusal_is_raised_at_once_and_not_as_offline(
    engine: Engine, cause: Cause, kind: AlertType, severity: Severity, key: str
) -> None:
    (raised,) = engine.observe(missed(1, cause=cause, text="why"), 0.0)
    assert (raised.alert.type, raised.alert.severity, raised.message) == (kind, severity, "why")
    assert raised.alert.id == f"ssh://scada:***@nas|{key}"
    assert engine.observe(missed(3, cause=cause, text="why"), 8.0) == ()
    (recovered,) = engine.observe(polled(sample(at=after(45))), 45.0)
    assert "after 45 s" in recovered.message


def test_restored_alerts_stay_open_are_not_raised_again_and_recover_once(engine: Engine) -> None:
    raised = engine.observe(
        polled(sample(memory=85.0, disks=(disk("/", 95.0),), top=processes(process(42, 93.0)))), 0.0
    )
    engine.observe(missed(3), 8.0)
    heir = Engine([server()], Thresholds(), new_ids())
    assert heir.restore(engine.active("nas"), after(20)) == ()
    assert heir.active("nas") == engine.active("nas")
    same = sample(
        memory=86.0, disks=(disk("/", 95.0),), top=processes(process(42, 93.0)), at=after(30)
    )
    assert [one.subject for one in heir.observe(polled(same), 1.0)] == [
        "[RECOVERED] scadanas online"
    ]
    last = heir.observe(polled(sample(disks=())), 5.0)
    assert [one.subject for one in last] == [
        "[RECOVERED] scadanas memory",
        "[RECOVERED] scadanas disk /",
    ]
    assert last[0].alert.event_id == raised[0].alert.event_id
    assert heir.observe(polled(sample(disks=(), top=processes(process(1, 1.0)))), 9.0)[
        0
    ].message == ("Process java(42) ended")
    assert heir.active("nas") == ()


@pytest.mark.parametrize(
    ("result", "kind", "severity"),
    [
        (polled(sample(cpu=99.0)), AlertType.CPU, Severity.WARNING),
        (polled(sample(memory=99.0)), AlertType.MEMORY, Severity.CRITICAL),
        (polled(sample(disks=(disk("/", 99.0),))), AlertType.DISK, Severity.CRITICAL),
        (polled(sample(top=processes(process(42, 99.0)))), AlertType.PROCESS, Severity.WARNING),
        (missed(3), AlertType.HOST, Severity.CRITICAL),
    ],
    ids=lambda value: value.value if isinstance(value, AlertType | Severity) else "",
)
def test_memory_disk_and_host_are_critical_cpu_and_process_are_warnings(
    result: PollResult, kind: AlertType, severity: Severity
) -> None:
    engine = Engine([server()], Thresholds(cpu_for_seconds=0), new_ids())
    (raised,) = engine.observe(result, 0.0)
    assert (raised.alert.type, raised.alert.severity) == (kind, severity)


def test_a_server_is_known_by_its_url_when_its_alerts_come_back(engine: Engine) -> None:
    (raised,) = engine.observe(polled(sample(memory=85.0)), 0.0)
    heir = Engine([server()], Thresholds(), new_ids())
    assert heir.restore([replace(raised.alert, server_id="of old")], after(60)) == ()
    assert heir.active("nas") == (raised.alert,)


def test_an_alert_of_a_server_that_is_no_longer_watched_is_closed(engine: Engine) -> None:
    (raised,) = engine.observe(polled(sample(memory=85.0)), 0.0)
    elsewhere = replace(raised.alert, server_id="gone", server_url="ssh://gone")
    (closed,) = engine.restore([elsewhere], after(60))
    assert said((closed,)) == [
        ("[RECOVERED] scadanas memory high", "The server is no longer watched")
    ]
    assert (closed.alert.resolution, closed.alert.resolved_at) == (Resolution.GONE, after(60))


results = st.one_of(
    st.builds(
        lambda cpu, memory, full: polled(
            sample(
                cpu=cpu,
                memory=memory,
                disks=None if full is None else tuple(disk(f"/d{i}", v) for i, v in full.items()),
            )
        ),
        st.one_of(st.none(), st.floats(0, 100)),
        st.one_of(st.none(), st.floats(0, 100)),
        st.one_of(st.none(), st.dictionaries(st.integers(0, 2), st.floats(0, 100))),
    ),
    st.builds(missed, st.integers(1, 6), cause=st.sampled_from(list(Cause))),
)


@given(st.lists(results, max_size=40))
def test_whatever_happens_the_open_alerts_are_the_raised_less_the_recovered(
    sequence: list[PollResult],
) -> None:
    engine = Engine([server()], Thresholds(), new_ids())
    open_events: dict[str, str] = {}
    for step, result in enumerate(sequence):
        for transition in engine.observe(result, 30.0 * step):
            alert = transition.alert
            if transition.kind is Kind.RAISED:
                assert alert.id not in open_events
                open_events[alert.id] = alert.event_id
            else:
                assert open_events.pop(alert.id) == alert.event_id
        assert {alert.id: alert.event_id for alert in engine.active("nas")} == open_events


def test_a_transition_carries_the_tags_of_its_server() -> None:
    engine = Engine([server("nas", ("berlin", "prod"))], Thresholds(), new_ids())
    opened = engine.observe(polled(sample(memory=85.0)), 0.0)
    closing = engine.observe(polled(sample(memory=10.0)), 4.0)
    assert [one.tags for one in (*opened, *closing)] == [("berlin", "prod")] * 2


def test_the_alerts_of_a_removed_server_close_as_gone_and_nothing_late_reopens_them(
    engine: Engine,
) -> None:
    engine.observe(polled(sample(memory=85.0, disks=(disk("/var", 91.0),))), 0.0)
    closed = engine.forget("nas", after(5))
    assert said(closed) == [
        ("[RECOVERED] scadanas memory high", "The server is no longer watched"),
        ("[RECOVERED] scadanas disk /var high", "The server is no longer watched"),
    ]
    assert {one.alert.resolution for one in closed} == {Resolution.GONE}
    assert engine.observe(polled(sample(memory=99.0)), 6.0) == ()
    assert (engine.active("nas"), engine.forget("nas", after(7))) == ((), ())


def test_a_paused_server_keeps_its_open_alerts_and_raises_none(engine: Engine) -> None:
    (raised,) = engine.observe(polled(sample(memory=85.0)), 0.0)
    assert engine.watch(replace(server(), is_active=False), after(1)) == ()
    for misses in range(1, 6):
        assert engine.observe(missed(misses), 4.0 * misses) == ()
    assert engine.active("nas") == (raised.alert,)
    engine.watch(server(), after(30))
    assert said(engine.observe(polled(sample(memory=60.0)), 31.0)) == [
        ("[RECOVERED] scadanas memory", "Memory back to 60.0%")
    ]


def test_cpu_that_was_high_before_a_pause_starts_anew_after_it(engine: Engine) -> None:
    engine.observe(polled(sample(cpu=99.0)), 0.0)
    engine.watch(replace(server(), is_active=False), after(1))
    engine.watch(server(), after(100))
    assert engine.observe(polled(sample(cpu=99.0)), 100.0) == ()


def test_another_address_closes_what_was_said_about_the_one_before(engine: Engine) -> None:
    engine.observe(polled(sample(memory=85.0)), 0.0)
    moved = replace(server(), url="ssh://scada:***@elsewhere")
    assert said(engine.watch(moved, after(2))) == [
        ("[RECOVERED] scadanas memory high", "The server is now watched at another address")
    ]
    (again,) = engine.observe(polled(sample(memory=85.0)), 3.0)
    assert again.alert.id == "ssh://scada:***@elsewhere|mem"


def test_another_name_is_the_hostname_until_the_server_gives_its_own(engine: Engine) -> None:
    engine.watch(replace(server(), name="renamed"), after(1))
    (raised,) = engine.observe(missed(3), 4.0)
    assert raised.subject == "[ALERT] renamed offline"
