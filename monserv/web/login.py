"""The pages on which a person logs in, and makes the first account; they work without scripts."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from monserv.accounts.passwords import MIN_LENGTH
from monserv.errors import AccountError, LoginDelayed, LoginRefused, StorageError
from monserv.model.directory import Kind
from monserv.model.secret import Secret
from monserv.web import cookies, current, entry
from monserv.web.words import sentence

_LOG = logging.getLogger(__name__)
SETUP = "/setup"
HOME = "/"
# A name, a password, a code and a way back.
_MAX_FORM_BYTES = 16 * 1024
# A path of ours: browsers read // and /\\ as the name of another host.
_OWN_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]{0,2000}")
_ELSEWHERE = "Another page sent this; do it here yourself."

login = Blueprint("login", __name__)


@login.get(entry.LOGIN)
def show_login() -> Response:
    """Show the form, or lead on whom it can do nothing for."""
    if current.grant() is not None:
        return redirect(safe(request.args.get("next")))
    if current.accounts().set_up.is_open:
        return redirect(SETUP)
    onward, has_ended = safe(request.args.get("next")), "ended" in request.args
    return _page("login.html", 200, "", next=onward, has_ended=has_ended)


@login.post(entry.LOGIN)
def log_in() -> Response:
    """Begin a session."""
    form, onward = _form("name", "password"), safe(_field("next"))

    def begin() -> Secret:
        return current.accounts().log_in(
            form["name"], Secret(form["password"]), _address(), _agent()
        )

    return _begin(begin, onward, "login.html", next=onward, name=form["name"])


@login.post("/logout")
def log_out() -> Response:
    """End the session, and with it every connection that it opened."""
    if not entry.is_our_page():
        return _page("login.html", 403, _ELSEWHERE, next=HOME)
    grant = current.grant()
    cookies.forget()
    if grant is not None and grant.kind is Kind.SESSION:
        accounts = current.accounts()
        try:
            accounts.registry.remove_session(grant.id)
            accounts.refresh()
        except StorageError as error:
            return _page("login.html", 503, f"You are still logged in: {error}.", next=HOME)
        _LOG.info("%s logged out", grant.access.name)
    return redirect(entry.LOGIN, 303)


@login.get(SETUP)
def show_setup() -> Response:
    """Show the form for the first account while there is none."""
    if not current.accounts().set_up.is_open:
        return redirect(entry.LOGIN)
    return _page("setup.html", 200, "")


@login.post(SETUP)
def set_up() -> Response:
    """Make the first account, and log it in."""
    if not current.accounts().set_up.is_open:
        return redirect(entry.LOGIN, 303)
    form = _form("code", "name", "password")

    def begin() -> Secret:
        return current.accounts().make_first(
            Secret(form["code"]), form["name"], Secret(form["password"]), _address(), _agent()
        )

    return _begin(begin, HOME, "setup.html", name=form["name"])


def safe(path: str | None) -> str:
    """Return where to go on; what is no path of ours is the dashboard."""
    return path if path is not None and _OWN_PATH.fullmatch(path) else HOME


def _begin(begin: Callable[[], Secret], onward: str, template: str, **shown: str) -> Response:
    """Begin a session and go on, or show the form again with the reason."""
    if not entry.is_our_page():
        return _page(template, 403, _ELSEWHERE, **shown)
    try:
        secret = begin()
    except LoginDelayed as delay:
        seconds = math.ceil(delay.retry_after_seconds)
        answer = _page(template, 503 if delay.is_busy else 429, str(delay), **shown)
        answer.headers["Retry-After"] = str(seconds)
        return answer
    except LoginRefused as refusal:
        return _page(template, 401, str(refusal), **shown)
    except AccountError as error:
        return _page(template, 422, str(error), **shown)
    except StorageError as error:
        return _page(template, 503, f"Nobody can be let in: {sentence(str(error))}", **shown)
    cookies.give(secret)
    return redirect(onward, 303)


def _page(template: str, status: int, error: str, **shown: str | bool) -> Response:
    page = render_template(template, error=error, min_length=MIN_LENGTH, **shown)
    return make_response(page, status)


def _form(*names: str) -> dict[str, str]:
    return {name: _field(name) for name in names}


def _field(name: str) -> str:
    request.max_content_length = _MAX_FORM_BYTES
    return request.form.get(name, "")


def _address() -> str:
    return request.remote_addr or ""


def _agent() -> str:
    return request.headers.get("User-Agent", "")
