"""Pollers on real servers, without the rest of the product, and what they report."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from monserv.clock import SystemClock
from monserv.model.poll import Missed, Polled, PollResult
from monserv.model.sample import Sample
from monserv.model.secret import Secret
from monserv.model.server import Credentials, Reach, Server
from monserv.poll.fleet import Fleet
from monserv.ssh.opener import Opener


def ssh_server(
    server_id: str,
    port: int,
    username: str,
    password: str | None = None,
    *,
    key_path: Path | None = None,
    host: str = "127.0.0.1",
) -> Server:
    return Server(
        server_id,
        server_id,
        Reach.SSH,
        host,
        port,
        username,
        f"ssh://{username}:***@{host}:{port}",
        credentials=Credentials(
            Secret(password) if password is not None else None,
            str(key_path) if key_path is not None else None,
        ),
    )


LOCAL = Server("local", "local", Reach.LOCAL, "localhost", 22, "", "local://")


class Watch:
    """A fleet of pollers, as a context; remembers each result and when it arrived."""

    def __init__(
        self,
        data_dir: Path,
        servers: Sequence[Server],
        interval_seconds: float = 1.0,
        *,
        known_hosts: Sequence[Path] = (),
        is_strict: bool = False,
    ) -> None:
        self.interval_seconds = interval_seconds
        self._servers = servers
        self._clock = SystemClock()
        self.opener = Opener(data_dir, self._clock, known_hosts=known_hosts, is_strict=is_strict)
        self.fleet = Fleet(self.opener, self._clock, self._take, interval_seconds)
        self._news = threading.Condition()
        self._arrivals: dict[str, list[tuple[float, PollResult]]] = {
            server.id: [] for server in servers
        }

    def __enter__(self) -> Self:
        self.fleet.start(self._servers)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self, timeout_seconds: float = 5.0) -> None:
        self.fleet.stop(timeout_seconds)
        self.opener.stop()

    def problems(self) -> tuple[str, ...]:
        return self.fleet.problems()

    def _take(self, result: PollResult) -> None:
        with self._news:
            self._arrivals[result.server_id].append((time.monotonic(), result))
            self._news.notify_all()

    def arrivals(self, server_id: str) -> list[tuple[float, PollResult]]:
        with self._news:
            return list(self._arrivals[server_id])

    def results(self, server_id: str) -> list[PollResult]:
        return [result for _, result in self.arrivals(server_id)]

    def wait(
        self,
        server_id: str,
        is_it: Callable[[PollResult], bool],
        within_seconds: float = 30.0,
        after: int = 0,
    ) -> PollResult:
        """Return the first result past the first ``after`` ones for which ``is_it`` holds."""
        give_up_at = time.monotonic() + within_seconds
        with self._news:
            while True:
                for _, result in self._arrivals[server_id][after:]:
                    if is_it(result):
                        return result
                left = give_up_at - time.monotonic()
                assert left > 0, f"not within {within_seconds} s: {self._arrivals[server_id]}"
                self._news.wait(left)

    def sample(self, server_id: str, after: int = 0) -> Sample:
        result = self.wait(server_id, lambda one: isinstance(one, Polled), after=after)
        assert isinstance(result, Polled)
        return result.sample

    def whole(self, server_id: str, after: int = 0) -> Sample:
        """Return a sample that lacks nothing; on a busy machine df may be late for one."""
        result = self.wait(
            server_id,
            lambda one: isinstance(one, Polled) and one.sample.problems == (),
            after=after,
        )
        assert isinstance(result, Polled)
        return result.sample

    def miss(self, server_id: str, within_seconds: float = 30.0, after: int = 0) -> Missed:
        result = self.wait(
            server_id, lambda one: isinstance(one, Missed), within_seconds, after=after
        )
        assert isinstance(result, Missed)
        return result
