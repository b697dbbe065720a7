"""What a login may do besides running the probe, found out by trying it.

Nothing is changed on the server by what is refused there. Where writing is not refused,
one empty file is made and removed at once.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator

import paramiko
from paramiko.ssh_exception import SSHException

from monserv.model.restriction import Attempt, Liberty

TRY_SECONDS = 4.0
_CHUNK_BYTES = 4096
_MAX_CHUNKS = 16

# SSH_FXP_INIT of version 3, and where its answer, SSH_FXP_VERSION, has its type.
_SFTP_INIT = b"\x00\x00\x00\x05\x01\x00\x00\x00\x03"
_SFTP_VERSION = 2
_SFTP_TYPE_AT = 4

# Longer than any probe, so that whoever waits for a probe has something to refuse.
_FILLER = b":\n" * 8192
_FILE = "/tmp/monserv-verify-"  # noqa: S108 -- on the server, where the name is random


def attempts(transport: paramiko.Transport) -> Iterator[Attempt]:
    """Yield what came of each attempt; a few seconds each at most."""
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
        attempt = Attempt(liberty, is_refused=not is_given(transport))
        if not transport.is_active():
            # What ends the connection is no answer to what was tried.
            raise EOFError(f"trying {liberty}")
        yield attempt


def _runs_a_command(transport: paramiko.Transport) -> bool:
    half, other = secrets.token_hex(8), secrets.token_hex(8)
    line = f'echo {half}""{other}'
    return (half + other).encode() in _said(
        transport, lambda channel: channel.exec_command(line), line
    )


def _runs_a_shell(transport: paramiko.Transport) -> bool:
    half, other = secrets.token_hex(8), secrets.token_hex(8)
    return (half + other).encode() in _said(
        transport, lambda channel: channel.invoke_shell(), f'echo {half}""{other}'
    )


def _writes(transport: paramiko.Transport) -> bool:
    half, other = secrets.token_hex(8), secrets.token_hex(8)
    file = f"{_FILE}{half}"
    line = f'touch {file} && rm -f {file} && echo {half}""{other}'
    return (half + other).encode() in _said(
        transport, lambda channel: channel.exec_command(line), line
    )


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
            channel.sendall(_SFTP_INIT)
            answer = channel.recv(_CHUNK_BYTES)
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


def _said(
    transport: paramiko.Transport, begin: Callable[[paramiko.Channel], object], line: str
) -> bytes:
    """Return what the server says when it is asked for something and sent ``line``."""
    with _channel(transport) as channel:
        return b"".join(_spoken(channel, begin, line))


def _spoken(
    channel: paramiko.Channel, begin: Callable[[paramiko.Channel], object], line: str
) -> Iterator[bytes]:
    # What is refused ends in one of these, at some point; what came before counts.
    with contextlib.suppress(SSHException, EOFError, OSError):
        begin(channel)
        channel.sendall(f"{line}\n".encode() + _FILLER)
        channel.shutdown_write()
        for _ in range(_MAX_CHUNKS):
            chunk = channel.recv(_CHUNK_BYTES)
            if not chunk:
                break
            yield chunk
