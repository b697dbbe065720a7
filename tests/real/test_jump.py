"""Servers behind a jump server: a real sshd in a network of its own, and one behind it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from monserv.errors import Cause
from monserv.model.poll import Missed, Polled
from monserv.model.secret import Secret
from monserv.model.server import Credentials, Server
from tests.real import canary
from tests.real.behind import Network, network
from tests.real.machines import User
from tests.real.product import Product, wait_until
from tests.real.test_product_managing import SERVERS, ask, done
from tests.real.watching import Watch

pytestmark = pytest.mark.real

WRONG = canary.plant("wr0ng-jump-c4nary")
MANY = 12
# What begins every name of a thread of ours.
OURS = "monserv-"


@pytest.fixture(scope="module")
def behind(machine_room: Path, user: User) -> Iterator[Network]:
    with network(machine_room, user) as found:
        yield found


@pytest.fixture(autouse=True)
def nothing_is_left(behind: Network) -> Iterator[None]:
    """See that neither a thread nor a socket outlives a test, nor a connection on the bastion."""
    sockets, threads = open_sockets(), set(threading.enumerate())
    yield
    give_up_at = time.monotonic() + 10
    while left := [one.name for one in set(threading.enumerate()) - threads if OURS in one.name]:
        assert time.monotonic() < give_up_at, left
        time.sleep(0.05)
    assert open_sockets() <= sockets
    while behind.bastion.process is not None and behind.bastion.sessions():
        assert time.monotonic() < give_up_at, behind.bastion.log()[-2000:]
        time.sleep(0.05)


def open_sockets() -> int:
    count = 0
    for file in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            count += str(file.readlink()).startswith("socket:")
    return count


def many(network: Network, jump: Server | None = None) -> list[Server]:
    """Return that many machines behind the bastion, each address of its loopback being one."""
    return [
        network.behind(f"inner-{number}", host=f"127.0.0.{number}", jump=jump)
        for number in range(1, MANY + 1)
    ]


def missed_all(watch: Watch, servers: Sequence[Server], seconds: float = 30.0) -> list[Missed]:
    return [watch.miss(server.id, within_seconds=seconds) for server in servers]


def test_values_arrive_and_the_address_behind_is_another_machine(
    tmp_path: Path, behind: Network
) -> None:
    inner = behind.behind()
    direct = replace(inner, id="direct", jump="", hops=())
    with Watch(tmp_path, [inner, direct]) as watch:
        assert watch.sample("inner").hostname != ""
        assert watch.sample("inner", after=len(watch.results("inner"))).cpu is not None
        assert "Connection refused" in watch.miss("direct").text
    place = f"[{behind.bastion.address}]:{behind.bastion.port}"
    pins = (tmp_path / "known_hosts").read_text().splitlines()
    assert {line.split(" ")[0] for line in pins} == {
        place,
        f"[{place}>127.0.0.1]:{behind.inner.port}",
    }


def test_all_that_is_behind_a_jump_server_shares_one_login_there(
    tmp_path: Path, behind: Network
) -> None:
    seen = behind.bastion.log().count("Accepted password")
    servers = many(behind)
    with Watch(tmp_path, servers) as watch:
        for server in servers:
            watch.sample(server.id)
        assert behind.bastion.log().count("Accepted password") == seen + 1


def test_a_jump_server_may_be_behind_another_one(tmp_path: Path, behind: Network) -> None:
    middle = replace(behind.behind("middle"), name="middle")
    inner = behind.behind("inner", host="127.0.0.2", jump=middle)
    assert [hop.name for hop in inner.hops] == ["bastion", "middle"]
    with Watch(tmp_path, [inner, middle]) as watch:
        assert watch.sample("inner").hostname != ""
        assert watch.sample("middle").hostname != ""


def test_a_wrong_password_is_shown_to_the_jump_server_twice_however_many_are_behind_it(
    tmp_path: Path, behind: Network
) -> None:
    seen = behind.bastion.log().count("Failed password")
    servers = many(behind, behind.jump(WRONG))
    with Watch(tmp_path, servers, interval_seconds=0.5) as watch:
        # A second attempt is due after two seconds, a third would be long before the end.
        for server in servers:
            watch.wait(server.id, lambda one: isinstance(one, Missed) and one.missed_polls >= 12)
            results = watch.results(server.id)
            assert {(one.cause, one.text) for one in results if isinstance(one, Missed)} == {
                (Cause.PARENT_DOWN, "The jump server bastion: The server refused the password")
            }
    assert behind.bastion.log().count("Failed password") == seen + 2


def test_a_jump_server_with_another_key_is_shown_no_password(
    tmp_path: Path, behind: Network
) -> None:
    with Watch(tmp_path, [behind.behind()]) as watch:
        watch.sample("inner")
    behind.bastion.stop()
    behind.bastion.new_host_key("ed25519")
    behind.bastion.new_host_key("rsa")
    behind.bastion.start()
    seen = behind.bastion.log().count("userauth-request")
    # Another password, so that a session kept from before would not do.
    with Watch(tmp_path, [behind.behind(jump=behind.jump(WRONG))]) as watch:
        miss = watch.miss("inner")
    assert miss.cause is Cause.PARENT_DOWN
    assert miss.text.startswith("The jump server bastion: It shows ssh-ed25519 SHA256:")
    assert behind.bastion.log().count("userauth-request") == seen
    assert WRONG not in miss.text


def test_the_key_of_the_machine_behind_is_checked_as_well(tmp_path: Path, behind: Network) -> None:
    with Watch(tmp_path, [behind.behind()]) as watch:
        watch.sample("inner")
    behind.inner.stop()
    behind.inner.new_host_key("ed25519")
    behind.inner.new_host_key("rsa")
    behind.inner.start()
    seen = behind.inner.log().count("userauth-request")
    with Watch(tmp_path, [behind.behind()]) as watch:
        assert watch.miss("inner").cause is Cause.HOST_KEY_CHANGED
    assert behind.inner.log().count("userauth-request") == seen


def test_a_jump_server_that_dies_and_comes_back_brings_all_back(
    tmp_path: Path, behind: Network
) -> None:
    servers = many(behind)
    with Watch(tmp_path, servers) as watch:
        for server in servers:
            watch.sample(server.id)
        behind.bastion.stop()
        for miss in missed_all(watch, servers):
            assert miss.cause is Cause.PARENT_DOWN
            assert "jump server bastion" in miss.text
        behind.bastion.start()
        for server in servers:
            watch.wait(
                server.id,
                lambda one: isinstance(one, Polled),
                within_seconds=45,
                after=len(watch.results(server.id)),
            )


@pytest.mark.timed
def test_a_jump_server_that_freezes_is_given_up_in_time_and_used_again_when_it_wakes(
    tmp_path: Path, behind: Network
) -> None:
    servers = many(behind)
    stopped: list[int] = []
    try:
        with Watch(tmp_path, servers, interval_seconds=0.5) as watch:
            for server in servers:
                watch.sample(server.id)
            seen = {server.id: len(watch.results(server.id)) for server in servers}
            assert behind.bastion.process is not None
            stopped = [behind.bastion.process.pid, *behind.bastion.sessions()]
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)
            frozen_at = time.monotonic()
            for server in servers:
                miss = watch.miss(server.id, after=seen[server.id])
                assert miss.cause in {Cause.TIMED_OUT, Cause.PARENT_DOWN}
            assert time.monotonic() - frozen_at < 10
            said = watch.wait(
                servers[0].id,
                lambda one: isinstance(one, Missed) and one.cause is Cause.PARENT_DOWN,
            )
            assert isinstance(said, Missed)
            assert "The jump server bastion" in said.text
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)
            for server in servers:
                watch.wait(
                    server.id,
                    lambda one: isinstance(one, Polled),
                    within_seconds=45,
                    after=len(watch.results(server.id)),
                )
            # Frozen again, nobody waits for it at the end.
            for pid in behind.bastion.sessions():
                os.kill(pid, signal.SIGSTOP)
                stopped.append(pid)
            began_at = time.monotonic()
            watch.stop(3)
            assert time.monotonic() - began_at < 4
    finally:
        for pid in stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def test_what_the_jump_server_does_not_reach_is_said_and_costs_it_no_login(
    tmp_path: Path, behind: Network
) -> None:
    seen = behind.bastion.log().count("Accepted password")
    closed = replace(behind.behind("closed"), port=1)
    nowhere = behind.behind("nowhere", host="no-such-host.invalid")
    with Watch(tmp_path, [closed, nowhere]) as watch:
        for name, place in (("closed", "127.0.0.1 on port 1"), ("nowhere", nowhere.host)):
            miss = watch.wait(name, lambda one: isinstance(one, Missed) and one.missed_polls >= 3)
            assert isinstance(miss, Missed)
            assert miss.cause is Cause.UNREACHABLE
            assert miss.text.startswith(f"The jump server bastion cannot reach {place}")
        assert "Connection refused" in watch.miss("closed").text
        assert behind.bastion.log().count("Accepted password") == seen + 1


def test_a_jump_server_that_forwards_nothing_says_so(tmp_path: Path, behind: Network) -> None:
    behind.bastion.stop()
    behind.bastion.extra = ("AllowTcpForwarding no",)
    behind.bastion.start()
    try:
        with Watch(tmp_path, [behind.behind()]) as watch:
            miss = watch.miss("inner")
    finally:
        behind.bastion.stop()
        behind.bastion.extra = ()
        behind.bastion.start()
    assert miss.cause is Cause.UNREACHABLE
    assert "does not allow connections to 127.0.0.1 on port" in miss.text
    assert "AllowTcpForwarding" in miss.text


def test_a_machine_that_never_answers_leaves_its_neighbours_their_jump_server(
    tmp_path: Path, behind: Network
) -> None:
    assert behind.inner.process is not None
    steady = replace(behind.behind("steady"), port=behind.inner.port)
    with socket.create_server(("0.0.0.0", 0)) as silent:
        # Of this network, which the bastion reaches: it accepts and says nothing.
        here = behind.bastion.address.removesuffix(".2") + ".1"
        mute = replace(behind.behind("mute", host=here), port=int(silent.getsockname()[1]))
        with Watch(tmp_path, [steady, mute], interval_seconds=0.5) as watch:
            watch.sample("steady")
            assert "said nothing for 5 s" in watch.miss("mute").text
            assert all(isinstance(one, Polled) for one in watch.results("steady"))


def test_credentials_of_a_jump_server_that_cannot_be_read_are_named(
    tmp_path: Path, behind: Network
) -> None:
    jump = replace(behind.jump(), credentials=Credentials(problem="The key file is missing"))
    with Watch(tmp_path, [behind.behind(jump=jump)]) as watch:
        miss = watch.miss("inner")
    assert (miss.cause, miss.text) == (
        Cause.PARENT_DOWN,
        "The jump server bastion: The key file is missing",
    )


def test_a_password_for_the_machine_behind_is_none_for_the_jump_server(
    tmp_path: Path, behind: Network
) -> None:
    inner = replace(behind.behind(), credentials=Credentials(Secret(WRONG)))
    seen = behind.bastion.log().count("Failed password")
    with Watch(tmp_path, [inner]) as watch:
        assert watch.miss("inner").cause is Cause.AUTHENTICATION_FAILED
    assert behind.bastion.log().count("Failed password") == seen


@pytest.mark.timeout(120)
def test_the_product_watches_what_is_behind_a_jump_server_and_keeps_passwords_to_their_way(
    tmp_path: Path, behind: Network
) -> None:
    user, bastion, inner = behind.user, behind.bastion, behind.inner
    secret = quote(user.password, safe="")
    entry = f"ssh://{user.name}:{secret}@{bastion.address}:{bastion.port}?name=bastion"
    product = Product(tmp_path, [entry], LOG_LEVEL="DEBUG").start()
    try:
        wait_until(lambda: product.server("bastion")["metrics"], 30, "the bastion is watched")
        body = {"name": "inner", "host": "127.0.0.1", "port": inner.port, "username": user.name}
        body |= {"jump": "bastion", "password": user.password}
        tried = done(product, "POST", f"{SERVERS}/test", body)
        assert [step["name"] for step in tried["steps"]] == [
            "jump",
            "tcp",
            "host_key",
            "login",
            "probe",
        ]
        assert tried["passed"] is True
        assert tried["host_key"]["known"] is False
        alone = done(product, "POST", f"{SERVERS}/test", body | {"jump": ""})
        assert [one["state"] for one in alone["steps"]][:2] == ["passed", "failed"]

        added = done(product, "POST", SERVERS, body)
        url = f"{SERVERS}/{added['id']}"
        assert added["jump"] == product.server("bastion")["id"]
        wait_until(lambda: product.server("inner")["metrics"], 30, "the machine behind is watched")
        code, answer = ask(product, "PUT", url, {"jump": ""})
        assert (code, list(answer["errors"])) == (422, ["password"])
        assert product.server("inner")["jump"] == added["jump"]
        direct = done(product, "PUT", url, {"jump": "", "password": user.password})
        assert direct["jump"] == ""
        wait_until(lambda: product.server("inner")["reason"] == "unreachable", 30)
        done(product, "PUT", url, {"jump": "bastion", "password": user.password})
        wait_until(lambda: product.server("inner")["reason"] is None, 30)
        done(product, "DELETE", url)
    finally:
        product.kill()
    assert user.password not in product.log()
