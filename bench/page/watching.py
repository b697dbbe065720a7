"""monserv with a recording in place of each server's shell: ``gunicorn bench.page.watching:app``.

All above the shell is the product's own: pollers, reading, state, alerts, history, news.
What is left out is SSH, and with it the processor that a thousand simulated servers and
their logins would take from the browser that is looked at.
"""

from __future__ import annotations

import os
from pathlib import Path

from bench.page import replay

replay.in_place_of_servers(Path(os.environ[replay.RECORDING]))

from wsgi import app  # noqa: E402 -- once it finds the recording in place of servers

__all__ = ["app"]
