"""The door: sign in by password, one-time code or provider of identities; sign out; accept what a link invites to."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from accounts import door, invitations, messages, oidc, people, sessions, throttle
from accounts.door import Entered, Visitor
from accounts.oidc import Journey, Provider
from accounts.rights import ROLES, Act, Role
from catalogue import libraries
from catalogue.store import Store
from foundation.errors import LienThongError, Problem
from foundation.settings import Settings
from foundation.vault import Vault
from portal.desk import page as desk_page
from portal.workshop import TICKET, address, language, noted, required, who

_JOURNEY = "journey"
_NEXT = "next"
Page = str | tuple[str, int] | tuple[str, int, dict[str, str]] | Response


@dataclass(frozen=True)
class _Site:
    """What the views of the door share."""

    store: Store
    settings: Settings
    provider: Provider
    vault: Vault
    back: str
    """Where the provider of identities sends people back to."""


def create(store: Store, settings: Settings, base_url: str) -> Blueprint:
    """The blueprint of the door. `base_url`: the public address, without a slash at its end."""
    pages = Blueprint("signing", __name__)
    vault = Vault(settings.home / "vault.key")
    site = _Site(store, settings, Provider(settings), vault, f"{base_url}/sign-in/arrive")
    _by_password(pages, site)
    _by_code(pages, site)
    _by_identity(pages, site)
    _by_link(pages, site)
    return pages


def _by_password(pages: Blueprint, site: _Site) -> None:
    store, settings = site.store, site.settings

    @pages.get("/sign-in")
    @required(Act.READ)
    def sign_in() -> Page:
        wanted = inside(request.args.get("next", ""))
        return redirect(wanted, 303) if who() else _door(site, wanted)

    @pages.post("/sign-in")
    @required(Act.READ)
    def come_in() -> Page:
        login, wanted = request.form.get("login", ""), inside(request.form.get("next", ""))
        entered = door.by_password(store, login, request.form.get("password", ""), _visitor())
        if not entered.ticket:
            return _door(site, wanted, entered, login)
        with store.write() as connection:
            now = store.now(connection)
            sessions.sweep(connection, now, sessions.Lifetime.of(settings))
            throttle.sweep(connection, now)
        return _enter(entered, wanted)

    @pages.post("/sign-out")
    @required(Act.ACCOUNT)
    def sign_out() -> Response:
        with store.write() as connection:
            sessions.end(connection, session.get(TICKET, ""))
            noted("sign_out", connection=connection)
        session.clear()
        return redirect(url_for("home"), 303)

    @pages.get("/workshop")
    @required(Act.ACCOUNT)
    def desk() -> str | Response:
        return desk_page(store, settings)


def _by_code(pages: Blueprint, site: _Site) -> None:
    store, settings, vault = site.store, site.settings, site.vault

    @pages.get("/sign-in/code")
    @required(Act.READ)
    def code() -> Page:
        if not _waits(store):
            return redirect(url_for("signing.sign_in"), 303)
        return render_template("account/code.html", settings=settings, wrong="")

    @pages.post("/sign-in/code")
    @required(Act.READ)
    def give_code() -> Page:
        entered = door.by_code(store, vault, request.form.get("code", ""), _visitor())
        if entered.ticket:
            return _enter(entered, inside(session.get(_NEXT, "")))
        if not entered.code_wanted:
            return redirect(url_for("signing.sign_in"), 303)
        if entered.wait:
            wrong = Problem(messages.TOO_MANY, values={"seconds": entered.wait}).text(language())
            page = render_template("account/code.html", settings=settings, wrong=wrong)
            return page, 429, {"Retry-After": str(entered.wait)}
        wrong = _("Mã không đúng hoặc đã dùng rồi. Hãy đợi mã kế tiếp trên điện thoại.")
        return render_template("account/code.html", settings=settings, wrong=wrong), 403


def _by_identity(pages: Blueprint, site: _Site) -> None:
    store, provider, back = site.store, site.provider, site.back

    @pages.post("/sign-in/leave")
    @required(Act.READ)
    def leave() -> Page:
        wanted = inside(request.form.get("next", ""))
        try:
            there, journey = provider.leave(back)
        except LienThongError as error:
            return _door(site, wanted, problem=error.problem)
        session[_JOURNEY] = asdict(journey) | {_NEXT: wanted}
        return redirect(there, 303)

    @pages.get("/sign-in/arrive")
    @required(Act.READ)
    def arrive() -> Page:
        kept = session.pop(_JOURNEY, None) or {"state": "", "nonce": "", "verifier": "", _NEXT: ""}
        wanted = inside(kept.pop(_NEXT))
        given = {name: request.args.get(name, "") for name in ("state", "code", "iss")}
        try:
            subject = provider.arrive(Journey(**kept), given["state"], given["code"], back, given["iss"])
            with store.write() as connection:
                if asker := who():  # signed in: it is to be joined to this account
                    oidc.join(connection, store.now(connection), asker.number, provider.issuer, subject)
                    noted("identity", provider.issuer, connection=connection)
                    return redirect(url_for("account.mine"), 303)
                found = oidc.owner(connection, provider.issuer, subject)
        except LienThongError as error:
            return _door(site, wanted, problem=error.problem)
        if found is None:
            return _door(site, wanted, problem=Problem(messages.IDENTITY_UNKNOWN))
        return _enter(door.admit(store, found, _visitor(), "identity"), wanted)


def _welcome(login: str) -> str:
    told: str = _(
        "Tài khoản %(login)s đã có; lần sau đăng nhập bằng tên ấy. Danh sách các màn hình có mọi việc bạn được làm; "
        "vai trò nào làm gì, xem ở “Ai được làm gì”.",
        login=login,
    )
    return told


def _by_link(pages: Blueprint, site: _Site) -> None:
    store = site.store

    @pages.get("/invitation/<secret>")
    @required(Act.READ)
    def invitation(secret: str) -> Page:
        return _invited(site, secret)

    @pages.post("/invitation/<secret>")
    @required(Act.READ)
    def accept(secret: str) -> Page:
        asker = who()
        form = {name: request.form.get(name, "") for name in ("login", "name", "password")}
        try:
            with store.read() as connection:
                found = invitations.find(connection, secret)
            if asker and found is not None and found.kind == invitations.INVITE:
                with store.write() as connection:
                    invitations.accept_as(connection, store.now(connection), secret, asker, address())
                return redirect(url_for("signing.desk"), 303)
            if found is not None and found.kind == invitations.RESET:
                hashed = invitations.judged(form["password"], found.login, found.name)
                with store.write() as connection:
                    person = invitations.choose(connection, store.now(connection), secret, hashed, address())
            else:
                hashed = invitations.judged(form["password"], form["login"], form["name"])
                with store.write() as connection:
                    person = invitations.accept(
                        connection, store.now(connection), secret, login=form["login"], name=form["name"],
                        hashed=hashed, address=address(),
                    )  # fmt: skip
                came = _enter(door.admit(store, person, _visitor(), "link"), url_for("signing.desk"))
                flash(_welcome(person.login))
                return came
        except LienThongError as error:
            return _invited(site, secret, error.problem, form)
        if person.has_totp:  # the link proves nothing of the telephone
            flash(_("Đã đổi mật khẩu. Hãy đăng nhập."))
            return redirect(url_for("signing.sign_in"), 303)
        return _enter(door.admit(store, person, _visitor(), "link"), url_for("signing.desk"))


def _invited(
    site: _Site, secret: str, problem: Problem | None = None, form: dict[str, str] | None = None
) -> tuple[str, int]:  # fmt: skip
    with site.store.read() as connection:
        now = site.store.now(connection)
        found = invitations.find(connection, secret)
    if found is None or not found.good(now):
        dead = Problem(messages.LINK_DEAD).text(language())
        return render_template("account/link_dead.html", reason=dead, settings=site.settings), 404
    role = ROLES[Role(found.role)] if found.role else None
    library = libraries.get(site.store, found.library) if found.library else None
    page = render_template(
        "account/invitation.html", invitation=found, role=role, library=library, form=form or {"name": found.name},
        problem=problem.text(language()) if problem else "", settings=site.settings,
    )  # fmt: skip
    return page, 400 if problem else 200


def _door(
    site: _Site, wanted: str, entered: Entered | None = None, login: str = "", problem: Problem | None = None
) -> tuple[str, int, dict[str, str]]:  # fmt: skip
    """The page of the sign-in; with what was wrong, the same for whatever was wrong about login and password."""
    status, headers = 200, {}
    if entered is not None and entered.wait:
        problem = Problem(messages.TOO_MANY, values={"seconds": entered.wait})
        status, headers = 429, {"Retry-After": str(entered.wait)}
    elif entered is not None or problem is not None:
        status = 403
    with site.store.read() as connection:
        first = people.first_free(connection)
    page = render_template(
        "account/sign_in.html", next=wanted, login=login, wrong=entered is not None and not entered.wait, first=first,
        problem=problem.text(language()) if problem else "", provider=site.provider, settings=site.settings,
    )  # fmt: skip
    return page, status, headers


def _enter(entered: Entered, wanted: str) -> Response:
    """Keep the ticket in a session that has nothing of what the browser brought with it."""
    session.clear()
    session[TICKET] = entered.ticket
    if entered.code_wanted:
        session[_NEXT] = wanted
        return redirect(url_for("signing.code"), 303)
    return redirect(wanted, 303)


def _waits(store: Store) -> bool:
    with store.read() as connection:
        return sessions.waiting(connection, store.now(connection), session.get(TICKET, "")) is not None


def _visitor() -> Visitor:
    return Visitor(address(), request.user_agent.string, session.get(TICKET, ""))


def inside(wanted: str) -> str:
    """`wanted` if it is a page of ours, else the desk: nobody is led elsewhere by a link to our sign-in.

    Browsers take a backslash for a slash and leave out control characters, so neither is let through.
    """
    path = wanted.startswith("/") and not wanted.startswith("//")
    return wanted if path and wanted.isprintable() and "\\" not in wanted else url_for("signing.desk")
