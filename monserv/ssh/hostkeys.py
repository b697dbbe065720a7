"""Pinned host keys: the first key that a server shows is the one it must keep.

One file, lines ``<host or [host]:port> <type> <base64>`` as OpenSSH writes them.
It is replaced as a whole, atomically, so a crash leaves the old or the new one.
A store that cannot be read refuses every server rather than trusting anew.
"""

from __future__ import annotations

import base64
import hashlib
import os
import threading
from pathlib import Path

from monserv.errors import Cause, PollError
from monserv.model.server import DEFAULT_SSH_PORT, Server
from monserv.model.trial import ShownKey
from monserv.ssh.witness import Witness

Pins = dict[str, dict[str, str]]


def pinned_host(server: Server) -> str:
    """Return the host to pin for a server: what is behind a jump server is another machine.

    ``bastion>10.0.0.3`` has another key than the 10.0.0.3 of this network.
    """
    return server.way + server.host


def host_name(host: str, port: int) -> str:
    """Return the name under which a host's keys are kept, as OpenSSH spells it."""
    return host if port == DEFAULT_SSH_PORT else f"[{host}]:{port}"


def fingerprint(key_base64: str) -> str:
    """Return the SHA-256 fingerprint as ``ssh-keygen -l`` prints it."""
    digest = hashlib.sha256(base64.b64decode(key_base64)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


class HostKeys:
    """The store of pins, safe for many connections at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def pinned_types(self, host: str, port: int) -> tuple[str, ...]:
        """Return the key types pinned for a server, which it should be asked for first.

        Raises ``PollError(UNREACHABLE)`` when the store cannot be used.
        """
        with self._lock:
            return tuple(self._read().get(host_name(host, port), {}))

    def check(self, host: str, port: int, key_type: str, key_base64: str) -> None:
        """Accept the key that a server shows, pinning the very first one.

        Raises ``PollError(HOST_KEY_CHANGED)`` when another key is pinned, and
        ``PollError(UNREACHABLE)`` when the store cannot be used.
        """
        name = host_name(host, port)
        with self._lock:
            pins = self._read()
            pinned = pins.get(name)
            if pinned is None:
                pins[name] = {key_type: key_base64}
                self._write(pins)
                return
        self._compare(pinned, key_type, key_base64)

    def is_pinned(self, host: str, port: int, key_type: str, key_base64: str) -> bool:
        """Whether the key that a server shows is its pinned one; pins nothing.

        Raises as ``check`` does when another one is.
        """
        with self._lock:
            pinned = self._read().get(host_name(host, port))
        if pinned is None:
            return False
        self._compare(pinned, key_type, key_base64)
        return True

    def _compare(self, pinned: dict[str, str], key_type: str, key_base64: str) -> None:
        if pinned.get(key_type) != key_base64:
            expected = ", ".join(f"{kind} {fingerprint(key)}" for kind, key in pinned.items())
            raise PollError(
                Cause.HOST_KEY_CHANGED,
                f"Pinned {expected}, offered {key_type} {fingerprint(key_base64)}; nothing was sent"
                f" to it. Was it reinstalled? Then delete its line from {self._path} and restart",
            )

    def _read(self) -> Pins:
        pins: Pins = {}
        try:
            lines = self._path.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return pins
        except (OSError, UnicodeDecodeError) as error:
            raise PollError(
                Cause.UNREACHABLE, f"The host key store {self._path} cannot be read: {error}"
            ) from None
        for number, line in enumerate(lines, 1):
            fields = line.split(" ")
            if len(fields) != 3 or not _is_base64(fields[2]):  # noqa: PLR2004 -- host, type, key
                raise PollError(
                    Cause.UNREACHABLE,
                    f"The host key store {self._path} is damaged in line {number}; restore it,"
                    " or delete that line to pin the server's present key",
                )
            pins.setdefault(fields[0], {})[fields[1]] = fields[2]
        return pins

    def _write(self, pins: Pins) -> None:
        lines = [
            f"{name} {kind} {key}\n" for name, keys in pins.items() for kind, key in keys.items()
        ]
        draft = self._path.with_name(self._path.name + ".new")
        try:
            draft.touch(0o600)
            with draft.open("w", encoding="utf-8") as file:
                file.write("".join(lines))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
        except OSError as error:
            raise PollError(
                Cause.UNREACHABLE, f"The host key store {self._path} cannot be written: {error}"
            ) from None


class Onlooker:
    """Judges by the pins of a store and pins nothing; its witness hears of the key."""

    def __init__(self, store: HostKeys, witness: Witness) -> None:
        self._store = store
        self._witness = witness
        self.pinned_types = store.pinned_types

    def check(self, host: str, port: int, key_type: str, key_base64: str) -> None:
        """Accept a key that is pinned, or where none is; raises as ``HostKeys.check``."""
        mark = fingerprint(key_base64)
        self._witness.saw_key(ShownKey(key_type, mark, is_known=False))
        if self._store.is_pinned(host, port, key_type, key_base64):
            self._witness.saw_key(ShownKey(key_type, mark, is_known=True))


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except ValueError:
        return False
