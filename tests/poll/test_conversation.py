"""The talk with one machine: its deadlines, its bounds, and a df that hangs."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from monserv.clock import ManualClock
from monserv.errors import Cause, PollError
from monserv.model.quality import Group, Quality
from monserv.model.sample import Inodes, Sample
from monserv.model.services import Units
from monserv.poll.asker import MAX_ANSWER_BYTES
from monserv.poll.cadences import Ask
from monserv.poll.conversation import Conversation
from monserv.poll.notebook import Notebook
from monserv.poll.watchdog import Limit, Watchdog
from tests.poll.machine import NAS, FakeShell, Machine, ManualEvent

LIMIT_SECONDS = 8.0
INTERVAL_SECONDS = 4.0
NO_DISKS = "disks: /proc/self/mountinfo could not be read, or df did not answer"


class Talk:
    """A conversation with a machine, polled at an interval."""

    def __init__(self, interval_seconds: float = INTERVAL_SECONDS) -> None:
        self.clock = ManualClock()
        self.machine = Machine(self.clock)
        self._watchdog = Watchdog(self.clock)
        self._interval_seconds = interval_seconds
        self.notebook = Notebook(interval_seconds, 0.0, self.clock)
        self.start()

    def start(self) -> None:
        session = self.machine.open(NAS, self.limit())
        self.conversation = Conversation(
            session, self.clock, ManualEvent(self.clock), self.notebook
        )

    def limit(self) -> Limit:
        return self._watchdog.limit(LIMIT_SECONDS)

    def poll(self) -> Sample:
        self.clock.advance(self._interval_seconds)
        return self.conversation.poll(self.limit())

    def until_asked(self, verb: str) -> Sample:
        """Poll until ``verb`` is asked; return the sample of that poll."""
        before = self.machine.count(verb)
        for _ in range(20):
            sample = self.poll()
            if self.machine.count(verb) > before:
                return sample
        raise AssertionError(f"{verb} is not asked")

    def seconds(self) -> float:
        began_at = self.clock.monotonic()
        self.poll()
        return self.clock.monotonic() - began_at - self._interval_seconds

    @property
    def shells(self) -> list[FakeShell]:
        return self.machine.sessions[-1].shells


@pytest.fixture
def talk() -> Talk:
    return Talk()


def test_the_first_sample_takes_two_readings_a_second_apart_and_later_ones_take_one(
    talk: Talk,
) -> None:
    assert talk.seconds() == pytest.approx(1.0)
    assert talk.machine.count("poll") == 2
    assert talk.seconds() == 0
    assert talk.machine.count("poll") == 3


def test_a_sample_is_whole_and_facts_are_asked_once(talk: Talk) -> None:
    for _ in range(3):
        sample = talk.poll()
        assert sample.problems == ()
        assert sample.cpu is not None
        assert sample.cpu.used_percent == pytest.approx(25, abs=0.5)
    assert talk.machine.count("facts") == 1
    assert talk.machine.count("owners") == 1


def test_no_two_answers_share_a_mark(talk: Talk) -> None:
    for _ in range(5):
        talk.poll()
    marks = [line.split(" ")[1] for line in talk.machine.asked]
    assert len(marks) == len(set(marks))


def test_a_disk_that_is_mounted_meanwhile_is_known_as_soon_as_the_mounts_are_read(
    talk: Talk,
) -> None:
    talk.poll()
    talk.machine.mountpoints.append("/mnt/new")
    assert [disk.mountpoint for disk in talk.until_asked("mounts").disks or ()] == ["/", "/mnt/new"]
    talk.machine.mountpoints.remove("/")
    assert [disk.mountpoint for disk in talk.until_asked("mounts").disks or ()] == ["/mnt/new"]


def test_a_machine_without_disks_has_none_rather_than_unknown_ones(talk: Talk) -> None:
    talk.machine.mountpoints.clear()
    sample = talk.poll()
    assert (sample.disks, sample.mountpoints) == ((), frozenset())


def test_a_disk_that_df_leaves_out_is_still_known_to_be_mounted(talk: Talk) -> None:
    talk.machine.mountpoints.append("/usb")
    talk.machine.df_answers_for = lambda path: path != "/usb"
    sample = talk.poll()
    assert [disk.mountpoint for disk in sample.disks or ()] == ["/"]
    assert sample.mountpoints == {"/", "/usb"}


def test_a_df_that_fails_at_once_leaves_the_disks_unknown_and_says_so(talk: Talk) -> None:
    talk.machine.df_answers_for = lambda path: False
    sample = talk.poll()
    assert (sample.disks, sample.mountpoints, sample.problems) == (None, {"/"}, (NO_DISKS,))
    assert sample.quality[Group.DISKS].quality is Quality.UNSUPPORTED
    talk.machine.df_answers_for = lambda path: True
    sample = talk.until_asked("disks")
    assert [disk.mountpoint for disk in sample.disks or ()] == ["/"]
    assert sample.quality[Group.DISKS].quality is Quality.OK


def test_a_df_that_fails_later_leaves_stale_disks_for_three_cadences_and_then_none(
    talk: Talk,
) -> None:
    first = talk.poll()
    known_at = first.quality[Group.DISKS].at
    talk.machine.df_answers_for = lambda path: False
    sample = talk.until_asked("disks")
    assert sample.disks == first.disks
    state = sample.quality[Group.DISKS]
    assert (state.quality, state.at) == (Quality.STALE, known_at)
    assert state.reason == "df told nothing of the file systems."
    for _ in range(9):
        sample = talk.poll()
    assert (sample.disks, sample.problems) == (None, (NO_DISKS,))
    state = sample.quality[Group.DISKS]
    assert (state.quality, state.at) == (Quality.UNSUPPORTED, known_at)


def test_a_list_of_mounts_that_cannot_be_read_leaves_the_disks_unknown(talk: Talk) -> None:
    talk.poll()
    talk.machine.mounts_are_readable = False
    for _ in range(2):
        sample = talk.until_asked("mounts")
        assert (sample.disks, sample.mountpoints, sample.problems) == (None, None, (NO_DISKS,))


def test_when_every_known_disk_was_exchanged_the_new_ones_are_known_just_as_soon(
    talk: Talk,
) -> None:
    talk.poll()
    talk.machine.mountpoints = ["/mnt/new"]
    talk.machine.df_answers_for = lambda path: path == "/mnt/new"
    assert [disk.mountpoint for disk in talk.until_asked("mounts").disks or ()] == ["/mnt/new"]


def test_a_disk_that_was_unmounted_while_df_fails_is_no_longer_shown(talk: Talk) -> None:
    talk.machine.mountpoints = ["/", "/mnt"]
    assert len(talk.poll().disks or ()) == 2
    talk.machine.mountpoints.remove("/mnt")
    talk.machine.df_answers_for = lambda path: False
    assert [disk.mountpoint for disk in talk.until_asked("mounts").disks or ()] == ["/"]


def test_silence_ends_at_the_deadline(talk: Talk) -> None:
    talk.poll()
    talk.machine.silent = True
    began_at = talk.clock.monotonic()
    with pytest.raises(TimeoutError):
        talk.poll()
    assert talk.clock.monotonic() - began_at == pytest.approx(INTERVAL_SECONDS + LIMIT_SECONDS)


def test_a_drip_ends_at_the_same_deadline(talk: Talk) -> None:
    talk.poll()
    talk.machine.drip = True
    began_at = talk.clock.monotonic()
    with pytest.raises(TimeoutError):
        talk.poll()
    assert talk.clock.monotonic() - began_at <= INTERVAL_SECONDS + LIMIT_SECONDS + 1


def test_a_flood_is_cut_off(talk: Talk) -> None:
    talk.poll()
    talk.machine.spoil = lambda answer: b"x" * (MAX_ANSWER_BYTES + 10**6)
    with pytest.raises(PollError, match="more than 4194304 bytes") as raised:
        talk.poll()
    assert raised.value.cause is Cause.BAD_OUTPUT


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: answer.replace(b"cpu ", b"gpu ").replace(b"MemTotal", b"x"),
        lambda answer: answer.replace(b" uptime\n", b" downtime\n"),
    ],
)
def test_an_answer_that_cannot_be_trusted_is_rejected_whole(
    talk: Talk, spoil: Callable[[bytes], bytes]
) -> None:
    talk.poll()
    talk.machine.spoil = spoil
    with pytest.raises(PollError) as raised:
        talk.poll()
    assert raised.value.cause is Cause.BAD_OUTPUT


def test_noise_before_an_answer_changes_nothing(talk: Talk) -> None:
    talk.machine.spoil = lambda answer: b"\x07Welcome to\r\nacme end\n" + answer
    assert talk.poll().problems == ()


@pytest.mark.parametrize("is_gone_before_it_is_asked", [False, True])
def test_a_shell_that_ends_at_once_says_what_it_said(
    talk: Talk, *, is_gone_before_it_is_asked: bool
) -> None:
    talk.machine.last_words = b"This account is \x1b[31mcurrently not available.\n"
    talk.shells[0].is_dead = is_gone_before_it_is_asked
    with pytest.raises(PollError) as raised:
        talk.poll()
    assert raised.value.cause is Cause.SHELL_UNUSABLE
    assert str(raised.value) == (
        "The login shell is not usable: it ended at once;"
        " it said: This account is \\x1b[31mcurrently not available."
    )


def test_a_restart_between_two_readings_gives_no_sample(talk: Talk) -> None:
    talk.poll()
    talk.machine.boot_id = "second boot"
    with pytest.raises(PollError, match="restarted"):
        talk.poll()
    assert talk.poll().boot_id == "second boot"


class TestAHangingDf:
    def test_the_other_groups_are_there_after_its_patience_and_then_at_once(
        self, talk: Talk
    ) -> None:
        talk.poll()
        first = talk.poll()
        talk.machine.df_hangs = True
        began_at = talk.clock.monotonic()
        sample = talk.until_asked("disks")
        assert (talk.clock.monotonic() - began_at) % INTERVAL_SECONDS == pytest.approx(2)
        assert (sample.disks, sample.problems) == (first.disks, ())
        assert sample.quality[Group.DISKS].quality is Quality.STALE
        assert sample.memory is not None
        assert [talk.seconds() < 0.1 for _ in range(8)] == [True] * 8
        sample = talk.poll()
        assert (sample.disks, sample.problems) == (None, (NO_DISKS,))
        state = sample.quality[Group.DISKS]
        assert (state.quality, state.fix) == (Quality.TIMEOUT, "umount -l <mount point>")

    def test_is_never_joined_by_another(self, talk: Talk) -> None:
        talk.poll()
        talk.machine.df_hangs = True
        talk.until_asked("disks")
        asked = talk.machine.count("disks")
        for _ in range(20):
            talk.poll()
        assert talk.machine.count("disks") == asked
        assert len(talk.shells) == 2

    def test_is_asked_again_as_soon_as_it_has_ended(self, talk: Talk) -> None:
        talk.poll()
        talk.machine.df_hangs = True
        talk.until_asked("disks")
        talk.machine.df_hangs, talk.machine.hung_since = False, None
        assert talk.poll().quality[Group.DISKS].quality is Quality.OK
        assert [shell.is_closed for shell in talk.shells] == [True, False]

    def test_at_the_very_first_poll_hides_no_other_group(self, talk: Talk) -> None:
        talk.machine.df_hangs = True
        sample = talk.poll()
        assert sample.disks is None
        assert sample.cpu is not None

    def test_is_not_joined_by_one_of_a_new_session_either(self, talk: Talk) -> None:
        talk.poll()
        talk.machine.df_hangs = True
        talk.until_asked("disks")
        asked = talk.machine.count("disks")
        talk.clock.advance(5)
        talk.start()
        for _ in range(12):
            talk.poll()
        assert talk.machine.count("disks") == asked
        talk.machine.df_hangs, talk.machine.hung_since = False, None
        assert talk.until_asked("disks").quality[Group.DISKS].quality is Quality.OK

    def test_whose_shell_somebody_ended_does_not_end_the_talk(self, talk: Talk) -> None:
        talk.poll()
        talk.machine.df_hangs = True
        talk.until_asked("disks")
        asked = talk.machine.count("disks")
        talk.shells[0].is_dead = True
        for _ in range(12):
            talk.poll()
        assert talk.machine.count("disks") == asked

    def test_on_a_server_that_allows_one_shell_ends_the_session_with_the_cause(
        self, talk: Talk
    ) -> None:
        talk.machine.max_shells = 1
        talk.poll()
        talk.machine.df_hangs = True
        with pytest.raises(PollError, match="refused a session channel"):
            talk.until_asked("disks")


class TestErrands:
    def test_are_known_a_poll_after_the_first_sample(self, talk: Talk) -> None:
        assert talk.poll().units is None
        sample = talk.poll()
        assert sample.units == Units("running", ())
        assert [one.name for one in sample.temperatures or ()] == ["Package id 0"]
        assert [one.username for one in sample.logins or ()] == ["me"]
        assert [disk.inodes for disk in sample.disks or ()] == [Inodes(1000, 300, 30.0)]
        assert sample.containers is None
        state = sample.quality[Group.CONTAINERS]
        assert (state.quality, state.reason) == (
            Quality.UNSUPPORTED,
            "No docker runs here, and no podman was ever used.",
        )

    def test_are_spread_over_the_polls_of_a_minute(self, talk: Talk) -> None:
        for _ in range(20):
            talk.poll()
        rounds: list[int] = []
        for _ in range(30):
            before = len(talk.machine.asked)
            talk.poll()
            rounds.append(len(talk.machine.asked) - before)
        assert max(rounds) <= 6
        assert 2 * 30 / 3 + 2 * 30 / 5 < sum(rounds) - 30 < 70

    def test_are_written_together_with_the_counters_when_nothing_can_wait_behind_them(
        self, talk: Talk
    ) -> None:
        talk.poll()
        alone = []
        for _ in range(60):
            writes, asked = talk.shells[0].writes, len(talk.machine.asked)
            talk.poll()
            verbs = [line.split(" ")[0] for line in talk.machine.asked[asked:]]
            if talk.shells[0].writes > writes + 1:
                alone.append(verbs)
            if not {"mounts", "processes"} & set(verbs):
                assert talk.shells[0].writes == writes + 1
        # At the next poll they would have had to wait as well.
        assert len(alone) <= 60 / 6
        assert all({"mounts", "processes"} & set(verbs) for verbs in alone)

    @pytest.mark.parametrize("interval_seconds", [2.0, 4.0, 7.0, 60.0])
    def test_are_asked_at_their_cadence_however_often_the_server_is_polled(
        self, interval_seconds: float
    ) -> None:
        talk = Talk(interval_seconds)
        talk.poll()
        for verb, ask in (("sensors", Ask.SENSORS), ("units", Ask.UNITS)):
            cadence_seconds = max(interval_seconds, talk.notebook.agenda.cadence_seconds(ask))
            before, polls = talk.machine.count(verb), round(10 * cadence_seconds / interval_seconds)
            for _ in range(polls):
                talk.poll()
            assert talk.machine.count(verb) - before == pytest.approx(10, abs=1)

    def test_that_hang_delay_no_poll_and_keep_their_last_value_for_three_cadences(
        self, talk: Talk
    ) -> None:
        talk.poll()
        talk.poll()
        talk.machine.hanging_verbs.add("units")
        talk.until_asked("units")
        assert [talk.seconds() < 0.1 for _ in range(5)] == [True] * 5
        sample = talk.poll()
        assert sample.units == Units("running", ())
        assert sample.quality[Group.UNITS].quality is Quality.STALE
        for _ in range(45):
            sample = talk.poll()
        assert (sample.units, sample.logins is None) == (None, False)
        assert sample.quality[Group.UNITS].quality is Quality.TIMEOUT
        assert len(talk.shells) == 2

    def test_that_were_behind_one_that_hangs_are_asked_anew(self, talk: Talk) -> None:
        talk.machine.hanging_verbs.add("logins")
        for _ in range(3):
            sample = talk.poll()
        assert sample.logins is None
        assert sample.units == Units("running", ())
        assert talk.machine.count("logins") == 1

    def test_whose_shell_somebody_ended_are_asked_again_after_a_pause(self, talk: Talk) -> None:
        talk.machine.hanging_verbs.add("units")
        talk.poll()
        talk.poll()
        talk.shells[0].is_dead = True
        talk.machine.hanging_verbs.clear()
        for _ in range(140):
            talk.poll()
        assert talk.machine.count("units") == 1
        for _ in range(15):
            sample = talk.poll()
        assert sample.units == Units("running", ())

    def test_survive_a_session_that_broke(self, talk: Talk) -> None:
        talk.poll()
        talk.poll()
        talk.start()
        sample = talk.poll()
        assert sample.units == Units("running", ())
        assert talk.machine.count("units") == 1

    def test_are_forgotten_when_the_server_begins_anew(self, talk: Talk) -> None:
        talk.poll()
        talk.poll()
        talk.machine.boot_id = "second boot"
        with pytest.raises(PollError, match="restarted"):
            talk.poll()
        assert talk.poll().units is None
        assert talk.poll().units == Units("running", ())


def test_the_cpu_of_processes_is_known_from_their_second_reading_on(talk: Talk) -> None:
    first = talk.poll().processes
    assert first is not None
    assert first.busy is None
    talk.machine.burned_ticks = 400
    second = talk.until_asked("processes").processes
    assert second is not None
    assert second.busy is not None
    (busy,) = second.busy
    assert (busy.pid, busy.username) == (1, "root")
    assert 100 * 4 / 21 < (busy.cpu_percent or 0) < 100 * 4 / 7
    assert second.large[0].cpu_percent == busy.cpu_percent
    assert talk.poll().processes is second


def test_command_lines_are_asked_for_only_where_they_are_turned_on_and_are_masked(
    talk: Talk,
) -> None:
    sample = talk.poll()
    assert sample.processes is not None
    assert {process.cmdline for process in sample.processes.top} == {""}
    assert talk.machine.count("commands") == 0
    talk.notebook = Notebook(INTERVAL_SECONDS, 0.0, talk.clock, with_command_lines=True)
    talk.start()
    sample = talk.poll()
    assert sample.processes is not None
    assert {process.cmdline for process in sample.processes.top} == {"app --token ***"}
    talk.until_asked("processes")
    assert talk.machine.count("commands") == 1


def test_processes_that_are_hidden_are_denied_rather_than_a_part_of_them_shown(talk: Talk) -> None:
    talk.machine.hidden_processes = True
    sample = talk.poll()
    assert sample.processes is None
    state = sample.quality[Group.PROCESSES]
    assert (state.quality, "hidepid" in state.reason) == (Quality.DENIED, True)


def test_the_cache_of_zfs_and_events_of_the_memory_are_in_the_first_sample(talk: Talk) -> None:
    talk.machine.arc = "size 4 3221225472\nc_min 4 1073741824\n"
    sample = talk.poll()
    assert sample.memory is not None
    assert sample.memory.cached_bytes is not None
    assert sample.memory.cached_bytes > 2 * 2**30
    assert sample.counters is not None
    assert sample.counters.events == {"pgmajfault": 7}


class TestANetworkFileSystem:
    @pytest.fixture(autouse=True)
    def _mounted(self, talk: Talk) -> None:
        talk.machine.network_mountpoints = ["/nfs"]

    def test_is_known_a_poll_later_than_the_disks_of_the_machine(self, talk: Talk) -> None:
        first = talk.poll()
        assert [disk.mountpoint for disk in first.disks or ()] == ["/"]
        assert first.mountpoints == {"/", "/nfs"}
        second = talk.poll()
        assert [disk.mountpoint for disk in second.disks or ()] == ["/", "/nfs"]
        assert second.quality[Group.NETWORK_DISKS].quality is Quality.OK

    def test_is_asked_about_apart_and_once_a_minute(self, talk: Talk) -> None:
        for _ in range(46):
            talk.poll()
        assert talk.machine.count("remote") == 4
        assert not any("nfs" in line for line in talk.machine.asked if line.startswith("disks"))

    def test_is_asked_about_within_two_polls_when_it_is_mounted_later(self, talk: Talk) -> None:
        talk.machine.network_mountpoints = []
        for _ in range(20):
            talk.poll()
        assert talk.machine.count("remote") == 0
        for mountpoint in ("/nfs", "/other"):
            asked = talk.machine.count("remote")
            talk.machine.network_mountpoints.append(mountpoint)
            talk.until_asked("mounts")
            for _ in range(2):
                talk.poll()
            assert talk.machine.count("remote") == asked + 1
            assert mountpoint in {disk.mountpoint for disk in talk.poll().disks or ()}

    def test_that_hangs_delays_no_poll_and_leaves_its_last_size_as_stale(self, talk: Talk) -> None:
        talk.poll()
        known = talk.poll().disks
        talk.machine.hanging_verbs.add("remote")
        talk.until_asked("remote")
        assert talk.seconds() < 0.1
        sample = talk.poll()
        assert sample.disks == known
        assert sample.quality[Group.NETWORK_DISKS].quality is Quality.STALE
        asked = talk.machine.count("remote")
        assert [talk.seconds() < 0.1 for _ in range(45)] == [True] * 45
        sample = talk.poll()
        assert [disk.mountpoint for disk in sample.disks or ()] == ["/"]
        assert sample.quality[Group.NETWORK_DISKS].quality is Quality.TIMEOUT
        assert (talk.machine.count("remote"), len(talk.shells)) == (asked, 2)

    def test_that_hangs_keeps_nobody_from_asking_for_the_disks_of_the_machine(
        self, talk: Talk
    ) -> None:
        talk.machine.hanging_verbs.add("remote")
        talk.poll()
        talk.poll()
        # It is seen among the processes as well, as any df is.
        talk.machine.hung_since = talk.clock.monotonic()
        for _ in range(16):
            talk.poll()
        asked = talk.machine.count("disks")
        assert talk.until_asked("disks").quality[Group.DISKS].quality is Quality.OK
        assert talk.machine.count("disks") == asked + 1

    def test_is_not_asked_about_while_any_df_hangs(self, talk: Talk) -> None:
        talk.poll()
        talk.machine.df_hangs = True
        talk.until_asked("disks")
        counts = [talk.machine.count(verb) for verb in ("remote", "inodes")]
        for _ in range(40):
            talk.poll()
        assert [talk.machine.count(verb) for verb in ("remote", "inodes")] == counts

    def test_is_known_again_when_it_answers_at_last(self, talk: Talk) -> None:
        talk.machine.hanging_verbs.add("remote")
        for _ in range(3):
            talk.poll()
        talk.machine.hanging_verbs.clear()
        sample = talk.poll()
        assert [disk.mountpoint for disk in sample.disks or ()] == ["/", "/nfs"]
        assert [shell.is_closed for shell in talk.shells] == [True, False]


def test_stopping_ends_the_wait_for_the_second_reading() -> None:
    talk = Talk()
    stopping = threading.Event()
    stopping.set()
    session = talk.machine.open(NAS, talk.limit())
    conversation = Conversation(session, talk.clock, stopping, talk.notebook)
    assert conversation.poll(talk.limit()).cpu is None


class TestUsage:
    def test_is_told_with_the_bytes_of_its_session(self, talk: Talk) -> None:
        for _ in range(20):
            talk.poll()
        asked = len(talk.machine.asked)
        used = talk.conversation.usage()
        assert (used.polls, used.bytes_sent, used.bytes_received) == (20, 100 * asked, 1000 * asked)
        # What the server told last was of some polls before.
        assert used.forks is not None
        assert used.cpu_seconds == used.forks / 200
        assert 1 <= used.measured_polls < 20

    def test_is_unknown_where_the_server_does_not_tell_it(self, talk: Talk) -> None:
        talk.machine.cost = ""
        for _ in range(5):
            talk.poll()
        used = talk.conversation.usage()
        assert (used.polls, used.forks, used.cpu_seconds, used.measured_polls) == (5, None, None, 0)
