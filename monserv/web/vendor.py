"""Scripts and styles of others, served from the installed packages: these files, no other."""

from __future__ import annotations

from pathlib import Path

import chartkick
import flask_swagger_ui
from flask import Blueprint, Response, abort, send_from_directory

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
    """Send one of ``FILES``, revalidated by its ETag so that an upgrade shows at once."""
    if name not in FILES:
        abort(404)
    return send_from_directory(FILES[name].parent, FILES[name].name)
