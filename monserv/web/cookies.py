"""The session cookie: signed, out of reach of scripts, and nothing but the session's secret."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, Request, current_app, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from monserv.accounts.registry import SESSION_LIFETIME
from monserv.model.secret import Secret
from monserv.web.current import EXTENSION

_KEY = "key"


class Cookies(SecureCookieSessionInterface):
    """Flask's own, with the key of the data directory, and ``Secure`` whenever it can be."""

    def get_signing_serializer(self, app: Flask) -> Any:
        """Return the serializer; its key is read when the first request comes."""
        if app.secret_key is None:
            app.secret_key = app.extensions[EXTENSION].accounts.signing_key
        return super().get_signing_serializer(app)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session; who shows none gets an empty one, for which nothing is unsigned."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 -- Flask's signature
        """Whether the request came by https, as the proxies that are trusted say."""
        return request.is_secure


def configure(app: Flask, port: int) -> None:
    """Let ``app`` keep sessions; browsers share cookies between ports, so its name has ours."""
    app.session_interface = Cookies()
    app.config.update(
        SESSION_COOKIE_NAME=f"monserv-{port}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=SESSION_LIFETIME + timedelta(days=1),
    )


def shown() -> Secret | None:
    """Return the secret of the session that this request shows; ``None`` without one."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return None  # and the answer depends on no cookie
    key = session.get(_KEY)
    return Secret(key) if isinstance(key, str) else None


def give(secret: Secret) -> None:
    """Let the browser keep the secret of a new session."""
    session.clear()
    session[_KEY] = secret.reveal()
    session.permanent = True


def forget() -> None:
    """Let the browser forget it."""
    session.clear()
