"""How people are told of alerts, what they were told, and the test of a channel."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import RAISE

from monserv.errors import StorageError
from monserv.model.alert import Severity
from monserv.model.delivery import DeliveryQuery
from monserv.model.telling import Choice, Telling
from monserv.web import envelope
from monserv.web.current import access, runtime, snapshot
from monserv.web.refusals import declared
from monserv.web.resource import Resource
from monserv.web.words import counted, sentence
from monserv.wire import examples, resources
from monserv.wire.schemas.answers import (
    ChannelTestAnswer,
    NotificationsAnswer,
    TellingAnswer,
)
from monserv.wire.schemas.bodies import ChannelName, TellingChanges
from monserv.wire.schemas.filters import DeliveryFilter
from monserv.wire.schemas.resources import Error

_LOG = logging.getLogger(__name__)
_UNKNOWN = "No channel has this name."
_LIMITED = "This is for those who see all servers."

notifications = Resource(
    "Notifications",
    __name__,
    url_prefix="/api/v1/notifications",
    description="How people are told of alerts, and what they were told. Each alert is told at "
    "once, and then at most once in 30 minutes, or as it is set here; what a channel does not "
    "take is tried again for a day. Channels themselves come from the settings.",
)


@notifications.get("")
@notifications.arguments(DeliveryFilter, location="query", as_kwargs=True, unknown=RAISE)
@notifications.response(
    200,
    NotificationsAnswer,
    description="The channels, without their secrets, and one page of the delivery log",
    example=examples.answer(examples.NOTIFICATIONS, "1 channel, 1 of 1 delivery"),
)
@notifications.alt_response(
    503,
    schema=Error,
    description="The database does not answer; notifications go on all the same",
    example=examples.failure(503, "The disk is full."),
)
def list_notifications(**query: Any) -> Response:
    """List the channels and what they were told, newest first."""
    notifier = runtime().notifier
    wanted = DeliveryQuery(
        channel=query.get("channel"),
        state=query.get("state"),
        server_ids=_visible(),
        page=query["page"],
        page_size=query["page_size"],
    )
    try:
        page = notifier.deliveries(wanted)
    except StorageError as error:
        return envelope.failure(503, sentence(str(error)))
    shown = f"{len(page.deliveries)} of {_deliveries(page.total)}"
    return envelope.success(
        resources.notifications(notifier.channels, notifier.telling, page, wanted),
        f"{counted(len(notifier.channels), 'channel')}, {shown}",
    )


@notifications.put("/settings")
@notifications.arguments(TellingChanges, example={"cooldown_minutes": 60})
@notifications.response(
    200,
    TellingAnswer,
    description="What is set from now on; what waits is decided anew",
    example=examples.answer(examples.TELLING, "Notifications are set"),
)
@declared(notifications, 400, 413, 415, 422, 503)
@notifications.alt_response(
    403,
    schema=Error,
    description="It needs the role admin, and the sight of all servers",
    example=examples.failure(403, _LIMITED),
)
@notifications.alt_response(
    404,
    schema=Error,
    description="No channel has this name",
    example=examples.failure(404, _UNKNOWN),
)
def set_notifications(body: dict[str, Any]) -> Response:
    """Set which channel tells what, and how soon an alert is told again."""
    if access().tags:
        return envelope.failure(403, _LIMITED)
    notifier = runtime().notifier
    choices = {one.pop("name"): one for one in body.get("channels", ())}
    if not choices.keys() <= {channel.name for channel in notifier.channels}:
        return envelope.failure(404, _UNKNOWN)
    telling = notifier.change(lambda before: _changed(before, body, choices))
    _LOG.info("notifications were set by %s", access().name or "somebody")
    return envelope.success(resources.telling(notifier.channels, telling), "Notifications are set")


def _changed(
    before: Telling, body: dict[str, Any], choices: Mapping[str, dict[str, Any]]
) -> Telling:
    after = dict(before.choices)
    for name, said in choices.items():
        choice = before.choice(name)
        severity = said.get("min_severity", choice.min_severity)
        after[name] = Choice(said.get("is_on", choice.is_on), Severity(severity))
    return Telling(body.get("cooldown_minutes", before.cooldown_minutes), after)


@notifications.post("/test")
@notifications.arguments(ChannelName, unknown=RAISE)
@notifications.response(
    200,
    ChannelTestAnswer,
    description="What happened to the message: whether it was taken, and if not, why",
    example=examples.answer(examples.CHANNEL_TEST, "email took the test message"),
)
@declared(notifications, 400, 413, 415)
@notifications.alt_response(
    404,
    schema=Error,
    description="No channel has this name",
    example=examples.failure(404, _UNKNOWN),
)
def try_channel(body: dict[str, Any]) -> Response:
    """Send a test message through one channel now, and wait for what happens."""
    result = runtime().notifier.try_out(body["channel"])
    if result is None:
        return envelope.failure(404, _UNKNOWN)
    name = result.channel
    message = (
        f"{name} took the test message"
        if result.error is None
        else f"{name} did not take the test message: {result.error}"
    )
    return envelope.success(resources.channel_test(result), message)


def _visible() -> frozenset[str] | None:
    """Return the servers whose deliveries may be seen; ``None`` for all, removed ones too."""
    return frozenset(snapshot().servers) if access().tags else None


def _deliveries(number: int) -> str:
    return f"{number} {'delivery' if number == 1 else 'deliveries'}"
