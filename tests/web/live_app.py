"""A small application around the live blueprint, for gunicorn: ``/ws`` and ways to steer its hub.

Limits come from the environment, so that a test can see each of them in real time.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import gevent
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from monserv.clock import SystemClock
from monserv.model.settings import Settings
from monserv.stream.hub import Hub
from monserv.stream.limits import Limits
from monserv.web.live import live


def build() -> Flask:
    application = Flask(__name__)
    port = int(os.environ["LIVE_PORT"])
    settings = Settings(
        data_dir=Path(),
        database_url="",
        server_port=port,
        allowed_origins=("https://friend.example",),
    )
    limits = Limits(**json.loads(os.environ.get("LIVE_LIMITS", "{}")))
    hub = Hub(SystemClock(), int(os.environ.get("LIVE_MAX_CLIENTS", "5000")), limits)
    application.extensions["monserv"] = SimpleNamespace(settings=settings, hub=hub)
    application.register_blueprint(live)

    hub.start()
    _drain_on_sigterm(hub)

    @application.post("/publish/<kind>")
    def publish(kind: str) -> ResponseReturnValue:
        send = {"state": hub.publish_state, "event": hub.publish_event}[kind]
        started_at = time.perf_counter()
        send(request.get_data())
        return jsonify(seconds=time.perf_counter() - started_at)

    @application.post("/feed")
    def feed() -> ResponseReturnValue:
        """Publish states and events of a given size at a given pace, then answer."""
        wanted = request.get_json()
        for number in range(wanted["count"]):
            hub.publish_state(_document("state", number, wanted["state_bytes"]))
            if number % 3 == 0:
                hub.publish_event(_document("event", number, wanted["event_bytes"]))
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


def _drain_on_sigterm(hub: Hub) -> None:
    leave = signal.getsignal(signal.SIGTERM)

    def drain(signal_number: int) -> None:
        hub.stop(2.0)
        leave(signal_number, None)

    # A signal arrives in gevent's loop, where nothing may wait, not even for a thread to start.
    signal.signal(signal.SIGTERM, lambda number, _frame: gevent.spawn(drain, number))


def _document(kind: str, number: int, size: int) -> bytes:
    """Return a JSON document from which a reader can tell every wrong byte."""
    head = b'{"kind":"%s","number":%d,"filler":"' % (kind.encode(), number)
    letter = bytes([97 + number % 26])
    return head + letter * size + b'"}'
