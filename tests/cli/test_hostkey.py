from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monserv.db.engine import Database
from monserv.db.servers import ServerStore
from monserv.db.vault import Vault
from monserv.errors import TurnedAway
from monserv.ssh.host_key import fingerprint
from monserv.ssh.hostkeys import HostKeys
from tests.cli.typing import Type
from tests.db.test_servers import nas
from tests.ssh.keys import key_of

OLD, NEW = key_of("ssh-ed25519", 1), key_of("ssh-ed25519", 2)
SERVERS = "ssh://me:s3cr3t@10.0.0.3:2222?name=NAS,ssh://root@10.0.0.4?name=twin,local://"


@pytest.fixture
def running(tmp_path: Path) -> HostKeys:
    """What a running server knows: one that showed another key."""
    folder = tmp_path / "data"
    folder.mkdir(0o700)
    store = HostKeys(folder / "known_hosts")
    store.check("10.0.0.3", 2222, "ssh-ed25519", OLD)
    with pytest.raises(TurnedAway):
        store.check("10.0.0.3", 2222, "ssh-ed25519", NEW)
    return store


@pytest.fixture(autouse=True)
def no_home(typed: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONSERV_KNOWN_HOSTS", "none")
    monkeypatch.setenv("SERVERS", SERVERS)


@pytest.mark.parametrize("name", ["NAS", "me-10-0-0-3-2222", "ssh://me:***@10.0.0.3:2222"])
def test_a_server_is_found_by_id_name_or_url(typed: Type, running: HostKeys, name: str) -> None:
    said = typed("hostkey", "show", name)
    assert (said.code, said.err) == (0, "")
    first, known, offered, why = said.out.splitlines()
    assert first == "NAS (ssh://me:***@10.0.0.3:2222): changed"
    assert known.startswith(f"  known    ssh-ed25519 {fingerprint(OLD)}  pinned 20")
    assert offered.startswith(f"  offered  ssh-ed25519 {fingerprint(NEW)}  since 20")
    assert why.startswith("It shows ssh-ed25519")


def test_the_key_is_accepted_by_its_fingerprint_and_the_running_server_knows(
    typed: Type, running: HostKeys
) -> None:
    refused = typed("hostkey", "accept", "NAS", fingerprint(OLD))
    assert refused.code == 2
    assert fingerprint(OLD) in refused.err
    assert fingerprint(NEW) in refused.err
    assert not running.takes_refused("10.0.0.3", 2222)
    said = typed("hostkey", "accept", "NAS", fingerprint(NEW))
    assert said.out == (
        f"NAS: ssh-ed25519 {fingerprint(NEW)} is accepted;"
        " a running monserv tries it within seconds\n"
    )
    assert running.takes_refused("10.0.0.3", 2222)
    assert typed("hostkey", "show", "NAS").out.splitlines()[0].endswith(": known")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nobody", "No server has the id, name or URL nobody"),
        ("twin", "Several servers have this name: say which by its id (joe-nas1, root-10-0-0-4)"),
        ("local", "this machine is watched without SSH, and has no host key"),
    ],
)
def test_a_server_that_cannot_be_meant_is_one_sentence(
    typed: Type, running: HostKeys, tmp_path: Path, name: str, why: str
) -> None:
    typed("secrets", "rotate")
    database = Database(f"sqlite:///{tmp_path}/data/monserv.db")
    ServerStore(database, Vault(tmp_path / "data" / "secrets.key")).add(replace(nas(), name="twin"))
    database.close()
    said = typed("hostkey", "show", name)
    assert (said.code, said.out, said.err) == (2, "", f"monserv: {why}\n")


def test_a_server_whose_key_nobody_knows_is_new(typed: Type, running: HostKeys) -> None:
    assert typed("hostkey", "show", "root-10-0-0-4").out == "twin (ssh://root@10.0.0.4): new\n"
    assert typed("hostkey", "show", "ssh://me@bastion").out == "bastion (ssh://me@bastion): new\n"
    assert typed("hostkey", "show", "ssh://me@a b").code == 2
    said = typed("hostkey", "accept", "root-10-0-0-4", fingerprint(NEW))
    assert said.err == "monserv: It shows no key that waits to be accepted.\n"
