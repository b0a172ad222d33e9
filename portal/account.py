"""`/account`: what each person sets for themselves: password, one-time codes, sessions, the provider of identities."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from accounts import invitations, oidc, people, qr, sessions, throttle, totp
from accounts.oidc import Provider
from accounts.rights import ROLES, Act
from catalogue.store import Store
from foundation.errors import InputError
from foundation.settings import Settings
from foundation.vault import Vault
from portal.workshop import address, language, noted, required, who

_SECRET = "totp"  # noqa: S105 - the name of a field
Page = str | tuple[str, int] | Response


def create(store: Store, settings: Settings) -> Blueprint:
    """The blueprint of one's own account. Everything here is done to who asks, whatever a form says."""
    pages = Blueprint("account", __name__, url_prefix="/account")
    _overview(pages, store, settings)
    _codes(pages, store, settings)
    _sessions(pages, store)
    return pages


def _overview(pages: Blueprint, store: Store, settings: Settings) -> None:
    provider = Provider(settings)
    lifetime = sessions.Lifetime.of(settings)

    @pages.get("")
    @required(Act.ACCOUNT)
    def mine() -> str:
        with store.read() as connection:
            now = store.now(connection)
            found = people.get(connection, who().number)
            return render_template(
                "account/mine.html", person=found, here=who().session, provider=provider, roles=ROLES,
                sessions=sessions.every(connection, now, who().number, lifetime),
                duties=[one for one in people.duties(connection, of=who().number) if one.good(now)],
                codes=totp.left(connection, who().number), joined=oidc.joined(connection, who().number),
                settings=settings,
            )  # fmt: skip

    @pages.post("/password")
    @required(Act.ACCOUNT)
    def password() -> Response:
        if not _proved(store):
            return redirect(url_for("account.mine"), 303)
        try:
            hashed = invitations.judged(request.form.get("new", ""), who().login, who().name)
        except InputError as error:
            flash(error.text(language()), "wrong")
            return redirect(url_for("account.mine"), 303)
        with store.write() as connection:
            invitations.set_password(connection, store.now(connection), who().number, hashed)
            sessions.end_all(connection, who().number, but=who().session)
            noted("password", who().login, connection=connection)
        flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."))
        return redirect(url_for("account.mine"), 303)

    @pages.post("/identity/part")
    @required(Act.ACCOUNT)
    def part() -> Response:
        if _proved(store):
            with store.write() as connection:
                oidc.part(connection, who().number)
                noted("identity", provider.issuer, "-", connection=connection)
        return redirect(url_for("account.mine"), 303)


def _codes(pages: Blueprint, store: Store, settings: Settings) -> None:
    vault = Vault(settings.home / "vault.key")

    @pages.get("/codes")
    @required(Act.ACCOUNT)
    def codes() -> str:
        secret = session.setdefault(_SECRET, totp.new_secret())
        there = totp.address(secret, who().login, settings.repository_name[:40])
        picture = Markup(qr.svg(there, _("Mã QR để thêm vào ứng dụng tạo mã")))  # noqa: S704 - digits and our own words
        parts = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        return render_template("account/codes.html", picture=picture, secret=parts, address=there, settings=settings)

    @pages.post("/codes")
    @required(Act.ACCOUNT)
    def turn_on() -> Page:
        secret = session.get(_SECRET, "")
        with store.write() as connection:
            now = store.now(connection)
            found = people.get(connection, who().number)
            step = totp.matching_step(secret, request.form.get("code", ""), now) if secret else None
            if found is None or found.has_totp or step is None:
                flash(_("Mã không đúng. Hãy xem giờ của điện thoại có đúng không, rồi gõ mã đang hiện."), "wrong")
                return redirect(url_for("account.codes"), 303)
            made = totp.turn_on(connection, vault, who().number, secret, step)
            sessions.end_all(connection, who().number, but=who().session)
            noted("codes", who().login, "+", connection=connection)
        del session[_SECRET]
        return render_template("account/recovery.html", codes=made, settings=settings)

    @pages.post("/codes/recovery")
    @required(Act.ACCOUNT)
    def recovery() -> Page:
        if not _proved(store):
            return redirect(url_for("account.mine"), 303)
        with store.write() as connection:
            made = totp.renew_recovery(connection, who().number)
            noted("codes", who().login, "recovery", connection=connection)
        return render_template("account/recovery.html", codes=made, settings=settings)

    @pages.post("/codes/off")
    @required(Act.ACCOUNT)
    def turn_off() -> Response:
        if _proved(store):
            with store.write() as connection:
                totp.turn_off(connection, who().number)
                noted("codes", who().login, "-", connection=connection)
            flash(_("Không còn hỏi mã dùng một lần nữa."))
        return redirect(url_for("account.mine"), 303)


def _sessions(pages: Blueprint, store: Store) -> None:
    @pages.post("/sessions/<int:number>/end")
    @required(Act.ACCOUNT)
    def end(number: int) -> Response:
        with store.write() as connection:
            if sessions.end_one(connection, who().number, number):
                noted("session", str(number), "-", connection=connection)
        return redirect(url_for("account.mine"), 303)

    @pages.post("/sessions/end")
    @required(Act.ACCOUNT)
    def end_others() -> Response:
        with store.write() as connection:
            sessions.end_all(connection, who().number, but=who().session)
            noted("session", "*", "-", connection=connection)
        return redirect(url_for("account.mine"), 303)


def _proved(store: Store) -> bool:
    """Whether the password stands in the form: who finds a browser left open must not change what lets in."""
    with store.write() as connection:
        now = store.now(connection)
        buckets = throttle.of_password(who().login, address(), known_here=True)
        wait = throttle.attempt(connection, now, buckets)
    found = None if wait else people.checked(store, who().login, request.form.get("password", ""))
    if found is None:
        flash(_("Mật khẩu hiện tại không đúng; chưa có gì thay đổi."), "wrong")
        return False
    with store.write() as connection:
        throttle.forgive(connection, buckets)
    return True
