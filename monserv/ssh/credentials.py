"""Log in with what a server's configuration allows: key, password, agent, default keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import paramiko
from paramiko.ssh_exception import (
    AuthenticationException,
    BadAuthenticationType,
    SSHException,
)

from monserv.errors import Cause, MonservError, PollError
from monserv.model.server import Server

# OpenSSH cuts the connection after six tries, and every refused one is a line in
# the server's log.
MAX_OFFERED_KEYS = 4
READABLE_BY_OTHERS = 0o077
DEFAULT_KEY_NAMES = ("id_ed25519", "id_ecdsa", "id_rsa")


class KeyUnusableError(MonservError):
    """A private key file cannot be used; the text names it and the cause."""


def log_in(transport: paramiko.Transport, server: Server) -> None:
    """Authenticate ``transport`` as the server's configuration says.

    Raises ``PollError(AUTHENTICATION_FAILED)`` with the cause in a sentence.
    """
    user = server.username
    credentials = server.credentials
    if credentials.key_path is not None:
        key = _configured_key(server)
        _attempt(f"the key {credentials.key_path}", lambda: transport.auth_publickey(user, key))
    elif credentials.password is not None:
        password = credentials.password.reveal()
        _attempt("the password", lambda: transport.auth_password(user, password))
    else:
        _offer_keys(transport, user)


def _configured_key(server: Server) -> paramiko.PKey:
    credentials = server.credentials
    assert credentials.key_path is not None
    path = Path(credentials.key_path).expanduser()
    # A password beside a key is the passphrase of an encrypted key.
    passphrase = credentials.password.reveal() if credentials.password else None
    try:
        return load_key(path, passphrase)
    except KeyUnusableError as error:
        raise PollError(Cause.AUTHENTICATION_FAILED, str(error)) from None


def load_key(path: Path, passphrase: str | None) -> paramiko.PKey:
    """Read a private key of any type; raises ``KeyUnusableError`` with the path and the cause.

    A passphrase for a key that is not encrypted is ignored, and a key that
    others may read is refused, both as ``ssh`` does.
    """
    try:
        if path.stat().st_mode & READABLE_BY_OTHERS:
            raise KeyUnusableError(
                f"The key file {path} may be read by others; chmod 600 mends that"
            )
        return _parse_key(path, passphrase)
    except FileNotFoundError:
        what = "does not exist"
    except PermissionError:
        what = "may not be read by this user"
    except TypeError:
        what = "is encrypted and no passphrase was given"
    except (OSError, SSHException, ValueError):
        what = "cannot be read: it is no private key, or the passphrase is wrong"
    raise KeyUnusableError(f"The key file {path} {what}")


def _parse_key(path: Path, passphrase: str | None) -> paramiko.PKey:
    """Raise ``TypeError`` for an encrypted key without a passphrase, as cryptography does."""
    if passphrase is not None:
        try:
            return paramiko.PKey.from_path(path, passphrase.encode())  # type: ignore[arg-type]  # bytes are what it hands on
        except TypeError:
            # The key is not encrypted after all.
            return paramiko.PKey.from_path(path)
    return paramiko.PKey.from_path(path)


def _attempt(what: str, authenticate: Callable[[], list[str]]) -> None:
    try:
        wanted = authenticate()
    except BadAuthenticationType as error:
        raise PollError(
            Cause.AUTHENTICATION_FAILED,
            f"The server does not accept {what}; it offers {', '.join(error.allowed_types)}",
        ) from None
    except AuthenticationException as error:
        raise PollError(
            Cause.AUTHENTICATION_FAILED, f"The server refused {what}{_detail(error)}"
        ) from None
    if wanted:
        raise PollError(
            Cause.AUTHENTICATION_FAILED,
            f"The server accepted {what} but asks for a second factor ({', '.join(wanted)})",
        )


def _detail(error: AuthenticationException) -> str:
    text = str(error)
    return "" if text in {"", "Authentication failed."} else f" ({text})"


def _offer_keys(transport: paramiko.Transport, user: str) -> None:
    offered = 0
    for key in _available_keys():
        if offered == MAX_OFFERED_KEYS:
            break
        offered += 1
        try:
            if not transport.auth_publickey(user, key):
                return
        except AuthenticationException:
            continue
    raise PollError(
        Cause.AUTHENTICATION_FAILED,
        f"The server refused all {offered} keys of the agent and of ~/.ssh"
        if offered
        else "There is no password or key for this server, no agent and no key in ~/.ssh",
    )


def _available_keys() -> Iterator[paramiko.PKey]:
    agent = paramiko.Agent()
    try:
        yield from agent.get_keys()
        for name in DEFAULT_KEY_NAMES:
            path = Path.home() / ".ssh" / name
            try:
                yield load_key(path, None)
            except KeyUnusableError:
                # Absent, or encrypted without an agent: ssh passes over it too.
                continue
    finally:
        agent.close()
