"""The door: sign in, sign out, and the first page behind it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from accounts import people, sessions
from accounts.access import Who
from accounts.rights import Act
from catalogue.store import Store
from foundation.settings import Settings
from portal.workshop import TICKET, address, noted, required, who


def create(store: Store, settings: Settings) -> Blueprint:
    """The blueprint of the door."""
    pages = Blueprint("signing", __name__)

    @pages.get("/sign-in")
    @required(Act.READ)
    def sign_in() -> str | Response:
        wanted = inside(request.args.get("next", ""))
        if who():
            return redirect(wanted, 303)
        return render_template("account/sign_in.html", next=wanted, login="", wrong=False, settings=settings)

    @pages.post("/sign-in")
    @required(Act.READ)
    def come_in() -> tuple[str, int] | Response:
        login, wanted = request.form.get("login", ""), inside(request.form.get("next", ""))
        found = people.checked(store, login, request.form.get("password", ""))
        if found is None:
            page = render_template("account/sign_in.html", next=wanted, login=login, wrong=True, settings=settings)
            return page, 403
        _open(found.number, found.login)
        return redirect(wanted, 303)

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
    def desk() -> str:
        return render_template("account/desk.html", settings=settings)

    def _open(number: int, login: str) -> None:
        """A session of its own for this sign-in, whatever the browser brought with it."""
        with store.write() as connection:
            now = store.now(connection)
            sessions.end(connection, session.get(TICKET, ""))
            ticket = sessions.begin(connection, now, number, address(), request.user_agent.string)
            noted("sign_in", by=Who("person", number, login), connection=connection)
        session.clear()
        session[TICKET] = ticket

    return pages


def inside(address: str) -> str:
    """`address` if it is a page of ours, else the desk: nobody is led elsewhere by a link to our sign-in."""
    parts = urlsplit(address.replace("\\", "/")) if address.isprintable() else None
    if parts is None or parts.scheme or parts.netloc or not address.startswith("/") or address.startswith("//"):
        return url_for("signing.desk")
    return address
