from __future__ import annotations

import os
from pathlib import Path

import pytest

from monserv.errors import SettingsError
from monserv.settings.tls import pair
from tests.certificates import Certificate, make_certificate

CANARY = "k4n4r1e"


@pytest.fixture
def made(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path)


def refusal(certificate: object, key: object, folder: Path) -> str:
    with pytest.raises(SettingsError) as refused:
        pair(str(certificate), str(key), folder)
    assert CANARY not in str(refused.value)
    return str(refused.value)


def test_a_pair_is_taken_and_nothing_is_nothing(made: Certificate, tmp_path: Path) -> None:
    assert pair(str(made.certificate), str(made.key), tmp_path) == (made.certificate, made.key)
    assert pair("fullchain.pem", "privkey.pem", tmp_path) == (made.certificate, made.key)
    assert pair("", "", tmp_path) == (None, None)


def test_one_without_the_other_is_refused(made: Certificate, tmp_path: Path) -> None:
    together = "MONSERV_TLS_CERT and MONSERV_TLS_KEY belong together"
    assert refusal(made.certificate, "", tmp_path) == f"MONSERV_TLS_KEY is missing: {together}"
    assert refusal("", made.key, tmp_path) == f"MONSERV_TLS_CERT is missing: {together}"


@pytest.mark.parametrize("file", [CANARY, f"/nowhere/{CANARY}"])
def test_a_file_that_is_not_there_is_refused(made: Certificate, tmp_path: Path, file: str) -> None:
    gone = "cannot be read: there is no such file"
    assert refusal(made.certificate, file, tmp_path) == f"MONSERV_TLS_KEY {gone}"
    assert refusal(file, made.key, tmp_path) == f"MONSERV_TLS_CERT {gone}"


@pytest.mark.real
def test_a_key_that_this_user_may_not_read_is_refused(made: Certificate, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.fail("Only root can become another user: run as root", pytrace=False)
    # All that pytest makes below /tmp is for its own user alone.
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_mode & 0o005 != 0o005:
            folder.chmod(0o755)
    # What is imported on first use may lie where that user does not come.
    assert refusal(made.certificate, tmp_path / "nowhere", tmp_path)
    os.seteuid(65534)
    try:
        said = refusal(made.certificate, made.key, tmp_path)
    finally:
        os.seteuid(0)
    assert said == "MONSERV_TLS_KEY cannot be read: Permission denied"


def test_a_key_of_another_certificate_is_refused(made: Certificate, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    assert refusal(made.certificate, make_certificate(other).key, tmp_path) == (
        "MONSERV_TLS_KEY is not the key of the certificate in MONSERV_TLS_CERT"
    )


def test_an_encrypted_key_is_refused_and_nobody_is_asked(tmp_path: Path) -> None:
    locked = make_certificate(tmp_path, passphrase=CANARY)
    assert refusal(locked.certificate, locked.key, tmp_path) == (
        "MONSERV_TLS_KEY is encrypted, and nobody is there to type its passphrase; take that off"
    )


def test_files_that_are_something_else_are_refused(made: Certificate, tmp_path: Path) -> None:
    assert refusal(made.key, made.key, tmp_path) == (
        "MONSERV_TLS_CERT is no PEM file with -----BEGIN ...CERTIFICATE-----"
    )
    assert refusal(made.certificate, made.certificate, tmp_path) == (
        "MONSERV_TLS_KEY is no PEM file with -----BEGIN ...PRIVATE KEY-----"
    )
    lines = made.certificate.read_text().splitlines(keepends=True)
    made.certificate.write_text("".join([lines[0], f"{CANARY}\n", lines[-1]]))
    assert refusal(made.certificate, made.key, tmp_path) == (
        "MONSERV_TLS_CERT and MONSERV_TLS_KEY cannot be used: they are damaged, or too weak"
    )
