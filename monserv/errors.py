"""Every error that monserv raises on purpose.

MonservError
├── SettingsError            a setting is malformed; the start stops with it
├── StartRefused             the process must not run this way (second start, ``-w 2``)
├── StorageError             the database cannot be used
│   ├── StorageTimeout       it did not answer in time
│   └── KeyFileError         what opens stored passwords cannot be used
├── ChangeRefused            a server cannot be changed like that
│   ├── UnknownServer        there is none with that id
│   ├── ServerConflict       another one is in the way, or it is changed elsewhere
│   ├── BeyondAccess         whoever asks would no longer see it
│   └── UnfitChange          a field cannot have that value; names it
├── TrialsBusy               too many connections are being tried at once
├── TooSoon                  a place must be left alone for a while; carries how long
├── DeliveryError            a channel did not take a message
├── AccountError             an account, token or session cannot be so
│   ├── UnknownAccount       there is none such
│   └── AccountConflict      it contradicts what is there
├── LoginRefused             nobody comes in with this
│   └── LoginDelayed         not now; carries when to try again
└── PollError                a poll brought no sample; carries a ``Cause``
    └── TurnedAway           the connection ended before any login, and time mends nothing

The text of an error is one sentence for a person: what happened, why, what to
do. It never contains a secret.
"""

from __future__ import annotations

from enum import StrEnum


class MonservError(Exception):
    """Base of every error raised on purpose."""


class SettingsError(MonservError):
    """A setting is malformed; the text names it and the reason."""


class StartRefused(MonservError):  # noqa: N818 -- it states an outcome, as SystemExit does
    """The process must not run this way; the text says what to do instead."""


class StorageError(MonservError):
    """The database cannot be used."""


class StorageTimeout(StorageError):  # noqa: N818 -- named after the builtin TimeoutError's stem
    """The database did not answer in time; the work may still be done later."""


class DeliveryError(MonservError):
    """A channel did not take a message; the text says why, and begins with a small letter."""


class AccountError(MonservError):
    """An account, token or session cannot be so; the text says why."""


class UnknownAccount(AccountError):  # noqa: N818 -- it states an outcome
    """There is no such account, token or session."""


class AccountConflict(AccountError):  # noqa: N818 -- it states an outcome
    """It contradicts what is there: the name is taken, the last admin would go."""


class LoginRefused(MonservError):  # noqa: N818 -- it states an outcome
    """The name, the password or the code is wrong; the text does not say which."""


class LoginDelayed(LoginRefused):
    """Too many try to log in; nothing was compared. ``is_busy`` when monserv itself is."""

    def __init__(self, text: str, retry_after_seconds: float, *, is_busy: bool = False) -> None:
        super().__init__(text)
        self.retry_after_seconds = retry_after_seconds
        self.is_busy = is_busy


class Cause(StrEnum):
    """Why a poll brought no sample; the values are the ``reason`` words of REST."""

    UNREACHABLE = "unreachable"
    AUTHENTICATION_FAILED = "authentication_failed"
    HOST_KEY_CHANGED = "host_key_changed"
    HOST_KEY_UNKNOWN = "host_key_unknown"
    HOST_KEY_REVOKED = "host_key_revoked"
    SHELL_UNUSABLE = "shell_unusable"
    TIMED_OUT = "timed_out"
    BAD_OUTPUT = "bad_output"
    CREDENTIALS_UNREADABLE = "credentials_unreadable"
    PARENT_DOWN = "parent_down"


HOST_KEY_CAUSES = frozenset(
    {Cause.HOST_KEY_CHANGED, Cause.HOST_KEY_UNKNOWN, Cause.HOST_KEY_REVOKED}
)


class KeyFileError(StorageError):
    """What opens stored passwords cannot be used."""


class ChangeRefused(MonservError):  # noqa: N818 -- it states an outcome, as ``StartRefused``
    """A server cannot be changed like that; the text says why."""


class UnknownServer(ChangeRefused):
    """There is no server with that id, or none that may be seen."""


class ServerConflict(ChangeRefused):
    """Another server is in the way, or this one is changed elsewhere."""


class BeyondAccess(ChangeRefused):
    """Whoever asks would not see the server as it would then be."""


class UnfitChange(ChangeRefused):
    """The value of ``field`` is not possible; the text says why."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class TrialsBusy(MonservError):  # noqa: N818 -- it states an outcome, as ``StartRefused``
    """Too many connections are being tried at once."""


class TooSoon(MonservError):  # noqa: N818 -- it states an outcome, as ``StartRefused``
    """A server must be left alone for a while; it may be tried again in ``wait_seconds``."""

    def __init__(self, text: str, wait_seconds: float) -> None:
        super().__init__(text)
        self.wait_seconds = wait_seconds


class PollError(MonservError):
    """A poll brought no sample.

    ``cause`` says which kind of failure, the text says it in a sentence.
    """

    def __init__(self, cause: Cause, text: str) -> None:
        super().__init__(text)
        self.cause = cause


def without_frames(error: PollError) -> PollError:
    """Return ``error`` without the frames that it came through, for whoever keeps or repeats it.

    They hold sockets and whole answers. One of a repeated error holds that error as well, so
    that only the search for garbage would end them, and each time adds more.
    """
    error.__traceback__ = error.__context__ = None
    return error


class TurnedAway(PollError):  # noqa: N818 -- it states an outcome, as ``StartRefused``
    """The connection ended before any login, for a reason that does not go by itself.

    Servers count such connections against whoever makes them.
    """
