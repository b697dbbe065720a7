"""Scripts and styles of others, served from the installed packages: these files, no other."""

from __future__ import annotations

from pathlib import Path

import chartkick
import flask_swagger_ui
from flask import Blueprint, Response, abort

from monserv.web import files

_SWAGGER_UI = Path(flask_swagger_ui.__file__).parent / "dist"
_CHARTKICK = Path(chartkick.__file__).parent / "django" / "static" / "chartkick"

# The address after /vendor/ -> where it lies.
FILES = {
    "chart.umd.js": _CHARTKICK / "Chart.bundle.js",
    "swagger-ui/swagger-ui.css": _SWAGGER_UI / "swagger-ui.css",
    "swagger-ui/swagger-ui-bundle.js": _SWAGGER_UI / "swagger-ui-bundle.js",
}

vendor = Blueprint("vendor", __name__, url_prefix="/vendor")


@vendor.get("/<path:name>")
def show_file(name: str) -> Response:
    """Send one of ``FILES``."""
    if name not in FILES:
        abort(404)
    return files.send(FILES[name].parent, FILES[name].name)
