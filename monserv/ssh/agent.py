"""The SSH agent: its keys, certificates too, and never waited for without bound.

It may be gone, hang at the end of a forwarded connection, or wait for its owner to press
a button. It owns the two questions that are asked of one (draft-ietf-sshm-ssh-agent).
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import paramiko
from paramiko.agent import ALGORITHM_FLAG_MAP
from paramiko.message import Message
from paramiko.pkey import PublicBlob
from paramiko.ssh_exception import SSHException

from monserv.clock import Clock

VARIABLE = "SSH_AUTH_SOCK"
AGENT_SECONDS = 3.0
MAX_ANSWER_BYTES = 256 * 1024
MAX_KEYS = 256

_LIST, _LISTED = b"\x0b", 12
_SIGN, _SIGNED = b"\x0d", 14


class AgentError(SSHException):
    """The agent did not do what it was asked; the text says what it did, without a subject."""


class Agent:
    """A connection to an agent; each question is answered within ``AGENT_SECONDS``."""

    def __init__(self, path: str, clock: Clock) -> None:
        self._clock = clock
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._sock.settimeout(AGENT_SECONDS)
            self._sock.connect(path)
        except BaseException:
            self.close()
            raise

    def keys(self) -> tuple[AgentKey, ...]:
        """Return what it holds, in its order; raises ``AgentError``."""
        answer = self._ask(_LIST, _LISTED)
        count = min(answer.get_int(), MAX_KEYS)
        return tuple(AgentKey(self, answer.get_binary(), answer.get_binary()) for _ in range(count))

    def sign(self, blob: bytes, data: bytes, flags: int) -> bytes:
        """Return the signature of ``data`` by the key ``blob``; raises ``AgentError``."""
        question = Message()
        question.add_string(blob)
        question.add_string(data)
        question.add_int(flags)
        return self._ask(_SIGN + question.asbytes(), _SIGNED).get_binary()

    def close(self) -> None:
        """Let go of the connection."""
        self._sock.close()

    def _ask(self, question: bytes, wanted: int) -> Message:
        give_up_at = self._clock.monotonic() + AGENT_SECONDS
        try:
            self._sock.settimeout(AGENT_SECONDS)
            self._sock.sendall(struct.pack(">I", len(question)) + question)
            (length,) = struct.unpack(">I", self._read(4, give_up_at))
            if not 0 < length <= MAX_ANSWER_BYTES:
                raise AgentError(f"announced an answer of {length} bytes")
            answer = self._read(length, give_up_at)
        except TimeoutError:
            raise AgentError(f"did not answer within {AGENT_SECONDS:.0f} s") from None
        except OSError:
            raise AgentError("went away before it answered") from None
        if answer[0] != wanted:
            raise AgentError("refused")
        return Message(answer[1:])

    def _read(self, wanted: int, give_up_at: float) -> bytes:
        data = b""
        while len(data) < wanted:
            # A drip of bytes would renew a timeout for ever.
            left = give_up_at - self._clock.monotonic()
            if left <= 0:
                raise TimeoutError
            self._sock.settimeout(left)
            piece = self._sock.recv(wanted - len(data))
            if not piece:
                raise ConnectionResetError
            data += piece
        return data


class AgentKey(paramiko.PKey):
    """A key, or a certificate, that an agent holds and signs with."""

    def __init__(self, agent: Agent, blob: bytes, comment: bytes) -> None:
        self._agent = agent
        self._blob = blob
        self._name = Message(blob).get_binary().decode("ascii", "replace")
        self.comment = comment.decode("utf-8", "replace")
        self.is_certificate = "-cert-" in self._name
        self.public_blob = PublicBlob(self._name, blob) if self.is_certificate else None

    def get_name(self) -> str:
        """Return the type of the key or of the certificate."""
        return self._name

    def asbytes(self) -> bytes:
        """Return the public key or the certificate."""
        return self._blob

    def sign_ssh_data(self, data: bytes, algorithm: str | None = None) -> Message:
        """Let the agent sign; raises ``AgentError``."""
        flags = ALGORITHM_FLAG_MAP.get(algorithm or "", 0)
        return Message(self._agent.sign(self._blob, data, flags))


def path_of(configured: str | None) -> str:
    """Return where the agent listens, or nothing; ``configured`` is ``IdentityAgent``'s."""
    return os.environ.get(VARIABLE, "") if configured is None else configured


@contextmanager
def keys(path: str, clock: Clock) -> Iterator[tuple[AgentKey, ...]]:
    """Give the keys of the agent at ``path``; none where no agent answers."""
    agent: Agent | None = None
    found: tuple[AgentKey, ...] = ()
    try:
        # One that is gone is none; the keys in files are tried all the same.
        with suppress(AgentError, OSError, ValueError):
            if path:
                agent = Agent(path, clock)
                found = agent.keys()
        yield found
    finally:
        if agent is not None:
            agent.close()
