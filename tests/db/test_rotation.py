"""New keys for stored passwords: all of them or none, whenever the process is killed."""

from __future__ import annotations

import contextlib
import shutil
import signal
import threading
from pathlib import Path

import pytest

from monserv.db.engine import Database
from monserv.db.rotation import rotate
from monserv.db.servers import ServerStore
from monserv.db.vault import FILE, Vault
from monserv.errors import KeyFileError, StorageError
from tests.db.killing import Mortals
from tests.db.test_servers import nas
from tests.db.world import Place

COUNT = 3
MOST = 100


@pytest.fixture
def vault(place: Place) -> Vault:
    return Vault(place.path.with_name(FILE))


@pytest.fixture
def store(database: Database, vault: Vault) -> ServerStore:
    store = ServerStore(database, vault)
    for number in range(COUNT):
        store.add(nas(number))
    return store


def keys(vault: Vault) -> list[bytes]:
    return vault.path.read_bytes().split()


def test_every_password_is_sealed_with_a_new_key_and_the_old_one_is_gone(
    store: ServerStore, database: Database, vault: Vault
) -> None:
    before, (old,) = store.load(), keys(vault)
    assert rotate(database, vault) == COUNT
    assert store.load() == before
    (new,) = keys(vault)
    assert new != old


def test_without_passwords_nothing_is_done(database: Database, vault: Vault) -> None:
    assert rotate(database, vault) == 0
    assert not vault.path.exists()


def test_one_password_that_no_key_opens_keeps_all_as_they_are(
    store: ServerStore, database: Database, vault: Vault, place: Place
) -> None:
    before = keys(vault)
    place.ask("UPDATE servers SET password_token = 'x' || password_token WHERE id = 'joe-nas1'")
    with pytest.raises(KeyFileError, match=r"nothing was changed \(nas1: the key file"):
        rotate(database, vault)
    assert keys(vault) == before


def test_two_at_once_are_refused(store: ServerStore, database: Database, vault: Vault) -> None:
    with vault.alone(), pytest.raises(KeyFileError, match="by another command"):
        rotate(database, vault)
    assert rotate(database, vault) == COUNT


def test_a_server_that_stores_passwords_meanwhile_loses_none(
    store: ServerStore, vault: Vault, place: Place
) -> None:
    ended, has_stored = threading.Event(), threading.Event()
    rotated: list[int] = []

    def rotate_on() -> None:
        with_own = Database(place.url)
        try:
            # Until something was stored in between, whatever the machine does meanwhile.
            while len(rotated) < 3 or not (has_stored.is_set() or len(rotated) == MOST):
                rotated.append(rotate(with_own, vault))
        finally:
            with_own.close()
            ended.set()

    thread = threading.Thread(target=rotate_on)
    thread.start()
    number = COUNT
    while not ended.wait(0.01):
        # A writer may find the database locked; then nothing of it is stored.
        with contextlib.suppress(StorageError):
            store.add(nas(number))
            number += 1
            has_stored.set()
    thread.join()
    assert number > COUNT
    assert store.load().servers == tuple(nas(one) for one in range(number))


@pytest.mark.real
@pytest.mark.timeout(180)
def test_killed_at_any_step_every_password_is_still_there(
    store: ServerStore, database: Database, place: Place, tmp_path: Path
) -> None:
    whole = store.load()
    database.close()
    folder, before = place.path.parent, tmp_path / "before"
    shutil.copytree(folder, before)
    with Mortals(folder) as mortals:
        for step in range(1, 1000):
            shutil.rmtree(folder)
            shutil.copytree(before, folder)
            code = mortals.run("rotate", step)
            assert code in {0, -signal.SIGKILL}
            after = Database(place.url)
            vault = Vault(folder / FILE)
            assert ServerStore(after, vault).load() == whole
            if code and step % 4 == 0:
                # What was left does not keep the next one from its work.
                assert rotate(after, vault) == COUNT
                assert len(keys(vault)) == 1
                assert ServerStore(after, vault).load() == whole
            after.close()
            if code == 0:
                break
    assert step > 15
    assert len(keys(vault)) == 1
    assert vault.path.read_bytes() != (before / FILE).read_bytes()
