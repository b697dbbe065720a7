"""The Flask application: routes around a runtime. It starts nothing."""

from __future__ import annotations

from flask import Flask

from monserv import runtime as composition
from monserv.model.settings import Settings
from monserv.runtime import Runtime
from monserv.setup.product import ROOT
from monserv.web import api, body, cookies, cors, files, headers, person, polled, proxies, refusals
from monserv.web.accounts import accounts
from monserv.web.admission import Admission
from monserv.web.alerts import alerts
from monserv.web.arrivals import Arrivals
from monserv.web.asyncapi.routes import asyncapi
from monserv.web.current import EXTENSION
from monserv.web.entry import Entry
from monserv.web.guard import Guard
from monserv.web.health import health
from monserv.web.history import history
from monserv.web.host_keys import host_keys
from monserv.web.importing import importing
from monserv.web.language import language, speak
from monserv.web.legacy import legacy
from monserv.web.live import live
from monserv.web.login import login
from monserv.web.managing import managing
from monserv.web.metrics import metrics
from monserv.web.notifications import notifications
from monserv.web.pages import pages
from monserv.web.query_token import QueryToken
from monserv.web.ready import Ready
from monserv.web.server_id import ServerId
from monserv.web.servers import servers
from monserv.web.session import sessions
from monserv.web.sse import sse
from monserv.web.throttle import Throttle
from monserv.web.tokens import tokens
from monserv.web.trends import trends
from monserv.web.vendor import vendor

# What is described in OpenAPI, in the order in which the description has it.
_REST = (
    servers,
    managing,
    importing,
    host_keys,
    alerts,
    health,
    trends,
    notifications,
    legacy,
    sse,
    history,
    sessions,
    tokens,
    accounts,
)
_PAGES = (asyncapi, language, live, login, metrics, pages, vendor)


def create_app(settings: Settings, runtime: Runtime | None = None) -> Flask:
    """Return the application; its runtime, in ``extensions["monserv"]``, has yet to be started."""
    app = _bare()
    running = runtime or composition.build(settings)
    app.extensions[EXTENSION] = running
    guard = Guard(settings, running.clock)
    entry = Entry(settings, running.accounts, running.clock)
    throttle = Throttle(settings.requests_per_second, running.clock)
    _answer_in_front(app, running, Admission(guard, entry, throttle))
    speak(app)
    cookies.configure(app, settings.server_port)
    _check_each_request(app, guard, entry, throttle)
    for blueprint in _PAGES:
        app.register_blueprint(blueprint)
    refusals.register(app)
    person.answer_errors(app)
    rest = api.build(app, settings)
    for blueprint in _REST:
        rest.register_blueprint(blueprint)
    return app


def _bare() -> Flask:
    """Return an application that serves its files and nothing else."""
    app = Flask(
        "monserv",
        static_folder=str(ROOT / "static"),
        template_folder=str(ROOT / "templates"),
    )
    app.view_functions["static"] = lambda filename: files.send(ROOT / "static", filename)
    # A redirect to the address without doubled slashes would repeat the query, passwords too.
    app.url_map.merge_slashes = False
    app.url_map.converters["server"] = ServerId
    app.config["MAX_CONTENT_LENGTH"] = body.MAX_BYTES
    return app


def _answer_in_front(app: Flask, running: Runtime, admission: Admission) -> None:
    """Put in front of Flask what need not wait for it."""
    arrivals = Arrivals(app.wsgi_app, admission, running)
    ready = Ready(arrivals, admission, polled.register(app, running))
    app.wsgi_app = ready  # type: ignore[method-assign]  # as Flask documents
    # Around it, since whose address a request has, and which token, is known only then.
    proxies.trust(app, running.settings.trusted_proxies)
    app.wsgi_app = QueryToken(app.wsgi_app)  # type: ignore[method-assign]  # as above


def _check_each_request(app: Flask, guard: Guard, entry: Entry, throttle: Throttle) -> None:
    """Let every request be judged before its view, and every answer be dressed after it."""
    app.before_request(guard.check)
    app.before_request(entry.check)
    # Once it is known who asks, and before anything is done for him.
    app.before_request(throttle.check)
    app.after_request(headers.add)
    app.after_request(cors.add)
    # After-request functions run last to first: this one's answer gets all headers, too.
    app.after_request(throttle.count_refusal)
