"""`/workshop/audit` and `/workshop/rights`: who did what, and who may do what."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from accounts import audit, delegation, people
from accounts.access import may
from accounts.rights import ACTS, EVERYBODY, RIGHTS, ROLES, SIGNED_IN, WHOLE, Act, Role
from catalogue.libraries import named
from catalogue.store import Store
from foundation.errors import RefusedError
from foundation.settings import Settings
from portal import trail_words, workshop
from portal.lists import as_asked
from portal.workshop import allowed, language, required, who

COLUMNS = ("number", "moment", "actor", "act", "object", "library", "detail", "change_set", "address")
RIGHTS_COLUMNS = ("act", "vi", "en", "everybody", *(str(role) for role in Role))
PAGE = 100
MOST = 10_000
Page = str | Response


def create(store: Store, settings: Settings) -> Blueprint:
    """The blueprint of the trail and of the table of rights."""
    pages = Blueprint("trail", __name__, url_prefix="/workshop")

    @pages.get("/audit")
    @required(Act.AUDIT)
    def log() -> Page:
        wanted = {name: request.args.get(name, "").strip() for name in ("actor", "act", "library")}
        before = request.args.get("before", type=int)
        whole = allowed(Act.SYSTEM)
        reach = None if whole else [one.code for one in workshop.libraries(Act.AUDIT)]
        given = {name: value for name, value in wanted.items() if value}
        count = MOST if request.args.get("format") else PAGE + 1
        with store.read() as connection:
            found = list(audit.entries(connection, before=before, count=count, reach=reach, **given))
            proof = audit.verify(connection) if whole and request.args.get("verify") else None
        if answer := as_asked("audit", COLUMNS, (asdict(one) for one in found)):
            return answer
        further: dict[str, Any] = given | {"before": str(found[PAGE - 1].number)} if len(found) > PAGE else {}
        older = url_for("trail.log", **further) if further else ""
        return render_template(
            "account/audit.html", entries=found[:PAGE], wanted=wanted, older=older, proof=proof, whole=whole,
            acts=_acts(), told=trail_words.told,
            libraries=workshop.libraries(Act.AUDIT), settings=settings,
        )  # fmt: skip

    @pages.get("/rights")
    @required(Act.ACCOUNT)
    def rights() -> Page:
        if answer := as_asked("rights", RIGHTS_COLUMNS, map(_row, Act)):
            return answer
        mine = {one.role for one in who().duties}
        return render_template(
            "account/rights.html", mine=mine, acts=ACTS, roles=ROLES, rights=RIGHTS, everybody=EVERYBODY,
            signed_in=SIGNED_IN, whole=WHOLE, asked=_asked(), libraries=named(store), settings=settings,
        )  # fmt: skip

    def _asked() -> dict[str, Any]:
        """What the checker was asked, and its answer: of oneself, or of those whom one governs."""
        login = request.args.get("login", "").strip() or who().login
        act, library = request.args.get("act", ""), request.args.get("library", "")
        asked: dict[str, Any] = {"login": login, "act": act, "library": library, "said": None, "allowed": False}
        if act not in list(Act):
            return asked
        with store.read() as connection:
            now = store.now(connection)
            try:
                person = people.find(connection, login)
                known = person.number == who().number or delegation.governs(connection, who(), person, now)
            except RefusedError:
                known = False
            subject = people.who(connection, person.number, now) if known else None
        if subject is None:
            return asked | {"said": "unknown"}
        verdict = may(subject, Act(act), library or None)
        return asked | {
            "said": verdict.reason.text(language()) if verdict.reason else "yes", "allowed": bool(verdict),
        }  # fmt: skip

    return pages


def _row(act: Act) -> dict[str, Any]:
    words = ACTS[act]
    held = {str(role): act in RIGHTS[role] or act in EVERYBODY for role in Role}
    return {"act": str(act), "vi": words.vi, "en": words.en, "everybody": act in EVERYBODY} | held


def _acts() -> list[tuple[str, str]]:
    english = language() == "en"
    return [(str(act), words.en if english else words.vi) for act, words in ACTS.items()]
