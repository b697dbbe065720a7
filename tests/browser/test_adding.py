"""A person adds a server in the dashboard: the product, a real sshd, a full disk, a mail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.notify.authority import Authority
from tests.notify.sink import Sink, mail_server, wait_for_mails
from tests.real import canary
from tests.real.machines import SmallDisk, Sshd, User, run
from tests.real.product import Product, ssh_url, wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

NAME = "archive"
MISTYPED = canary.plant("mistyped-c4nary")
SENDER = "monserv@example.net"
MAIL_PASSWORD = "m4il-c4nary"


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """The mail server of the house, with a certificate of its own authority."""
    folder = tmp_path / "authority"
    folder.mkdir()
    with mail_server(Authority(folder), (SENDER, canary.plant(MAIL_PASSWORD))) as sink:
        yield sink


@pytest.fixture
def settings(sink: Sink, tmp_path: Path) -> dict[str, str]:
    """Return what the product is told beside its defaults: how it sends news."""
    return {
        "EMAIL_SMTP_HOST": sink.host,
        "EMAIL_FROM": SENDER,
        "EMAIL_PASSWORD": MAIL_PASSWORD,
        "EMAIL_TO": "ops@example.net",
        "SSL_CERT_FILE": str(tmp_path / "authority" / "ca.pem"),
    }


@pytest.fixture
def server(tmp_path: Path, settings: dict[str, str]) -> Iterator[Product]:
    """The product as somebody first meets it: nothing is configured."""
    product = Product(tmp_path, [], **settings).start()
    try:
        yield product
    finally:
        product.kill()


def sees(product: Product, mountpoint: Path) -> bool:
    metrics = product.server(NAME)["metrics"]
    disks = metrics["disks"] if metrics else []
    return any(disk["mountpoint"] == str(mountpoint) for disk in disks)


def mistype(page: Page, sshd: Sshd, user: User) -> None:
    """Fill in the form, all but the password rightly, and test it."""
    page.get_by_role("button", name="Add a server").first.click()
    page.locator("#editor-host").fill("127.0.0.1")
    page.locator("#editor-port").fill(str(sshd.port))
    page.locator("#editor-username").fill(user.name)
    page.locator("#editor-name").fill(NAME)
    page.locator("#editor-password").fill(MISTYPED)
    page.get_by_role("button", name="Test", exact=True).click()


def test_a_person_who_mistypes_a_password_sees_the_cause_mends_it_and_gets_a_mail_of_a_full_disk(
    page: Page, server: Product, *, sshd: Sshd, user: User, small_disk: SmallDisk, sink: Sink
) -> None:
    page.goto(server.url)
    expect(page.locator("#connection")).to_contain_text("Live")
    mistype(page, sshd, user)
    status = page.locator(".editor-status")
    expect(status).to_contain_text("Stopped at “Log in”")
    expect(status).to_contain_text("The server refused the password")
    checks = page.locator(".check")
    for number, state in enumerate(["passed", "passed", "passed", "failed", "not_run"]):
        expect(checks.nth(number)).to_have_attribute("data-state", state)
    printed = run("ssh-keygen", "-lf", str(sshd.folder / "host_ed25519.pub"))
    expect(page.locator("[data-slot=key-text]")).to_have_text(f"ssh-ed25519 {printed.split()[1]}")

    page.locator("#editor-password").fill(user.password)
    page.get_by_role("button", name="Test", exact=True).click()
    expect(status).to_contain_text("The test passed")
    page.get_by_role("button", name="Add", exact=True).click()
    card = page.locator(".card", has=page.get_by_role("button", name=f"Actions for {NAME}"))
    expect(card.locator("[data-slot=status]")).to_have_text("Online")
    expect(card.locator("[data-slot=cpu]")).to_contain_text("%")

    wait_until(lambda: sees(server, small_disk.mountpoint), what="the disk is seen")
    try:
        small_disk.fill()
        alert = page.locator(".attention-row", has_text=NAME)
        expect(alert).to_contain_text(f"Disk {small_disk.mountpoint} used")
        expect(card.locator("[data-slot=status]")).to_have_text("Alert")
        (mail,) = wait_for_mails(sink, 1, 15)
        hostname = server.server(NAME)["metrics"]["hostname"]
        assert mail.subject == f"[ALERT] {hostname} disk {small_disk.mountpoint} high"
        assert (mail.recipients, mail.was_encrypted) == (("ops@example.net",), True)
        assert f"Server: {hostname} (ssh://{user.name}:***@127.0.0.1:{sshd.port})" in mail.text
    finally:
        small_disk.empty()
    assert MISTYPED not in server.log()
    assert user.password not in server.log()


def test_a_password_that_was_added_wrong_is_mended_from_the_card(
    page: Page, server: Product, sshd: Sshd, user: User
) -> None:
    page.goto(server.url)
    page.get_by_role("button", name="Add a server").first.click()
    wrong = ssh_url(user.name, sshd.port, MISTYPED, f"?name={NAME}")
    page.locator("#editor-host").fill(wrong)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add it anyway").click()
    card = page.locator(".card", has=page.get_by_role("button", name=f"Actions for {NAME}"))
    expect(card.locator("[data-slot=note]")).to_have_text(
        "Authentication failed: The server refused the password"
    )
    card.get_by_role("button", name="Edit login").click()
    expect(page.locator("#editor-password")).to_be_focused()
    page.keyboard.type(user.password)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Save it anyway").click()
    # At once, however often the wrong one was refused.
    expect(card.locator("[data-slot=status]")).to_have_text("Online")
    expect(card.get_by_role("button", name="Edit login")).to_have_count(0)


def test_a_server_is_paused_moved_and_deleted_and_stays_so(
    page: Page, server: Product, sshd: Sshd, user: User
) -> None:
    page.goto(server.url)
    page.get_by_role("button", name="Add a server").first.click()
    address = ssh_url(user.name, sshd.port, user.password)
    page.locator("#editor-host").fill(address.replace("127.0.0.1", "localhost"))
    page.locator("#editor-name").fill(NAME)
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Add it anyway").click()
    menu = page.get_by_role("button", name=f"Actions for {NAME}")
    card = page.locator(".card", has=menu)
    expect(card.locator("[data-slot=status]")).to_have_text("Online")
    menu.click()
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(card.locator("[data-slot=status]")).to_have_text("Paused")
    assert server.server(NAME)["is_active"] is False
    menu.click()
    page.get_by_role("button", name="Resume", exact=True).click()
    expect(card.locator("[data-slot=status]")).to_have_text("Online")

    menu.click()
    page.get_by_role("button", name="Edit", exact=True).click()
    page.locator("#editor-host").fill("127.0.0.1")
    expect(page.locator("#editor-password-hint")).to_contain_text("give the password")
    page.locator("#editor-password").fill(user.password)
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.locator(".editor-status")).to_contain_text("The test passed")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(card.locator("[data-slot=url]")).to_contain_text("@127.0.0.1:")
    expect(card.locator("[data-slot=status]")).to_have_text("Online")

    # The same place twice is refused, and said above the form.
    page.get_by_role("button", name="Add a server").first.click()
    page.locator("#editor-host").fill(address)
    page.locator("#editor-name").fill("twice")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Add it anyway").click()
    expect(page.locator("#editor")).to_contain_text("watched already")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Throw away").click()

    for name in (NAME, "this machine"):
        page.get_by_role("button", name=f"Actions for {name}").click()
        page.get_by_role("button", name="Delete", exact=True).click()
        expect(page.get_by_role("button", name=f"Actions for {name}")).to_have_count(0)
    # Brought back it is as it was, and logs in; deleted again it stays away, page or not.
    page.locator(".toast", has_text=f"{NAME} was deleted").get_by_role(
        "button", name="Undo"
    ).click()
    expect(card.locator("[data-slot=status]")).to_have_text("Online")
    menu.click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(menu).to_have_count(0)
    expect(page.locator("#message")).to_contain_text("No servers yet")
    server.stop()
    server.start()
    assert server.data("/api/v1/servers")["servers"] == []
