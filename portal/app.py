"""The web pages: one application of the blueprints beside it, and the landing page for harvest operators."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Flask, Response, g, make_response, render_template, request
from flask_babel import Babel, get_locale
from werkzeug.exceptions import HTTPException

from catalogue.membership import QUERY
from catalogue.parts import Parts
from catalogue.store import Store
from foundation.errors import InputError, LienThongError, LimitError, PeerError, Problem, RefusedError, StoreError
from foundation.settings import Settings
from portal import (
    account,
    announcing,
    batches,
    clusters,
    compression,
    connect,
    copying,
    counting,
    draft_acts,
    duplicates,
    editor,
    feed,
    files,
    gathering,
    imports,
    listing,
    looks,
    matching,
    organisations,
    people,
    problems,
    push,
    quality,
    quarantine,
    record_desk,
    records,
    runs,
    search,
    sets,
    signing,
    sources,
    statistics,
    system,
    targets,
    telling,
    trail,
    unapi,
    union_rules,
    wording,
    workshop,
)
from portal.front import Front
from portal.rest import messages as rest_messages
from portal.rest import pages as rest
from portal.rest.door import for_programs, refused
from portal.wording import number
from reports.doors import Doors
from search.finder import Finder
from union import standing

LANGUAGES = ("vi", "en")

HEADERS = {
    # No inline script or style anywhere: what a record's text says can never run.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
STATUS = {LimitError: 413, InputError: 400, RefusedError: 409, PeerError: 502, LienThongError: 500}
SCRIPTED = HEADERS["Content-Security-Policy"] + "; script-src 'self'; connect-src 'self'"
"""The policy of the pages behind the sign-in that load our script (`g.scripted`)."""


def create(
    store: Store,
    settings: Settings,
    base_url: str,
    finder: Finder | None = None,
    parts: Parts | None = None,
    doors: Doors | None = None,
) -> Flask:
    """The Flask application. `base_url` is the server's public address without a slash at its end; `finder` and
    `parts` are those of the process, made here where it has none; `doors` counts what is used."""
    finder, parts = finder or Finder(store, settings), parts or Parts(store)
    app = Flask(__name__, static_folder=None)
    files.install(app)
    app.config["BABEL_DEFAULT_LOCALE"] = "vi"
    Babel(app, locale_selector=_language)
    wording.prepare(app)
    app.jinja_env.globals.update(number=number, in_language=_in_language, looks=looks)
    workshop.prepare(app, store, settings, base_url)
    telling.prepare(app, settings)
    app.jinja_env.globals["library_name"] = partial(listing.library_name, parts)
    front = Front(store, finder)

    for pages in (
        records.create(store, settings, base_url),
        unapi.create(store),
        feed.create(store, settings, base_url),
        search.create(settings, base_url, finder, parts),
        connect.create(settings, base_url, finder, parts),
        push.create(store, settings),
        signing.create(store, settings, base_url),
        account.create(store, settings),
        people.create(store, settings, base_url),
        organisations.create(store, settings),
        trail.create(store, settings),
        editor.create(store, settings),
        draft_acts.create(store, settings),
        record_desk.create(store, settings),
        copying.create(store, settings, finder),
        sources.create(store, settings),
        runs.create(store, settings),
        quarantine.create(store, settings),
        system.create(store, settings),
        matching.create(store),
        duplicates.create(store, parts),
        clusters.create(store, parts),
        union_rules.create(store),
        union_rules.figures_of(store),
        imports.create(store, settings),
        batches.create(store, settings),
        quality.create(store, settings, base_url),
        statistics.create(store, settings),
        targets.create(store, settings),
        *announcing.create(store, settings),
        gathering.create(store, settings, base_url, finder),
        sets.create(QUERY, store, settings, base_url, finder),
        *rest.create(store, settings, base_url, finder, parts),
    ):
        app.register_blueprint(pages)
    counting.install(app, doors)
    compression.install(app)

    @app.get("/")
    def home() -> Response:
        page = render_template("home.html", **front.figures(), settings=settings, base_url=base_url)
        answer = make_response(page)
        answer.vary.update(["Accept-Language", "Cookie"])
        return answer

    @app.get("/healthz")
    def alive() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @app.get("/readyz")
    def ready() -> Response:
        return Response(f"ready\nunion: {standing.behind(store)} changes behind\n", mimetype="text/plain")

    @app.errorhandler(OverflowError)  # a number that no row of the store can have
    @app.errorhandler(404)
    def missing(_error: Exception) -> Response | tuple[str, int]:
        if for_programs():
            return problems.answer(404, Problem(rest_messages.NO_ADDRESS), workshop.language())
        return render_template("error.html", status=404, reason=""), 404

    @app.errorhandler(HTTPException)
    def said_by_the_protocol(error: HTTPException) -> Response | tuple[str, int]:
        """What HTTP refuses by itself, and (500) what nobody foresaw, which is in the log."""
        if for_programs() or error.response is not None:
            return refused(error)
        status = error.code or 500
        return render_template("error.html", status=status, reason="", allowed_bytes=request.max_content_length), status

    @app.errorhandler(StoreError)
    def failing(error: StoreError) -> Response | tuple[str, int, dict[str, str]]:
        language: Any = str(get_locale())
        if for_programs():
            answer = problems.answer(503, error.problem, language)
            answer.headers["Retry-After"] = "30"
            return answer
        return render_template("error.html", status=503, reason=error.text(language)), 503, {"Retry-After": "30"}

    @app.errorhandler(LienThongError)
    def refusing(error: LienThongError) -> Response | tuple[str, int]:
        """What a room refused and its view did not foresee: told in words, never as a failure of ours."""
        status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
        if for_programs():
            return problems.answer(status, error.problem, workshop.language())
        return render_template("error.html", status=status, reason=error.text(workshop.language())), status

    @app.after_request
    def secure(response: Response) -> Response:
        response.headers.extend(HEADERS)
        if "scripted" in g:
            response.headers["Content-Security-Policy"] = SCRIPTED
        looks.remember(response, base_url.startswith("https://"))
        chosen = request.args.get("lang", "")
        if chosen in LANGUAGES and response.mimetype == "text/html":
            secure = base_url.startswith("https://")
            response.set_cookie("lang", chosen, max_age=31_536_000, samesite="Lax", httponly=True, secure=secure)
        return response

    return app


def _language() -> str:
    """Asked for in the address, else chosen before, else the browser's wish, else Vietnamese."""
    for wish in (request.args.get("lang"), request.cookies.get("lang")):
        if wish in LANGUAGES:
            return wish
    return request.accept_languages.best_match(LANGUAGES) or "vi"


def _in_language(language: str) -> str:
    """The address of this page in a language, with everything else that was asked for."""
    return looks.here_with("lang", language)
