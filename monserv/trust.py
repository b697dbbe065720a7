"""What a person decides about a server's host key, and that a server is tried at once."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator

from monserv.errors import PollError, ServerConflict, StorageError, TooSoon
from monserv.model.access import Access
from monserv.model.host_key import HostKeyReport
from monserv.model.server import Reach, Server
from monserv.poll.fleet import Fleet
from monserv.ssh.opener import Opener

log = logging.getLogger(__name__)


class Trust:
    """Host keys as people see them; errors are ``ServerConflict`` and ``StorageError``."""

    def __init__(
        self, opener: Opener, fleet: Fleet, listed: Callable[[], Iterable[Server]]
    ) -> None:
        self._opener = opener
        self._fleet = fleet
        self._listed = listed

    def show(self, server: Server) -> HostKeyReport:
        """Return what is known of a server's host key, and the one that was refused."""
        _refuse_local(server)
        with _stored():
            return self._opener.host_key(server)

    def accept(self, server: Server, fingerprint: str, access: Access) -> HostKeyReport:
        """Trust the key that was refused, when this is its fingerprint; try it at once.

        It is trusted for every server at that place, so whoever does not see all of them
        may not decide it.
        """
        _refuse_local(server)
        with _stored():
            self._refuse_beyond(server, access)
            accepted = self._opener.accept_key(server, fingerprint)
        who = access.name or "somebody"
        log.info("%s: the host key %s was accepted by %s", server.name, accepted.fingerprint, who)
        # One that was tried a moment ago sees by itself, as soon, that its key is accepted.
        self._fleet.retry(server.id)
        return self.show(server)

    def vouch(self, server: Server, fingerprint: str, access: Access) -> None:
        """Trust the new key that a test of ``server`` showed, before it is watched."""
        _refuse_local(server)
        with _stored():
            self._refuse_beyond(server, access)
            self._opener.vouch_key(server, fingerprint)
        who = access.name or "somebody"
        log.info("%s: the host key %s was accepted by %s", server.url, fingerprint, who)

    def _refuse_beyond(self, server: Server, access: Access) -> None:
        """Refuse whoever could open the way to a server that they do not see."""
        beyond = [
            one
            for one in self._listed()
            if one.reach is not Reach.LOCAL and not access.sees(one.tags)
        ]
        if not beyond:
            return
        name = self._opener.key_names(server)[-1]
        for one in beyond:
            # What cannot be reached as it is configured has no key that counts.
            with contextlib.suppress(PollError):
                if name in self._opener.key_names(one):
                    raise ServerConflict(
                        "Servers that you do not see are reached with this host key too; "
                        "somebody who sees them must accept it."
                    )

    def retry(self, server: Server) -> None:
        """Let a server that does not answer be tried at once; raises ``TooSoon`` as well."""
        wait_seconds = self._fleet.retry(server.id)
        if wait_seconds is None:
            raise ServerConflict(f"{server.name} is paused; resume it, and it is tried.")
        if wait_seconds > 0:
            raise TooSoon(f"{server.name} was just tried; wait a few seconds", wait_seconds)


def _refuse_local(server: Server) -> None:
    if server.reach is Reach.LOCAL:
        raise ServerConflict(f"{server.name} is watched without SSH, and has no host key.")


@contextlib.contextmanager
def _stored() -> Iterator[None]:
    """Say of a store of keys that it is broken as of any other one."""
    try:
        yield
    except PollError as error:
        raise StorageError(str(error)) from None
