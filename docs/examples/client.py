"""Print what monserv says: python3 client.py [ws://127.0.0.1:18904/ws]."""

import json
import os
import random
import sys
import time

from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

URL = "ws://127.0.0.1:18904/ws"
MAX_DELAY_SECONDS = 30


def show(message: dict) -> None:
    """Print one message, and pass over types that a later version may add."""
    if message["type"] == "metrics_update":
        for server, metrics in message["data"].items():
            used = metrics.get("memory", {}).get("usedPercent", "?")
            print(f"{metrics['generatedAtUtc']} {server} memory {used} %", flush=True)
    elif message["type"] == "alert":
        print(f"{message['subject']}: {message['message']}", flush=True)


def watch(url: str) -> None:
    """Show every message, and connect again whenever the connection ends."""
    failures = 0
    while True:
        try:
            # A state of many servers is larger than the 1 MiB that this library allows.
            with connect(url, max_size=None) as socket:
                for text in socket:
                    failures = 0
                    show(json.loads(text))
        except InvalidStatus as refused:
            if refused.response.status_code < 500:  # it would be refused again
                sys.exit(str(refused))
            print(refused, file=sys.stderr)
        except BrokenPipeError:  # nobody reads any more what is printed here
            os._exit(0)
        except (OSError, WebSocketException) as error:
            print(error, file=sys.stderr)
        # Full jitter: all clients at once would be a burden after a restart.
        time.sleep(random.uniform(0, min(MAX_DELAY_SECONDS, 2**failures)))
        failures += 1


if __name__ == "__main__":
    try:
        watch(sys.argv[1] if len(sys.argv) > 1 else URL)
    except KeyboardInterrupt:
        sys.exit(130)
