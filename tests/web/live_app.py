"""A small application for gunicorn: ``/ws``, events, and ways to steer the hub behind them.

Limits come from the environment, so that a test can see each of them in real time.
"""

from __future__ import annotations

import gc
import json
import os
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from flask import Flask, g, jsonify, request
from flask.typing import ResponseReturnValue

from config import load
from monserv.clock import SystemClock
from monserv.model.access import Access, Role
from monserv.state import State
from monserv.stream import events
from monserv.stream.client import EVERYTHING, View
from monserv.stream.entries import Item
from monserv.stream.forms import EVENT_STREAM
from monserv.stream.hub import Hub
from monserv.stream.limits import Limits
from monserv.web import proxies
from monserv.web.current import EXTENSION
from monserv.web.guard import Guard
from monserv.web.live import live
from monserv.web.sse import sse


class HubAlone:
    """A runtime of which nothing but the hub is there."""

    def __init__(self) -> None:
        limits = Limits(**json.loads(os.environ.get("LIVE_LIMITS", "{}")))
        max_clients = int(os.environ.get("LIVE_MAX_CLIENTS", "5000"))
        self.settings = load()
        self.hub = Hub(SystemClock(), max_clients, limits)
        self.clock = SystemClock()
        self.state = State((), self.clock.now())
        self.newest: bytes | None = None
        self.dashboards = self  # as far as they are asked

    def as_event(self, payload: bytes) -> bytes:
        return events.event("dashboard", "e-1", payload)

    def greeting(self, view: View, last_event_id: str | None = None) -> bytes | None:
        is_websocket = last_event_id is None
        return self.newest if is_websocket or not self.newest else self.as_event(self.newest)

    def publish_state(self, payload: bytes, view: View = EVERYTHING) -> None:
        self.hub.publish_state(payload, view)
        self.hub.publish_state(self.as_event(payload), view, EVENT_STREAM)

    def start(self) -> None:
        self.hub.start()

    def stop(self, timeout_seconds: float) -> None:
        self.hub.stop(timeout_seconds / 2)


def identify() -> None:
    """Take whoever asks for whom the headers name."""
    tags = frozenset(request.headers.get("X-Tags", "").split())
    credential = request.headers.get("X-Credential", "")
    g.access = Access("somebody", Role.VIEWER, tags, credential)


def everybody(_view: View) -> bool:
    return True


def build() -> Flask:
    application = Flask(__name__)
    runtime = application.extensions[EXTENSION] = HubAlone()
    hub = runtime.hub
    proxies.trust(application, runtime.settings.trusted_proxies)
    application.before_request(Guard(runtime.settings, SystemClock()).check)
    application.before_request(identify)
    application.register_blueprint(live)
    application.register_blueprint(sse)

    @application.post("/publish/<kind>")
    def publish(kind: str) -> ResponseReturnValue:
        payload = request.get_data()
        if kind == "state":
            runtime.newest = payload
        send: dict[str, Callable[[bytes], None]] = {
            "state": runtime.publish_state,
            "event": partial(hub.publish_event, is_for=everybody),
            # How servers are now, for subscribers.
            "change": lambda states: hub.channel.publish(
                {name: Item((), state) for name, state in json.loads(states).items()}
            ),
        }
        started_at = time.perf_counter()
        send[kind](payload)
        return jsonify(seconds=time.perf_counter() - started_at)

    @application.post("/tell/<kind>/<tag>")
    def tell(kind: str, tag: str) -> ResponseReturnValue:
        """Publish a state for those with this tag alone, or an event for all who see it."""
        if kind == "state":
            runtime.publish_state(request.get_data(), frozenset({tag}))
        else:
            hub.publish_event(request.get_data(), lambda view: not view or tag in view)
        return jsonify(kind=kind)

    @application.post("/drop/<credential>")
    def drop(credential: str) -> ResponseReturnValue:
        began_at = time.perf_counter()
        hub.drop(lambda each: each == credential)
        return jsonify(seconds=time.perf_counter() - began_at)

    @application.post("/feed")
    def feed() -> ResponseReturnValue:
        """Publish states and events of a given size at a given pace, then answer."""
        wanted = request.get_json()
        for number in range(wanted["count"]):
            runtime.publish_state(_document("state", number, wanted["state_bytes"]))
            if number % 3 == 0:
                hub.publish_event(_document("event", number, wanted["event_bytes"]), everybody)
            time.sleep(wanted["pause_seconds"])
        return jsonify(count=wanted["count"])

    @application.get("/vitals")
    def vitals() -> ResponseReturnValue:
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return jsonify(
            clients=hub.client_count(),
            threads=threading.active_count(),
            descriptors=len(list(Path("/proc/self/fd").iterdir())),
            memory_bytes=pages * os.sysconf("SC_PAGE_SIZE"),
        )

    return application


def _document(kind: str, number: int, size: int) -> bytes:
    """Return a JSON document from which a reader can tell every wrong byte."""
    head = b'{"kind":"%s","number":%d,"filler":"' % (kind.encode(), number)
    letter = bytes([97 + number % 26])
    return head + letter * size + b'"}'
