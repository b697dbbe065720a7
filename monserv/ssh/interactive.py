"""Keyboard-interactive logins with one prompt: that gets the password, and nothing else does.

It owns the reading of RFC 4256's questions, which paramiko reads without a bound.
"""

from __future__ import annotations

import re
import threading

import paramiko
from paramiko.auth_handler import AuthHandler
from paramiko.common import cMSG_USERAUTH_INFO_RESPONSE
from paramiko.message import Message
from paramiko.ssh_exception import SSHException

# A server that tells something asks nothing in that round; one that goes on and on is broken.
MAX_ROUNDS = 8
SHOWN_CHARACTERS = 80

_EXPIRY = re.compile(
    r"expired|change your password|(new|current|old|retype)[^:]*password", re.IGNORECASE
)


class MoreAskedError(SSHException):
    """The server asks for more than the password; the text says for what."""


class PasswordPrompt(AuthHandler):
    """Gives the password to the first prompt if that comes alone and hidden.

    Any other question ends the connection with ``MoreAskedError``, unanswered.
    """

    def __init__(self, transport: paramiko.Transport, password: str) -> None:
        super().__init__(transport)
        self._password = password
        self._is_answered = False
        self._rounds = 0

    def _parse_userauth_info_request(self, m: Message) -> None:
        """Answer one round; the server says how many prompts it has, whatever follows."""
        if self.auth_method != "keyboard-interactive":
            raise SSHException("Illegal info request from server")
        _, instructions, _ = m.get_text(), m.get_text(), m.get_binary()
        count = m.get_int()
        self._rounds += 1
        if self._rounds > MAX_ROUNDS:
            raise MoreAskedError("The server goes on asking for nothing, and lets nobody in")
        answers = []
        if count:
            prompt, echoes = m.get_text(), m.get_boolean()
            if self._is_answered or echoes or count > 1:
                raise MoreAskedError(self._words(instructions, prompt, count))
            self._is_answered = True
            answers = [self._password]
        reply = Message()
        reply.add_byte(cMSG_USERAUTH_INFO_RESPONSE)
        reply.add_int(len(answers))
        for answer in answers:
            reply.add_string(answer)
        self.transport._send_message(reply)  # type: ignore[attr-defined]  # noqa: SLF001 -- what its parent does; the stubs leave it out

    def _words(self, instructions: str, prompt: str, count: int) -> str:
        asked = _shown(prompt)
        if self._is_answered and _EXPIRY.search(f"{instructions} {prompt}"):
            return f"The password has expired and must be changed; the server asks: {asked}"
        many = f" and {count - 1} more" if count > 1 else ""
        return (
            "The server asks for a second factor, or for more than a password, which monserv "
            f"cannot give: {asked}{many}"
        )


def show_password(transport: paramiko.Transport, username: str, password: str) -> list[str]:
    """Log in by keyboard-interactive; return what else is wanted, as paramiko's own calls do.

    Raises ``MoreAskedError`` for anything but one hidden prompt, and what paramiko raises.
    """
    answered = threading.Event()
    prompt = PasswordPrompt(transport, password)
    transport.auth_handler = prompt
    prompt.auth_interactive(username, _nothing, answered)
    wanted: list[str] = prompt.wait_for_response(answered)
    return wanted


def _nothing(_title: str, _instructions: str, _prompts: list[tuple[str, bool]]) -> list[str]:
    """Stand where paramiko wants a function that ``PasswordPrompt`` has no use for."""
    return []


def _shown(prompt: str) -> str:
    """Return a server's words as text that does nothing, and not too much of it."""
    text = "".join(one if one.isprintable() else " " for one in prompt).strip()
    return f'"{text[:SHOWN_CHARACTERS]}{"…" if len(text) > SHOWN_CHARACTERS else ""}"'
