"""Where the name of a jump server leads, and what may be shown on which way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monserv.model import ways
from monserv.model.changes import Changes
from monserv.model.redesign import made
from monserv.model.secret import Secret
from monserv.model.server import Credentials, Reach, Server, Source
from monserv.model.ways import NoWayError
from tests.db.world import NOON

PASSWORD = Secret("for this way alone")


def server(name: str, jump: str = "", *, way: str = "") -> Server:
    made_here = made(Changes(host=name, username="joe", jump=jump), name, NOON)
    return replace(made_here, credentials=Credentials(PASSWORD, way=way))


def resolve(*servers: Server) -> dict[str, Server]:
    return ways.resolved(servers)


def test_hops_stand_in_the_order_of_the_way_each_with_its_own_credentials() -> None:
    first, second = server("a"), replace(server("b", "a", way="a>"), port=2222)
    found = resolve(server("c", "b", way="a>[b]:2222>"), second, first)
    assert [hop.id for hop in found["c"].hops] == ["a", "b"]
    assert [hop.credentials.password for hop in found["c"].hops] == [PASSWORD, PASSWORD]
    assert [hop.hops for hop in found["c"].hops] == [(), ()]
    assert found["c"].way == "a>[b]:2222>"
    assert found["a"] is first


def test_another_way_is_another_machine_and_what_was_given_stays_with_the_first() -> None:
    found = resolve(server("inner", "a", way="a>"), replace(server("a"), host="elsewhere"))
    assert found["inner"].way == "elsewhere>"
    held = found["inner"].credentials
    assert (held.password, held.way) == (None, "a>")
    assert held.problem is not None
    assert "give the password again" in held.problem
    # A jump server is shown no password either that was given for another way.
    behind = resolve(server("c", "b"), server("b", "a", way="other>"), server("a"))["c"]
    assert [hop.credentials.password for hop in behind.hops] == [PASSWORD, None]


def test_a_passphrase_is_shown_to_nobody_and_settings_say_themselves_what_is_for_whom() -> None:
    key = replace(server("c", "a"), credentials=Credentials(PASSWORD, "/key"))
    configured = replace(server("d", "a"), source=Source.SETTINGS)
    jump = replace(server("a"), source=Source.SETTINGS)
    found = resolve(key, configured, jump)
    assert found["c"].credentials == key.credentials
    assert found["d"].credentials.password == PASSWORD


def test_a_session_goes_on_only_while_every_hop_is_reached_alike() -> None:
    before = resolve(server("inner", "a", way="a>"), server("a"))["inner"]
    described = resolve(server("inner", "a", way="a>"), replace(server("a"), description="x"))
    assert before.is_reached_like(described["inner"])
    for jump in (
        replace(server("a"), credentials=Credentials(Secret("new"))),
        replace(server("a"), username="root"),
        replace(server("a"), port=23),
    ):
        assert not before.is_reached_like(resolve(server("inner", "a", way="a>"), jump)["inner"])
    gone = resolve(server("inner", "a", way="a>"))["inner"]
    assert (gone.jump, gone.hops) == ("a", ())
    assert not gone.is_reached_like(server("inner", way="a>"))


@pytest.mark.parametrize(
    ("servers", "reason"),
    [
        ((server("x", "y"),), "none of the servers"),
        ((server("x", "x"),), "its own jump server"),
        ((server("x", "a"), server("a", "b"), server("b", "a")), "in a circle"),
        ((server("x", "a"), server("a", "x")), "in a circle"),
        ((server("x", "a"), replace(server("a"), reach=Reach.LOCAL)), "this machine"),
        (
            (
                *(server(one, other) for one, other in zip("xabcd", "abcde", strict=True)),
                server("e"),
            ),
            "more than 4 jump servers",
        ),
    ],
)
def test_a_way_that_leads_nowhere_is_refused_and_never_another_one_taken(
    servers: tuple[Server, ...], reason: str
) -> None:
    with pytest.raises(NoWayError, match=reason):
        ways.led(servers[0], {one.id: one for one in servers})
    found = resolve(*servers)["x"]
    assert (found.hops, bool(found.jump)) == ((), True)


def test_a_jump_server_is_named_by_its_id_or_a_name_that_no_other_has() -> None:
    one, twin = server("a"), replace(server("b"), name="a")
    assert ways.named("a", [one, twin]) is one
    assert ways.named("c", [replace(one, name="c"), twin]).id == "a"
    with pytest.raises(NoWayError, match=r"several have; name it by its id \(a, b\)"):
        ways.named("c", [replace(one, name="c"), replace(twin, name="c")])
    with pytest.raises(NoWayError, match="none of the servers"):
        ways.named("d", [one, twin])
