"""A server that restarts: misses while it is away, and then everything begins anew."""

from __future__ import annotations

from monserv.clock import ManualClock
from monserv.errors import Cause, PollError
from monserv.model.poll import Missed, Polled
from tests.poll.machine import Machine, Slots

AWAY = PollError(Cause.UNREACHABLE, "Connection refused")


def test_a_restart_is_some_misses_and_then_a_sample_with_rates_of_the_new_boot_alone() -> None:
    machine = Machine(ManualClock())
    slots = Slots(machine)
    before = slots.run(2)[-1]
    machine.sessions[-1].break_off()
    machine.login_errors = [AWAY] * 3
    away = slots.run(2)
    machine.login_errors = []
    machine.boot_id = "second boot"
    back = slots.run(8)
    assert isinstance(before, Polled)
    assert [one.missed_polls for one in away if isinstance(one, Missed)] == [1, 2]
    samples = [one.sample for one in back if isinstance(one, Polled)]
    # Once it answers it goes on answering: it is up once.
    first_up = next(index for index, one in enumerate(back) if isinstance(one, Polled))
    assert len(samples) == len(back) - first_up
    assert {sample.boot_id for sample in samples} == {"second boot"}
    assert before.sample.boot_id == "first boot"
    network = samples[0].network
    assert network is not None
    assert (network.bytes_recv_rate, network.bytes_sent_rate) == (0, 0)
    assert samples[0].cpu is not None
    assert samples[0].problems == ()
