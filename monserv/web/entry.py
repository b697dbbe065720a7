"""The one check before every view: which credential is shown, and does it open this door.

A token (``Authorization: Bearer``, or ``?token=`` when something is fetched) that
opens nothing is refused everywhere, also where no login is needed. A session's cookie
that is over is as good as none, and counts for our own pages only.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Response, g, redirect, request
from werkzeug.wrappers import Response as Answer

from monserv.accounts import credentials
from monserv.accounts.service import Accounts
from monserv.clock import Clock
from monserv.errors import StorageError
from monserv.model.access import EVERYBODY, Access, Role
from monserv.model.directory import NOBODY, Grant, Kind
from monserv.model.secret import Secret
from monserv.model.settings import Settings
from monserv.stream.bucket import TokenBucket
from monserv.web import cookies, current, envelope, guard, query_token
from monserv.web.doors import DOORS, PUBLIC, Person
from monserv.web.words import sentence

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_LOG = logging.getLogger(__name__)
_LOG_LINES_PER_SECOND = 0.1
_LOG_LINES_AT_ONCE = 5

LOGIN = "/login"
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf_token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FETCHING = frozenset({"GET", "HEAD"})
_OWN_SITES = frozenset({"same-origin", "none"})
_FORMS = frozenset({"login.log_in", "login.set_up", "language.choose"})
_FORM = "application/x-www-form-urlencoded"
# Longer texts are no credentials, and need not be hashed.
_MAX_TOKEN_LENGTH = 256

_MISSING = "This needs a login: open /login, or send a token as Authorization: Bearer."
_INVALID = "This token is unknown, was revoked or has expired."
_READS_ONLY = (
    "A token needs the scope manage for this, and its account, if it has one, the role operator."
)
_TOO_MANY = "Several tokens were given; send one."
_NOT_OURS = (
    f"This may be the doing of another page; send {CSRF_HEADER} as /api/v1/session gives it."
)


class Entry:
    """Finds out who asks, for ``current.access()``, and refuses whom a door is closed to."""

    def __init__(self, settings: Settings, accounts: Accounts, clock: Clock) -> None:
        self._settings = settings
        self._accounts = accounts
        self._clock = clock
        self._lock = threading.Lock()
        self._log_lines = TokenBucket(_LOG_LINES_PER_SECOND, _LOG_LINES_AT_ONCE, clock.monotonic())

    def check(self) -> Answer | None:
        """Return the refusal of this request, or ``None``."""
        tokens = _tokens(request.environ)
        try:
            refusal = self._enter_by_token(tokens) if tokens else self._enter_by_cookie()
        except StorageError as error:
            return _unknown(str(error))
        return refusal or self._judge_door()

    def access(self, environ: WSGIEnvironment, endpoint: str) -> Access | None:
        """Return what a request without a cookie may see behind a door.

        ``None`` when the door stays closed, or more is to be said; that is for ``check``.
        """
        tokens = _tokens(environ)
        if not tokens:
            grant, access = None, NOBODY if self._settings.needs_login else EVERYBODY
        else:
            try:
                grant = self._grant(tokens)
            except StorageError:
                return None
            access = NOBODY if grant is None else grant.access
        door = DOORS.get(endpoint)
        if access is NOBODY or door is PUBLIC or _closed(door, access, grant) is not None:
            return None
        return access

    def _grant(self, tokens: tuple[str, ...]) -> Grant | None:
        """Return what a token opens, unless there are several; raises ``StorageError``."""
        text = tokens[0]
        if len(set(tokens)) > 1 or len(text) > _MAX_TOKEN_LENGTH:
            return None
        is_ours = text.startswith(credentials.TOKEN_PREFIX)
        return self._accounts.grant(Secret(text)) if is_ours else None

    def _enter_by_token(self, tokens: tuple[str, ...]) -> Answer | None:
        if len(set(tokens)) > 1:
            return _unauthorised(_TOO_MANY, error="invalid_request")
        grant = self._grant(tokens)
        if grant is None:
            self._log_refusal()
            return _unauthorised(_INVALID, error="invalid_token")
        _let_in(grant.access, grant)
        return None

    def _enter_by_cookie(self) -> Answer | None:
        secret = cookies.shown() if is_our_page() else None
        grant = None
        if secret is not None and self._accounts.ignorance is None:
            grant = self._accounts.grant(secret)
        if secret is None or grant is None:
            _let_in(NOBODY if self._settings.needs_login else EVERYBODY, None)
            return None
        g.csrf_token = credentials.page_key(secret)
        if _changes_something() and not _is_our_doing(g.csrf_token):
            return envelope.failure(403, _NOT_OURS)
        _let_in(grant.access, grant)
        return None

    def _judge_door(self) -> Answer | None:
        door = DOORS.get(request.endpoint or "")
        if door is PUBLIC:
            return None
        access = current.access()
        if access is NOBODY:
            # Where nothing is known of accounts, a log-in would fail as well.
            reason = self._accounts.ignorance
            return _show_the_way() if reason is None else _unknown(reason)
        if request.endpoint is None:
            return None  # there is nothing there, and the router says so
        reason = _closed(door, access, current.grant())
        return None if reason is None else envelope.failure(403, reason)

    def _log_refusal(self) -> None:
        with self._lock:
            is_logged = self._log_lines.take(self._clock.monotonic())
        if is_logged:
            _LOG.warning("refused a token from %s: it opens nothing", request.remote_addr)


def is_our_page() -> bool:
    """Whether no page but one of ours can have sent this request."""
    if "Origin" in request.headers and not guard.origin_own(
        request.headers, current.runtime().settings
    ):
        return False
    return (
        request.method in _SAFE_METHODS
        or request.headers.get("Sec-Fetch-Site", "none") in _OWN_SITES
    )


def _changes_something() -> bool:
    """Whether it is a change for which a session answers; a log-in answers for itself."""
    return request.method not in _SAFE_METHODS and request.endpoint not in _FORMS


def _closed(door: Role | Person | None, access: Access, grant: Grant | None) -> str | None:
    """Return why a door stays closed to somebody, or ``None``."""
    if door is None:
        return "This door opens for nobody."
    if isinstance(door, Person) and (grant is None or grant.kind is not Kind.SESSION):
        return "This is for a person who has logged in, and for no token."
    role = door.role if isinstance(door, Person) else door
    if not access.may(role):
        if role is Role.OPERATOR and grant is not None and grant.kind is Kind.TOKEN:
            return _READS_ONLY
        return f"This needs the role {role}; yours is {access.role}."
    if isinstance(door, Person) and door.unlimited and access.tags:
        return "This is for those who see all servers."
    return None


def _tokens(environ: WSGIEnvironment) -> tuple[str, ...]:
    """Return the tokens that a request shows, whether or not they open anything."""
    scheme, _, text = environ.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    if scheme.lower() == "bearer":
        return (text.strip(),)
    # In an address it is easily passed on; it may look, and change nothing.
    if environ["REQUEST_METHOD"] in _FETCHING:
        found: tuple[str, ...] = environ.get(query_token.ENVIRON, ())
        return found
    return ()


def _let_in(access: Access, grant: Grant | None) -> None:
    g.access, g.grant = access, grant


def _is_our_doing(key: str) -> bool:
    """Whether one of our pages sends this: it knows the page key."""
    given = request.headers.get(CSRF_HEADER)
    if given is None and request.mimetype == _FORM:
        given = request.form.get(CSRF_FIELD)
    return given is not None and credentials.is_same(given, key)


def _show_the_way() -> Answer:
    """Lead a person to the log-in, let a browser ask what it may ask, and tell a program."""
    headers = request.headers
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in headers:
        return Response()
    is_page = request.method == "GET" and "text/html" in headers.get("Accept", "")
    if is_page and "Upgrade" not in headers:
        return redirect(f"{LOGIN}?{urlencode({'next': _here()})}")
    return _unauthorised(_MISSING)


def _here() -> str:
    """Return where the person wanted to go; a query of the API may hold a password."""
    query = request.query_string.decode("latin-1")
    is_page = (request.endpoint or "").startswith("pages.")
    return f"{request.path}?{query}" if query and is_page else request.path


def _unauthorised(text: str, error: str = "") -> Response:
    response = envelope.failure(401, text)
    more = f', error="{error}"' if error else ""
    response.headers["WWW-Authenticate"] = f'Bearer realm="monserv"{more}'
    return response


def _unknown(reason: str) -> Response:
    return envelope.failure(503, f"Nobody can be let in: {sentence(reason)}")
