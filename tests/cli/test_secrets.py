from __future__ import annotations

from pathlib import Path

from monserv.db.engine import Database
from monserv.db.servers import ServerStore
from monserv.db.vault import Vault
from tests.cli.typing import Type
from tests.db.test_servers import nas


def test_rotating_says_how_many_passwords_have_a_new_key(typed: Type, tmp_path: Path) -> None:
    said = typed("secrets", "rotate")
    assert (said.code, said.err) == (0, "")
    assert said.out == "No password is stored, so no key was changed.\n"
    database = Database(f"sqlite:///{tmp_path}/data/monserv.db")
    store = ServerStore(database, Vault(tmp_path / "data" / "secrets.key"))
    for number in (1, 2):
        store.add(nas(number))
        said = typed("secrets", "rotate")
        assert said.out.startswith(["1 password is sealed", "2 passwords are sealed"][number - 1])
    assert store.load().servers == (nas(1), nas(2))
    database.close()


def test_a_key_that_is_missing_is_one_sentence(typed: Type, tmp_path: Path) -> None:
    typed("secrets", "rotate")
    database = Database(f"sqlite:///{tmp_path}/data/monserv.db")
    ServerStore(database, Vault(tmp_path / "elsewhere.key")).add(nas())
    database.close()
    said = typed("secrets", "rotate")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("monserv: some passwords cannot be decrypted, so nothing was")
    assert said.err.count("\n") == 1
