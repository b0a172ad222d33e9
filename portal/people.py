"""`/workshop/people`: who works at which library, in which role and until when; inviting, locking, new passwords."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from accounts import delegation, invitations, messages, people, totp
from accounts.people import Person
from accounts.rights import ROLES, Act, Role
from catalogue.store import Store
from foundation import mail
from foundation.errors import InputError, LienThongError, RefusedError
from foundation.settings import Settings
from portal import workshop
from portal.lists import as_asked
from portal.workshop import address, allowed, language, noted, required, who

COLUMNS = ("login", "name", "role", "library", "giver", "begins", "ends")
INVITED = ("number", "name", "email", "role", "library", "ends", "giver", "created", "expires")
PAGE = 50
MOST = 10_000
"""Rows of a list as CSV or JSON."""
_FEW = 20
Page = str | tuple[str, int] | Response


def create(store: Store, settings: Settings, base_url: str) -> Blueprint:
    """The blueprint of people. `base_url`: the public address, without a slash at its end."""
    pages = Blueprint("people", __name__, url_prefix="/workshop/people")
    site = Site(store, settings, base_url)
    _invitations(pages, site)
    _roles(pages, site)
    _accounts(pages, site)

    @pages.errorhandler(RefusedError)
    @pages.errorhandler(InputError)
    def refused(error: LienThongError) -> Response:
        flash(error.text(language()), "wrong")
        return redirect(url_for("people.everybody"), 303)

    return pages


@dataclass(frozen=True)
class Site:
    """What those who make links share."""

    store: Store
    settings: Settings
    base_url: str


def _invitations(pages: Blueprint, site: Site) -> None:
    store = site.store

    @pages.get("")
    @required(Act.PEOPLE)
    def everybody() -> Page:
        return _everybody(site)

    @pages.get("/all/invitations")
    @required(Act.PEOPLE)
    def invited() -> Page:
        return _invited(site)

    @pages.post("/invite")
    @required(Act.PEOPLE)
    def invite() -> Page:
        form = request.form
        ends = people.end_of_day(form.get("until", ""), site.settings.timezone)
        with store.write() as connection:
            secret = invitations.invite(
                connection, store.now(connection), who(), form.get("role", ""), form.get("library", ""),
                name=form.get("name", ""), email=form.get("email", ""), ends=ends, address=address(),
            )  # fmt: skip
        return _linked(site, secret, form.get("name", ""), form.get("email", "").strip(), invitations.DAYS["invite"])

    @pages.post("/invitation/<int:number>/revoke")
    @required(Act.PEOPLE)
    def revoke(number: int) -> Response:
        with store.write() as connection:
            invitations.revoke(connection, store.now(connection), who(), number, address())
        return _back(_("Đã thu hồi lời mời."))


def _roles(pages: Blueprint, site: Site) -> None:
    store, settings = site.store, site.settings

    @pages.post("/role/<int:number>/end")
    @required(Act.PEOPLE)
    def end(number: int) -> Response:
        with store.write() as connection:
            delegation.take(connection, store.now(connection), who(), number, address())
        return _back(_("Đã thu hồi vai trò; có hiệu lực ngay."))

    @pages.post("/<login>/role")
    @required(Act.PEOPLE)
    def give(login: str) -> Response:
        form = request.form
        with store.write() as connection:
            now = store.now(connection)
            governed(connection, login, now)
            delegation.give(
                connection, now, who(), login, form.get("role", ""), form.get("library", ""),
                ends=people.end_of_day(form.get("until", ""), site.settings.timezone), address=address(),
            )  # fmt: skip
        return _back(_("Đã cấp vai trò; có hiệu lực ngay."))

    @pages.get("/<login>")
    @required(Act.PEOPLE)
    def one(login: str) -> Page:
        with store.write() as connection:
            now = store.now(connection)
            person = governed(connection, login, now)
            held = people.duties(connection, of=person.number)
        return render_template(
            "account/person.html", person=person, duties=held, roles=ROLES, givable=_givable(), wanted="",
            libraries=workshop.libraries(Act.PEOPLE), settings=settings,
        )  # fmt: skip


def _accounts(pages: Blueprint, site: Site) -> None:
    store = site.store

    @pages.post("/<login>/lock")
    @required(Act.PEOPLE)
    def lock(login: str) -> Response:
        act_on(store, login, "lock")
        return _back(_("Đã khoá tài khoản; mọi phiên đăng nhập đã kết thúc."))

    @pages.post("/<login>/unlock")
    @required(Act.PEOPLE)
    def unlock(login: str) -> Response:
        act_on(store, login, "unlock")
        return _back(_("Đã mở khoá tài khoản."))

    @pages.post("/<login>/codes-off")
    @required(Act.PEOPLE)
    def codes_off(login: str) -> Response:
        act_on(store, login, "codes-off")
        return _back(_("Tài khoản này không còn bị hỏi mã dùng một lần."))

    @pages.post("/<login>/reset")
    @required(Act.PEOPLE)
    def reset(login: str) -> Page:
        with store.write() as connection:
            now = store.now(connection)
            person = governed(connection, login, now)
            secret = invitations.reset(connection, now, who(), person, address())
        return _linked(site, secret, person.name, person.email, invitations.DAYS["reset"])


def _everybody(site: Site) -> Page:
    store, settings = site.store, site.settings
    libraries, codes, wanted = workshop.libraries(Act.PEOPLE), reached(request.args.get("library", "")), _filters()
    listing, after = request.args.get("format"), max(0, request.args.get("after", 0, type=int))
    asked = people.Wanted(None if codes is None else tuple(codes), wanted["role"], wanted["q"])
    with store.read() as connection:
        now = store.now(connection)
        duties = people.current(connection, now, asked, after=after, limit=MOST if listing else PAGE + 1)
        if answer := as_asked("people", COLUMNS, ({name: getattr(one, name) for name in COLUMNS} for one in duties)):
            return answer
        waiting = invitations.waiting(connection, now, codes, limit=_FEW + 1)
        idle = people.idle(connection, now, wanted["q"], _FEW + 1) if allowed(Act.SYSTEM) else []
        locked = people.locked(connection, (one.login for one in duties))
        mine = delegation.governed(connection, who(), now)
    given = {name: value for name, value in wanted.items() if value}
    further: dict[str, Any] = given | {"after": duties[PAGE - 1].number} if len(duties) > PAGE else {}
    return render_template(
        "account/people.html", duties=duties[:PAGE], invitations=waiting[:_FEW], more=len(waiting) > _FEW,
        libraries=libraries, wanted=wanted["library"], asked=wanted, given=given, roles=ROLES, others=idle[:_FEW],
        others_more=len(idle) > _FEW, givable=_givable(), locked=locked, settings=settings,
        governed=mine, grantable=partial(delegation.grantable, who()),
        following=url_for("people.everybody", **further) if further else "",
    )  # fmt: skip


def _invited(site: Site) -> Page:
    store, wanted, codes = site.store, _filters(), reached(request.args.get("library", ""))
    before = max(0, request.args.get("before", 0, type=int))
    count = MOST if request.args.get("format") else PAGE + 1
    with store.read() as connection:
        now = store.now(connection)
        found = invitations.waiting(connection, now, codes, words=wanted["q"], before=before, limit=count)
    rows = ({name: getattr(one, name) for name in INVITED} for one in found)
    given = {name: value for name, value in wanted.items() if value}
    further: dict[str, Any] = given | {"before": found[PAGE - 1].number} if len(found) > PAGE else {}
    return as_asked("invitations", INVITED, rows) or render_template(
        "account/invitations.html", invitations=found[:PAGE], libraries=workshop.libraries(Act.PEOPLE), asked=wanted,
        given=given, roles=ROLES, following=url_for("people.invited", **further) if further else "",
        settings=site.settings,
    )  # fmt: skip


def reached(library: str) -> list[str] | None:
    """The libraries of whose people the asker is told: the one that is wanted, or all of theirs; None: everybody."""
    codes = [one.code for one in workshop.libraries(Act.PEOPLE)]
    return [library] if library in codes else None if allowed(Act.SYSTEM) and not library else codes


def _filters() -> dict[str, str]:
    found = {name: request.args.get(name, "").strip()[:100] for name in ("library", "role", "q")}
    return found | {"role": found["role"] if found["role"] in list(Role) else ""}


def act_on(store: Store, login: str, what: str) -> None:
    """`lock`, `unlock` or `codes-off` of an account that who asks governs. Raises RefusedError for one's own lock."""
    with store.write() as connection:
        now = store.now(connection)
        person = governed(connection, login, now)
        if what == "lock":
            delegation.lock(connection, now, who(), person)
        elif what == "unlock":
            people.unlock(connection, person.number)
        else:
            totp.turn_off(connection, person.number)
        named = ("codes", "-") if what == "codes-off" else (what, "")
        noted(Act.PEOPLE, f"{named[0]}:{person.login}", named[1], connection=connection)


def governed(connection: Connection, login: str, now: int) -> Person:
    """The person, if who asks governs them; else 404, as for nobody."""
    try:
        person = people.find(connection, login)
    except RefusedError:
        workshop.missing()
    if not delegation.governs(connection, who(), person, now):
        workshop.missing()
    return person


def _givable() -> list[str]:
    """The roles that who asks may give at some library of theirs, in the order of the table."""
    found = {role for one in workshop.libraries(Act.PEOPLE) for role in delegation.roles(who(), one.code)}
    return [str(role) for role in ROLES if role in found or role in delegation.roles(who(), "")]


def link_of(site: Site, secret: str, email: str) -> tuple[str, bool, str]:
    """The link of a secret, whether it was mailed, and why it could not be."""
    settings, link = site.settings, f"{site.base_url}/invitation/{secret}"
    if not email or not settings.smtp_host:
        return link, False, ""
    try:
        subject = messages.LETTER_SUBJECT.vi.format(site=settings.repository_name)
        mail.send(settings, email, subject, _letter(settings.repository_name, link))
    except LienThongError as error:
        return link, False, error.text(language())
    return link, True, ""


def _linked(site: Site, secret: str, name: str, email: str, days: int) -> str:
    """The page that shows a link this once; it is mailed as well where that can be done."""
    link, sent, trouble = link_of(site, secret, email)
    return render_template(
        "account/link.html", link=link, name=name, email=email, sent=sent, trouble=trouble, days=days,
        settings=site.settings,
    )  # fmt: skip


def _letter(site: str, link: str) -> str:
    values = {"site": site, "link": link}
    return f"{messages.LETTER.vi.format(**values)}\n\n{messages.LETTER.en.format(**values)}\n"


def _back(said: str) -> Response:
    flash(said)
    return redirect(url_for("people.everybody"), 303)
