from __future__ import annotations

import subprocess
from pathlib import Path

from tests.cli.typing import Said, Type

CANARY = "k4n4r1e"


def test_it_says_what_would_be_watched_and_makes_nothing(typed: Type, tmp_path: Path) -> None:
    servers = f"ssh://me:{CANARY}@10.0.0.3:2222?name=NAS&tags=home,old,local://"
    said = typed("check", SERVERS=servers, SERVER_PORT="4711")
    assert said.out.splitlines()[1:] == [
        f"Data        {tmp_path}/data",
        "Dashboard   http://127.0.0.1:4711/",
        "Watching    2 servers, every 4 s",
        "  ssh://me:***@10.0.0.3:2222  NAS [home, old]",
        "  local://  this machine",
    ]
    assert (said.code, said.err) == (0, "")
    assert not (tmp_path / "data").exists()


def test_where_nothing_is_named_it_says_what_is_watched_then(typed: Type) -> None:
    assert typed("check").out.splitlines()[-2:] == [
        "Watching    0 servers, every 4 s",
        "  and those added on the dashboard; at the very first start, this machine",
    ]


def test_a_remark_is_no_failure(typed: Type) -> None:
    said = typed("check", MONSERV_AUTH="none")
    assert said.code == 0
    assert said.err.startswith("monserv: MONSERV_AUTH=none: ")


def test_a_setting_that_makes_no_sense_is_one_sentence_without_its_value(typed: Type) -> None:
    said = typed("check", SERVERS=f"local://,ssh://u:{CANARY}@h:x")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("monserv: SERVERS, entry 2: it has a port")
    assert CANARY not in said.err
    assert said.err.count("\n") == 1


def test_keys_that_cannot_be_used_are_named(typed: Type, tmp_path: Path) -> None:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "phrase", "-f", str(tmp_path / "key")]
    subprocess.run(command, check=True)
    servers = f"ssh://a:{CANARY}@h?key={tmp_path}/absent,ssh://b:{CANARY}@h?key={tmp_path}/key"
    assert typed("check", SERVERS=servers) == Said(
        2,
        "",
        f"monserv: SERVERS, ssh://a:***@h: The key file {tmp_path}/absent does not exist; "
        f"SERVERS, ssh://b:***@h: The key file {tmp_path}/key cannot be read: "
        "it is no private key, or the passphrase is wrong\n",
    )


def test_an_address_of_a_database_that_a_start_would_refuse_is_refused(typed: Type) -> None:
    said = typed("check", DATABASE_URL=f"postgresql://u:{CANARY}@h/d")
    assert said.code == 2
    assert said.err.startswith("monserv: DATABASE_URL names postgresql")
    assert CANARY not in said.err
