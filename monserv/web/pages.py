"""What a person opens: the dashboard, and the API's description."""

from __future__ import annotations

import mimetypes

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from monserv import __version__
from monserv.web import api
from monserv.web.current import access, csrf_token, runtime

pages = Blueprint("pages", __name__)
# Python does not know what /static/manifest.webmanifest is.
mimetypes.add_type("application/manifest+json", ".webmanifest")


@pages.get("/")
@pages.get("/alerts")
@pages.get("/servers/<server:server_id>")
def dashboard(server_id: str | None = None) -> str:  # noqa: ARG001 -- the scripts read it themselves
    """Show the dashboard, a shell for all its pages that its scripts fill."""
    interval_seconds = runtime().settings.poll_interval_seconds
    return render_template(
        "dashboard.html",
        version=__version__,
        interval_seconds=interval_seconds,
        who=access() if csrf_token() else None,
        csrf_token=csrf_token(),
    )


@pages.get(f"{api.PREFIX}/index.html")
def swagger() -> str:
    """Show the API's description in Swagger UI."""
    return render_template("swagger.html", document=f"{api.PREFIX}/{api.DOCUMENT}")


@pages.get(api.PREFIX, strict_slashes=False)
def swagger_folder() -> Response:
    """Lead there from the shorter address."""
    return redirect(f"{api.PREFIX}/index.html")
