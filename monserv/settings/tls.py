"""The certificate and the key with which we answer over TLS: whether they are a pair.

As everywhere among the settings, no error repeats a value, a path included.
"""

from __future__ import annotations

import ssl
from pathlib import Path

from monserv.errors import SettingsError
from monserv.settings import files

CERTIFICATE = "MONSERV_TLS_CERT"
KEY = "MONSERV_TLS_KEY"
_OF_ANOTHER = "KEY_VALUES_MISMATCH"


def pair(certificate: str, key: str, directory: Path) -> tuple[Path | None, Path | None]:
    """Return the files of both, or ``None`` twice; relative paths begin in ``directory``.

    Raises ``SettingsError`` when one is missing or cannot be read, and when the key is
    encrypted or that of another certificate.
    """
    if not certificate and not key:
        return None, None
    for name, value in ((CERTIFICATE, certificate), (KEY, key)):
        if not value:
            raise SettingsError(f"{name} is missing: {CERTIFICATE} and {KEY} belong together")
    paths = (
        _pem(directory, certificate, CERTIFICATE, "CERTIFICATE-----"),
        _pem(directory, key, KEY, "PRIVATE KEY-----"),
    )
    _match(*paths)
    return paths


def _pem(directory: Path, file: str, name: str, mark: str) -> Path:
    text = files.text(directory, file, name)
    if text is None:
        raise SettingsError(f"{name} cannot be read: there is no such file")
    if mark not in text:
        raise SettingsError(f"{name} is no PEM file with -----BEGIN ...{mark}")
    return directory / Path(file).expanduser()


class _EncryptedError(Exception):
    """The key file asks for a passphrase."""


def _ask() -> str:
    raise _EncryptedError


def _match(certificate: Path, key: Path) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=_ask)
    except _EncryptedError:
        reason = f"{KEY} is encrypted, and nobody is there to type its passphrase; take that off"
    except ssl.SSLError as error:
        reason = f"{CERTIFICATE} and {KEY} cannot be used: they are damaged, or too weak"
        if error.reason == _OF_ANOTHER:
            reason = f"{KEY} is not the key of the certificate in {CERTIFICATE}"
    else:
        return
    raise SettingsError(reason)
