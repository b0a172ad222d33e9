"""`/workshop/libraries` and `/workshop/tokens`: the libraries, and what lets their programs in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from accounts import tokens
from accounts.rights import ACTS, SCOPES, Act
from catalogue import libraries
from catalogue.libraries import KINDS, Library
from catalogue.store import Store
from foundation.errors import InputError, LienThongError, RefusedError
from foundation.settings import Settings
from portal import workshop
from portal.lists import as_asked
from portal.workshop import allowed, language, noted, require, required, who

COLUMNS = ("code", "name_vi", "name_en", "kind", "parent", "email")
TOKEN_COLUMNS = ("library", "name", "scopes", "created", "expires", "revoked", "used")
_MOST_DAYS = 3660
Page = str | Response


def create(store: Store, settings: Settings) -> Blueprint:
    """The blueprint of libraries and their tokens."""
    pages = Blueprint("organisations", __name__, url_prefix="/workshop")
    _libraries(pages, store, settings)
    _tokens(pages, store, settings)

    @pages.errorhandler(RefusedError)
    @pages.errorhandler(InputError)
    def refused(error: LienThongError) -> Response:
        flash(error.text(language()), "wrong")
        there = "tokens_of" if request.path.startswith("/workshop/tokens") else "every"
        return redirect(url_for(f"organisations.{there}"), 303)

    return pages


def _libraries(pages: Blueprint, store: Store, settings: Settings) -> None:

    @pages.get("/libraries")
    @required(Act.LIBRARIES)
    def every() -> Page:
        found = workshop.libraries(Act.LIBRARIES)
        rows = ({name: getattr(one, name) for name in COLUMNS} for one in found)
        return as_asked("libraries", COLUMNS, rows) or render_template(
            "account/libraries.html", libraries=found, kinds=_kinds(), settings=settings
        )

    @pages.post("/libraries")
    @required(Act.LIBRARIES)
    def add() -> Response:
        form = request.form
        parent = form.get("parent", "")
        _above(parent)
        new = replace(Library(form.get("code", "").strip(), "", kind=form.get("kind", ""), parent=parent), **_names())
        libraries.add(store, new)
        noted(Act.LIBRARIES, "+", library=new.code, detail=new.name_vi)
        flash(_("Đã thêm thư viện %(name)s.", name=new.name_vi))
        return redirect(url_for("organisations.every"), 303)

    @pages.get("/libraries/<library>")
    @required(Act.LIBRARIES)
    def one(library: str) -> Page:
        found = libraries.get(store, library)
        if found is None:
            workshop.missing()
        others = [other for other in workshop.libraries(Act.LIBRARIES) if other.code != library]
        return render_template(
            "account/library.html", library=found, others=others, kinds=_kinds(), settings=settings
        )  # fmt: skip

    @pages.post("/libraries/<library>")
    @required(Act.LIBRARIES)
    def change(library: str) -> Response:
        form = request.form
        before = libraries.get(store, library)
        if before is None:
            workshop.missing()
        parent = form.get("parent", before.parent)
        if parent != before.parent:  # it leaves one library's reach and comes into another's
            _above(before.parent)
            _above(parent)
        with store.write() as connection:
            libraries.change(connection, library, **_names(), kind=form.get("kind", before.kind), parent=parent)
            after = f"{form.get('name_vi', '')} ({parent or '–'})"
            detail = f"{before.name_vi} ({before.parent or '–'}) → {after}"
            noted(Act.LIBRARIES, "=", library=library, detail=detail, connection=connection)
        flash(_("Đã lưu thư viện %(name)s.", name=form.get("name_vi", "")))
        return redirect(url_for("organisations.every"), 303)


def _tokens(pages: Blueprint, store: Store, settings: Settings) -> None:
    @pages.get("/tokens")
    @required(Act.TOKENS)
    def tokens_of() -> Page:
        found = [one for one in tokens.every(store) if allowed(Act.TOKENS, one.library)]
        rows = ({name: _shown(getattr(one, name)) for name in TOKEN_COLUMNS} for one in found)
        with store.read() as connection:
            now = store.now(connection)
        return as_asked("tokens", TOKEN_COLUMNS, rows) or render_template(
            "account/tokens.html", tokens=found, now=now, libraries=workshop.libraries(Act.TOKENS), scopes=_scopes(),
            settings=settings,
        )  # fmt: skip

    @pages.post("/tokens")
    @required(Act.TOKENS)
    def make_token() -> str:
        form = request.form
        library, name = form.get("library", ""), " ".join(form.get("name", "").split())
        require(Act.TOKENS, library)
        days = form.get("days", type=int)
        made, secret = tokens.give(
            store, who(), library, name, form.getlist("scope"), None if not days else max(1, min(days, _MOST_DAYS))
        )
        noted(Act.TOKENS, f"+{made.name}", library=library, detail=" ".join(made.scopes))
        return render_template("account/token.html", token=made, secret=secret, settings=settings)

    @pages.post("/tokens/<library>/revoke")
    @required(Act.TOKENS)
    def revoke(library: str) -> Response:
        gone = tokens.revoke(store, library, request.form.get("name", ""))
        noted(Act.TOKENS, f"-{gone.name}", library=library)
        flash(_("Đã thu hồi khoá %(name)s; có hiệu lực ngay.", name=gone.name))
        return redirect(url_for("organisations.tokens_of"), 303)


def _above(parent: str) -> None:
    """Only who may change the library above puts one below it; at the top, only who may change the whole."""
    if parent:
        require(Act.LIBRARIES, parent)
    else:
        require(Act.SYSTEM)


def _names() -> dict[str, Any]:
    """What a form may say of a library, and nothing else that it says."""
    return {name: " ".join(request.form.get(name, "").split()) for name in ("name_vi", "name_en", "email")}


def _shown(value: object) -> object:
    return " ".join(value) if isinstance(value, tuple) else value


def _kinds() -> list[tuple[str, str]]:
    words = {
        "provincial": _("Thư viện tỉnh"), "district": _("Thư viện huyện"), "commune": _("Thư viện xã, phường"),
        "partner": _("Đối tác"), "national": _("Thư viện quốc gia"),
    }  # fmt: skip
    return [(kind, words[kind]) for kind in KINDS]


def _scopes() -> list[tuple[str, str]]:
    english = language() == "en"
    return [(name, ACTS[act].en if english else ACTS[act].vi) for name, act in SCOPES.items() if allowed(act)]
