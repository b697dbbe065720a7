"""What a login may do besides running the probe, found out by trying it.

Nothing is changed on the server by what is refused there. Where writing is not refused,
one empty file is made and removed at once. What a server does not answer is not refused:
a slow server would look like a safe one.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator

import paramiko
from paramiko.ssh_exception import SSHException

from monserv.errors import Cause, PollError
from monserv.model.restriction import Attempt, Liberty

TRY_SECONDS = 4.0
_CHUNK_BYTES = 4096
# More than any greeting that comes before an answer.
_MAX_BYTES = 1024 * 1024

# SSH_FXP_INIT of version 3, and where its answer, SSH_FXP_VERSION, has its type.
_SFTP_INIT = b"\x00\x00\x00\x05\x01\x00\x00\x00\x03"
_SFTP_VERSION = 2
_SFTP_TYPE_AT = 4

# Longer than any probe, so that whoever waits for a probe has something to refuse: lines
# for a shell, and an SSH_FXP_EXTENDED that no server knows.
_FILLER = b":\n" * 8192
_SFTP_FILLER = b"\x00\x00\x40\x09\xc8\x00\x00\x00\x01\x00\x00\x40\x00" + b"x" * 0x4000
_FILE = "/tmp/monserv-verify-"  # noqa: S108 -- on the server, where the name is random


class _UndecidedError(Exception):
    """Whether it is refused cannot be told; the text says what the server does."""


def attempts(transport: paramiko.Transport) -> Iterator[Attempt]:
    """Yield what came of each attempt; a few seconds each at most.

    Raises ``PollError`` for the first one of which a server does not let us tell.
    """
    tries: dict[Liberty, Callable[[paramiko.Transport], bool]] = {
        Liberty.COMMAND: _runs_a_command,
        Liberty.SHELL: _runs_a_shell,
        Liberty.TERMINAL: _gives_a_terminal,
        Liberty.SFTP: _speaks_sftp,
        Liberty.FORWARDING: _forwards,
        Liberty.LISTENING: _listens,
        Liberty.WRITING: _writes,
    }
    for liberty, is_given in tries.items():
        try:
            attempt = Attempt(liberty, is_refused=not is_given(transport))
        except _UndecidedError as error:
            text = f"Whether {liberty} is refused cannot be told: the server {error}"
            raise PollError(Cause.UNREACHABLE, text) from None
        if not transport.is_active():
            # What ends the connection is no answer to what was tried.
            raise EOFError(f"trying {liberty}")
        yield attempt


def _runs_a_command(transport: paramiko.Transport) -> bool:
    half, other = secrets.token_hex(8), secrets.token_hex(8)
    line = f'echo {half}""{other}'
    return _says(half + other, transport, lambda channel: channel.exec_command(line), line)


def _runs_a_shell(transport: paramiko.Transport) -> bool:
    half, other = secrets.token_hex(8), secrets.token_hex(8)
    line = f'echo {half}""{other}'
    return _says(half + other, transport, lambda channel: channel.invoke_shell(), line)


def _writes(transport: paramiko.Transport) -> bool:
    half, other = secrets.token_hex(8), secrets.token_hex(8)
    file = f"{_FILE}{half}"
    line = f'touch {file} && rm -f {file} && echo {half}""{other}'
    return _says(half + other, transport, lambda channel: channel.exec_command(line), line)


def _gives_a_terminal(transport: paramiko.Transport) -> bool:
    with _channel(transport) as channel:
        try:
            channel.get_pty()
        except (SSHException, EOFError):
            return False
        return True


def _speaks_sftp(transport: paramiko.Transport) -> bool:
    with _channel(transport) as channel:
        try:
            channel.invoke_subsystem("sftp")
            channel.sendall(_SFTP_INIT + _SFTP_FILLER)
            answer = _heard(channel)
        except (SSHException, EOFError, OSError):
            return False
        return len(answer) > _SFTP_TYPE_AT and answer[_SFTP_TYPE_AT] == _SFTP_VERSION


def _forwards(transport: paramiko.Transport) -> bool:
    try:
        with contextlib.closing(
            transport.open_channel(
                "direct-tcpip", ("127.0.0.1", 9), ("127.0.0.1", 0), timeout=TRY_SECONDS
            )
        ):
            return True
    except paramiko.ChannelException as refusal:
        # Any other code says that it was tried.
        return refusal.code != paramiko.common.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
    except (SSHException, EOFError):
        if transport.is_active():
            raise _silent() from None
        return False


def _listens(transport: paramiko.Transport) -> bool:
    try:
        port = transport.request_port_forward("127.0.0.1", 0)
    except (SSHException, EOFError):
        return False
    transport.cancel_port_forward("127.0.0.1", port)
    return True


@contextlib.contextmanager
def _channel(transport: paramiko.Transport) -> Iterator[paramiko.Channel]:
    channel = transport.open_session(timeout=TRY_SECONDS)
    try:
        channel.settimeout(TRY_SECONDS)
        yield channel
    finally:
        channel.close()


def _says(
    wanted: str,
    transport: paramiko.Transport,
    begin: Callable[[paramiko.Channel], object],
    line: str,
) -> bool:
    """Whether the server says ``wanted`` when it is asked for something and sent ``line``."""
    said, left_bytes = b"", _MAX_BYTES
    with _channel(transport) as channel:
        # What is refused ends in one of these, at some point; so does what is done at once.
        with contextlib.suppress(SSHException, EOFError, OSError):
            begin(channel)
            channel.sendall(f"{line}\n".encode() + _FILLER)
            channel.shutdown_write()
        while left_bytes > 0:
            chunk = _heard(channel)
            left_bytes -= len(chunk)
            said = said[-_CHUNK_BYTES:] + chunk
            if wanted.encode() in said:
                return True
            if not chunk:
                return False
    raise _UndecidedError("says too much")


def _heard(channel: paramiko.Channel) -> bytes:
    """Return what comes next; raises ``_UndecidedError`` when nothing does."""
    try:
        return channel.recv(_CHUNK_BYTES)
    except TimeoutError:
        raise _silent() from None


def _silent() -> _UndecidedError:
    return _UndecidedError(f"said nothing for {TRY_SECONDS:g} s")
