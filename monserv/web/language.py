"""In which language a page is shown: the one that was chosen, else the browser's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from urllib.parse import urlsplit

from babel.core import negotiate_locale
from flask import Blueprint, Flask, Response, current_app, g, redirect, request
from jinja2 import Environment
from werkzeug.wrappers import Response as Answer

from monserv.setup.product import ROOT
from monserv.web import catalogues, entry
from monserv.web.catalogues import ENGLISH, Catalogue
from monserv.web.login import HOME, safe

LOCALES = ROOT / "locales"
COOKIE = "monserv-language"
_EXTENSION = "monserv-languages"
_YEAR_SECONDS = 365 * 24 * 60 * 60
# Nobody names more languages; the header is anybody's.
_MOST_WISHES = 20

language = Blueprint("language", __name__)


@language.post("/language")
def choose() -> Answer:
    """Remember a choice of language, and show the page again on which it was made."""
    answer = redirect(_page_before(), 303)
    chosen = request.form.get("language", "")
    if entry.is_our_page() and chosen in _languages():
        answer.set_cookie(
            COOKIE,
            chosen,
            max_age=_YEAR_SECONDS,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
    return answer


def speak(app: Flask) -> None:
    """Let the templates of ``app`` say what they say in the language of each request."""
    app.extensions[_EXTENSION] = _ours()
    teach(app.jinja_env, spoken)
    app.context_processor(lambda: {"spoken": spoken(), "languages": _languages().values()})
    app.after_request(_tell)


@cache
def _ours() -> Mapping[str, Catalogue]:
    """Return the languages of the product; reading them takes a while."""
    return catalogues.read(LOCALES)


def teach(environment: Environment, spoken: Callable[[], Catalogue]) -> None:
    """Let templates say ``_("...")`` and ``{% trans %}`` in the language that is ``spoken``."""
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension's
        gettext=lambda text: spoken().say(text),
        ngettext=lambda one, other, number: spoken().say_many(one, other, number),
        newstyle=False,  # what is translated is escaped, as all else is
    )


def spoken() -> Catalogue:
    """Return the language of this request."""
    found: Catalogue | None = g.get("language")
    if found is None:
        found = g.language = _languages()[_wanted()]
    return found


def _languages() -> Mapping[str, Catalogue]:
    found: Mapping[str, Catalogue] = current_app.extensions[_EXTENSION]
    return found


def _wanted() -> str:
    known = _languages()
    chosen = request.cookies.get(COOKIE, "")
    if chosen in known:
        return chosen
    by_tag = {tag.lower(): tag for tag in known}
    wishes = [tag.lower() for tag, quality in request.accept_languages if quality > 0]
    found = negotiate_locale(wishes[:_MOST_WISHES], list(by_tag), sep="-")
    return by_tag[found.lower()] if found else ENGLISH


def _tell(response: Response) -> Response:
    """Say on what an answer with words in it depends."""
    if "language" in g:
        response.vary.update(["Accept-Language", "Cookie"])
    return response


def _page_before() -> str:
    """Return the page that sent this; what is none of ours is the dashboard."""
    before = urlsplit(request.referrer or "")
    if before.netloc != request.host:
        return HOME
    return safe(f"{before.path}?{before.query}" if before.query else before.path)
