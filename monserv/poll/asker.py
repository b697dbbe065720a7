"""One shell on a server: the script is sent once, then a line for each question."""

from __future__ import annotations

import re
import secrets

from monserv.clock import Clock
from monserv.errors import Cause, PollError
from monserv.probe import forced, script, sections
from monserv.probe.text import clean
from monserv.ssh.session import Shell

# A box with ten thousand processes answers with about 3 MB.
MAX_ANSWER_BYTES = 4 * 1024 * 1024
CHUNK_BYTES = 65536

SEND_SECONDS = 2.0

# A mark is made of capitals, of which the files of /proc have next to none: what is looked for
# ends where it cannot begin, and the search for it goes on behind that.
_CAPITALS = str.maketrans("0123456789abcdef", "GHJKLMNPQRSTVWXZ")

_EXPIRED = re.compile(r"password (change required|(has |is )?expired)", re.IGNORECASE)


class Asker:
    """Sends lines to one shell and reads the answers up to their end mark."""

    def __init__(self, shell: Shell, clock: Clock) -> None:
        self._shell = shell
        self._clock = clock
        self._received = bytearray()
        self._secret = secrets.token_hex(8).translate(_CAPITALS)
        self._count = 0
        self._is_ready = False
        self._shell.settimeout(SEND_SECONDS)
        self._send(script.SCRIPT)

    def marker(self) -> str:
        """Return a mark for the next answer; no two answers share one."""
        self._count += 1
        return f"{self._secret}.{self._count}"

    def say(self, lines: str, limit_at: float) -> None:
        """Send ``lines``, once the script runs.

        What was sent before would be lost: some shells read ahead for the script, and
        not for its ``read``.
        """
        if not self._is_ready:
            self._up_to(script.READY, limit_at)
            self._is_ready = True
        self._shell.settimeout(self._left(limit_at))
        self._send(lines)

    def answer(self, marker: str, limit_at: float) -> dict[str, str]:
        """Return the sections of the answer with ``marker``; raises ``TimeoutError``."""
        return sections.cut(self._up_to(sections.end_line(marker), limit_at), marker)

    def close(self) -> None:
        """Let go of the shell."""
        self._shell.close()

    def _up_to(self, end: bytes, limit_at: float) -> bytes:
        received, searched = self._received, 0
        if not received:
            chunk = self._chunk(limit_at)
            if chunk.endswith(end):
                # The whole answer at once, as nearly all come: nothing is copied or searched.
                return chunk
            received += chunk
        while (found := received.find(end, searched)) < 0:
            searched = max(0, len(received) - len(end))
            if len(received) > MAX_ANSWER_BYTES:
                raise PollError(
                    Cause.BAD_OUTPUT, f"The server sent more than {MAX_ANSWER_BYTES} bytes"
                )
            received += self._chunk(limit_at)
        answer = bytes(received[: found + len(end)])
        del received[: found + len(end)]
        return answer

    def _chunk(self, limit_at: float) -> bytes:
        self._shell.settimeout(self._left(limit_at))
        chunk = self._shell.recv(CHUNK_BYTES)
        if not chunk:
            raise self._end()
        return chunk

    def _send(self, text: str) -> None:
        try:
            self._shell.sendall(text.encode())
        except BrokenPipeError:
            # What a shell that has ended said before is still to be read, with its end.
            return

    def _left(self, limit_at: float) -> float:
        left = limit_at - self._clock.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _end(self) -> PollError:
        """Return how the shell ended, with the last thing it said."""
        if self._is_ready:
            return PollError(
                Cause.SHELL_UNUSABLE, "The shell on the server ended in the middle of a poll"
            )
        lines = bytes(self._received[-1024:]).decode("utf-8", "replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "")
        said = f"; it said: {clean(last, 120)}" if last else ""
        if any(_EXPIRED.search(line) for line in lines):
            # sshd lets such a user in, and ends the session that is no terminal.
            return PollError(
                Cause.AUTHENTICATION_FAILED, f"The password has expired and must be changed{said}"
            )
        if last == forced.REFUSAL:
            return PollError(
                Cause.SHELL_UNUSABLE,
                "This login may run the probe of another version of monserv only; monserv harden"
                " prints the line of authorized_keys for this one",
            )
        return PollError(
            Cause.SHELL_UNUSABLE, f"The login shell is not usable: it ended at once{said}"
        )
