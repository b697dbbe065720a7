"""Log in with what a server's configuration allows: key, password, agent, default keys."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import paramiko
from paramiko.ssh_exception import (
    AuthenticationException,
    BadAuthenticationType,
)

from monserv.clock import Clock
from monserv.errors import Cause, PollError
from monserv.model.server import Server
from monserv.ssh import agent, identities, interactive
from monserv.ssh.agent import AgentError
from monserv.ssh.identities import Offer, configured_key
from monserv.ssh.interactive import MoreAskedError
from monserv.ssh.private_key import KeyUnusableError
from monserv.ssh.transport import DisconnectedByServer

# OpenSSH cuts the connection after six tries, and every refused one is a line in
# the server's log.
MAX_OFFERED_KEYS = 4


_PASSWORD = "the password"  # noqa: S105 -- what it is called, not one


class HungUpError(PollError):
    """The server hung up on what it was shown, which may be its way to refuse it."""

    def __init__(self, cause: Cause, text: str, *, is_password: bool = False) -> None:
        super().__init__(cause, text)
        self.is_password = is_password


class _SecondFactorWantedError(PollError):
    """What was shown is right and not enough; no other key changes that."""


def log_in(transport: paramiko.Transport, server: Server, clock: Clock) -> None:
    """Authenticate ``transport`` as the server's configuration says.

    Raises ``PollError(AUTHENTICATION_FAILED)`` with the cause in a sentence.
    """
    credentials = server.credentials
    if credentials.key_path is not None:
        _show_named_key(transport, server, clock)
    elif credentials.password is not None:
        _show_password(transport, server.username, credentials.password.reveal())
    else:
        _show_any_key(transport, server, clock)


def _show_password(transport: paramiko.Transport, user: str, password: str) -> None:
    """Show the password in the way the server asks for it, and to no server that does not."""
    offered = _offered(transport, user)
    if offered is None:
        return
    what = _PASSWORD
    if "password" in offered:
        _attempt(what, lambda: transport.auth_password(user, password, fallback=False))
    elif "keyboard-interactive" in offered:
        _attempt(what, lambda: interactive.show_password(transport, user, password))
    else:
        raise _unaccepted(what, offered)


def _offered(transport: paramiko.Transport, user: str) -> list[str] | None:
    """Return how a user may log in, as ``ssh`` asks it first; ``None`` when already in."""
    try:
        with _in_words(f"the user {user}"):
            transport.auth_none(user)
    except _UnacceptedError as error:
        return error.offered
    return None


def _show_named_key(transport: paramiko.Transport, server: Server, clock: Clock) -> None:
    """Show the key that the server is configured with: its certificates first, then itself."""
    remarks: list[str] = []
    try:
        named = configured_key(server)
    except KeyUnusableError as error:
        raise _refused(str(error)) from None
    offers = list(identities.of_named_key(named, clock.now(), remarks))
    refused = _show(transport, server.username, offers)
    if refused is not None:
        shown = " and ".join(offer.what for offer in offers)
        words = str(refused) if len(offers) == 1 else f"The server refused {shown}"
        raise _refused("; ".join([words, *remarks]))


def _show_any_key(transport: paramiko.Transport, server: Server, clock: Clock) -> None:
    """Show named keys, those of the agent and the default ones, until one is taken."""
    remarks: list[str] = []
    names = server.credentials.identities
    with agent.keys(agent.path_of(names.agent), clock) as held:
        found = identities.of_all(server.credentials, held, clock.now(), remarks)
        offers = _Counted(itertools.islice(found, MAX_OFFERED_KEYS))
        if _show(transport, server.username, offers) is None:
            return
    where = "~/.ssh" if names.key_paths is None else "the SSH configuration"
    if offers.count:
        words = f"The server refused all {offers.count} keys of the agent and of {where}"
    else:
        words = f"There is no password or key for this server, no agent and no key in {where}"
    raise _refused("; ".join([words, *remarks]))


class _Counted:
    """Offers, and how many of them were taken."""

    def __init__(self, offers: Iterator[Offer]) -> None:
        self._offers = offers
        self.count = 0

    def __iter__(self) -> Iterator[Offer]:
        for offer in self._offers:
            self.count += 1
            yield offer


def _show(transport: paramiko.Transport, user: str, offers: Iterable[Offer]) -> PollError | None:
    """Show each offer until one is taken; return the last refusal when none is."""
    refused: PollError | None = _refused("Nothing was shown")
    for offer in offers:
        key = offer.key
        key.public_blob = offer.certificate
        try:
            _attempt(offer.what, partial(transport.auth_publickey, user, key))
        except _SecondFactorWantedError:
            raise
        except PollError as error:
            if error.cause is not Cause.AUTHENTICATION_FAILED or not transport.is_active():
                raise
            refused = error
        else:
            return None
    return refused


class _UnacceptedError(PollError):
    """The server lets nobody in by this method; ``offered`` are those that it has."""

    def __init__(self, text: str, offered: list[str]) -> None:
        super().__init__(Cause.AUTHENTICATION_FAILED, text)
        self.offered = offered


def _attempt(what: str, authenticate: Callable[[], list[str]]) -> None:
    with _in_words(what):
        wanted = authenticate()
    if wanted:
        raise _SecondFactorWantedError(
            Cause.AUTHENTICATION_FAILED,
            f"The server accepted {what} but asks for a second factor ({', '.join(wanted)})",
        )


@contextlib.contextmanager
def _in_words(what: str) -> Iterator[None]:
    """Turn whatever paramiko raises while a server judges ``what`` into a ``PollError``."""
    try:
        yield
    except BadAuthenticationType as error:
        # What it went through refers to it, and would be there until somebody looks for garbage.
        error.__traceback__ = None
        raise _unaccepted(what, list(error.allowed_types)) from None
    except AuthenticationException as error:
        if "EOF" in str(error):
            text = f"The server hung up on {what}"
            raise HungUpError(Cause.UNREACHABLE, text, is_password=what == _PASSWORD) from None
        if str(error) == "Authentication timeout.":
            raise PollError(Cause.UNREACHABLE, f"The server did not judge {what} in time") from None
        raise _refused(f"The server refused {what}{_detail(error)}") from None
    except MoreAskedError as error:
        raise _SecondFactorWantedError(Cause.AUTHENTICATION_FAILED, str(error)) from None
    except AgentError as error:
        # It is ours to mend, and the server has seen a connection without a login.
        raise _refused(f"The agent {error}, when {what} was to be shown") from None
    except DisconnectedByServer as error:
        raise _refused(f"The server refused {what}: {error}") from None
    except Exception as error:  # noqa: BLE001 -- paramiko hands on whatever a server's bytes caused
        raise PollError(
            Cause.UNREACHABLE,
            f"The login broke off while the server judged {what}: {type(error).__name__}",
        ) from None


def _unaccepted(what: str, offered: list[str]) -> _UnacceptedError:
    return _UnacceptedError(
        f"The server does not accept {what}; it offers {', '.join(offered) or 'nothing'}", offered
    )


def _refused(text: str) -> PollError:
    return PollError(Cause.AUTHENTICATION_FAILED, text)


def _detail(error: AuthenticationException) -> str:
    text = str(error)
    return "" if text in {"", "Authentication failed."} else f" ({text})"
