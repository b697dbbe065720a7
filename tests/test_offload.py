"""Native threads, from plain threads and from greenlets alike."""

from __future__ import annotations

import contextlib
import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator

import pytest
from gevent import monkey

from monserv.offload import CallRefused, CallTimeout, RealThreads, bound, real_threads
from tests.waiting import eventually

native_sleep = monkey.get_original("time", "sleep")


@pytest.fixture
def threads() -> Iterator[RealThreads]:
    threads = real_threads("test-lane", 1)
    yield threads
    threads.stop()


def together(count: int, function: Callable[[int], object]) -> dict[int, object]:
    """Run ``function(index)`` in ``count`` (green) threads and return their answers."""
    answers: dict[int, object] = {}

    def run(index: int) -> None:
        try:
            answers[index] = function(index)
        except (CallTimeout, CallRefused) as error:
            answers[index] = type(error)

    crew = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for member in crew:
        member.start()
    for member in crew:
        member.join(30)
    return answers


def test_a_call_returns_what_the_function_returns(threads: RealThreads) -> None:
    assert threads.call(30, lambda: 42) == 42


def test_a_call_raises_what_the_function_raises_and_prints_nothing(
    threads: RealThreads, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        threads.call(30, fail)
    time.sleep(0.05)
    assert capfd.readouterr() == ("", "")


def test_an_error_is_gone_with_whoever_has_caught_it(threads: RealThreads) -> None:
    class NothingThereError(Exception):
        """Unlike a builtin one, it can be watched."""

    errors: list[weakref.ref[NothingThereError]] = []

    def fail() -> None:
        error = NothingThereError()
        errors.append(weakref.ref(error))
        try:
            raise error
        finally:
            del error

    gc.disable()
    try:
        with contextlib.suppress(NothingThereError):
            threads.call(30, fail)
        assert eventually(lambda: errors[0]() is None, 5)
    finally:
        gc.enable()


def test_the_function_runs_in_another_native_thread(threads: RealThreads) -> None:
    own = monkey.get_original("_thread", "get_ident")
    assert threads.call(30, own) != own()


def test_several_callers_share_one_thread_and_each_gets_its_own_answer(
    threads: RealThreads,
) -> None:
    def answer(index: int) -> object:
        return threads.call(30, lambda: native_sleep(0.01) or index)

    assert together(20, answer) == {index: index for index in range(20)}


@pytest.mark.timed
def test_other_work_goes_on_while_a_call_blocks(threads: RealThreads) -> None:
    beats = []
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(0.01):
            beats.append(1)

    heart = threading.Thread(target=beat)
    heart.start()
    threads.call(30, lambda: native_sleep(0.3))
    stop.set()
    heart.join(30)
    assert len(beats) >= 10


def test_a_call_that_takes_too_long_is_left_behind_and_runs_on(threads: RealThreads) -> None:
    ended = []
    with pytest.raises(CallTimeout):
        threads.call(0.1, lambda: native_sleep(0.6) or ended.append(1))
    assert ended == []
    assert threads.call(30, lambda: "next") == "next"
    assert ended == [1]


def test_a_call_that_ended_while_the_process_stood_still_has_its_result(
    threads: RealThreads,
) -> None:
    def stand_still() -> None:
        time.sleep(0.05)
        native_sleep(0.6)

    standing = threading.Thread(target=stand_still)
    standing.start()
    # Both its result and its time limit are due when the process goes on.
    assert threads.call(0.3, lambda: native_sleep(0.15) or "done") == "done"
    standing.join(30)


def test_a_call_that_never_got_a_thread_never_begins(threads: RealThreads) -> None:
    begun = []

    def call(index: int) -> object:
        return threads.call(0.1, lambda: native_sleep(0.3) or begun.append(index))

    assert together(4, call) == dict.fromkeys(range(4), CallTimeout)
    threads.call(30, lambda: None)
    assert len(begun) == 1


def test_stopping_never_waits_and_lets_a_running_call_end(threads: RealThreads) -> None:
    answers, begun, may_end = [], [], []

    def work() -> str:
        begun.append(True)
        while not may_end:
            native_sleep(0.01)
        return "done"

    caller = threading.Thread(target=lambda: answers.append(threads.call(30, work)))
    caller.start()
    assert eventually(lambda: begun)
    threads.stop()
    threads.stop()
    assert answers == []
    may_end.append(True)
    caller.join(30)
    assert answers == ["done"]


def test_nothing_begins_after_a_stop(threads: RealThreads) -> None:
    threads.call(30, lambda: None)
    threads.stop()
    with pytest.raises(CallRefused):
        threads.call(30, lambda: pytest.fail("it began"))


@pytest.mark.timed
def test_a_call_that_waits_for_a_thread_is_refused_by_a_stop(threads: RealThreads) -> None:
    begun = []

    def call(index: int) -> object:
        if index == 2:
            time.sleep(0.1)
            threads.stop()
            return None
        time.sleep(0.02 * index)
        return threads.call(1, lambda: native_sleep(0.3) or begun.append(index))

    answers = together(3, call)
    assert begun == [0]
    assert answers[1] in {CallRefused, CallTimeout}


def test_a_bound_call_returns_its_result_or_its_error() -> None:
    limit = bound("test-bound")
    assert limit.call(30, lambda: 42) == 42
    with pytest.raises(ZeroDivisionError):
        limit.call(30, lambda: 1 // 0)
    assert limit.call(30, threading.current_thread) is not threading.current_thread()


@pytest.mark.timed
def test_who_waits_for_a_call_that_hangs_is_let_go_in_time() -> None:
    limit, hanging = bound("test-bound"), threading.Event()
    began_at = time.monotonic()
    with pytest.raises(CallTimeout):
        limit.call(0.1, lambda: hanging.wait(20))
    assert time.monotonic() - began_at < 2
    hanging.set()
    assert limit.call(30, lambda: "again") == "again"


def test_a_green_call_that_is_late_is_ended_even_while_it_leaves() -> None:
    limit, left = bound("test-bound"), list[str]()

    def hang_twice() -> None:
        try:
            threading.Event().wait(0.5)
        finally:
            left.append("leaving")
            threading.Event().wait(0.5)

    with pytest.raises(CallTimeout):
        limit.call(0.05, hang_twice)
    is_green = monkey.is_module_patched("threading")
    assert left == (["leaving"] if is_green else [])
    assert limit.call(30, lambda: "next") == "next"
