"""Secrets that people pass as arguments, and what is left of a command line."""

from __future__ import annotations

import shlex
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.probe import commands
from monserv.probe.masking import STARS, masked

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("app --password=hunter2 -v", "app --password=*** -v"),
        ("app --password hunter2 -v", "app --password *** -v"),
        ("app --db-pass hunter2", "app --db-pass ***"),
        ("app -password hunter2", "app -password ***"),
        ("app --api-key=hunter2 --port=80", "app --api-key=*** --port=80"),
        ("app --apiKey hunter2", "app --apiKey ***"),
        ("app token=hunter2", "app token=***"),
        ("env PGPASSWORD=hunter2 psql", "env PGPASSWORD=*** psql"),
        ("env MYSQL_PWD=hunter2 AWS_SECRET_ACCESS_KEY=hunter2", None),
        ("java -Djavax.net.ssl.keyStorePassword=hunter2 -jar app.jar", None),
        ("/usr/bin/mysql -uroot -phunter2 shop", "/usr/bin/mysql -uroot -p*** shop"),
        ("mysql -u root -p shop", "mysql -u root -p shop"),
        ("mysqldump --password=hunter2 shop", "mysqldump --password=*** shop"),
        ("sshpass -p hunter2 ssh nas", "sshpass -p *** ssh nas"),
        ("sshpass -phunter2 ssh nas", "sshpass -p*** ssh nas"),
        ("curl -u me:hunter2 https://x/", "curl -u *** https://x/"),
        ("curl --user me:hunter2 https://x/", "curl --user *** https://x/"),
        ("curl https://me:hunter2@x/a?b=1", "curl https://***@x/a?b=1"),
        ("curl https://x/a?token=hunter2&b=1", "curl https://x/a?token=***&b=1"),
        ("redis-cli -a hunter2 ping", "redis-cli -a *** ping"),
        ("ldapsearch -w hunter2 -x", "ldapsearch -w *** -x"),
        ("app postgresql://me:hunter2@db/shop", "app postgresql://***@db/shop"),
        ("app Server=db;Password=hunter2;Port=1", "app Server=db;Password=***;Port=1"),
        ("docker run --env=DB_PASSWORD=hunter2 x", "docker run --env=DB_PASSWORD=*** x"),
        ("curl -d a=password:hunter2&b=1 x", "curl -d a=password:***&b=1 x"),
        (
            'curl -d {"a":1,"password":"hun,hunter2","b":2} x',
            'curl -d {"a":1,"password":***,"b":2} x',
        ),
        ("app --dbpass hunter2 --rootpass=hunter2", "app --dbpass *** --rootpass=***"),
        ("redis-server --requirepass=hunter2", "redis-server --requirepass=***"),
        ("wget --user=me:hunter2 x", "wget --user=*** x"),
        ("curl -sSu me:hunter2 x", "curl -sSu *** x"),
        ("mosquitto_sub -P hunter2 -t x", "mosquitto_sub -P *** -t x"),
        ("snmpwalk -v2c -c hunter2 nas", "snmpwalk -v2c -c *** nas"),
        ("app --jwt hunter2", "app --jwt ***"),
        ("app ghp_hunter2hunter2hunter2", "app ***"),
        ("app /x?t=eyJhunter2.hunter2.hunter2", "app /x?t=***"),
    ],
)
def test_what_is_named_like_a_secret_is_masked(line: str, expected: str | None) -> None:
    told = " ".join(masked(line.split(" ")))
    assert SECRET not in told
    if expected is not None:
        assert told == expected


@pytest.mark.parametrize(
    "arguments",
    [
        ["curl", "-H", "Authorization: Bearer hunter2"],
        ["curl", "-H", "X-Api-Key: hunter2"],
        ["wget", "--header=Authorization: Bearer hunter2"],
        ["wget", '--header=Authorization: Digest username="me", response="hunter2"'],
        ["sh", "-c", "curl -H 'Authorization: Bearer hunter2' https://x/"],
        ["sh", "-c", 'curl --header="Authorization: Basic hunter2" https://x/'],
        ["sh", "-c", "curl -H 'X-Secret: my own hunter2' https://x/"],
        ["curl", "-d", '{"password": "my hunter2", "a": 1}'],
        ["curl", "-H", "Cookie: session=hunter2; a=b"],
        ["sh", "-c", "mysql -phunter2 shop; sleep 1"],
        ["sh", "-c", "exec app --password  hunter2"],
        ["sh", "-c", "PASSWORD=hunter2 app"],
        ["app", "--password", "", "hunter2"],
        ["app", "--header", "bearer hunter2"],
        ["app", "--password=my hunter2"],
        ["sh", "-c", "app --password 'my hunter2' -v"],
        ["sh", "-c", "app --password='my own hunter2' -v"],
        ["sudo", "mysql", "-phunter2"],
        ["sh", "-c", "sudo /usr/bin/mysql -phunter2"],
    ],
)
def test_a_secret_within_an_argument_of_several_words_is_masked(arguments: list[str]) -> None:
    told = " ".join(masked(arguments))
    assert SECRET not in told
    assert STARS in told


@pytest.mark.parametrize(
    "line",
    [
        "postgres -D /var/lib/postgresql/15/main -c config_file=/etc/postgresql.conf",
        "/usr/sbin/sshd -D",
        "nginx: master process /usr/sbin/nginx -g daemon on;",
        "gpg-agent --supervised --keyboard --author=me --passes=3",
        "python3 -m http.server --bind 127.0.0.1",
        "mysqld --user=mysql",
    ],
)
def test_an_ordinary_command_line_stays_as_it_is(line: str) -> None:
    assert " ".join(masked(line.split(" "))) == line


WORDS = st.text(alphabet="abcAB:=/-_@&; p", max_size=12)


@given(before=st.lists(WORDS, max_size=4), after=st.lists(WORDS, max_size=4))
def test_a_named_password_is_never_told_whatever_is_around_it(
    before: list[str], after: list[str]
) -> None:
    for secret in ([f"--password={SECRET}"], [f"X_TOKEN={SECRET}"], [f"https://u:{SECRET}@h/"]):
        assert SECRET not in " ".join(masked(["app", *before, *secret, *after]))
    quoted = shlex.join(["app", f"--password={SECRET}"])
    assert SECRET not in " ".join(masked(["sh", "-c", quoted]))


@given(st.lists(st.text(max_size=60), max_size=8))
def test_nothing_raises_and_there_are_as_many_arguments_as_before(arguments: list[str]) -> None:
    assert len(masked(arguments)) == len(arguments)
    commands.line("\0".join(arguments))


@pytest.mark.parametrize("unit", ["a=", "://", "a:", " ", "a ", "=", "-p", "aA", "a=b&", "x://a"])
def test_the_worst_arguments_are_masked_in_bounded_time(unit: str) -> None:
    text = unit * (4096 // len(unit))
    began_at = time.process_time()
    masked([text, text, f"--password {text}"])
    assert time.process_time() - began_at < 0.5


def test_a_command_line_is_one_line_of_inert_text() -> None:
    assert commands.line("app\0--name\0a\nb\x1b[31m\0\n") == "app --name a\\x0ab\\x1b[31m"
    assert commands.line("\n") == ""
    assert len(commands.line("x" * 5000)) <= 1024
