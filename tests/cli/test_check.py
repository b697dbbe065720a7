from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.typing import Said, Type
from tests.ports import free_port
from tests.real import canary
from tests.real.machines import Sshd, User
from tests.real.product import ssh_url

CANARY = "k4n4r1e"


def test_it_says_what_would_be_watched_and_makes_nothing(typed: Type, tmp_path: Path) -> None:
    servers = f"ssh://me:{CANARY}@10.0.0.3:2222?name=NAS&tags=home,old,local://"
    said = typed("check", SERVERS=servers, SERVER_PORT="4711")
    assert said.out.splitlines()[1:] == [
        f"Data        {tmp_path}/data",
        "History     1m for 2 days, 10m for 30 days, 1h for 730 days: about 1.2 MB a server",
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


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (("1", "0", "0"), "1m for 1 day: about 0.1 MB a server"),
        (("0", "0", "0"), "none but the last fifteen minutes"),
    ],
)
def test_it_says_what_history_will_take(
    typed: Type, days: tuple[str, str, str], expected: str
) -> None:
    names = [f"MONSERV_HISTORY_{tier}_DAYS" for tier in ("1M", "10M", "1H")]
    said = typed("check", **dict(zip(names, days, strict=True)))
    assert f"History     {expected}" in said.out.splitlines()


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


def test_what_the_ssh_configuration_says_stands_below_each_server(
    typed: Type, tmp_path: Path
) -> None:
    config = tmp_path / "ssh_config"
    config.touch(0o600)
    config.write_text(
        "Match exec true\n  User evil\n"
        "Host nas\n  HostName 10.0.0.3\n  User joe\n  IdentityFile /k/nas\n  ProxyJump a@b:23\n"
        "Host old\n  ProxyCommand nc %h %p\n"
    )
    servers = "ssh://nas,ssh://me@old,ssh://me@web"
    said = typed("check", SERVERS=servers, MONSERV_SSH_CONFIG=str(config))
    nas, led, old, refused, web = said.out.splitlines()[-5:]
    assert (nas, old, web) == ("  ssh://nas  nas", "  ssh://me@old  old", "  ssh://me@web  web")
    assert led == f"    by {config}: joe@10.0.0.3 through a@[b]:23 with /k/nas"
    assert refused == (
        "    cannot be reached: The SSH configuration for old reaches it through a ProxyCommand, "
        "and nothing is executed here; a ProxyJump, or jump= in SERVERS, does the same"
    )
    assert said.code == 0
    assert said.err.startswith(f"monserv: {config}, line 1: Match exec is not decided here")


def test_a_certificate_of_another_key_that_the_ssh_configuration_names_is_refused(
    typed: Type, tmp_path: Path
) -> None:
    for name in ("ca", "key", "other"):
        new = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)]
        subprocess.run(new, check=True)
    signing = ["ssh-keygen", "-q", "-s", str(tmp_path / "ca"), "-I", "x", f"{tmp_path}/other.pub"]
    subprocess.run(signing, check=True)
    config = tmp_path / "ssh_config"
    config.touch(0o600)
    config.write_text(
        f"IdentityFile {tmp_path}/key\nCertificateFile {tmp_path}/other-cert.pub\nUser joe\n"
    )
    settings = {"SERVERS": "ssh://nas", "MONSERV_SSH_CONFIG": str(config), "SSH_AUTH_SOCK": ""}
    assert typed("check", **settings) == Said(
        2,
        "",
        f"monserv: SERVERS, ssh://nas: The certificate {tmp_path}/other-cert.pub is for another "
        f"key than {tmp_path}/key\n",
    )
    config.write_text(config.read_text() + f"IdentityFile {tmp_path}/other\n")
    assert typed("check", **settings).code == 0
    (tmp_path / "other-cert.pub").rename(tmp_path / "key-cert.pub")
    assert f"{tmp_path}/key-cert.pub is for another key" in typed("check", **settings).err


def test_an_address_of_a_database_that_a_start_would_refuse_is_refused(typed: Type) -> None:
    said = typed("check", DATABASE_URL=f"postgresql://u:{CANARY}@h/d")
    assert said.code == 2
    assert said.err.startswith("monserv: DATABASE_URL names postgresql")
    assert CANARY not in said.err


def test_one_server_is_polled_and_shown(typed: Type, tmp_path: Path) -> None:
    said = typed("check", "local://")
    assert (said.code, said.err) == (0, "")
    first, probe, *table = said.out.splitlines()
    assert first == "local://"
    assert re.fullmatch(r"  probe +\d\.\d{3} s  ok +The first sample.* is complete\.", probe)
    assert any(line.startswith("Memory ") for line in table)
    assert not (tmp_path / "data").exists()


def test_the_step_that_fails_is_told_with_its_cause(typed: Type) -> None:
    said = typed("check", f"ssh://me:{CANARY}@127.0.0.1:{free_port()}?name=nas")
    assert said.code == 1
    name, tcp = said.out.splitlines()[1:3]
    assert re.fullmatch(r"  name +\d\.\d{3} s  ok .*", name)
    assert re.fullmatch(r"  tcp +\d\.\d{3} s  FAILED +Connection refused: .*", tcp)
    assert CANARY not in said.out + said.err


def test_a_server_of_the_settings_is_polled_by_its_name(typed: Type) -> None:
    said = typed("check", "here", SERVERS="local://?name=here")
    assert (said.code, said.out.splitlines()[0]) == (0, "local://")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (f"ssh://me:{CANARY}@h:x", "That is not the address of a server: it has a port that is"),
        ("nas", "No server in SERVERS is called 'nas'; an address begins with ssh:// or local://"),
    ],
)
def test_what_names_no_server_is_one_sentence(typed: Type, address: str, sentence: str) -> None:
    said = typed("check", address)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"monserv: {sentence}")
    assert CANARY not in said.err


@pytest.mark.real
def test_each_step_of_a_login_is_told_with_its_duration(
    typed: Type, sshd: Sshd, user: User, tmp_path: Path
) -> None:
    said = typed("check", ssh_url(user.name, sshd.port, user.password))
    assert (said.code, said.err) == (0, "")
    steps = re.findall(r"^  (\w+(?: key)?) +\d+\.\d{3} s  ok ", said.out, re.MULTILINE)
    assert steps == ["name", "tcp", "host key", "login", "probe"]
    assert re.search(r"^  its key   \S+ SHA256:\S{43} \(not pinned yet\)$", said.out, re.MULTILINE)
    assert re.search(r"^/ +\d+\.\d % \[[#.]{20}\] .* free of ", said.out, re.MULTILINE)
    assert not list((tmp_path / "data").glob("known_hosts*")), "a check pins nothing"
    canary.check(said.out.encode())


@pytest.mark.real
def test_a_password_may_be_asked_for(
    typed: Type, sshd: Sshd, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.prompt", lambda *_words, **_options: "wrong")
    said = typed("check", "--ask-password", ssh_url(user.name, sshd.port, user.password))
    assert said.code == 1
    assert re.search(
        r"^  login +\d+\.\d{3} s  FAILED  The server refused the password", said.out, re.MULTILINE
    )
