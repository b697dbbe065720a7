"""Where the name of a server leads: looked up in threads, since the system's resolver blocks.

A look-up that nobody answers holds its thread for as long as the resolver waits, often ten
seconds or more, and a company's names may all be silent at once. So a name that was not
answered in time is asked for among its like from then on, and not again while the resolver
still waits: however many there are, names that are answered find a thread.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

from monserv.errors import Cause, PollError
from monserv.offload import CallRefused, CallTimeout, RealThreads, blocking, real_threads

# Threads begin when they are needed, so a fleet whose names are answered has a few.
LOOK_UPS = 64
# A person may have any name tried; what is forgotten is but found out again.
MAX_SILENT = 10_000

Address = tuple[
    socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
]


class Names:
    """Safe for many threads."""

    def __init__(self, threads: Callable[[str, int], RealThreads] = real_threads) -> None:
        self._threads = threads("monserv-names", LOOK_UPS)
        self._others = threads("monserv-silent-names", LOOK_UPS)
        # Names that were not answered in time last, and those of them that still are not.
        self._silent: set[str] = set()
        self._under_way: set[str] = set()

    def addresses(self, host: str, port: int, within_seconds: float) -> list[Address]:
        """Return where ``host``, a name or an address, is reached.

        Raises ``PollError(UNREACHABLE)``.
        """
        try:
            literal = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return self._looked_up(host, port, within_seconds)
        if "%" in host or literal.version == 6:  # noqa: PLR2004 -- the IP version
            return _of_address(host, port)
        return [(socket.AF_INET, (host, port))]

    def stop(self) -> None:
        """Let the threads go; never waits."""
        self._threads.stop()
        self._others.stop()

    def _looked_up(self, host: str, port: int, within_seconds: float) -> list[Address]:
        if host in self._under_way:
            raise _late(host)
        threads = self._others if host in self._silent else self._threads
        try:
            # What can be no name needs no thread.
            look_up = _LookUp(host.encode("idna"), port, lambda: self._under_way.discard(host))
            found = threads.call(within_seconds, look_up.run)
        except (CallTimeout, CallRefused):
            self._note_silence(host, look_up)
            raise _late(host) from None
        except (OSError, UnicodeError) as error:
            detail = error.strerror if isinstance(error, OSError) else "not a host name"
            raise PollError(
                Cause.UNREACHABLE, f"The name {host} cannot be resolved: {detail}"
            ) from None
        self._silent.discard(host)
        return found

    def _note_silence(self, host: str, look_up: _LookUp) -> None:
        """Remember a name whose look-up has begun; of one that found no thread nothing is known."""
        if not look_up.has_begun:
            return
        if len(self._silent) >= MAX_SILENT:
            self._silent.clear()
        self._silent.add(host)
        # It may end at any moment: noted first and looked at then, it is never left noted.
        self._under_way.add(host)
        if look_up.has_ended:
            self._under_way.discard(host)


class _LookUp:
    """One question to the resolver, which may outlive whoever asks; ``on_end`` is called then."""

    def __init__(self, name: bytes, port: int, on_end: Callable[[], None]) -> None:
        self._name = name
        self._port = port
        self._on_end = on_end
        self.has_begun = False
        self.has_ended = False

    def run(self) -> list[Address]:
        self.has_begun = True
        try:
            ask = blocking("socket", "getaddrinfo")
            found = ask(self._name, self._port, type=socket.SOCK_STREAM)
            return [(family, address) for family, _, _, _, address in found]
        finally:
            self.has_ended = True
            self._on_end()


def _of_address(host: str, port: int) -> list[Address]:
    flags = socket.AI_NUMERICHOST
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except OSError:
        raise PollError(
            Cause.UNREACHABLE,
            f"The address {host} cannot be used: after the % stands the interface of this "
            "machine behind which a link-local address is",
        ) from None
    return [(family, address) for family, _, _, _, address in found]


def _late(host: str) -> PollError:
    return PollError(Cause.UNREACHABLE, f"The name {host} was not resolved in time")
