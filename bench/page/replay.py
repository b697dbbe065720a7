"""Sessions that are a recording: what a server said once, with counters that go on."""

from __future__ import annotations

import pickle
import time
from collections import Counter
from pathlib import Path

from bench.poll_cost.machine import Model, Talk
from bench.poll_cost.plan import PHASE_SECONDS
from bench.poll_cost.recorded import RecordedSession
from monserv.model.server import Server
from monserv.ssh.lease import Lease
from monserv.ssh.opener import Opener

# Where the recording is, in the environment.
RECORDING = "BENCH_RECORDING"


def in_place_of_servers(path: Path) -> None:
    """Let each login in this process lead to the recording in ``path``, a pickle."""
    model = Model(pickle.loads(path.read_bytes()))  # noqa: S301 -- from the benchmark that started us
    began_at = time.monotonic()
    phases: dict[str, int] = {}

    def open_(_opener: Opener, server: Server, _lease: Lease) -> RecordedSession:
        # No two servers are of the same age.
        phase = phases.setdefault(server.id, len(phases)) * PHASE_SECONDS
        return RecordedSession(
            lambda: Talk(model, Counter(), Counter()),
            lambda: int(time.monotonic() - began_at + phase),
        )

    Opener.open = open_  # type: ignore[method-assign, assignment]  # in this process, for this run alone
