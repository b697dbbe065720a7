"""Log in with what a server's configuration allows: key, password, agent, default keys."""

from __future__ import annotations

import contextlib
import itertools
import socket
import stat
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path

import paramiko
from paramiko.ssh_exception import (
    AuthenticationException,
    BadAuthenticationType,
    SSHException,
)

from monserv.errors import Cause, MonservError, PollError
from monserv.model.server import Server
from monserv.ssh.transport import DisconnectedByServer

# OpenSSH cuts the connection after six tries, and every refused one is a line in
# the server's log.
MAX_OFFERED_KEYS = 4
AGENT_SECONDS = 3.0
READABLE_BY_OTHERS = 0o077
# A device would be read without end, and a pipe waited for; so would some of the kernel's
# files, which look like ordinary ones without content.
KEY_FILE_BYTES = range(1, 64 * 1024 + 1)
PKCS8_FIRST_LINES = (b"-----BEGIN PRIVATE KEY-----", b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
DEFAULT_KEY_NAMES = ("id_ed25519", "id_ecdsa", "id_rsa")


class KeyUnusableError(MonservError):
    """A private key file cannot be used; the text names it and the cause."""


class HungUpError(PollError):
    """The server hung up on what it was shown, which may be its way to refuse it."""


class _SecondFactorWantedError(PollError):
    """What was shown is right and not enough; no other key changes that."""


def log_in(transport: paramiko.Transport, server: Server) -> None:
    """Authenticate ``transport`` as the server's configuration says.

    Raises ``PollError(AUTHENTICATION_FAILED)`` with the cause in a sentence.
    """
    user = server.username
    credentials = server.credentials
    if credentials.key_path is not None:
        try:
            key = configured_key(server)
        except KeyUnusableError as error:
            raise _refused(str(error)) from None
        _attempt(f"the key {credentials.key_path}", lambda: transport.auth_publickey(user, key))
    elif credentials.password is not None:
        password = credentials.password.reveal()
        _attempt("the password", lambda: transport.auth_password(user, password))
    else:
        _offer_keys(transport, user)


def configured_key(server: Server) -> paramiko.PKey:
    """Read the private key that ``server`` names; raises ``KeyUnusableError``."""
    credentials = server.credentials
    assert credentials.key_path is not None
    try:
        path = Path(credentials.key_path).expanduser()
    except RuntimeError:
        raise KeyUnusableError(
            f"The key file {credentials.key_path} cannot be found: nobody here has this home"
        ) from None
    # A password beside a key is the passphrase of an encrypted key.
    passphrase = credentials.password.reveal() if credentials.password else None
    return load_key(path, passphrase)


def load_key(path: Path, passphrase: str | None) -> paramiko.PKey:
    """Read a private key of any type; raises ``KeyUnusableError`` with the path and the cause.

    A passphrase for a key that is not encrypted is ignored, and a key that
    others may read is refused, both as ``ssh`` does.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size not in KEY_FILE_BYTES:
            raise KeyUnusableError(f"The key file {path} cannot be read: it is no private key")
        if found.st_mode & READABLE_BY_OTHERS:
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
    except KeyUnusableError:
        raise
    except Exception:  # noqa: BLE001 -- what a file that is no key raises depends on its first bytes
        what = "cannot be read: it is no private key, or the passphrase is wrong"
        if _is_pkcs8(path):
            what = f"is in PKCS#8 format; ssh-keygen -p -f {path} rewrites it as OpenSSH's own"
    raise KeyUnusableError(f"The key file {path} {what}")


def _is_pkcs8(path: Path) -> bool:
    """Whether it is a key as OpenSSL writes it, which paramiko does not read."""
    try:
        with path.open("rb") as file:
            return file.readline(80).strip() in PKCS8_FIRST_LINES
    except OSError:
        return False


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
        offered = ", ".join(error.allowed_types)
        if "keyboard-interactive" in error.allowed_types:
            # That was tried as well, with the same password.
            raise _refused(f"The server refused {what}; it offers {offered}") from None
        raise _refused(f"The server does not accept {what}; it offers {offered}") from None
    except AuthenticationException as error:
        if "EOF" in str(error):
            raise HungUpError(Cause.UNREACHABLE, f"The server hung up on {what}") from None
        if str(error) == "Authentication timeout.":
            raise PollError(Cause.UNREACHABLE, f"The server did not judge {what} in time") from None
        raise _refused(f"The server refused {what}{_detail(error)}") from None
    except DisconnectedByServer as error:
        raise _refused(f"The server refused {what}: {error}") from None
    except Exception as error:  # noqa: BLE001 -- paramiko hands on whatever a server's bytes caused
        raise PollError(
            Cause.UNREACHABLE,
            f"The login broke off while the server judged {what}: {type(error).__name__}",
        ) from None
    if wanted:
        raise _SecondFactorWantedError(
            Cause.AUTHENTICATION_FAILED,
            f"The server accepted {what} but asks for a second factor ({', '.join(wanted)})",
        )


def _refused(text: str) -> PollError:
    return PollError(Cause.AUTHENTICATION_FAILED, text)


def _detail(error: AuthenticationException) -> str:
    text = str(error)
    return "" if text in {"", "Authentication failed."} else f" ({text})"


def _offer_keys(transport: paramiko.Transport, user: str) -> None:
    """Offer the keys of the agent, then the default ones, until one is taken."""
    offered = 0
    with contextlib.closing(_available_keys()) as keys:
        for key in itertools.islice(keys, MAX_OFFERED_KEYS):
            offered += 1
            try:
                _attempt("a key", partial(transport.auth_publickey, user, key))
            except _SecondFactorWantedError:
                raise
            except PollError as error:
                if error.cause is not Cause.AUTHENTICATION_FAILED:
                    raise
            else:
                return
    raise _refused(
        f"The server refused all {offered} keys of the agent and of ~/.ssh"
        if offered
        else "There is no password or key for this server, no agent and no key in ~/.ssh"
    )


class _Agent(paramiko.Agent):
    """An agent that is not waited for without bound (it may be at the end of a dead line)."""

    def _connect(self, conn: socket.socket) -> None:
        conn.settimeout(AGENT_SECONDS)
        super()._connect(conn)  # type: ignore[misc]  # the stubs leave it out


def _available_keys() -> Generator[paramiko.PKey]:
    with contextlib.suppress(SSHException, OSError):
        agent = _Agent()
        try:
            yield from agent.get_keys()
        finally:
            agent.close()
    for name in DEFAULT_KEY_NAMES:
        # One that is absent, or encrypted without an agent, ssh passes over too.
        with contextlib.suppress(KeyUnusableError):
            yield load_key(Path.home() / ".ssh" / name, None)
