"""What tests of several folders share: a fresh database, and real servers, each started once."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests import conformance, prepared
from tests.db.world import Place
from tests.real import canary
from tests.real.machines import Dropbear, SmallDisk, Sshd, User, run
from tests.real.product import Product, ssh_url, wait_until

# Without the window of the whole one a page costs a third of the CPU time.
CHROMIUM = "/usr/bin/chromium-headless-shell"
# Only here a tab can be hidden.
WHOLE_CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    # It would kill what draws when a busy machine lets it wait for seconds.
    "--disable-gpu-watchdog",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # What is asked of another host fails, and so is noticed.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
conformance.listen()
# How long an example takes says nothing on a busy machine.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")
# Everything that a URL, a shell or a log could stumble over.
ODD_PASSWORD = "p@ss:w/o%41r#d? ü€ 'q\" $x"


@pytest.fixture(scope="session", autouse=True)
def no_secret_is_left() -> Iterator[None]:
    """Hunt, once all is done, through everything that the products of these tests wrote."""
    yield
    assert canary.hunt() == []


@pytest.fixture(autouse=True)
def frames_are_as_published() -> Iterator[None]:
    """Fail a test in which the product sent what its AsyncAPI document does not declare."""
    yield
    assert conformance.found() == []


@pytest.fixture
def caplog(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What is logged, but for what the pool says of a connection that an earlier test gave up."""

    def is_of_this_test(record: logging.LogRecord) -> bool:
        return not record.name.startswith("sqlalchemy.pool")

    caplog.handler.addFilter(is_of_this_test)
    yield caplog
    caplog.handler.removeFilter(is_of_this_test)


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the newest form with nothing in it, to be copied."""
    path = tmp_path_factory.mktemp("new") / "monserv.db"
    path.write_bytes(prepared.database())
    return path


@pytest.fixture
def place(tmp_path: Path, new_database: Path) -> Place:
    """A fresh database of the test's own."""
    place = Place(tmp_path / "data" / "monserv.db")
    place.path.parent.mkdir()
    shutil.copy(new_database, place.path)
    return place


@pytest.fixture(scope="session")
def machine_room() -> Iterator[Path]:
    """A folder that other users may enter, unlike pytest's own ones."""
    if os.geteuid() != 0:
        pytest.fail(
            "These tests add users and log in as them, which only root can: run them as root",
            pytrace=False,
        )
    # On a disk, which a folder for what is temporary often is not: a machine's root lies in it.
    folder = Path(tempfile.mkdtemp(prefix="monserv-real-", dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def user(machine_room: Path) -> Iterator[User]:
    user = User(machine_room, ODD_PASSWORD)
    try:
        yield user
    finally:
        user.remove()


@pytest.fixture(scope="session")
def key_path(machine_room: Path, user: User) -> Path:
    """A key without a passphrase, authorised for ``user``."""
    path = machine_room / "id_plain"
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path))
    user.authorise(path)
    return path


@pytest.fixture(scope="session")
def sshd(machine_room: Path) -> Iterator[Sshd]:
    folder = machine_room / "sshd"
    folder.mkdir()
    sshd = Sshd(folder, has_own_mounts=True)
    sshd.start()
    try:
        yield sshd
    finally:
        sshd.stop()


@pytest.fixture(scope="session")
def dropbear(machine_room: Path) -> Iterator[Dropbear]:
    folder = machine_room / "dropbear"
    folder.mkdir()
    dropbear = Dropbear(folder, ODD_PASSWORD)
    dropbear.start()
    try:
        yield dropbear
    finally:
        dropbear.stop()


@pytest.fixture
def own_sshd(machine_room: Path, tmp_path: Path) -> Iterator[Sshd]:
    """An sshd that a test may break."""
    sshd = Sshd(tmp_path)
    sshd.start()
    try:
        yield sshd
    finally:
        sshd.stop()


@pytest.fixture
def small_disk(machine_room: Path, sshd: Sshd) -> Iterator[SmallDisk]:
    """A disk that ``sshd`` shows, where other users may look."""
    disk = SmallDisk(machine_room, sshd)
    try:
        yield disk
    finally:
        disk.remove()


@pytest.fixture(scope="module")
def product(
    tmp_path_factory: pytest.TempPathFactory,
    sshd: Sshd,
    user: User,
    key_path: Path,
    dropbear: Dropbear,
) -> Iterator[Product]:
    """The product, watching three real servers: by password, by key, BusyBox on dropbear."""
    servers = [
        ssh_url(user.name, sshd.port, user.password, "?name=by-password&tags=a"),
        ssh_url("root", dropbear.port, dropbear.password, "?name=busybox"),
        f"ssh://{user.name}@localhost:{sshd.port}?name=by-key&key={key_path}",
    ]
    running = Product(tmp_path_factory.mktemp("product"), servers).start()
    try:
        wait_until(lambda: len(running.get("/api/state")) == 3, what="three servers have samples")
        yield running
    finally:
        running.kill()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield started
    started.close()
