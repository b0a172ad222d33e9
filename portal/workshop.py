"""What every screen behind the sign-in shares: who is asking, the check of their rights, the trail, the navigation.

    @pages.get("/workshop/import")
    @required(Act.IMPORT)                       # nobody: to the sign-in; no such right anywhere: 403
    def choose() -> str: ...

    require(Act.IMPORT, code)                   # inside of a view, once the library is known
    noted(Act.IMPORT, "sach.mrc", library=code, change_set=number)

A view whose address has a part called `library` is asked about that library without a word more. A view that names no
act, and whose blueprint is not public, is shut to everybody (`tests/portal/test_rights.py` finds it).

People come by their session's cookie; programs show a token of a library (RFC 6750). A request with a token, and any
under `/api/`, is never let in by a cookie; so only requests that a cookie lets in need a form's token against forgery.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, NoReturn, TypeVar
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, current_app, g, redirect, render_template, request, session, url_for
from flask_babel import get_locale
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from markupsafe import Markup
from sqlalchemy import Connection

from accounts import audit, people, sessions, tokens
from accounts.access import NOBODY, Verdict, Who, may
from accounts.rights import Act
from catalogue.libraries import Library, named
from catalogue.store import Store
from foundation.errors import Language, Problem
from foundation.settings import Settings
from oaipmh.flow import Clients
from portal import problems, typed
from portal.wording import dated

PUBLIC: Final = frozenset(("records", "unapi", "feed", "search", "connect"))
"""Blueprints that everybody may read; those of other screens name an act for each view."""
PUBLIC_VIEWS: Final = frozenset(("static", "home", "alive", "ready"))
TICKET: Final = "ticket"
"""What the session's cookie calls the ticket."""
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Screen:
    """A row of the workshop's navigation."""

    endpoint: str
    vi: str
    en: str
    act: Act
    begins: bool = False
    """Whether a group of rows begins here."""
    also: tuple[str, ...] = ()
    """Blueprints without a row of their own that belong here."""


SCREENS: Final = [
    Screen("signing.desk", "Bàn làm việc", "My desk", Act.ACCOUNT),
    Screen("imports.choose", "Nhập dữ liệu", "Import", Act.IMPORT, begins=True),
    Screen("batches.listing", "Lô nhập", "Batches", Act.IMPORT),
    Screen("editor.desk", "Soạn biểu ghi", "Edit records", Act.EDIT, also=("record_desk",)),
    Screen("copying.search", "Tìm ở nơi khác", "Search elsewhere", Act.COPY),
    Screen("sources.every", "Nguồn thu thập", "Sources", Act.RUNS, begins=True),
    Screen("runs.every", "Phiên thu thập", "Runs", Act.RUNS),
    Screen("quarantine.every", "Cách ly", "Quarantine", Act.QUARANTINE),
    Screen("duplicates.queue", "Trùng lặp", "Duplicates", Act.DECIDE, begins=True, also=("clusters", "sureness")),
    Screen("rules.all_trials", "Quy tắc gộp", "Matching rules", Act.UNION_RULES),
    Screen("collections.every", "Bộ sưu tập", "Collections", Act.COLLECTIONS, begins=True),
    Screen("queries.every", "Câu hỏi đã lưu", "Saved queries", Act.COLLECTIONS),
    Screen("quality.overview", "Chất lượng dữ liệu", "Data quality", Act.QUALITY, begins=True),
    Screen("statistics.year", "Thống kê – báo cáo", "Statistics", Act.STATISTICS),
    Screen("people.everybody", "Người dùng", "People", Act.PEOPLE, begins=True),
    Screen("organisations.every", "Thư viện", "Libraries", Act.LIBRARIES),
    Screen("organisations.tokens_of", "Khoá cho chương trình", "Tokens", Act.TOKENS),
    Screen("targets.every", "Nguồn sao chép", "Catalogues to copy from", Act.TARGETS),
    Screen("trail.rights", "Ai được làm gì", "Who may do what", Act.ACCOUNT),
    Screen("trail.log", "Nhật ký", "Audit log", Act.AUDIT),
    Screen("announcing.choose", "Báo lại biểu ghi", "Tell records anew", Act.SYSTEM),
    Screen("partners.every", "Ai đang thu thập", "Who harvests", Act.SYSTEM),
    Screen("system.home", "Hệ thống", "System", Act.SYSTEM),
    Screen("account.mine", "Tài khoản của tôi", "My account", Act.ACCOUNT),
]
"""In the order of the navigation. A screen adds its row here; it is shown to whom its act is allowed anywhere."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the checks need of the application."""

    store: Store
    lifetime: sessions.Lifetime
    clients: Clients


# --- for views ------------------------------------------------------------------------------------------------


def required(act: Act) -> Callable[[View], View]:
    """Marks a view as `act`; put it below the route."""

    def mark(view: View) -> View:
        view.act = act  # type: ignore[attr-defined]
        return view

    return mark


def who() -> Who:
    """Who is asking; read once for a request."""
    if "who" not in g:
        g.who = _came_in()
    found: Who = g.who
    return found


def allowed(act: Act, library: str | None = None) -> Verdict:
    """Whether the one who asks may; for what a page shows or leaves out."""
    return may(who(), act, library)


def offered(act: Act) -> bool:
    """Whether a page that everybody may read offers `act`: to those who are signed in and may do it.

    Nobody is asked after where nobody is signed in, so that caches keep the pages of readers.
    """
    return bool(session.get(TICKET)) and bool(allowed(act))


def anonymous() -> bool:
    """Whether nobody is signed in, as far as the browser says."""
    return not session.get(TICKET)


def require(act: Act, library: str | None = None) -> None:
    """Go on only for whom this is allowed; others get the sign-in (303) or a page that says why not (403)."""
    verdict = allowed(act, library)
    if verdict.reason is not None:
        g.scope = act  # programs are told which one is missing
        _refuse(verdict.reason)


def libraries(act: Act) -> list[Library]:
    """The libraries at which the one who asks may do `act`, in the order of their codes, without their counts."""
    return [one for one in named(_workshop().store) if allowed(act, one.code)]


def noted(
    act: Act | str, what: str = "", detail: str = "", change_set: int | None = None, *,
    library: str = "", by: Who | None = None, connection: Connection | None = None,
) -> None:  # fmt: skip
    """Write into the audit trail what was done to `what`.

    `connection`: the transaction in which it is done, so that both are kept or neither; without one, what a room has
    already done. `by`: who, when it is not the one who asks.
    """
    store = _workshop().store
    values: dict[str, Any] = {"library": library, "detail": detail, "change_set": change_set, "address": address()}
    if connection is not None:
        audit.note(connection, store.now(connection), by or who(), act, what, **values)
        return
    asker = by or who()  # asked for before, for that is a transaction too
    with store.write() as own:
        audit.note(own, store.now(own), asker, act, what, **values)


def address() -> str:
    """Where the request comes from; behind a proxy of ours, what that says (`Settings.trusted_proxies`)."""
    return _workshop().clients.of(request.remote_addr or "", request.headers.get("X-Forwarded-For", "")).name


def language() -> Language:
    """The language of the page."""
    return "en" if str(get_locale()) == "en" else "vi"


def person_name(actor: str) -> str:
    """What people call who did something; a token or a shell as the trail has it."""
    known: dict[str, str] = g.setdefault("names", {})
    if actor not in known:
        with _workshop().store.read() as connection:
            known[actor] = people.named(connection, actor) or actor
    return known[actor]


def missing() -> NoReturn:
    """404: for what is not there and for what is another library's alike."""
    abort(404)


# --- for the application --------------------------------------------------------------------------------------


def prepare(app: Flask, store: Store, settings: Settings, base_url: str) -> None:
    """Give the application sessions, protection against forged forms, and the check before every view."""
    app.extensions["workshop"] = Workshop(
        store, sessions.Lifetime.of(settings), Clients(settings.trusted_proxies, ())
    )  # fmt: skip
    app.secret_key, *app.config["SECRET_KEY_FALLBACKS"] = store.keys("session")
    secure = base_url.startswith("https://")
    app.config.update(
        # RFC 6265bis, 4.1.3.2: a cookie of this name cannot come from a neighbouring host or an unencrypted page.
        SESSION_COOKIE_NAME="__Host-lienthong" if secure else "lienthong",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,  # asked for by `_check`
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open as long as the session
        WTF_CSRF_SSL_STRICT=False,  # SameSite and the token are enough; a Referer may be left out by a proxy
    )
    csrf = CSRFProtect(app)
    app.before_request(partial(_check, csrf))
    app.after_request(_private)
    zone = ZoneInfo(settings.timezone)
    app.jinja_env.globals.update(
        csrf=_csrf,
        who=who,
        allowed=allowed,
        offered=offered,
        anonymous=anonymous,
        Act=Act,
        screens=_screens,
        moment=partial(_moment, zone),
        person_name=person_name,
    )
    app.register_error_handler(CSRFError, _forged)


def _moment(zone: ZoneInfo, seconds: int | None) -> str:
    """Seconds since 1970 as people of the country write it; empty for none."""
    return "" if seconds is None else dated(datetime.fromtimestamp(seconds, zone))


def _check(csrf: CSRFProtect) -> None:
    if request.endpoint is None:
        return
    act = act_of(current_app, request.endpoint)
    if act is None:
        abort(403)
    if is_public(request.endpoint):
        return  # no session is looked at: public pages are the same to all, and nothing is done in anybody's name
    if not _by_token() and request.method not in ("GET", "HEAD", "OPTIONS") and not typed.again():
        csrf.protect()
    if act not in (Act.READ, Act.PUSH):
        library = (request.view_args or {}).get("library")
        require(act, library if isinstance(library, str) else None)


def act_of(app: Flask, endpoint: str) -> Act | None:
    """The act of a view; None for one that nobody has named an act for."""
    act: Act | None = getattr(app.view_functions[endpoint], "act", None)
    return Act.READ if act is None and is_public(endpoint) else act


def is_public(endpoint: str) -> bool:
    """Whether it is a view that everybody may read."""
    return endpoint in PUBLIC_VIEWS or endpoint.partition(".")[0] in PUBLIC


def _private(answer: Response) -> Response:
    """What was made for one person is kept by no cache."""
    if "who" in g:
        answer.headers["Cache-Control"] = "no-store"
        answer.vary.add("Cookie")
    return answer


def _workshop() -> Workshop:
    found: Workshop = current_app.extensions["workshop"]
    return found


def _by_token() -> bool:
    return "Authorization" in request.headers or request.path.startswith("/api/")


def _came_in() -> Who:
    shop = _workshop()
    if not _by_token():
        return sessions.came_in(shop.store, session.get(TICKET, ""), shop.lifetime)
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    found = tokens.admitted(shop.store, secret.strip()) if scheme.lower() == "bearer" else None
    return NOBODY if found is None else tokens.who(found)


def _refuse(reason: Problem) -> NoReturn:
    """A program is told a problem (RFC 9457), a browser is shown the sign-in or a page."""
    asker = who()
    if _by_token():
        abort(problems.answer(403 if asker else 401, reason, language()))
    if not asker:
        if typed.live():
            abort(Response(_ended(), 403))
        if (found := typed.kept()) is not None:
            abort(Response(render_template("account/typed.html", typed=found), 403))
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        abort(redirect(url_for("signing.sign_in", next=wanted), 303))
    page = render_template("account/refused.html", reason=reason.text(language()))
    abort(Response(page, 403))


def _ended() -> str:
    """A part of a page that says why nothing more comes; what was typed stays where it is."""
    return render_template("account/ended.html")


def _forged(error: CSRFError) -> tuple[str, int]:
    if typed.live():
        return _ended(), 400
    if (found := typed.kept()) is not None:
        return render_template("account/typed.html", typed=found), 400
    return render_template("account/forged.html", reason=error.description), 400


def _csrf() -> Markup:
    """The hidden field of every form."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _screens() -> list[tuple[str, str, bool, bool]]:
    """(address, words, whether it is this page, whether a group begins) of the screens that this person may see."""
    english = language() == "en"
    here = _here()
    return [
        (url_for(one.endpoint), one.en if english else one.vi, one.endpoint == here, one.begins)
        for one in SCREENS
        if allowed(one.act)
    ]


def _here() -> str:
    """The row that this page belongs to: its own, else the first of its blueprint; empty for none."""
    blueprint = (request.endpoint or "").partition(".")[0]
    own = [one.endpoint for one in SCREENS if one.endpoint == request.endpoint]
    akin = [one.endpoint for one in SCREENS if blueprint in (one.endpoint.partition(".")[0], *one.also)]
    return next(iter(own or (akin if blueprint != "signing" else [])), "")
