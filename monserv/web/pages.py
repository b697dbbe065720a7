"""What a person opens: the dashboard, and the API's description."""

from __future__ import annotations

import mimetypes

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from monserv import __version__
from monserv.model.access import Role
from monserv.web import api, negotiation
from monserv.web.current import access, csrf_token, runtime
from monserv.web.prepared import packed

pages = Blueprint("pages", __name__)
# Python does not know what /static/manifest.webmanifest is.
mimetypes.add_type("application/manifest+json", ".webmanifest")


@pages.get("/")
@pages.get("/alerts")
@pages.get("/servers/<server:server_id>")
def dashboard(server_id: str | None = None) -> Response:  # noqa: ARG001 -- the scripts read it themselves
    """Show the dashboard, a shell for all its pages that its scripts fill."""
    interval_seconds = runtime().settings.poll_interval_seconds
    page = render_template(
        "dashboard.html",
        version=__version__,
        interval_seconds=interval_seconds,
        who=access() if csrf_token() else None,
        csrf_token=csrf_token(),
        may_manage=access().may(Role.OPERATOR),
    )
    return _shell(page)


def _shell(page: str) -> Response:
    """Return the shell, in gzip for whoever takes it.

    One with a session's token goes as it is: the length of what is packed tells of a secret
    to whoever can have something packed with it.
    """
    answer = Response(page, mimetype="text/html")
    if not csrf_token():
        answer.headers["Vary"] = "Accept-Encoding"
        if negotiation.takes_gzip(request.headers.get("Accept-Encoding", "")):
            answer.set_data(packed(page.encode()))
            answer.headers["Content-Encoding"] = "gzip"
    return answer


@pages.get(f"{api.PREFIX}/index.html")
def swagger() -> str:
    """Show the API's description in Swagger UI."""
    return render_template("swagger.html", document=f"{api.PREFIX}/{api.DOCUMENT}")


@pages.get(api.PREFIX, strict_slashes=False)
def swagger_folder() -> Response:
    """Lead there from the shorter address."""
    return redirect(f"{api.PREFIX}/index.html")
