"""Which servers a benchmark's fleet has, for who serves them and for who asks them."""

from __future__ import annotations

from dataclasses import dataclass

from bench.poll_cost.machine import Recording

USER = "watch"
PASSWORD = "correct horse"  # noqa: S105 -- of servers that exist in this run alone
# Numbers of one server are those of another a few seconds later.
PHASE_SECONDS = 7


@dataclass(frozen=True, slots=True)
class Plan:
    """Which servers there are; the last ``black_holes`` of them answer nothing, not even TCP."""

    servers: int
    black_holes: int
    port: int
    recording: Recording

    def addresses(self) -> list[str]:
        """Return the address of each server, black holes last."""
        return [f"127.9.{index >> 8}.{index & 255}" for index in range(1, self.servers + 1)]
