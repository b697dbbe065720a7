"""The id of a server in an address."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import BaseConverter


class ServerId(BaseConverter):
    """Any id; what stands in its place at other addresses is none."""

    regex = r"(?!(?:metrics|test)\Z)[^/]+"
    part_isolating = True


def described(_converter: type[ServerId]) -> dict[str, Any]:
    """Return how the API's description shows one."""
    return {"type": "string"}
