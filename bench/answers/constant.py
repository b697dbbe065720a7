"""The least that Flask can do: a constant as long as the state, or 304, and nothing else."""

from __future__ import annotations

import os

from flask import Flask, Response

app = Flask(__name__)
TAG = '"constant"'
BODY = b"x" * int(os.environ["BYTES"])


@app.get("/full")
def full() -> Response:
    """Return the constant."""
    return Response(BODY, content_type="application/json")


@app.get("/unchanged")
def unchanged() -> Response:
    """Say that nothing has changed."""
    return Response(status=304, headers={"ETag": TAG})
