"""Each channel against a real server of its kind: what arrives, and why it does not."""

from __future__ import annotations

import gc
import logging
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monserv.model.alert import Severity
from monserv.model.channel import EmailSettings, MailSecurity, NotifySettings, TelegramSettings
from monserv.model.secret import Secret
from monserv.notify import courier, library, routing
from monserv.notify.channels.email import EmailChannel
from monserv.notify.channels.link import LinkChannel
from monserv.notify.channels.shape import Channel
from monserv.notify.channels.slack import SlackChannel
from monserv.notify.channels.telegram import TelegramChannel
from monserv.notify.courier import attempt
from monserv.notify.message import Message
from monserv.offload import bound
from tests.notify.authority import Authority
from tests.notify.services import Service
from tests.notify.sink import Sink

PRODUCT = Path(library.__file__).parents[1]
CANARY = "k4n4r1eSecretSecretSecret"
ODD = "p%41@:/ss 'w\"o\\rd"
MARKUP = "<b>x</b> <!channel> @everyone *y* _z_ &amp;"
MESSAGE = Message(f"[ALERT] {MARKUP}", f"Disk {MARKUP}\n\nServer: nas_1\n", Severity.CRITICAL)


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Log at every level; whatever happens, no secret is among it."""
    caplog.set_level(logging.DEBUG)
    yield
    assert CANARY not in caplog.text
    assert ODD not in caplog.text
    assert caplog.text.count("Max retries") == 0


def email(sink: Sink, security: MailSecurity, password: str = "") -> EmailChannel:
    return EmailChannel(
        EmailSettings(
            sink.host,
            sink.port,
            security,
            "monserv@example.net",
            ("ops@example.net", "boss@example.net"),
            Secret(password) if password else None,
        )
    )


def tell(channel: Channel) -> str | None:
    said = attempt(channel, bound("test"), MESSAGE)
    assert CANARY not in str(said)
    return said


def test_mail_over_starttls_with_a_login_is_plain_text_of_which_nothing_acts(
    trusted: Authority,
) -> None:
    with Sink(starttls=trusted.context("127.0.0.1"), login=("monserv@example.net", ODD)) as sink:
        assert tell(email(sink, MailSecurity.STARTTLS, ODD)) is None
    assert [mail.recipients for mail in sink.mails] == [("ops@example.net",), ("boss@example.net",)]
    mail = sink.mails[0]
    assert (mail.sender, mail.was_encrypted) == ("monserv@example.net", True)
    assert mail.subject == MESSAGE.subject
    assert mail.message.get_content_type() == "text/plain"
    assert mail.text.splitlines() == MESSAGE.body.splitlines()
    assert mail.message["Bcc"] is None


def test_mail_over_tls_from_the_first_byte(trusted: Authority) -> None:
    with Sink(implicit=trusted.context("127.0.0.1")) as sink:
        assert tell(email(sink, MailSecurity.TLS)) is None
    assert [mail.was_encrypted for mail in sink.mails] == [True, True]


def test_mail_on_this_machine_needs_no_tls() -> None:
    with Sink() as sink:
        assert tell(email(sink, MailSecurity.NONE)) is None
    assert [mail.was_encrypted for mail in sink.mails] == [False, False]


NOT_TRUSTED = "the server's certificate is not trusted: "


def test_a_certificate_that_cannot_be_verified_is_refused_and_no_password_is_shown(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    self_signed = authority.context("127.0.0.1", is_self_signed=True)
    for context, said in [
        (authority.context("127.0.0.1"), "its issuer is unknown"),
        (self_signed, "it is self-signed"),
    ]:
        with Sink(starttls=context) as sink:
            assert tell(email(sink, MailSecurity.STARTTLS, CANARY)) == NOT_TRUSTED + said
            assert (sink.mails, sink.logins) == ([], [])
        with Sink(implicit=context) as sink:
            assert tell(email(sink, MailSecurity.TLS, CANARY)) == NOT_TRUSTED + said
            assert (sink.mails, sink.logins) == ([], [])


def test_a_certificate_for_another_name_is_refused(trusted: Authority) -> None:
    with Sink(implicit=trusted.context("mail.example.net")) as sink:
        said = tell(email(sink, MailSecurity.TLS, CANARY))
    assert (said, sink.logins) == (f"{NOT_TRUSTED}it is for another name", [])


def test_nothing_is_sent_to_a_server_without_starttls() -> None:
    with Sink() as sink:
        said = tell(email(sink, MailSecurity.STARTTLS, CANARY))
    assert said == "the mail server offers no STARTTLS or no login, and nothing is sent without"
    assert (sink.mails, sink.logins) == ([], [])


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"": "554 go away"}, "the mail server refused with code 554"),
        ({"AUTH": f"535 5.7.8 {CANARY}"}, "the mail server refused the login"),
        ({"MAIL": "451 later"}, "the mail server refused with code 451"),
        ({"RCPT": "550 nobody"}, "the mail server refused the recipients"),
        ({"DATA": "552 full"}, "the mail server refused with code 552"),
    ],
)
def test_what_a_mail_server_refuses_is_said_in_words(answers: dict[str, str], said: str) -> None:
    with Sink(answers=answers) as sink:
        assert tell(email(sink, MailSecurity.NONE, CANARY)) == said


def test_a_mail_server_that_is_not_there_or_speaks_no_tls_is_said_in_words() -> None:
    with Sink() as sink:
        tls = tell(email(sink, MailSecurity.TLS))
    assert tls == "the server does not speak TLS as it should"
    assert tell(email(sink, MailSecurity.NONE)) == "the server refuses connections"


# smtplib does not close the socket of whoever is made to leave: its last reference does.
@pytest.mark.timed
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("fault", ["hangs", "drips"])
def test_a_mail_server_that_hangs_or_drips_is_given_up_and_left(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sink() as sink:
        assert tell(email(sink, MailSecurity.NONE)) is None
    monkeypatch.setattr(courier, "ATTEMPT_SECONDS", 0.5)
    with Sink(**{fault: True}) as sink:  # type: ignore[arg-type]  # a flag's name
        began_at = time.monotonic()
        assert tell(email(sink, MailSecurity.NONE)) == "the service does not answer in time"
        assert time.monotonic() - began_at < 3
    gc.collect()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Stand in for Slack, Telegram and a webhook."""
    slack = library.plugin("slack", "NotifySlack", token_a="A", token_b="B", token_c="C" * 24)
    bot = library.plugin("telegram", "NotifyTelegram", bot_token="1:abc", targets=["1"])
    with Service() as standing_in:
        monkeypatch.setattr(type(slack[0]), "webhook_url", f"{standing_in.url}/services")  # type: ignore[index]  # apprise's own
        monkeypatch.setattr(type(bot[0]), "notify_url", f"{standing_in.url}/bot")  # type: ignore[index]  # apprise's own
        yield standing_in


def slack() -> SlackChannel:
    return SlackChannel(Secret(f"https://hooks.slack.com/services/T000/B000/{CANARY}"))


def telegram() -> TelegramChannel:
    return TelegramChannel(TelegramSettings(Secret(f"12:{CANARY}"), ("-100123", "@channel")))


def webhook(service: Service) -> LinkChannel:
    return LinkChannel("json", Secret(f"json://u:{CANARY}@127.0.0.1:{service.port}/hook"))


def test_slack_gets_text_that_mentions_nobody(service: Service) -> None:
    assert tell(slack()) is None
    (call,) = service.calls
    assert call.path == f"/services/T000/B000/{CANARY}"
    (shown,) = call.body["attachments"]
    escaped = "&lt;b&gt;x&lt;/b&gt; &lt;!channel&gt; @everyone *y* _z_ &amp;amp;"
    assert (call.body["mrkdwn"], shown["title"]) == (False, f"[ALERT] {escaped}")
    assert shown["text"] == f"Disk {escaped}\n\nServer: nas_1"


def test_telegram_gets_text_without_markup_in_every_chat(service: Service) -> None:
    assert tell(telegram()) is None
    assert [call.path for call in service.calls] == [f"/bot12:{CANARY}/sendMessage"] * 2
    assert [call.body["chat_id"] for call in service.calls] == [-100123, "@channel"]
    body = service.calls[0].body
    assert body["parse_mode"] == "HTML"
    assert body["text"].splitlines()[:2] == [
        "<b>[ALERT] &lt;b&gt;x&lt;/b&gt; &lt;!channel&gt; @everyone *y* _z_ &amp;amp;</b>",
        "Disk &lt;b&gt;x&lt;/b&gt; &lt;!channel&gt; @everyone *y* _z_ &amp;amp;",
    ]


def test_a_webhook_gets_it_as_it_is(service: Service) -> None:
    assert tell(webhook(service)) is None
    (call,) = service.calls
    assert (call.body["title"], call.body["type"]) == (MESSAGE.subject, "failure")
    assert call.body["message"] == MESSAGE.body.strip()
    for changes, kind in [
        ({"is_over": True}, "success"),
        ({"severity": Severity.WARNING}, "warning"),
        ({"severity": None}, "info"),
    ]:
        assert attempt(webhook(service), bound("test"), replace(MESSAGE, **changes)) is None
        assert service.calls[-1].body["type"] == kind


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (302, "the service answered 302 (Found)"),
        (403, "the service answered 403 (Forbidden)"),
        (429, "the service answered 429 (Too Many Requests)"),
        (500, "the service answered 500 (Internal Server Error)"),
    ],
)
def test_what_a_service_refuses_is_said_with_its_code(
    service: Service, status: int, said: str
) -> None:
    service.status = status
    assert [tell(slack()), tell(telegram()), tell(webhook(service))] == [said] * 3


def test_a_service_that_answers_slowly_is_waited_for_and_one_that_hangs_is_not(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.delay_seconds = 0.3
    assert tell(slack()) is None
    service.delay_seconds = 30
    monkeypatch.setattr(courier, "ATTEMPT_SECONDS", 0.5)
    assert tell(slack()) == "the service does not answer in time"


def test_a_service_that_is_not_there_is_said_in_words(service: Service) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url = f"json://u:{CANARY}@127.0.0.1:{port}"
    assert tell(LinkChannel("json", Secret(url))) == "the server refuses connections"
    unknown = tell(LinkChannel("json", Secret(f"json://{CANARY.lower()}.invalid/x")))
    assert unknown == "the server's name is not known"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"nosuchservice://{CANARY}", "it is no complete address of a service that apprise knows"),
        (f"discord://{CANARY}", "it is no complete address of a service that apprise knows"),
        (f"https://example.net/{CANARY}", "it is no complete address of a service that apprise kn"),
        ("jsons://h/x?verify=no", "it turns the verification of certificates off"),
        ("mailto://a:b@example.net", "it would send mail without TLS; write mailtos://"),
        ("slack://AAA/BBB/CCCCCCCCCCCCCCCC?template=/etc/passwd", "it is no complete address"),
    ],
)
def test_a_link_that_cannot_be_used_says_why(url: str, said: str) -> None:
    assert str(tell(LinkChannel("x", Secret(url)))).startswith(said)


def test_the_names_of_channels_are_the_same_at_every_start() -> None:
    links = tuple(Secret(f"{scheme}://h/{CANARY}") for scheme in ("slack", "json", "json"))
    with Sink() as sink:
        mail = email(sink, MailSecurity.NONE).settings
    settings = NotifySettings(
        email=mail, slack_webhook=slack().webhook, telegram=telegram().settings, links=links
    )
    infos = [channel.info for channel in routing.channels(settings)]
    assert [(info.name, info.target) for info in infos] == [
        ("email:ops@example.net", "ops@example.net"),
        ("email:boss@example.net", "boss@example.net"),
        ("slack", "the webhook's channel"),
        ("telegram:-100123", "-100123"),
        ("telegram:@channel", "@channel"),
        ("slack-2", "slack://***"),
        ("json", "json://***"),
        ("json-2", "json://***"),
    ]
    alone = replace(mail, recipients=mail.recipients[:1])
    assert [one.info.name for one in routing.channels(NotifySettings(alone))] == ["email"]
    assert CANARY not in str(infos)


def test_the_library_is_imported_in_one_place_on_first_use_and_reads_no_file() -> None:
    naming = [
        str(path.relative_to(PRODUCT))
        for path in PRODUCT.rglob("*.py")
        if re.search(r"""["'](apprise|requests)[."']""", path.read_text(encoding="utf-8"))
    ]
    assert naming == ["notify/library.py"]
    code = (
        "import sys, monserv.app; print([n for n in sys.modules if n in ('apprise', 'requests')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PRODUCT.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
    library.plugin("slack", "NotifySlack", token_a="A", token_b="B", token_c="C" * 24)
    from apprise import AppriseAttachment

    with pytest.raises(KeyError):
        AppriseAttachment("/etc/passwd")


def test_what_two_threads_hear_is_not_mixed_up(service: Service) -> None:
    service.status = 403
    said: list[str | None] = []
    with Sink(answers={"RCPT": "550 nobody"}) as sink:
        mail = email(sink, MailSecurity.NONE)
        threads = [
            threading.Thread(target=lambda channel=channel: said.append(tell(channel)))
            for channel in [slack(), mail] * 4
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(map(str, said)) == sorted(
        ["the service answered 403 (Forbidden)", "the mail server refused the recipients"] * 4
    )
