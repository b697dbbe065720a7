"""Certificates in files: what they say, and what is said of those that are none."""

from __future__ import annotations

import base64
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monserv.ssh import certificate
from monserv.ssh.private_key import KeyUnusableError, load_key

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def keygen(*words: str) -> None:
    subprocess.run(["ssh-keygen", "-q", *words], check=True, capture_output=True)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    for name in ("ca", "id"):
        keygen("-t", "ed25519", "-N", "", "-f", str(tmp_path / name))
    return tmp_path / "id"


def sign(key: Path, *options: str) -> Path:
    keygen("-s", str(key.with_name("ca")), "-I", "id", *options, f"{key}.pub")
    return key.with_name("id-cert.pub")


def complaint(path: Path) -> str:
    with pytest.raises(KeyUnusableError) as raised:
        certificate.load(path)
    assert str(path) in str(raised.value)
    return str(raised.value)


def test_it_says_for_whom_and_how_long(key: Path) -> None:
    path = sign(key, "-n", "joe,ops", "-V", "20260601115900Z:20260601120100Z")
    found = certificate.beside(key)
    assert found is not None
    assert (found.path, found.principals) == (path, ("joe", "ops"))
    assert found.key_blob == load_key(key, None).asbytes()
    minute = timedelta(minutes=1)
    assert found.problem(NOON) is None
    assert found.problem(NOON + minute) == f"The certificate {path} expired on 2026-06-01 12:01 UTC"
    assert found.problem(NOON - 2 * minute) == (
        f"The certificate {path} counts only from 2026-06-01 11:59 UTC on"
    )


def test_one_without_an_end_counts_for_ever(key: Path) -> None:
    sign(key)
    found = certificate.beside(key)
    assert found is not None
    assert found.problem(datetime(9000, 1, 1, tzinfo=UTC)) is None
    assert found.described == f"the certificate {found.path}"


def test_most_keys_have_none(key: Path) -> None:
    assert certificate.beside(key) is None


def test_one_for_hosts_is_not_for_us(key: Path) -> None:
    assert "is one for hosts, not for users" in complaint(sign(key, "-h", "-n", "nas"))


def test_a_public_key_is_no_certificate(key: Path) -> None:
    assert "is of a kind that cannot be used: ssh-ed25519" in complaint(Path(f"{key}.pub"))


MARK = "ssh-ed25519-cert-v01@openssh.com"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "x y",
        f"{MARK} AAAA",
        f"{MARK} {base64.b64encode(b'').decode()}",
        "\udcff" * 10,
        f"{MARK} " + base64.b64encode(b"\0\0\0\x20" + MARK.encode() + b"\xff" * 500).decode(),
    ],
)
def test_what_is_none_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "id-cert.pub"
    path.write_bytes(text.encode(errors="surrogateescape"))
    assert "cannot be read: it is none" in complaint(path) or "is one for hosts" in complaint(path)


def test_one_that_is_not_there_is_missed_by_name(tmp_path: Path) -> None:
    assert "does not exist" in complaint(tmp_path / "absent")
    assert "it is none" in complaint(tmp_path)
