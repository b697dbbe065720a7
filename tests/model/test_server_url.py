from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.model.server import Reach
from monserv.model.server_url import MalformedUrlError, identity, parse

CANARY = "k4n4r1e"


def password_of(text: str) -> str | None:
    secret = parse(text).password
    return None if secret is None else secret.reveal()


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_password_works_percent_encoded(password: str) -> None:
    url = parse(f"ssh://scada:{quote(password, safe='')}@10.0.0.3:2222")
    assert url.password is not None
    assert url.password.reveal() == password
    assert (url.username, url.host, url.port) == ("scada", "10.0.0.3", 2222)


@given(st.text(st.sampled_from("@:/%#? üñ&=+[]ß漢"), min_size=1))
def test_a_password_of_odd_characters_works_raw(password: str) -> None:
    decoded = parse(f"ssh://scada:{password}@nas")
    assert decoded.password is not None
    assert decoded.password.reveal() == password
    assert (decoded.username, decoded.host) == ("scada", "nas")


@given(
    st.text(st.sampled_from("gh@:/%#? ü"), min_size=1),
    st.sampled_from(["nas", "10.0.0.3", "[::1]"]),
    st.sampled_from(["", ":22", ":65535"]),
)
def test_the_masked_url_has_three_stars_and_nothing_of_the_password(
    password: str, host: str, port: str
) -> None:
    assert parse(f"ssh://scada:{password}@{host}{port}").url == f"ssh://scada:***@{host}{port}"


@given(st.text())
def test_any_text_is_a_server_or_a_refusal(text: str) -> None:
    for entry in (text, f"ssh://{text}", f"ssh://u:p@{text}", f"local://{text}"):
        try:
            assert parse(entry).port > 0
        except MalformedUrlError:
            continue


def test_userinfo_ends_at_the_last_at_and_the_user_at_the_first_colon() -> None:
    url = parse("ssh://user:p@ss:w@rd@host:2222")
    assert (url.username, password_of("ssh://user:p@ss:w@rd@host:2222")) == ("user", "p@ss:w@rd")
    assert (url.host, url.port) == ("host", 2222)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("100%", "100%"), ("%", "%"), ("%zz", "%zz"), ("%4", "%4"), ("%41", "A"), ("%2525", "%25")],
)
def test_a_percent_sign_without_two_digits_is_itself(written: str, meant: str) -> None:
    assert password_of(f"ssh://u:{written}@h") == meant


def test_a_url_without_password_shows_no_stars() -> None:
    assert parse("ssh://user@host").url == "ssh://user@host"
    assert parse("ssh://user@host").password is None


def test_an_empty_password_is_none() -> None:
    assert parse("ssh://user:@host").password is None
    assert parse("ssh://user:@host").url == "ssh://user@host"


def test_local_is_this_machine() -> None:
    url = parse("local://")
    assert (url.reach, url.host, url.url) == (Reach.LOCAL, "localhost", "local://")


def test_an_ipv6_address_stands_in_brackets() -> None:
    url = parse("ssh://root@[fe80::1%25eth0]:2222")
    assert (url.host, url.port, url.url) == (
        "fe80::1%eth0",
        2222,
        "ssh://root@[fe80::1%eth0]:2222",
    )


def test_options_are_read_and_decoded() -> None:
    url = parse("ssh://root@nas?name=Das%20NAS&tags=prod,%20berlin,,prod&key=/keys/id_ed25519")
    assert (url.name, url.tags, url.key_path) == (
        "Das NAS",
        ("prod", "berlin"),
        "/keys/id_ed25519",
    )
    assert url.url == "ssh://root@nas"


def test_a_user_with_odd_characters_stays_encoded_in_the_url() -> None:
    url = parse("ssh://DOM%5Cjoe%40x:pw@nas")
    assert (url.username, url.url) == ("DOM\\joe@x", "ssh://DOM\\joe%40x:***@nas")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ssh://u:a@nas", "ssh://u:b@nas:22"),
        ("ssh://u@nas", "ssh://u@NAS?name=other"),
        ("ssh://u@[::1]", "ssh://u@[::1]:22"),
    ],
)
def test_two_urls_of_one_server_share_an_identity(one: str, other: str) -> None:
    assert identity(parse(one).url) == identity(parse(other).url)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "does not begin with ssh://"),
        (CANARY, "does not begin with ssh://"),
        (f"ftp://u:{CANARY}@h", "does not begin with ssh://"),
        (f"http://u:{CANARY}@h:8080", "Go program"),
        (f"https://{CANARY}", "Go program"),
        ("ssh://", "names no user"),
        ("ssh://host", "names no user"),
        (f"ssh://:{CANARY}@host", "names no user"),
        (f"ssh://u:{CANARY}@", "names no host"),
        (f"ssh://u:{CANARY}@:22", "names no host"),
        (f"ssh://u:{CANARY}@h:", "port"),
        (f"ssh://u:{CANARY}@h:0", "port"),
        (f"ssh://u:{CANARY}@h:65536", "port"),
        (f"ssh://u:{CANARY}@h:-1", "port"),
        (f"ssh://u:{CANARY}@h:\uff12\uff12", "port"),
        (f"ssh://u:x@h:{CANARY}", "port"),
        (f"ssh://u:x@{CANARY}!", "characters that no host name has"),
        (f"ssh://u:x@h/{CANARY}", "characters that no host name has"),
        (f"ssh://u:x@h#{CANARY}", "characters that no host name has"),
        ("ssh://u:x@a b", "characters that no host name has"),
        (f"ssh://u:{CANARY}@::1", "IPv6 address without brackets"),
        (f"ssh://u:{CANARY}@[::1", "bracket"),
        (f"ssh://u:{CANARY}@[::1]22", "bracket"),
        (f"ssh://u:{CANARY}@[{CANARY}]", "no IPv6 address"),
        (f"ssh://u:x@h?{CANARY}", "unknown option"),
        (f"ssh://u:x@h?{CANARY}=1", "unknown option"),
        ("ssh://u:x@h?jump=", "empty jump"),
        ("local://?jump=bastion", "local:// does not need"),
        ("ssh://u:x@h?name=a&name=b", "name twice"),
        ("ssh://u:x@h?name=", "empty name"),
        (f"ssh://u:{CANARY}@h?name=a@b", "@ in an option"),
        (f"ssh://u:{CANARY}%FF@h", "not UTF-8"),
        ("ssh://u%0A:x@h", "control characters"),
        ("ssh://u:x@h?name=a%1Bb", "control characters"),
        (f"local://{CANARY}", "local:// alone"),
        (f"local://u:{CANARY}@h", "local:// alone"),
        ("local://?key=/k", "local:// does not need"),
    ],
)
def test_a_malformed_url_is_refused_with_the_reason_and_without_the_secret(
    text: str, reason: str
) -> None:
    with pytest.raises(MalformedUrlError) as refused:
        parse(text)
    assert reason in str(refused.value)
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize("zone", ["a\x1b[2J", "a b", "a\u202eb"])
def test_a_zone_that_no_interface_has_is_refused(zone: str) -> None:
    with pytest.raises(MalformedUrlError, match="zone"):
        parse(f"ssh://a@[fe80::1%25{zone}]")
