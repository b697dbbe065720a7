"""What a configuration says, held against what ``ssh -G`` says of the same files."""

from __future__ import annotations

import getpass
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monserv.sshconfig import answer, files
from monserv.sshconfig.answer import Answer
from monserv.sshconfig.lines import BrokenConfigError

SECONDS = 10
NAMES = ("nas", "web1.example.com", "web2", "db", "10.0.0.3")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config"
    path.touch(0o600)
    return path


def ask(path: Path, name: str, user: str | None = None, port: int | None = None) -> Answer:
    items = files.read(path)
    answer.check(items)
    return answer.ask(items, name, user, port, getpass.getuser())


def ssh_says(path: Path, name: str, *options: str) -> dict[str, list[str]] | None:
    """Return what ssh makes of the file; nothing when it refuses it."""
    done = subprocess.run(
        ["ssh", "-G", "-F", str(path), *options, name],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode != 0:
        return None
    said: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        keyword, _, value = line.partition(" ")
        said.setdefault(keyword, []).append(value)
    return said


def ours(path: Path, name: str, user: str | None, port: int | None) -> dict[str, object]:
    found = ask(path, name, user, port)
    hostname = answer.hostname_of(found, name)
    return {
        "hostname": [hostname.lower()],
        "user": [found.user or getpass.getuser()],
        "port": [str(found.port or 22)],
        "identitiesonly": ["yes" if found.identities_only else "no"],
        "identityfile": list(found.identity_files),
        "certificatefile": list(found.certificate_files),
        "proxyjump": [found.proxy_jump] if found.proxy_jump not in {None, "none"} else [],
        "proxycommand": [found.proxy_command] if found.proxy_command not in {None, "none"} else [],
    }


def theirs(said: dict[str, list[str]]) -> dict[str, object]:
    found: dict[str, object] = {
        name: said.get(name, [])
        for name in (
            "hostname",
            "user",
            "port",
            "identitiesonly",
            "identityfile",
            "certificatefile",
            "proxyjump",
            "proxycommand",
        )
    }
    # It writes whatever holds a dot or colon in brackets.
    found["proxyjump"] = [one.strip("[]") for one in said.get("proxyjump", [])]
    # Without a word on them ssh names the default ones.
    if len(said.get("identityfile", [])) > 3:
        found["identityfile"] = []
    return found


def compare(path: Path, name: str, user: str | None = None, port: int | None = None) -> None:
    options = [*(("-l", user) if user else ()), *(("-p", str(port)) if port else ())]
    said = ssh_says(path, name, *options)
    if said is None:
        with pytest.raises(BrokenConfigError):
            ask(path, name, user, port)
    else:
        assert ours(path, name, user, port) == theirs(said)


WRITTEN = """
User everybody
Host nas n?s !nope
  HostName 10.0.0.3
  Port = 2222
  IdentityFile "/k/a b"
  IdentityFile /k/two   # and a remark
Host *.example.com !web9*
  User web
  HostName %h
  ProxyJump bastion,second
Match host 10.0.0.* user everybody
  CertificateFile /k/cert
Match originalhost=db !user joe
  IdentitiesOnly yes
  ProxyCommand nc "%h" %p
  ProxyJump ignored
Host web2
  HostName web2.%h.internal
  ProxyJump none
Match final host *.internal
  Port 2022
Host *
  IdentityFile /k/all
  Port 22
  ProxyJump everywhere
"""


@pytest.mark.real
@pytest.mark.parametrize("name", [*NAMES, "nope", "web9.example.com", "NAS"])
@pytest.mark.parametrize(("user", "port"), [(None, None), ("joe", None), ("everybody", 2000)])
def test_it_is_read_as_ssh_reads_it(
    config: Path, name: str, user: str | None, port: int | None
) -> None:
    config.write_text(WRITTEN)
    compare(config, name, user, port)


BROKEN = [
    "Port",
    "Port x",
    "Port 0",
    "Port 65536",
    "Port 22 23",
    "HostName",
    "HostName a b",
    "User a b",
    "IdentitiesOnly perhaps",
    'IdentityFile "/open',
    "Host",
    "Match",
    "Match host",
    "Match nonsense x",
    "Match all host nas",
    "ProxyJump a,,b",
    "ProxyJump joe@",
    "ProxyJump a:70000",
    "= x",
    "!!",
]


@pytest.mark.real
@pytest.mark.parametrize("line", BROKEN)
def test_what_ssh_refuses_is_refused_with_file_and_line(config: Path, line: str) -> None:
    config.write_text(f"# fine\nUser joe\n{line}\n")
    assert ssh_says(config, "nas") is None
    with pytest.raises(BrokenConfigError) as raised:
        ask(config, "nas")
    assert str(raised.value).startswith(f"{config}, line 3: ")


WORDS = st.sampled_from(
    ["nas", "*", "n*", "!nas", "web?", "*.example.com", "db", "joe", "10.0.0.3"]
)
VALUES = st.sampled_from(
    ["nas", "db", "joe", "web2", "10.0.0.3", "%h", "2022", "yes", '"q"', "none"]
)
LINES = st.one_of(
    st.tuples(st.just("Host"), WORDS, WORDS).map(" ".join),
    st.tuples(
        st.just("Match"), st.sampled_from(["host", "originalhost", "user", "!user", "!host"]), WORDS
    ).map(" ".join),
    st.sampled_from(["Match all", "Match final", "Match final host 10.0.0.3", "Match canonical"]),
    st.tuples(st.sampled_from(["User", "IdentityFile"]), VALUES).map(" ".join),
    st.sampled_from(["HostName nas", "HostName db", "HostName web2", "HostName 10.0.0.3"]),
    st.sampled_from(["HostName %h", "HostName x.%h"]),
    st.sampled_from(["Port 2022", "Port=2023", "IdentitiesOnly yes", "CertificateFile /c"]),
    st.sampled_from(
        ["ProxyCommand nc %h %p", "ProxyCommand none", "ProxyJump a,b", "ProxyJump none", "# x"]
    ),
)


@pytest.mark.real
@given(st.lists(LINES, max_size=10).map("\n".join), st.sampled_from(NAMES))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_is_written_is_read_as_ssh_reads_it(config: Path, text: str, name: str) -> None:
    config.write_text(text + "\n")
    compare(config, name)


NOISE = st.one_of(
    st.binary(max_size=60),
    st.text(alphabet="Host Match\n\t=\"'\\#!*?,%{}$user x", max_size=60).map(str.encode),
)


@given(st.lists(st.one_of(NOISE, LINES.map(str.encode)), max_size=6), st.sampled_from(NAMES))
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_noise_is_refused_or_says_something_and_nothing_else(
    config: Path, noise: list[bytes], name: str
) -> None:
    config.write_bytes(b"\n".join(noise))
    said: Answer | BrokenConfigError
    try:
        said = ask(config, name)
    except BrokenConfigError as error:
        said = error
    if isinstance(said, BrokenConfigError):
        assert str(said).startswith(str(config))
        assert "\n" not in str(said)


def test_a_pattern_of_many_stars_is_compared_in_bounded_time(config: Path) -> None:
    stars = "*-" * 12
    config.write_text(f"Host {stars}.x\n  User stars\nMatch originalhost {stars}.x\n  Port 1\n")
    began_at = time.process_time()
    assert ask(config, "-" * 250) == Answer()
    assert time.process_time() - began_at < 1


def test_what_stands_for_something_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYS", "/keys/%r")
    monkeypatch.setenv("SECRET", "hunter2")
    tokens = answer.tokens("nas", "nas", "${SECRET}%h", 22, "me")
    assert answer.filled("${KEYS}/%r-%p", tokens) == "/keys/%r/${SECRET}%h-22"


def test_a_user_cannot_lead_to_another_folder() -> None:
    tokens = answer.tokens("nas", "nas", "../../root/.ssh/id", 22, "me")
    with pytest.raises(answer.UnusableError, match="slash"):
        answer.filled("~/.ssh/%r", tokens)
    assert answer.filled("~/.ssh/%h", tokens) == "~/.ssh/nas"
