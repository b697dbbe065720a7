"""A blueprint of the API, whose bodies are hostile until they are read."""

from __future__ import annotations

import json
from typing import Any

import flask_smorest
from flask import Request
from webargs.flaskparser import FlaskParser


class _Parser(FlaskParser):
    def _raw_load_json(self, req: Request) -> Any:
        try:
            return super()._raw_load_json(req)
        except RecursionError:
            raise json.JSONDecodeError("nested too deeply", "", 0) from None


class Resource(flask_smorest.Blueprint):  # type: ignore[misc]  # the library ships no types
    """One resource of the API; its calls are described in OpenAPI."""

    ARGUMENTS_PARSER = _Parser()
