from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import config
from monserv.errors import SettingsError, StartRefused
from monserv.model.channel import (
    NO_CHANNELS,
    EmailSettings,
    MailSecurity,
    NotifySettings,
    TelegramSettings,
)
from monserv.model.secret import Secret
from monserv.model.settings import Settings, Thresholds
from monserv.settings import schema, sources

CANARY = "k4n4r1e"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def load(folder: Path, **environ: str) -> Settings:
    return config.load(environ, folder)


def refusal(folder: Path, **environ: str) -> str:
    with pytest.raises(SettingsError) as refused:
        load(folder, **environ)
    assert CANARY not in str(refused.value).lower()
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_defaults_are_those_of_the_documentation(folder: Path) -> None:
    settings = load(folder)
    assert settings.data_dir == folder / "instance"
    assert settings.database_url == f"sqlite:///{folder}/instance/monserv.db"
    assert settings.servers == ()
    assert settings.thresholds == Thresholds(90.0, 80.0, 80.0, 90.0, 60.0)
    assert settings.poll_interval_seconds == 4.0
    assert (settings.server_host, settings.server_port) == ("127.0.0.1", 18904)
    assert (settings.api_host, settings.allowed_origins, settings.auth) == ("", (), "auto")
    assert (settings.log_level, settings.log_format) == ("INFO", "text")
    assert settings.trusted_proxies == 0
    assert (settings.known_hosts, settings.strict_host_keys) == (
        (Path.home() / ".ssh/known_hosts",),
        False,
    )
    assert not settings.data_dir.exists()


def test_the_environment_goes_before_dotenv_and_dotenv_before_toml(folder: Path) -> None:
    (folder / ".env").write_text("SERVER_PORT=2\nPOLL_INTERVAL_SECONDS=22\n")
    (folder / "monserv.toml").write_text(
        "server_port = 3\npoll_interval_seconds = 33\nMEM_THRESHOLD_PERCENT = 70.5\n"
    )
    settings = load(folder, SERVER_PORT="1")
    assert settings.server_port == 1
    assert settings.poll_interval_seconds == 22
    assert settings.thresholds.memory_percent == 70.5


def test_an_empty_value_is_none(folder: Path) -> None:
    (folder / ".env").write_text("SERVER_PORT=4000\n")
    assert load(folder, SERVER_PORT=" ", API_HOST="").server_port == 4000


def test_dotenv_takes_a_dollar_and_quotes_as_they_are_meant(folder: Path) -> None:
    (folder / ".env").write_text(
        "# a comment\nexport SERVERS='ssh://u:p$HOME${X}#@h'\nUNRELATED=${NOT_OURS}\n"
    )
    (server,) = load(folder).servers
    assert server.credentials.password is not None
    assert server.credentials.password.reveal() == "p$HOME${X}#"


def test_servers_in_toml_may_be_a_list(folder: Path) -> None:
    (folder / "monserv.toml").write_text('servers = ["ssh://u:a,b@h?tags=x,y", "local://"]\n')
    first, second = load(folder).servers
    assert first.credentials.password is not None
    assert first.credentials.password.reveal() == "a,b"
    assert (first.tags, second.url) == (("x", "y"), "local://")


def test_servers_can_be_read_from_a_file(folder: Path) -> None:
    (folder / "secret").write_text(f"ssh://u:{CANARY}@one\nssh://u@two\n")
    settings = load(folder, SERVERS_FILE="secret")
    assert [server.url for server in settings.servers] == ["ssh://u:***@one", "ssh://u@two"]
    assert CANARY not in repr(settings)


def test_a_secret_given_twice_is_refused(folder: Path) -> None:
    said = refusal(folder, SERVERS=f"ssh://u:{CANARY}@h", SERVERS_FILE="secret")
    assert said == "SERVERS and SERVERS_FILE are both given; keep one"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (f"ssh://u:{CANARY}@h", "cannot be read: there is no such file"),
        (f"~{CANARY}/file", "cannot be read: no file can have that name"),
        (f"{CANARY}\0", "cannot be read: no file can have that name"),
        (CANARY * 1000, "cannot be read: File name too long"),
        (".", "cannot be read: Is a directory"),
    ],
)
@pytest.mark.parametrize("name", ["SERVERS_FILE", "DATABASE_URL_FILE"])
def test_a_secret_file_that_cannot_be_read_is_not_repeated(
    folder: Path, name: str, file: str, said: str
) -> None:
    assert refusal(folder, **{name: file}) == f"{name} {said}"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("POLL_INTERVAL_SECONDS", CANARY, "number from 1 to 86400"),
        ("POLL_INTERVAL_SECONDS", "0", "number from 1 to 86400"),
        ("POLL_INTERVAL_SECONDS", "nan", "number from 1 to 86400"),
        ("CPU_THRESHOLD_PERCENT", "0", "number above 0 to 100"),
        ("MEM_THRESHOLD_PERCENT", "101", "number above 0 to 100"),
        ("DISK_THRESHOLD_PERCENT", "80%", "number above 0 to 100"),
        ("PROC_RAM_THRESHOLD_PERCENT", "-1", "number above 0 to 100"),
        ("MONSERV_CPU_FOR_SECONDS", "-1", "number from 0"),
        ("MONSERV_COMMAND_LINES", CANARY, "must be true or false"),
        ("SERVER_PORT", "0", "whole number from 1 to 65535"),
        ("SERVER_PORT", "65536", "whole number from 1 to 65535"),
        ("SERVER_PORT", "80.5", "whole number from 1 to 65535"),
        ("SERVER_HOST", "http://x", "host name or an IP address"),
        ("SERVER_HOST", "ö..net", "host name or an IP address"),
        ("SERVER_HOST", "::1%\0", "must not hold control characters"),
        ("API_HOST", "https://x", "host:port"),
        ("DATABASE_URL", CANARY, "URL such as sqlite"),
        ("ALLOWED_ORIGINS", "example.net", "origins such as https://"),
        ("ALLOWED_HOSTS", "http://x", "host names or addresses"),
        ("MONSERV_TRUSTED_PROXIES", "-1", "whole number from 0 to 10"),
        ("MONSERV_TRUSTED_PROXIES", "11", "whole number from 0 to 10"),
        ("MONSERV_TRUSTED_PROXIES", "1.0", "whole number from 0 to 10"),
        ("MONSERV_AUTH", CANARY, "one of auto, required, none"),
        ("LOG_LEVEL", CANARY, "one of DEBUG"),
        ("LOG_FORMAT", "xml", "one of text, json"),
    ],
)
def test_a_malformed_value_stops_the_start_with_its_name_and_the_reason(
    folder: Path, name: str, value: str, reason: str
) -> None:
    said = refusal(folder, **{name: value})
    assert said.startswith(f"{name} ")
    assert reason in said


def test_a_wrong_type_in_toml_stops_the_start(folder: Path) -> None:
    (folder / "monserv.toml").write_text("server_port = true\nallowed_origins = 3\n")
    assert refusal(folder) == (
        "ALLOWED_ORIGINS must be a text or a list of texts; "
        "SERVER_PORT must be a whole number from 1 to 65535"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"cpu_threshold_percent = {'9' * 400}", "CPU_THRESHOLD_PERCENT must be a number above 0"),
        (f"server_port = 0x{'f' * 5000}", "SERVER_PORT must be a whole number"),
        (f"servers_file = ['{CANARY}']", "SERVERS_FILE must be a text"),
        (f"'ssh://u:{CANARY}@h' = 1", "something that is no name (monserv.toml): monserv has no"),
        (f"'u:{CANARY}' = 1\n'U:{CANARY.upper()}' = 1", "something that is no name stands twice"),
        ('monserv_data_dir = "a\\u0000b"', "MONSERV_DATA_DIR must not hold control characters"),
        ('database_url = "sqlite:///a\\nb"', "DATABASE_URL must not hold control characters"),
    ],
)
def test_odd_toml_stops_the_start_with_a_sentence_that_repeats_nothing(
    folder: Path, text: str, said: str
) -> None:
    (folder / "monserv.toml").write_text(text)
    assert refusal(folder).startswith(said)


# A secret, and what breaks readers.
PIECES = [f"ssh://u:{CANARY}@h", f"~{CANARY}", *"@:,]=#'\"\\\n\r\0\x1b\udcff"]
PIECES += [
    f"json://{CANARY}",
    "?verify=",
    "local://",
    "[::1%25",
    "?name=",
    "%ff",
    "ö..",
    "9" * 5000,
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=6).map("".join)
FILE_NAMES = [name + sources.FILE_SUFFIX for name in schema.SECRET_NAMES]
NAMES = st.sampled_from([*schema.NAMES, *FILE_NAMES])
TOML_NUMBERS = ["9" * 400, "9" * 5000, f"0x{'f' * 5000}", "nan", "1979-05-27", "[" * 3000]
TOML_VALUES = TEXTS.map(json.dumps) | st.sampled_from(TOML_NUMBERS) | st.integers().map(str)


def is_loaded_or_refused(environ: dict[str, str], file: str = "none", content: str = "") -> None:
    said = ""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / file).write_bytes(content.encode(errors="surrogateescape"))
        try:
            config.load(environ, Path(folder))
        except (SettingsError, StartRefused) as refused:
            said = str(refused)
    assert CANARY not in said.lower()
    assert "\n" not in said


@settings(deadline=None)
@given(NAMES, TEXTS)
def test_no_value_in_the_environment_is_repeated_or_unforeseen(name: str, text: str) -> None:
    is_loaded_or_refused({name: text})


@settings(deadline=None)
@given(NAMES | TEXTS, TEXTS)
def test_nothing_in_dotenv_is_repeated_or_unforeseen(name: str, text: str) -> None:
    is_loaded_or_refused({}, ".env", text)
    is_loaded_or_refused({}, ".env", f"{name}={text}")


@settings(deadline=None)
@given(NAMES | TEXTS.map(json.dumps), TOML_VALUES, TEXTS.map(json.dumps))
def test_nothing_in_toml_is_repeated_or_unforeseen(name: str, value: str, key: str) -> None:
    is_loaded_or_refused({}, "monserv.toml", f"{name} = {value}")
    is_loaded_or_refused({}, "monserv.toml", f"[{name}.{key}]\n[{name}.{key}]")


def test_a_bad_server_is_named_by_its_position(folder: Path) -> None:
    said = refusal(folder, SERVERS=f"ssh://a@b,ssh://u:{CANARY}@h:99999")
    assert said.startswith("SERVERS, entry 2: it has a port")


def test_unknown_names_of_ours_stop_the_start(folder: Path) -> None:
    assert refusal(folder, MONSERV_SECRE="x").startswith("MONSERV_SECRE (environment)")
    (folder / ".env").write_text("MONSERV_PORT=1\n")
    assert refusal(folder).startswith("MONSERV_PORT (.env)")
    (folder / ".env").unlink()
    (folder / "monserv.toml").write_text("colour = 1\n[table]\nx = 1\n")
    assert refusal(folder).startswith("COLOUR, TABLE (monserv.toml)")


@pytest.mark.parametrize("file", [".env", "monserv.toml"])
def test_what_is_needed_before_files_are_read_is_not_taken_from_them(
    folder: Path, file: str
) -> None:
    assert load(folder, MONSERV_VENV="/x").server_port == 18904
    (folder / file).write_text("MONSERV_VENV='/x'\n")
    assert refusal(folder).startswith(f"MONSERV_VENV ({file}): this one works in the environment")


def test_unknown_names_of_others_are_none_of_our_business(folder: Path) -> None:
    (folder / ".env").write_text("POSTGRES_PASSWORD=x\n")
    assert load(folder, HOME="/root", EMAIL_FROM="a@b", TZ="UTC") == load(folder)


def test_a_name_that_is_none_is_not_repeated(folder: Path) -> None:
    odd = {f"MONSERV_{CANARY}@h": "x", f"DB_{CANARY}@h": "x"}
    assert refusal(folder, **odd) == (
        "something that is no name (environment): monserv has no such setting"
    )
    del odd[f"MONSERV_{CANARY}@h"]
    assert config.remarks(config.load(odd, folder), odd, folder) == (
        "something that is no name: monserv has no use for these; they can go",
    )


def test_bytes_in_the_environment_stop_the_start_with_its_name(folder: Path) -> None:
    for name in ("SERVERS", "DATABASE_URL", "MONSERV_DATA_DIR", "SERVERS_FILE"):
        assert refusal(folder, **{name: "ssh://u@[::1%\udcff]"}) == (
            f"{name} (environment): it is not UTF-8"
        )
    assert config.load({"OTHER": "\udcff"}, folder) == load(folder)


def test_names_of_the_older_program_are_one_remark(folder: Path) -> None:
    (folder / ".env").write_text("KAFKA_BROKERS=x\n")
    environ = {"DB_PASSWORD": CANARY, "LOG_THRESHOLDS": "1"}
    said = config.remarks(config.load(environ, folder), environ, folder)
    assert said == (
        "DB_PASSWORD, KAFKA_BROKERS, LOG_THRESHOLDS: monserv has no use for these; they can go",
    )


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        (".env", b"SERVER_PORT=1\nwhat is this\n", "line 2: this is not NAME=value"),
        (".env", b"SERVERS=\xff\n", "it is not UTF-8"),
        ("monserv.toml", b"server_port = \n", "is not TOML"),
        ("monserv.toml", b"server_port = 1\nSERVER_PORT = 2\n", "SERVER_PORT stands twice"),
        ("monserv.toml", b"\xff", "it is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    folder: Path, file: str, content: bytes, said: str
) -> None:
    (folder / file).write_bytes(content)
    assert said in refusal(folder)
    assert str(folder / file) in refusal(folder)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "example.net"])
def test_an_address_that_others_reach_needs_a_login_unless_the_operator_says_otherwise(
    folder: Path, host: str
) -> None:
    assert load(folder, SERVER_HOST=host).needs_login is True
    settings = load(folder, SERVER_HOST=host, MONSERV_AUTH="none")
    assert (settings.server_host, settings.needs_login) == (host, False)
    (said,) = config.remarks(settings, {}, folder)
    assert said.startswith(f"MONSERV_AUTH=none and SERVER_HOST={host}: everybody")


def test_an_open_door_is_said_on_loopback_too(folder: Path) -> None:
    (said,) = config.remarks(load(folder, MONSERV_AUTH="none"), {}, folder)
    assert said.startswith("MONSERV_AUTH=none: every user")


def test_passwords_that_travel_in_clear_are_said(folder: Path) -> None:
    (said,) = config.remarks(load(folder, SERVER_HOST="0.0.0.0"), {}, folder)
    assert said.startswith("SERVER_HOST=0.0.0.0: passwords and tokens travel in clear; give ")
    assert config.remarks(load(folder, MONSERV_AUTH="required"), {}, folder) == ()
    behind = load(folder, SERVER_HOST="0.0.0.0", MONSERV_TRUSTED_PROXIES="1")
    assert [one for one in config.remarks(behind, {}, folder) if "in clear" in one] == []


def test_a_trusted_proxy_that_anybody_can_go_around_is_said(folder: Path) -> None:
    trusting = {"MONSERV_TRUSTED_PROXIES": "1"}
    assert config.remarks(load(folder, **trusting), {}, folder) == ()
    open_door = load(folder, SERVER_HOST="0.0.0.0", MONSERV_AUTH="none", **trusting)
    assert config.remarks(open_door, {}, folder)[-1] == (
        "MONSERV_TRUSTED_PROXIES=1 and SERVER_HOST=0.0.0.0: who reaches port 18904 past the proxy "
        "can claim any address; let only the proxy reach it"
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "[::1]", "localhost"])
def test_loopback_is_open(folder: Path, host: str) -> None:
    settings = load(folder, SERVER_HOST=host)
    assert (settings.server_host, settings.needs_login) == (host.strip("[]"), False)


def test_behind_a_proxy_a_login_is_needed_on_loopback_too(folder: Path) -> None:
    assert load(folder, MONSERV_TRUSTED_PROXIES="1").needs_login is True
    assert load(folder, MONSERV_TRUSTED_PROXIES="1", MONSERV_AUTH="none").needs_login is False


def test_a_login_can_be_required_everywhere(folder: Path) -> None:
    assert load(folder, MONSERV_AUTH="required").needs_login is True


def test_where_a_login_is_needed_any_name_of_ours_will_do_unless_they_are_listed(
    folder: Path,
) -> None:
    assert load(folder, MONSERV_AUTH="required").allowed_hosts == ("*",)
    listed = load(folder, MONSERV_AUTH="required", ALLOWED_HOSTS="a.example").allowed_hosts
    assert "*" not in listed


def test_hosts_are_the_names_by_which_this_machine_is_called(folder: Path) -> None:
    environ = {"SERVER_HOST": "0.0.0.0", "MONSERV_AUTH": "none", "API_HOST": "x.example:443"}
    hosts = load(folder, **environ).allowed_hosts
    assert {"localhost", "127.0.0.1", "::1", "x.example"} <= set(hosts)
    assert "0.0.0.0" not in hosts
    assert load(folder, ALLOWED_HOSTS="A.example:8080, [::1]").allowed_hosts == (
        "a.example",
        "::1",
        "localhost",
        "127.0.0.1",
    )


def test_where_any_site_may_read_no_host_is_refused(folder: Path) -> None:
    assert load(folder, ALLOWED_ORIGINS="*").allowed_hosts == ("*",)


def test_relative_directories_begin_at_the_checkout(folder: Path) -> None:
    settings = load(folder, MONSERV_DATA_DIR="some/../data")
    assert settings.data_dir == folder / "data"


def test_a_home_is_meant_by_a_tilde(folder: Path) -> None:
    assert load(folder, MONSERV_DATA_DIR="~/x", HOME="/home/joe").data_dir == Path("/home/joe/x")


EMAIL = {
    "EMAIL_SMTP_HOST": "smtp.example.net",
    "EMAIL_FROM": "m@example.net",
    "EMAIL_TO": "o@x.org",
}
WEBHOOK = f"https://hooks.slack.com/services/T0/B0/{CANARY}"


def test_without_a_channel_nobody_is_told(folder: Path) -> None:
    assert load(folder, EMAIL_FROM="m@example.net", EMAIL_SMTP_PORT="25").notify == NO_CHANNELS


def test_every_channel_can_be_configured(folder: Path) -> None:
    (folder / "password").write_text(f"{CANARY} %41@:\n")
    settings = load(
        folder,
        **EMAIL | {"EMAIL_TO": "o@x.org, p@x.org,o@x.org"},
        EMAIL_PASSWORD_FILE="password",
        SLACK_WEBHOOK_URL=WEBHOOK,
        TELEGRAM_BOT_TOKEN=f"1234:{CANARY}_ab-C",
        TELEGRAM_CHAT_ID="-100123,@channel",
        MONSERV_NOTIFY_URLS=f"json://u:{CANARY},x@h/a,b, ntfys://ntfy.sh/{CANARY}\ngotify://h/t",
    )
    assert settings.notify == NotifySettings(
        EmailSettings(
            "smtp.example.net",
            587,
            MailSecurity.STARTTLS,
            "m@example.net",
            ("o@x.org", "p@x.org"),
            Secret(f"{CANARY} %41@:"),
        ),
        Secret(WEBHOOK),
        TelegramSettings(Secret(f"1234:{CANARY}_ab-C"), ("-100123", "@channel")),
        (
            Secret(f"json://u:{CANARY},x@h/a,b"),
            Secret(f"ntfys://ntfy.sh/{CANARY}"),
            Secret("gotify://h/t"),
        ),
    )
    assert CANARY not in repr(settings)


@pytest.mark.parametrize(
    ("host", "port", "security"),
    [
        ("smtp.example.net", "587", MailSecurity.STARTTLS),
        ("smtp.example.net", "25", MailSecurity.STARTTLS),
        ("smtp.example.net", "2525", MailSecurity.STARTTLS),
        ("smtp.example.net", "465", MailSecurity.TLS),
        ("localhost", "465", MailSecurity.TLS),
        ("localhost", "587", MailSecurity.STARTTLS),
        ("localhost", "25", MailSecurity.NONE),
        ("::1", "1025", MailSecurity.NONE),
    ],
)
def test_mail_goes_without_tls_to_this_machine_alone(
    folder: Path, host: str, port: str, security: MailSecurity
) -> None:
    email = load(folder, **EMAIL | {"EMAIL_SMTP_HOST": host, "EMAIL_SMTP_PORT": port}).notify.email
    assert email is not None
    assert email.security == security


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"EMAIL_SMTP_HOST": "h"}, "EMAIL_FROM is missing: e-mail needs EMAIL_SMTP_HOST, EMAIL_"),
        ({"EMAIL_SMTP_HOST": "h", "EMAIL_FROM": "a@b"}, "EMAIL_TO is missing"),
        ({"EMAIL_TO": "a@b", "EMAIL_FROM": "a@b"}, "EMAIL_SMTP_HOST is missing"),
        ({"EMAIL_PASSWORD": CANARY}, "EMAIL_SMTP_HOST is missing"),
        (EMAIL | {"EMAIL_TO": CANARY}, "EMAIL_TO must be addresses"),
        (EMAIL | {"EMAIL_FROM": f"a@b>{CANARY}"}, "EMAIL_FROM must be addresses"),
        (EMAIL | {"EMAIL_TO": ",".join(f"a{i}@b.c" for i in range(21))}, "EMAIL_TO names more"),
        (EMAIL | {"EMAIL_PASSWORD": f"{CANARY}ü"}, "EMAIL_PASSWORD holds more than ASCII"),
        (EMAIL | {"EMAIL_PASSWORD": f"{CANARY}\0"}, "EMAIL_PASSWORD must not hold control"),
        ({"SLACK_WEBHOOK_URL": f"https://example.net/{CANARY}"}, "SLACK_WEBHOOK_URL must be as"),
        ({"TELEGRAM_BOT_TOKEN": f"1:{CANARY}abcd"}, "TELEGRAM_CHAT_ID is missing"),
        ({"TELEGRAM_CHAT_ID": "1"}, "TELEGRAM_BOT_TOKEN is missing"),
        ({"TELEGRAM_BOT_TOKEN": CANARY, "TELEGRAM_CHAT_ID": "1"}, "TELEGRAM_BOT_TOKEN must be"),
        (
            {"TELEGRAM_BOT_TOKEN": f"1:{CANARY}abcd", "TELEGRAM_CHAT_ID": CANARY},
            "TELEGRAM_CHAT_ID must be numbers",
        ),
        (
            {"TELEGRAM_BOT_TOKEN": f"1:{CANARY}abcd", "TELEGRAM_CHAT_ID": "1," * 20 + "2"},
            "TELEGRAM_CHAT_ID names more than 20 chats",
        ),
    ],
)
def test_a_channel_that_is_half_configured_stops_the_start(
    folder: Path, environ: dict[str, str], said: str
) -> None:
    assert refusal(folder, **environ).startswith(said)


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (CANARY, "is no URL such as"),
        (f"discord:{CANARY}", "is no URL such as"),
        ("file:///etc/passwd", "names a service that would read files or run programs"),
        ("DBus://", "is no URL such as"),
        ("dbus://x", "names a service that would read files or run programs"),
        ("syslog://x", "names a service that would read files or run programs"),
        ("exec://rm", "names a service that would read files or run programs"),
        ("windows://x", "names a service that would read files or run programs"),
        ("slack://a/b/c?template=/etc/passwd", "has an option that could read files"),
        ("slack://a/b/c?x=1&TEMPLATE=/etc/passwd", "has an option that could read files"),
        ("slack://a/b/c?%74emplate=/etc/passwd", "has an option that could read files"),
        ("slack://a/b/c?%2574emplate=/etc/passwd", "has an option that could read files"),
        ("fcm://p/d?keyfile=x.json", "has an option that could read files"),
        ("mailtos://a@b?pgpprv=x", "has an option that could read files"),
        (f"jsons://{CANARY}@h?verify=no", "must not say whether certificates are verified"),
    ],
)
def test_a_link_that_could_reach_into_this_machine_is_refused_by_its_position(
    folder: Path, link: str, said: str
) -> None:
    written = f"json://h/hook\n\n{link}"
    assert refusal(folder, MONSERV_NOTIFY_URLS=written).startswith(
        f"MONSERV_NOTIFY_URLS, entry 2: it {said}"
    )


def test_so_many_links_are_no_configuration(folder: Path) -> None:
    many = ",".join(f"json://h/{number}" for number in range(21))
    assert refusal(folder, MONSERV_NOTIFY_URLS=many) == (
        "MONSERV_NOTIFY_URLS names more than 20 services"
    )


def test_files_of_host_keys_are_found_from_home_and_from_here_and_may_be_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    said = "~/.ssh/known_hosts, /etc/ssh/ssh_known_hosts,mine"
    assert load(folder, MONSERV_KNOWN_HOSTS=said).known_hosts == (
        Path("/home/me/.ssh/known_hosts"),
        Path("/etc/ssh/ssh_known_hosts"),
        folder / "mine",
    )
    assert load(folder, MONSERV_KNOWN_HOSTS="None").known_hosts == ()
    assert load(folder, MONSERV_KNOWN_HOSTS="~nobody-at-all/x").known_hosts == ()
    (folder / "monserv.toml").write_text("monserv_known_hosts = []\n")
    assert load(folder).known_hosts == ()
    assert refusal(folder, MONSERV_KNOWN_HOSTS="a\x07b").startswith("MONSERV_KNOWN_HOSTS ")


@pytest.mark.parametrize(
    ("said", "expected"), [("true", True), ("YES", True), ("1", True), ("off", False), ("0", False)]
)
def test_strict_host_keys_are_a_word(folder: Path, said: str, expected: bool) -> None:
    assert load(folder, MONSERV_STRICT_HOST_KEYS=said).strict_host_keys is expected
    (folder / "monserv.toml").write_text("monserv_strict_host_keys = true\n")
    assert load(folder).strict_host_keys is True
    assert "must be true or false" in refusal(folder, MONSERV_STRICT_HOST_KEYS="maybe")
