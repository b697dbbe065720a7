"""Print what monserv says: python3 client.py [ws://127.0.0.1:18904/ws]."""

import json
import os
import random
import sys
import time
from typing import Any

from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

URL = "ws://127.0.0.1:18904/ws"
# Only these fields of each server are told; without "fields" all are.
WANTED = {"fields": ["url", "status", "last_update", "metrics.memory"]}
MAX_DELAY_SECONDS = 30


def merged(target: Any, patch: Any) -> Any:
    """Return what a merge patch (RFC 7396) makes of ``target``."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


class Watcher:
    """Knows how all servers are, which alerts are active, and what it has heard of."""

    def __init__(self) -> None:
        self.servers: dict[str, Any] = {}
        self.alerts: dict[str, Any] = {}
        self.place: dict[str, Any] = {}

    def request(self) -> str:
        """Return what to say first: it goes on where it was, if it was anywhere."""
        kind = "resume" if self.place else "subscribe"
        return json.dumps({"type": kind, **self.place, **WANTED})

    def take(self, message: dict) -> None:
        """Take in one message, and pass over types that a later version may add."""
        kind = message["type"]
        if kind == "snapshot":
            self.servers = message["servers"]
            self.alerts = {alert["event_id"]: alert for alert in message["alerts"]}
            self.show(self.servers)
            print(f"{len(self.alerts)} alerts are active", flush=True)
        elif kind == "delta":
            self.servers = merged(self.servers, message["servers"])
            self.show(message["servers"])
        elif kind == "alert":
            self.hear(message["alert"])
        elif kind == "error":
            print(f"not taken: {message['message']}", file=sys.stderr)
        if kind in ("snapshot", "delta", "alert"):
            self.place = {"epoch": message["epoch"], "seq": message["seq"]}

    def show(self, changed: dict) -> None:
        """Print the servers that have changed."""
        for server_id in changed:
            state = self.servers.get(server_id)
            if state is None:
                print(f"{server_id} is gone", flush=True)
                continue
            used = state.get("metrics", {}).get("memory", {}).get("used_percent", "?")
            print(
                f"{state['last_update']} {state['url']} {state['status']} memory {used} %",
                flush=True,
            )

    def hear(self, alert: dict) -> None:
        """Print an alert that was raised or has ended, and remember it while it is active."""
        self.alerts.pop(alert["event_id"], None)
        if alert["is_active"]:
            self.alerts[alert["event_id"]] = alert
        print(f"{alert['subject']}: {alert['message']}", flush=True)


def listen(socket: ClientConnection, watcher: Watcher) -> None:
    """Take in every message until the connection ends."""
    socket.send(watcher.request())
    for text in socket:
        watcher.take(json.loads(text))


def watch(url: str) -> None:
    """Connect again whenever the connection ends."""
    watcher, failures = Watcher(), 0
    while True:
        heard = watcher.place
        try:
            # A state of many servers is larger than the 1 MiB that this library allows.
            with connect(url, subprotocols=[Subprotocol("monserv.v2")], max_size=None) as socket:
                listen(socket, watcher)
        except InvalidStatus as refused:
            if refused.response.status_code < 500:  # it would be refused again
                sys.exit(str(refused))
            print(refused, file=sys.stderr)
        except BrokenPipeError:  # nobody reads any more what is printed here
            os._exit(0)
        except (OSError, WebSocketException) as error:
            print(error, file=sys.stderr)
        failures = 0 if watcher.place != heard else failures
        # Full jitter: all clients at once would be a burden after a restart.
        time.sleep(random.uniform(0, min(MAX_DELAY_SECONDS, 2**failures)))
        failures += 1


if __name__ == "__main__":
    try:
        watch(sys.argv[1] if len(sys.argv) > 1 else URL)
    except KeyboardInterrupt:
        sys.exit(130)
