"""Where the configuration leads a server: its login changes, what it is known as does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from monserv.clock import SystemClock
from monserv.errors import Cause, PollError
from monserv.model.secret import Secret
from monserv.model.server import Credentials, Identities, Server
from monserv.settings.servers import read, split
from monserv.sshconfig import guide
from monserv.sshconfig.book import Book

Lead = Callable[..., Server]


@pytest.fixture
def configured(tmp_path: Path) -> Callable[[str], Book]:
    def configured(text: str) -> Book:
        path = tmp_path / "config"
        path.touch(0o600)
        path.write_text(text)
        book = Book(path, SystemClock(), "me")
        book.open()
        return book

    return configured


def server(url: str, book: Book) -> Server:
    (found,) = read(split(url), "me", lambda host: book.ask(host).user)
    return found


def led(url: str, book: Book) -> Server:
    return guide.resolved(server(url, book), book)


def refusal(url: str, book: Book) -> str:
    with pytest.raises(PollError) as raised:
        led(url, book)
    assert raised.value.cause is Cause.UNREACHABLE
    return str(raised.value)


NAS = """
Host nas
  HostName 10.0.0.3
  User joe
  Port 2222
  IdentityFile ~/.ssh/%r-%h-%n-%p
  IdentityFile %d/two
  CertificateFile /k/cert.pub
  IdentitiesOnly yes
  IdentityAgent none
"""


def test_an_alias_alone_is_a_server(configured: Callable[[str], Book]) -> None:
    book = configured(NAS)
    before = server("ssh://nas", book)
    after = guide.resolved(before, book)
    assert (before.id, before.url, before.name, before.host) == ("nas", "ssh://nas", "nas", "nas")
    assert before.username == "joe"
    assert (after.username, after.host, after.port) == ("joe", "10.0.0.3", 2222)
    assert after.credentials.identities == Identities(
        ("~/.ssh/joe-10.0.0.3-nas-2222", f"{Path.home()}/two"), ("/k/cert.pub",), True, ""
    )
    assert (after.id, after.url, after.name) == (before.id, before.url, before.name)


@pytest.mark.parametrize(
    ("url", "login"),
    [
        ("ssh://ann@nas", ("ann", "10.0.0.3", 2222)),
        ("ssh://ann@nas:22", ("ann", "10.0.0.3", 22)),
        ("ssh://ann@nas:2000", ("ann", "10.0.0.3", 2000)),
        ("ssh://nas:2000", ("joe", "10.0.0.3", 2000)),
    ],
)
def test_what_the_url_says_goes_before(
    configured: Callable[[str], Book], url: str, login: tuple[str, str, int]
) -> None:
    found = led(url, configured(NAS))
    assert (found.username, found.host, found.port) == login


@pytest.mark.parametrize(
    "url", ["ssh://joe:x@web", "ssh://joe@web:22", "ssh://joe@[::1]", "local://"]
)
def test_where_nothing_is_configured_nothing_changes(
    configured: Callable[[str], Book], url: str
) -> None:
    book = configured(NAS + "Host *\n  ServerAliveInterval 60\n")
    before = server(url, book)
    assert guide.resolved(before, book) is before
    assert guide.resolved(before, Book(None, SystemClock(), "me")) is before


def test_a_password_goes_before_configured_keys_and_a_key_of_its_own_too(
    configured: Callable[[str], Book],
) -> None:
    book = configured(NAS)
    assert led("ssh://joe:pass@nas", book).credentials == Credentials(Secret("pass"))
    own = led("ssh://joe@nas?key=/k/own", book).credentials
    assert (own.key_path, own.identities.certificate_paths) == ("/k/own", ("/k/cert.pub",))


def test_an_identity_or_agent_may_be_none(
    configured: Callable[[str], Book], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOMEWHERE", "/run/agent")
    book = configured("IdentityFile none\nIdentityAgent ${SOMEWHERE}\n")
    assert led("ssh://joe@nas", book).credentials.identities == Identities((), agent="/run/agent")
    for written, path in (("$SOMEWHERE", "/run/agent"), ("SSH_AUTH_SOCK", None)):
        book = configured(f"User x\nIdentityAgent {written}\n")
        assert led("ssh://joe@nas", book).credentials.identities.agent == path


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ProxyCommand nc %h %p", "reaches it through a ProxyCommand, and nothing is executed"),
        ("ProxyCommand sh -c 'touch /tmp/x'", "reaches it through a ProxyCommand"),
        ('HostName "two words"', "gives it a HostName that is neither a name nor an address"),
        ("IdentityFile /k/%C", "has %C, which is not known here"),
        ("IdentityFile ${NOT_SET_ANYWHERE}/id", "names ${NOT_SET_ANYWHERE}, which is not set"),
        ("ProxyJump nas", "has jump servers that lead in a circle"),
        ('ProxyJump "gate,b c"', "has a jump server that is neither a name nor an address"),
        ("ProxyJump gate>x", "has a jump server that is neither a name nor an address"),
        ("ProxyJump a\nHost a\n  ProxyJump b\nHost b\n  ProxyJump a", "that lead in a circle"),
    ],
)
def test_what_cannot_be_used_is_a_sentence(
    configured: Callable[[str], Book], line: str, words: str
) -> None:
    said = refusal("ssh://joe@nas", configured(f"Host nas\n  {line}\n"))
    assert said.startswith("The SSH configuration for ")
    assert words in said


def places(found: Server) -> list[str]:
    return [f"{hop.username}@{hop.place}" for hop in found.hops]


JUMPS = """
Host nas
  ProxyJump ann@inner:2222,web
Host inner
  HostName 10.9.9.9
  ProxyJump outer
  IdentityFile /k/inner
Host outer
  User out
  Port 2022
Host web
  ProxyJump none
Host straight
  ProxyJump none
Host *
  ProxyJump outer
"""


def test_jump_servers_come_in_the_order_in_which_they_are_passed(
    configured: Callable[[str], Book],
) -> None:
    found = led("ssh://joe@nas", configured(JUMPS.rpartition("Host *")[0]))
    assert places(found) == ["out@[outer]:2022", "ann@[10.9.9.9]:2222", "me@web"]
    inner = found.hops[1]
    assert inner.credentials.identities.key_paths == ("/k/inner",)
    assert all(hop.hops == () and hop.credentials.password is None for hop in found.hops)
    assert found.way == "[outer]:2022>[10.9.9.9]:2222>web>"


def test_none_is_no_jump_server_and_keeps_later_ones_out(
    configured: Callable[[str], Book],
) -> None:
    assert led("ssh://joe@straight", configured(JUMPS)).hops == ()


def test_a_jump_server_of_the_settings_goes_before_and_is_led_itself(
    configured: Callable[[str], Book],
) -> None:
    book = configured(JUMPS.rpartition("Host *")[0])
    entries = "ssh://joe@nas?jump=gate,ssh://ann:pass@inner?name=gate"
    first, _ = read(split(entries), "me", lambda host: book.ask(host).user)
    found = guide.resolved(first, book)
    assert places(found) == ["out@[outer]:2022", "ann@10.9.9.9"]
    assert found.hops[1].credentials == Credentials(Secret("pass"))
    straight = replace(first, hops=(replace(first.hops[0], host="elsewhere"),))
    assert guide.resolved(straight, book) == straight


def test_a_server_whose_own_jump_server_is_gone_takes_no_other_way(
    configured: Callable[[str], Book],
) -> None:
    book = configured("Host nas\n  ProxyJump gate\n")
    lost = replace(server("ssh://joe@nas", book), jump="bastion")
    assert guide.resolved(lost, book).hops == ()
    assert [hop.host for hop in guide.resolved(replace(lost, jump=""), book).hops] == ["gate"]


def test_an_alias_of_a_jump_server_may_be_odd_where_it_leads_to_a_place(
    configured: Callable[[str], Book],
) -> None:
    book = configured("Host nas\n  ProxyJump in+out\nHost in+out\n  HostName gate\n")
    assert [hop.host for hop in led("ssh://me@nas", book).hops] == ["gate"]
