"""apprise: imported on first use, quiet, and confined.

Its log may hold webhooks and tokens, and so may that of the HTTP library below it:
neither reaches ours. What it says while it sends is heard here and turned into words
of our own. Local files are nothing that it may read.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import pkgutil
import sys
import threading
from collections.abc import Iterator
from typing import Any, Protocol

from monserv.clock import give_way
from monserv.errors import DeliveryError
from monserv.model.alert import Severity
from monserv.notify import words
from monserv.notify.message import Message
from monserv.notify.words import Heard
from monserv.settings.addresses import is_loopback

CONNECT_SECONDS = 10.0
READ_SECONDS = 15.0

# Each takes its time, so that other threads go first in between.
_BELOW = ("asyncio", "requests", "yaml", "markdown", "apprise")
_TALKATIVE = ("apprise", "urllib3", "requests", "requests_oauthlib", "oauthlib")
_MOST_HEARD = 200


class Plugin(Protocol):
    """What monserv knows of an apprise object with one service in it."""

    def notify(self, **message: Any) -> object:
        """Send a message; what comes back is true when all of it was taken."""


class _Ear(logging.Filter):
    """Keeps what is said in a thread while that thread sends, and lets nothing through."""

    def __init__(self) -> None:
        super().__init__()
        self._own = threading.local()

    def filter(self, record: logging.LogRecord) -> bool:
        heard: list[Heard] | None = getattr(self._own, "heard", None)
        if heard is not None and len(heard) < _MOST_HEARD:
            heard.append(Heard(record.getMessage(), sys.exc_info()[1]))
        return False

    @contextlib.contextmanager
    def listening(self) -> Iterator[list[Heard]]:
        heard: list[Heard] = []
        self._own.heard = heard
        try:
            yield heard
        finally:
            del self._own.heard


_ear = _Ear()
_lock = threading.Lock()
_is_loaded = False


def plugin(module: str, name: str, **options: Any) -> Plugin:
    """Return an object of apprise's class ``name``; raises ``DeliveryError``."""
    _load()
    made = getattr(importlib.import_module(f"apprise.plugins.{module}"), name)
    try:
        found = made(asset=_asset(), **options)
    except Exception as error:  # noqa: BLE001 -- its text may hold the secret; the type may not
        raise DeliveryError(f"its settings are no good ({type(error).__name__})") from None
    return _bounded(found)


def plugin_of_link(url: str) -> Plugin:
    """Return the object that an apprise URL stands for; raises ``DeliveryError``."""
    _load()
    _load_all()
    apprise = importlib.import_module("apprise")
    try:
        made = apprise.Apprise.instantiate(url, asset=_asset())
    except Exception as error:  # noqa: BLE001 -- as in ``plugin``
        raise DeliveryError(f"it is no address for apprise ({type(error).__name__})") from None
    if made is None:
        raise DeliveryError("it is no complete address of a service that apprise knows")
    return _bounded(made)


def send(plugin: Plugin, message: Message) -> None:
    """Send a message; raises ``DeliveryError`` with what went wrong, in words."""
    with _ear.listening() as heard:
        try:
            is_sent = bool(
                plugin.notify(
                    title=message.subject,
                    body=message.body,
                    notify_type=_kind(message),
                    body_format="text",
                )
            )
        except Exception as error:  # noqa: BLE001 -- its text may hold the secret
            heard.append(Heard("", error))
            is_sent = False
    if not is_sent:
        raise DeliveryError(words.failure(heard))


def _load() -> None:
    global _is_loaded  # noqa: PLW0603 -- one library, loaded once
    with _lock:
        if _is_loaded:
            return
        for name in _TALKATIVE:
            logger = logging.getLogger(name)
            logger.propagate = False
            logger.setLevel(logging.CRITICAL)
            logger.addHandler(logging.NullHandler())
        for name in _BELOW:
            importlib.import_module(name)
            give_way()
        talk = logging.getLogger("apprise")
        talk.setLevel(logging.DEBUG)
        talk.addFilter(_ear)
        manager = importlib.import_module("apprise.manager_attachment").AttachmentManager()
        del manager["file"]
        _is_loaded = True


def _load_all() -> None:
    """Import every service in turn; apprise itself would do so in one go."""
    plugins = importlib.import_module("apprise.plugins")
    for found in pkgutil.iter_modules(plugins.__path__):
        name = f"apprise.plugins.{found.name}"
        if name not in sys.modules:
            importlib.import_module(name)
            give_way()


def _asset() -> Any:
    apprise = importlib.import_module("apprise")
    return apprise.AppriseAsset(
        app_id="monserv",
        app_desc="monserv",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        storage_mode="memory",
        http_redirects=False,
        pgp_autogen=False,
        pem_autogen=False,
        # It sends in the thread that asks, which has a bound of its own.
        async_mode=False,
        service_timeout=0,
    )


def _bounded(made: Any) -> Plugin:
    """Let nobody wait for long, and nobody be fooled, whatever the URL says."""
    if not made.verify_certificate:
        raise DeliveryError("it turns the verification of certificates off")
    if getattr(made, "secure_mode", "") == "insecure" and not is_loopback(made.smtp_host):
        raise DeliveryError("it would send mail without TLS; write mailtos://")
    made.socket_connect_timeout = CONNECT_SECONDS
    made.socket_read_timeout = READ_SECONDS
    # Only as a whole does apprise escape plain text for services that know markup.
    whole: Plugin = importlib.import_module("apprise").Apprise(made, asset=made.asset)
    return whole


def _kind(message: Message) -> str:
    if message.is_over:
        return "success"
    kinds = {Severity.CRITICAL: "failure", Severity.WARNING: "warning", None: "info"}
    return kinds[message.severity]
