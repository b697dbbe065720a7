from __future__ import annotations

import re

import pytest

from monserv.errors import SettingsError
from monserv.model.server import Reach, Server
from monserv.settings.servers import free_id, read, split, this_machine


def servers(text: str) -> tuple[Server, ...]:
    return read(split(text), "joe")


def ids(text: str) -> dict[str, str]:
    return {server.url: server.id for server in servers(text)}


def test_entries_stand_between_commas_and_blanks_do_not_matter() -> None:
    found = servers(" ssh://a@one , ssh://b:x@two:2222,\nlocal://, ")
    assert [server.url for server in found] == ["ssh://a@one", "ssh://b:***@two:2222", "local://"]


def test_a_comma_between_tags_belongs_to_them() -> None:
    first, second, third = servers(
        "ssh://a@one?tags=x,y&name=Eins,local://?tags=z,w,ssh://a@two?name=Zwei&tags=q,r"
    )
    assert (first.tags, first.name) == (("x", "y"), "Eins")
    assert (second.tags, second.name) == (("z", "w"), "this machine")
    assert (third.tags, third.name) == (("q", "r"), "Zwei")


def test_one_without_a_user_is_known_by_what_stands_there_where_a_user_is_configured() -> None:
    configured = {"nas": "joe", "::1": "six"}
    first, second = read(split("ssh://nas:2222?tags=a,b,ssh://[::1]"), "me", configured.get)
    assert (first.id, first.url, first.username) == ("nas-2222", "ssh://nas:2222", "joe")
    assert (first.name, first.tags) == ("nas", ("a", "b"))
    assert (second.url, second.username) == ("ssh://[::1]", "six")
    with pytest.raises(SettingsError, match=r"entry 2: ssh://nas is already entry 1"):
        read(split("ssh://joe@nas,ssh://nas"), "me", configured.get)


@pytest.mark.parametrize("text", ["ssh://web", "ssh://@nas", "ssh://:x@nas", "ssh://nas:secret"])
def test_one_without_a_user_is_refused_where_none_is_configured(text: str) -> None:
    with pytest.raises(SettingsError, match="entry 1: it names no user; write ssh://user@host"):
        read(split(text), "me", {"nas": "joe"}.get)


def test_a_jump_server_is_another_entry_by_its_name_or_else_its_host() -> None:
    inner, bastion, outer, _ = servers(
        "ssh://a@10.0.0.3?jump=outer,ssh://b:x@h:2222?name=bastion&jump=gate,"
        "ssh://c@deep?name=outer&jump=bastion,ssh://d@gate"
    )
    assert [hop.name for hop in inner.hops] == ["gate", "bastion", "outer"]
    assert (inner.jump, inner.way) == ("outer", "gate>[h]:2222>deep>")
    assert (bastion.way, outer.way) == ("gate>", "gate>[h]:2222>")
    assert "x" not in repr(inner).replace("outer", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ssh://a@b,ssh://c@d?jump=e", "entry 2: it has a jump server that is none of the entries"),
        (
            "ssh://a@b?name=x,,ssh://a@c?name=x,ssh://a@d?jump=x",
            "entry 4: it has a jump server that may be entry 1 or entry 3; give each its own name",
        ),
        ("ssh://a@b?jump=b", "entry 1: it is its own jump server"),
        ("ssh://a@b?jump=c,ssh://a@c?jump=b", "entry 1: it is behind jump servers that lead in a"),
        ("local://,ssh://a@b?jump=this machine", "entry 2: it has this machine as a jump server"),
        ("local://?jump=b,ssh://a@b", "entry 1: it has a jump, which local:// does not need"),
    ],
)
def test_a_jump_server_that_leads_nowhere_stops_the_start(text: str, words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        servers(text)
    assert words in str(refused.value)


def test_without_servers_there_are_none_and_this_machine_is_known_all_the_same() -> None:
    assert servers("") == ()
    server = this_machine("joe")
    assert (server.reach, server.url, server.id) == (Reach.LOCAL, "local://", "local")
    assert (server.host, server.username, server.name) == ("localhost", "joe", "this machine")


def test_ids_come_from_user_host_and_port() -> None:
    assert ids("ssh://a@10.0.0.3:22,ssh://A@10.0.0.3:2222,ssh://joe@[fe80::1%25eth0]") == {
        "ssh://a@10.0.0.3:22": "a-10-0-0-3",
        "ssh://A@10.0.0.3:2222": "a-10-0-0-3-2222",
        "ssh://joe@[fe80::1%eth0]": "joe-fe80-1-eth0",
    }


def test_an_id_that_shows_not_all_it_stands_for_has_a_fingerprint() -> None:
    long = "x" * 60
    found = ids(f"ssh://a@漢,ssh://a@{long}1,ssh://a@{long}2,ssh://b-c@d,ssh://b@c-d")
    assert len(set(found.values())) == 5
    assert all(re.fullmatch(r"[a-z0-9-]{1,47}-[0-9a-f]{6}", one) for one in found.values())


def test_an_id_does_not_depend_on_name_password_port_22_or_neighbours() -> None:
    for text in ("ssh://b@nas", "ssh://b:pw@nas:22?name=x", "local://,ssh://a@nas,ssh://b@NAS"):
        assert list(ids(text).values())[-1] == "b-nas"


def test_ids_are_unique_and_do_not_depend_on_the_order() -> None:
    one = "ssh://a@nas,ssh://b@nas,local://?name=NAS,ssh://c@漢"
    other = "ssh://c@漢,local://?name=NAS,ssh://b@nas,ssh://a@nas"
    assert ids(one) == ids(other)
    assert len(set(ids(one).values())) == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ssh://a@one,bogus", "SERVERS, entry 2: it does not begin"),
        ("ssh://a@one,,ssh://b:s3cr3t@h:x", "SERVERS, entry 3: it has a port"),
        ("ssh://a:s3c,r3t@h", "SERVERS, entry 2: it does not begin with ssh:// or local:// (a c"),
        ("ssh://a:1@one,ssh://a:2@one:22", "SERVERS, entry 2: ssh://a:***@one:22 is already en"),
        ("ssh://a@one,ssh://a:s3cr3t@ONE", "SERVERS, entry 2: ssh://a:***@ONE is already entry"),
        ("local://,ssh://a@one,local://?name=x", "SERVERS, entry 3: local:// is already entry 1"),
        ("http://s3cr3t@h:8080", "SERVERS, entry 1: it is an HTTP agent"),
    ],
)
def test_a_bad_entry_is_named_by_its_position_without_its_secret(text: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        servers(text)
    assert str(refused.value).startswith(said)
    for secret in ("s3c", "r3t"):
        assert secret not in str(refused.value)


def test_an_id_that_is_taken_gets_a_fingerprint_and_then_a_number() -> None:
    taken: list[str] = []
    for _ in range(4):
        taken.append(free_id(Reach.SSH, "joe", "nas", 22, taken))
    assert len(set(taken)) == 4
    assert taken[0] == "joe-nas"
    assert re.fullmatch(r"joe-nas-[0-9a-f]{6}", taken[1])
    assert taken[2:] == [f"{taken[1]}-2", f"{taken[1]}-3"]
