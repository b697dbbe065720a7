"""A real little mail server that keeps what it is given, and one that misbehaves."""

from __future__ import annotations

import base64
import contextlib
import email
import email.policy
import random
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Self

from tests.notify.authority import Authority


@dataclass(frozen=True, slots=True)
class Mail:
    """One message, as it went over the wire."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    was_encrypted: bool

    @property
    def message(self) -> EmailMessage:
        parsed = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return str(self.message.get_content())


class Sink:
    """Listens on ``host``; with ``implicit`` TLS from the first byte, with ``starttls`` later.

    ``login`` is who may send, if anybody has to log in. ``answers`` gives a command
    another answer than the usual one. ``hangs`` says nothing at all, ``drips`` sends a
    byte of its greeting now and then.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        implicit: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
        answers: dict[str, str] | None = None,
        hangs: bool = False,
        drips: bool = False,
    ) -> None:
        self._implicit = implicit
        self._starttls = starttls
        self._login = login
        self.answers = answers or {}
        self._hangs, self._drips = hangs, drips
        self.mails: list[Mail] = []
        self.logins: list[tuple[str, str]] = []
        self.connections = 0
        self._closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server((host, port))
        self.host, self.port = self._listener.getsockname()[:2]
        self._thread = threading.Thread(target=self._accept, name="sink", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        # A thread that is accepting keeps the port unless it is shut down.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in tuple(self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(30)

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), name="mail", daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        self._open.add(sock)
        try:
            sock.settimeout(60)
            if self._hangs:
                self._closing.wait()
            elif self._drips:
                while not self._closing.wait(0.05):
                    sock.sendall(b"2")
            else:
                self._greet(sock)
        except (OSError, ValueError):
            pass
        finally:
            self._open.discard(sock)
            sock.close()

    def _greet(self, sock: socket.socket) -> None:
        if self._implicit is not None:
            sock = self._implicit.wrap_socket(sock, server_side=True)
        with contextlib.closing(
            Conversation(self, sock, is_encrypted=self._implicit is not None)
        ) as conversation:
            conversation.run()

    def accepts(self, user: str, password: str) -> bool:
        self.logins.append((user, password))
        return self._login is None or self._login == (user, password)

    @property
    def needs_login(self) -> bool:
        return self._login is not None

    @property
    def upgrade(self) -> ssl.SSLContext | None:
        return self._starttls


class Conversation:
    """One client's session."""

    def __init__(self, sink: Sink, sock: socket.socket, *, is_encrypted: bool) -> None:
        self._sink, self._sock, self._is_encrypted = sink, sock, is_encrypted
        self._file = sock.makefile("rb")
        self._sender, self._recipients = "", list[str]()
        self._is_known = not sink.needs_login

    def close(self) -> None:
        self._file.close()
        self._sock.close()

    def run(self) -> None:
        self._say(self._sink.answers.get("", "220 sink"))
        while line := self._file.readline(10_000):
            command = line.decode().strip()
            verb = command.partition(" ")[0].upper()
            if verb in self._sink.answers:
                self._say(self._sink.answers[verb])
            elif not self._obey(verb, command):
                return

    def _obey(self, verb: str, command: str) -> bool:
        if verb == "EHLO":
            offers = ["sink"]
            if self._sink.upgrade is not None and not self._is_encrypted:
                offers.append("STARTTLS")
            offers.append("AUTH PLAIN")
            lines = [f"250-{one}" for one in offers[:-1]] + [f"250 {offers[-1]}"]
            self._say("\r\n".join(lines))
        elif verb == "STARTTLS" and self._sink.upgrade is not None:
            self._say("220 go ahead")
            self._file.close()
            self._sock = self._sink.upgrade.wrap_socket(self._sock, server_side=True)
            self._file, self._is_encrypted = self._sock.makefile("rb"), True
        elif verb == "AUTH":
            _, user, password = base64.b64decode(command.rpartition(" ")[2]).decode().split("\0")
            self._is_known = self._sink.accepts(user, password)
            self._say("235 welcome" if self._is_known else "535 5.7.8 who are you?")
        elif verb == "MAIL" and not self._is_known:
            self._say("530 log in first")
        elif verb == "MAIL":
            self._sender, self._recipients = command.partition("<")[2].partition(">")[0], []
            self._say("250 ok")
        elif verb == "RCPT":
            self._recipients.append(command.partition("<")[2].partition(">")[0])
            self._say("250 ok")
        elif verb == "DATA":
            self._take()
        elif verb == "QUIT":
            self._say("221 bye")
            return False
        else:
            self._say("250 ok")
        return True

    def _take(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self._file.readline(100_000)) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b"."))
        mail = Mail(self._sender, tuple(self._recipients), b"".join(lines), self._is_encrypted)
        self._sink.mails.append(mail)
        self._say("250 taken")

    def _say(self, text: str) -> None:
        self._sock.sendall(text.encode() + b"\r\n")


def mail_server(authority: Authority, login: tuple[str, str]) -> Sink:
    """Return what listens as a mail server does, on port 587 of some loopback address."""
    host = f"127.{random.randint(1, 254)}.{random.randint(1, 254)}.{random.randint(2, 254)}"
    return Sink(host=host, port=587, starttls=authority.context(host), login=login)


def wait_for_mails(sink: Sink, count: int, seconds: float = 30.0) -> list[Mail]:
    """Return the mails once there are so many."""
    give_up_at = time.monotonic() + seconds
    while len(sink.mails) < count and time.monotonic() < give_up_at:
        time.sleep(0.02)
    return sink.mails
