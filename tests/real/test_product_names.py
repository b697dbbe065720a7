"""Names that no resolver answers, beside others."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.machines import Sshd, User
from tests.real.product import Product, ssh_url, wait_until

pytestmark = pytest.mark.real

SILENT = 40
NAMED = 5
# Its files stand in place of this machine's, for the product alone.
_ELSEWHERE = (
    "for name in resolv.conf nsswitch.conf hosts; do"
    ' mount --bind "$0/$name" "/etc/$name" || exit 1; done; exec "$@"'
)


@pytest.fixture
def resolver() -> Iterator[str]:
    """The address of one that takes questions and answers none."""
    address = "127.213.0.53"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((address, 53))
        yield address


@pytest.mark.timed
def test_forty_names_that_nobody_answers_delay_no_server_that_is_known(
    tmp_path: Path, resolver: str, sshd: Sshd, user: User
) -> None:
    known = [f"known{number}.example" for number in range(NAMED)]
    (tmp_path / "resolv.conf").write_text(f"nameserver {resolver}\n")
    (tmp_path / "nsswitch.conf").write_text("hosts: files dns\n")
    (tmp_path / "hosts").write_text(f"127.0.0.1 localhost {' '.join(known)}\n")
    silent = [f"silent{number}.example" for number in range(SILENT)]
    servers = [
        ssh_url(user.name, sshd.port, user.password, f"?name={name}").replace("127.0.0.1", name)
        for name in (*silent, *known)
    ]
    product = Product(tmp_path, servers)
    try:
        product.start("unshare", "--mount", "sh", "-c", _ELSEWHERE, str(tmp_path))
        wait_until(lambda: len(product.get("/api/state")) == NAMED, 10, "the named are sampled")
        wait_until(
            lambda: "was not resolved in time" in str(product.server(silent[0])["last_error"]),
            30,
            "the others are said to be silent",
        )
    finally:
        product.kill()
