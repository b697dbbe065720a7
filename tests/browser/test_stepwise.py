"""A connection test that fills in as its steps pass: the product, a real sshd, a silent port."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Witness
from tests.browser.settled import settled
from tests.real import canary
from tests.real.machines import Sshd, User, run
from tests.real.product import Product, wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

SECRET = canary.plant("stepwise-c4nary")


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    started = Product(tmp_path_factory.mktemp("product"), []).start()
    yield started
    started.kill()


@pytest.fixture
def server(product: Product) -> Product:
    return product


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A port that lets everybody connect, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(30)
        yield listening


def fill(page: Page, product: Product, port: int, username: str, password: str) -> None:
    page.goto(product.url)
    page.get_by_role("button", name="Add a server").first.click()
    values = {"host": "127.0.0.1", "port": str(port), "username": username, "password": password}
    for name, value in values.items():
        page.locator(f"#editor-{name}").fill(value)
    page.get_by_role("button", name="Test", exact=True).click()


def states(page: Page, expected: list[str]) -> list[str]:
    read = "(all) => all.map((one) => one.dataset.state)"
    return settled(page, lambda: page.locator(".check").evaluate_all(read), expected)


def hung_up(connection: socket.socket) -> bool:
    """Whether the other side has closed; what it said before is of no interest."""
    connection.settimeout(30)
    while connection.recv(4096):
        pass
    return True


@pytest.mark.parametrize("end", ["Stop the test", "Escape"])
def test_what_has_passed_shows_while_the_rest_still_runs_and_leaving_stops_it(
    page: Page, product: Product, silent: socket.socket, end: str
) -> None:
    fill(page, product, silent.getsockname()[1], "joe", SECRET)
    connection, _ = silent.accept()
    with connection:
        so_far = ["passed", "passed", "running", "waiting", "waiting"]
        assert states(page, so_far) == so_far
        expect(page.locator(".check-detail").nth(1)).to_have_text("The port accepts connections.")
        if end == "Escape":
            page.keyboard.press("Escape")
            page.get_by_role("button", name="Throw away").click()
            expect(page.locator("#editor")).to_be_hidden()
        else:
            page.get_by_role("button", name=end).click()
            expect(page.locator(".editor-status")).to_have_text("The test was stopped.")
        # Long before a server that says nothing would be given up.
        assert hung_up(connection)
    assert SECRET not in product.log()


def test_an_accepted_key_is_the_one_that_is_trusted_when_the_server_is_added(
    page: Page, witness: Witness, *, product: Product, sshd: Sshd, user: User
) -> None:
    fill(page, product, sshd.port, user.name, user.password)
    expect(page.locator(".editor-status")).to_contain_text("The test passed")
    printed = run("ssh-keygen", "-lf", str(sshd.folder / "host_ed25519.pub")).split()[1]
    expect(page.locator("[data-slot=key-text]")).to_have_text(f"ssh-ed25519 {printed}")
    # With the keyboard alone.
    box = page.get_by_role("checkbox", name="I have compared them")
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.locator(".check-detail").nth(2)).to_have_text(
        "The server shows the host key that you accepted."
    )
    expect(page.locator(".editor-status")).to_contain_text("The test passed")
    expect(box).to_be_checked()
    page.get_by_role("button", name="Add", exact=True).press("Enter")
    expect(page.locator("#editor")).to_be_hidden()
    added = wait_until(
        lambda: next(
            (
                one
                for one in product.data("/api/v1/servers")["servers"]
                if one["source"] == "managed" and one["port"] == sshd.port
            ),
            None,
        ),
        what="it is watched",
    )
    known = product.data(f"/api/v1/servers/{added['id']}/host-key")["known"]
    assert [(one["fingerprint"], one["accepted"]) for one in known] == [(printed, True)]
    assert witness.complaints == []
