"""A shell on this machine, without SSH; the same shape as a session over it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess

from monserv.errors import Cause, PollError
from monserv.ssh.session import Shell
from monserv.ssh.transport import Traffic

STOP_SECONDS = 1.0


class LocalSession:
    """Shells of this machine; a socket pair stands where the channel would."""

    def __init__(self) -> None:
        self._children: list[tuple[subprocess.Popen[bytes], socket.socket]] = []

    def open_shell(self) -> Shell:
        """Start ``/bin/sh``."""
        self._let_go_of_the_ended()
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                child = subprocess.Popen(
                    ["/bin/sh"],
                    stdin=theirs.fileno(),
                    stdout=theirs.fileno(),
                    stderr=subprocess.DEVNULL,
                    # Our own environment may hold passwords.
                    env={"PATH": os.environ.get("PATH", os.defpath)},
                    start_new_session=True,
                    close_fds=True,
                )
        except OSError as error:
            ours.close()
            raise PollError(
                Cause.SHELL_UNUSABLE, f"/bin/sh cannot be started: {error.strerror}"
            ) from None
        self._children.append((child, ours))
        return ours

    def may_rest(self, _seconds: float, /) -> bool:
        """Return that a shell asks for nothing by itself."""
        return False

    def rest(self, _seconds: float, /) -> bool:
        """Return that a shell asks for nothing by itself."""
        return False

    def traffic(self) -> Traffic:
        """Return that nothing went over any wire."""
        return Traffic(0, 0)

    def _let_go_of_the_ended(self) -> None:
        for child, ours in [one for one in self._children if one[0].poll() is not None]:
            ours.close()
            self._children.remove((child, ours))

    def abort(self) -> None:
        """Wake everything that waits on a shell."""
        for _, ours in self._children:
            with contextlib.suppress(OSError):
                ours.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End all shells."""
        self.abort()
        for child, ours in self._children:
            ours.close()
            # The shell leads a group of its own; a df that hangs is in it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(STOP_SECONDS)
        self._children.clear()
