"""Passwords are tokens that the key file alone opens, and no key file is ever lost."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from monserv.db.vault import Vault
from monserv.errors import KeyFileError
from monserv.model.secret import Secret

CANARY = "c4n4ry ü"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "secrets.key")


def sealed(vault: Vault) -> str:
    return vault.seal(Secret(CANARY), "joe@nas:22", is_first=True)


def test_what_is_sealed_is_opened_again_for_its_purpose_alone(vault: Vault) -> None:
    token = sealed(vault)
    assert CANARY not in token
    assert vault.unseal(token, "joe@nas:22") == Secret(CANARY)
    with pytest.raises(KeyFileError, match="stored for another server"):
        vault.unseal(token, "joe@elsewhere:22")


def test_the_key_file_is_made_once_and_for_this_user_alone(vault: Vault) -> None:
    first = sealed(vault)
    assert stat.S_IMODE(vault.path.stat().st_mode) == 0o600
    before = vault.path.read_bytes()
    sealed(vault)
    assert vault.path.read_bytes() == before
    assert vault.unseal(first, "joe@nas:22") == Secret(CANARY)
    assert [one.name for one in vault.path.parent.iterdir()] == ["secrets.key"]


def test_no_key_file_is_made_while_tokens_wait_for_the_one_that_is_missing(vault: Vault) -> None:
    token = sealed(vault)
    vault.path.unlink()
    for use in (
        lambda: vault.seal(Secret(CANARY), "x", is_first=False),
        lambda: vault.unseal(token, "joe@nas:22"),
    ):
        with pytest.raises(KeyFileError, match=r"secrets\.key is missing"):
            use()
    assert not vault.path.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is damaged"),
        (b"nonsense", "is damaged"),
        (b"\xff\x00" * 20, "is damaged"),
        (b"A" * 70_000, "is no key file"),
        (Fernet.generate_key(), "does not hold their key"),
    ],
    ids=["empty", "nonsense", "bytes", "endless", "another key"],
)
def test_a_wrong_key_file_is_named_and_left_as_it_is(
    vault: Vault, content: bytes, said: str
) -> None:
    token = sealed(vault)
    vault.path.write_bytes(content)
    with pytest.raises(KeyFileError, match=said) as refused:
        vault.unseal(token, "joe@nas:22")
    assert CANARY not in str(refused.value)
    assert vault.path.read_bytes() == content
    if "does not hold" not in said:
        with pytest.raises(KeyFileError, match=said):
            sealed(vault)
        with pytest.raises(KeyFileError, match=said):
            vault.add_key()
        assert vault.path.read_bytes() == content


def test_a_key_file_that_others_may_read_opens_nothing(vault: Vault) -> None:
    token = sealed(vault)
    vault.path.chmod(0o640)
    with pytest.raises(KeyFileError, match="may be read by others"):
        vault.unseal(token, "joe@nas:22")


def test_a_key_file_that_is_a_folder_or_a_device_is_not_read(vault: Vault) -> None:
    vault.path.mkdir(mode=0o700)
    with pytest.raises(KeyFileError, match="is no key file"):
        sealed(vault)


def test_a_new_key_seals_the_old_ones_still_open_until_they_are_dropped(vault: Vault) -> None:
    old = sealed(vault)
    vault.add_key()
    new = vault.reseal(old)
    assert vault.unseal(old, "joe@nas:22") == vault.unseal(new, "joe@nas:22") == Secret(CANARY)
    vault.drop_old_keys()
    assert len(vault.path.read_bytes().split()) == 1
    assert stat.S_IMODE(vault.path.stat().st_mode) == 0o600
    assert vault.unseal(new, "joe@nas:22") == Secret(CANARY)
    with pytest.raises(KeyFileError, match="does not hold their key"):
        vault.unseal(old, "joe@nas:22")
    with pytest.raises(KeyFileError, match="does not hold their key"):
        vault.reseal(old)
