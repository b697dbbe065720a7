"""Private keys of every kind, and what is said of those that cannot be used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import paramiko
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa

from monserv.model.server import Credentials
from monserv.ssh import private_key
from monserv.ssh.identities import configured_key
from monserv.ssh.private_key import KeyUnusableError, load_key
from tests import samples

PHRASE = "phräse %41 '\""

KEYS = {
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
    "rsa": rsa.generate_private_key(65537, 2048),
    "ecdsa": ec.generate_private_key(ec.SECP256R1()),
}
NAMES = {"ed25519": "ssh-ed25519", "rsa": "ssh-rsa", "ecdsa": "ecdsa-sha2-nistp256"}
FORMATS = {
    "openssh": serialization.PrivateFormat.OpenSSH,
    "pkcs8": serialization.PrivateFormat.PKCS8,
    "pem": serialization.PrivateFormat.TraditionalOpenSSL,
}
COMBINATIONS = [
    (kind, form)
    for kind in KEYS
    for form in ("openssh", "pem")
    if (kind, form) != ("ed25519", "pem")
]


def write(path: Path, kind: str, form: str, phrase: str | None) -> Path:
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if phrase is not None:
        encryption = serialization.BestAvailableEncryption(phrase.encode())
    path.touch(0o600)
    path.write_bytes(
        KEYS[kind].private_bytes(serialization.Encoding.PEM, FORMATS[form], encryption)
    )
    return path


def complaint(path: Path, phrase: str | None = None) -> str:
    with pytest.raises(KeyUnusableError) as raised:
        load_key(path, phrase)
    assert str(path) in str(raised.value)
    assert PHRASE not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize(("kind", "form"), COMBINATIONS)
def test_a_plain_key_is_read_with_and_without_a_passphrase(
    tmp_path: Path, kind: str, form: str
) -> None:
    path = write(tmp_path / "id", kind, form, None)
    assert load_key(path, None).get_name() == NAMES[kind]
    assert load_key(path, PHRASE).get_name() == NAMES[kind]


@pytest.mark.parametrize(("kind", "form"), COMBINATIONS)
def test_an_encrypted_key_needs_its_own_passphrase(tmp_path: Path, kind: str, form: str) -> None:
    path = write(tmp_path / "id", kind, form, PHRASE)
    assert load_key(path, PHRASE).get_name() == NAMES[kind]
    assert "is encrypted and no passphrase was given" in complaint(path)
    assert "the passphrase is wrong" in complaint(path, "wrong")


@pytest.mark.parametrize("phrase", [None, PHRASE])
def test_what_mends_a_pkcs8_key_is_said(tmp_path: Path, phrase: str | None) -> None:
    path = write(tmp_path / "id", "rsa", "pkcs8", phrase)
    assert f"ssh-keygen -p -f {path}" in complaint(path, PHRASE)


@pytest.mark.parametrize("phrase", [PHRASE, None])
def test_a_key_is_opened_once_while_its_file_and_the_passphrase_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, phrase: str | None
) -> None:
    opened: list[Path] = []
    parse = private_key._parse_key

    def counted(path: Path, passphrase: str | None) -> paramiko.PKey:
        opened.append(path)
        return parse(path, passphrase)

    monkeypatch.setattr(private_key, "_parse_key", counted)
    path = write(tmp_path / "id", "ed25519", "openssh", phrase)
    first, second = load_key(path, phrase), load_key(path, phrase)
    assert (first, len(opened)) == (second, 1)
    # Which certificate goes with it is each login's own.
    first.public_blob = paramiko.pkey.PublicBlob("x", b"x")
    assert load_key(path, phrase).public_blob is None
    if phrase is not None:
        assert "passphrase is wrong" in complaint(path, "another")
    path.unlink()
    write(path, "ecdsa", "openssh", phrase)
    assert load_key(path, phrase).get_name() == NAMES["ecdsa"]
    path.chmod(0o644)
    assert "may be read by others" in complaint(path, phrase)


def test_only_so_many_opened_keys_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_key, "_opened", {})
    monkeypatch.setattr(private_key, "_parse_key", lambda *_: KEYS["rsa"])
    path = write(tmp_path / "id", "rsa", "openssh", None)
    monkeypatch.setattr(private_key, "copy", lambda key: key)
    for number in range(2 * private_key.MAX_OPENED):
        load_key(path, str(number))
    assert len(private_key._opened) == private_key.MAX_OPENED


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "id", "ed25519", "openssh", None)
    for mode in (0o644, 0o640, 0o604):
        path.chmod(mode)
        assert "chmod 600" in complaint(path)


def test_a_key_that_is_not_there_is_missed_by_name(tmp_path: Path) -> None:
    assert "does not exist" in complaint(tmp_path / "absent")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a key",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----\n",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END",
        b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
        b"\xff" * 1000,
    ],
)
@pytest.mark.parametrize("phrase", [None, PHRASE])
def test_what_is_no_key_is_said_to_be_none(
    tmp_path: Path, content: bytes, phrase: str | None
) -> None:
    path = tmp_path / "id"
    path.touch(0o600)
    path.write_bytes(content)
    assert "it is no private key" in complaint(path, phrase)


def test_a_file_of_the_kernel_is_not_read_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kmsg"
    path.touch(0o400)
    monkeypatch.setattr("monserv.ssh.private_key._parse_key", lambda *_: pytest.fail("was read"))
    assert "it is no private key" in complaint(path)


def test_the_home_of_nobody_has_no_key() -> None:
    server = replace(samples.server(), credentials=Credentials(key_path="~no-such-user/id"))
    with pytest.raises(KeyUnusableError, match="~no-such-user/id cannot be found"):
        configured_key(server)


def test_a_folder_and_a_public_key_are_no_private_keys(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert "it is no private key" in complaint(tmp_path)
    path = tmp_path / "id.pub"
    path.touch(0o600)
    path.write_bytes(
        KEYS["rsa"]
        .public_key()
        .public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    )
    assert "it is no private key" in complaint(path)


def test_a_key_of_a_kind_that_nobody_accepts_any_more_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "id"
    path.touch(0o600)
    path.write_bytes(
        dsa.generate_private_key(1024).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    assert "it is no private key" in complaint(path)
