"""Which keys a server is offered, in which order, each with its certificate first.

``ssh`` tries at most what the server's ``MaxAuthTries`` allows, and so do we: what a
person named comes before what the agent happens to hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import paramiko
from paramiko.pkey import PublicBlob

from monserv.model.server import Credentials, Identities, Server
from monserv.ssh import agent, certificate
from monserv.ssh.agent import AgentKey
from monserv.ssh.certificate import Certificate
from monserv.ssh.private_key import (
    KEY_FILE_BYTES,
    KeyLockedError,
    KeyUnusableError,
    expanded,
    load_key,
)

DEFAULT_KEY_NAMES = ("id_ed25519", "id_ecdsa", "id_rsa")


@dataclass(frozen=True, slots=True)
class Offer:
    """A key to be shown, as a certificate or plain; ``what`` names it in a refusal."""

    what: str
    key: paramiko.PKey
    certificate: PublicBlob | None = None


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A private key from a file, with the certificates that are for it."""

    path: Path
    key: paramiko.PKey
    certificates: tuple[Certificate, ...] = ()


def configured_key(server: Server) -> NamedKey:
    """Read the private key that ``server`` names and the certificates that belong to it.

    Raises ``KeyUnusableError``, also for a certificate beside it that is another key's.
    """
    credentials = server.credentials
    assert credentials.key_path is not None
    path = expanded(credentials.key_path)
    # A password beside a key is the passphrase of an encrypted key.
    passphrase = credentials.password.reveal() if credentials.password else None
    key = load_key(path, passphrase)
    return _named(path, key, list(_certificates(credentials.identities, [])))


def refuse_foreign_certificates(credentials: Credentials) -> None:
    """Raise ``KeyUnusableError`` for a certificate that belongs to none of the named keys.

    An agent may hold the key of one, so where there is an agent nothing is foreign to it.
    """
    names = credentials.identities
    publics = {path: _public(path) for path, _ in named_files(names)}
    for path, blob in publics.items():
        own = None
        with suppress(KeyUnusableError):
            own = certificate.beside(path)
        if own is not None and blob is not None:
            certificate.check(own, blob, path)
    if names.key_paths and None not in publics.values() and not agent.path_of(names.agent):
        for one in _certificates(names, []):
            if one.key_blob not in publics.values():
                raise KeyUnusableError(
                    f"The certificate {one.path} is for another key than "
                    f"{', '.join(map(str, publics))}"
                )


def of_named_key(named: NamedKey, now: datetime, remarks: list[str]) -> Iterator[Offer]:
    """Give the offers of a key; why one of its certificates is none goes to ``remarks``."""
    for one in named.certificates:
        problem = one.problem(now)
        if problem is None:
            yield Offer(one.described, named.key, one.blob)
        else:
            remarks.append(problem)
    yield Offer(f"the key {named.path}", named.key)


def of_all(
    credentials: Credentials, held: Sequence[AgentKey], now: datetime, remarks: list[str]
) -> Iterator[Offer]:
    """Give the offers of a server that names neither password nor key.

    Each is read only when it is asked for. What cannot be used is passed over, as ``ssh``
    does, and goes to ``remarks`` when a person named it.
    """
    identities = credentials.identities
    if identities.key_paths is None and not identities.is_only:
        yield from _of_agent(held, identities, now, remarks)
    for path, is_named in named_files(identities):
        try:
            yield from _of_file(path, identities, held, now, remarks)
        except KeyUnusableError as error:
            if is_named:
                remarks.append(str(error))
    if identities.key_paths is not None and not identities.is_only:
        yield from _of_agent(held, identities, now, remarks)


def named_files(identities: Identities) -> Iterator[tuple[Path, bool]]:
    """Give the files of private keys in their order, and whether a person named them."""
    if identities.key_paths is None:
        yield from ((Path.home() / ".ssh" / name, False) for name in DEFAULT_KEY_NAMES)
        return
    for text in identities.key_paths:
        with suppress(KeyUnusableError):
            yield expanded(text), True


def _of_file(
    path: Path,
    identities: Identities,
    held: Sequence[AgentKey],
    now: datetime,
    remarks: list[str],
) -> Iterator[Offer]:
    """Give the offers of a file, or of its twin in the agent when only that can sign."""
    try:
        key = load_key(path, None)
    except KeyUnusableError as error:
        twin = _twin(path, held)
        if twin is None:
            if isinstance(error, KeyLockedError):
                raise KeyLockedError(f"{error}, nor does an agent hold it") from None
            raise
        key = twin
    loaded = [one for one in _certificates(identities, remarks) if _belongs(one, key)]
    yield from of_named_key(_named(path, key, loaded), now, remarks)


def _of_agent(
    held: Sequence[AgentKey], identities: Identities, now: datetime, remarks: list[str]
) -> Iterator[Offer]:
    loaded = list(_certificates(identities, remarks))
    for key in held:
        for one in loaded:
            if _belongs(one, key) and one.problem(now) is None:
                yield Offer(one.described, key, one.blob)
        yield Offer(f"the agent's key {key.comment[:80]}", key, key.public_blob)


def _certificates(identities: Identities, remarks: list[str]) -> Iterator[Certificate]:
    for text in identities.certificate_paths:
        try:
            yield certificate.load(expanded(text))
        except KeyUnusableError as error:
            if str(error) not in remarks:
                remarks.append(str(error))


def _named(path: Path, key: paramiko.PKey, named: Sequence[Certificate]) -> NamedKey:
    own = certificate.beside(path)
    if own is not None:
        certificate.check(own, key.asbytes(), path)
    found = [one for one in (*named, own) if one is not None and _belongs(one, key)]
    unique = {one.blob.key_blob: one for one in found}
    return NamedKey(path, key, tuple(unique.values()))


def _belongs(one: Certificate, key: paramiko.PKey) -> bool:
    return one.key_blob == key.asbytes()


def _twin(path: Path, held: Sequence[AgentKey]) -> AgentKey | None:
    """Return the agent's key whose public half lies beside ``path``, or is ``path``."""
    blob = _public(path)
    return next((key for key in held if key.asbytes() == blob), None)


def _public(path: Path) -> bytes | None:
    """Return the public half of a key that lies beside it, or is ``path`` itself."""
    public = path if path.name.endswith(".pub") else path.with_name(path.name + ".pub")
    try:
        if public.stat().st_size not in KEY_FILE_BYTES:
            return None
        blob: bytes = PublicBlob.from_string(public.read_text("utf-8")).key_blob
    except (OSError, ValueError):
        return None
    return blob
