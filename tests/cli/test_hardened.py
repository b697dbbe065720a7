"""A login that may run the probe and nothing else, on real servers."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from monserv.model.restriction import Liberty
from monserv.probe import forced, script
from tests.cli.typing import Type
from tests.real.machines import Dropbear, Sshd, User, run
from tests.real.product import Product, ssh_url, wait_until

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "id_watch"
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path))
    return path


@pytest.fixture(scope="module", params=["/bin/sh", "/bin/csh", "/usr/bin/fish"])
def watched(request: pytest.FixtureRequest, machine_room: Path) -> Iterator[User]:
    """A user who has no way in yet, with a login shell of each family."""
    user = User(machine_room, shell=request.param)
    try:
        yield user
    finally:
        user.remove()


@pytest.fixture(scope="module")
def careful_sshd(tmp_path_factory: pytest.TempPathFactory, machine_room: Path) -> Iterator[Sshd]:
    sshd = Sshd(tmp_path_factory.mktemp("sshd"), "Subsystem sftp internal-sftp")
    sshd.start()
    try:
        yield sshd
    finally:
        sshd.stop()


def lets_in(user: User, line: str) -> None:
    folder = user.home / ".ssh"
    folder.mkdir(exist_ok=True)
    (folder / "authorized_keys").write_text(f"{line}\n")


def public(key: Path) -> str:
    return key.with_name(f"{key.name}.pub").read_text().strip()


def tried(out: str) -> dict[str, str]:
    """Return what was tried -> what came of it."""
    return dict(re.findall(r"^  (.+?) +(refused|ALLOWED)$", out, re.MULTILINE))


def test_an_ordinary_login_may_do_everything_and_that_is_told(
    typed: Type, watched: User, careful_sshd: Sshd, key: Path
) -> None:
    lets_in(watched, public(key))
    said = typed("verify", ssh_url(watched.name, careful_sshd.port, query=f"?key={key}"))
    assert said.code == 1
    assert tried(said.out) == {str(liberty): "ALLOWED" for liberty in Liberty}
    assert not list(Path("/tmp").glob("monserv-verify-*"))


def test_a_hardened_login_is_refused_everything_and_polled(
    typed: Type, watched: User, careful_sshd: Sshd, key: Path
) -> None:
    address = ssh_url(watched.name, careful_sshd.port, query=f"?key={key}")
    hardened = typed("harden", address)
    assert hardened.code == 0
    assert hardened.out.count("\n") == 1
    lets_in(watched, hardened.out.strip())
    said = typed("verify", address)
    assert tried(said.out) == {str(liberty): "refused" for liberty in Liberty}
    assert re.search(r"^  probe +\d+\.\d{3} s  ok", said.out, re.MULTILINE)
    assert said.code == 0


@pytest.fixture
def small_box(tmp_path: Path) -> Iterator[Dropbear]:
    """A dropbear with what the forced command needs of BusyBox."""
    dropbear = Dropbear(tmp_path, secrets.token_hex(8))
    for applet in ("dd", "sha256sum"):
        (dropbear.root / "bin" / applet).symlink_to("busybox")
    dropbear.start()
    try:
        yield dropbear
    finally:
        dropbear.stop()


def test_dropbear_reads_the_same_line_and_is_polled(
    typed: Type, small_box: Dropbear, key: Path
) -> None:
    address = ssh_url("root", small_box.port, query=f"?key={key}")
    allowed = small_box.root / "root/.ssh/authorized_keys"
    allowed.parent.mkdir(mode=0o700)
    allowed.write_text(typed("harden", address).out)
    said = typed("verify", address)
    assert tried(said.out) == {str(liberty): "refused" for liberty in Liberty}
    assert re.search(r"^  probe +\d+\.\d{3} s  ok", said.out, re.MULTILINE)
    assert said.code == 0


def test_a_probe_of_another_version_does_not_run_and_the_cause_says_what_to_do(
    typed: Type, watched: User, careful_sshd: Sshd, key: Path
) -> None:
    lets_in(watched, forced.authorized_key(public(key), script.SCRIPT.replace("#.", "#,", 1)))
    said = typed("check", ssh_url(watched.name, careful_sshd.port, query=f"?key={key}"))
    assert said.code == 1
    assert "monserv harden" in said.out


def test_the_product_watches_a_hardened_server(
    tmp_path: Path, watched: User, careful_sshd: Sshd, key: Path
) -> None:
    lets_in(watched, forced.authorized_key(public(key)))
    url = ssh_url(watched.name, careful_sshd.port, query=f"?key={key}&name=hardened")
    product = Product(tmp_path, [url]).start()
    try:
        wait_until(lambda: product.server("hardened")["metrics"], 20, "a sample")
        metrics = product.server("hardened")["metrics"]
        assert [disk["mountpoint"] for disk in metrics["disks"]].count("/") == 1
        assert metrics["top_processes_by_memory"]
    finally:
        product.kill()


def test_without_any_key_it_says_how_to_make_one(
    typed: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    said = typed("harden", "ssh://me@127.0.0.1")
    assert (said.code, said.out) == (2, "")
    assert "ssh-keygen -t ed25519" in said.err


def test_an_alias_is_hardened_with_the_key_that_the_ssh_configuration_names(
    typed: Type, tmp_path: Path, key: Path
) -> None:
    config = tmp_path / "ssh_config"
    config.touch(0o600)
    config.write_text(f"Host nas\n  User joe\n  IdentityFile /absent\n  IdentityFile {key}\n")
    said = typed("harden", "ssh://nas", MONSERV_SSH_CONFIG=str(config))
    assert said.code == 0
    assert f" {public(key).split()[1]} " in said.out
    assert "authorized_keys of joe on nas" in said.err
