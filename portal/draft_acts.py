"""What else is done with a draft: taken back, returned, given up, held against what is published, gone on from that."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from accounts.rights import Act
from catalogue import drafts, history
from catalogue.store import Store
from foundation.settings import Settings
from marc import worksheet
from marc.differences import differences
from marc.record import Record
from portal import drafting
from portal.drafting import Drafting, bounded
from portal.workshop import missing, require, required


def create(store: Store, settings: Settings) -> Blueprint:
    """The pages and acts."""
    pages = Blueprint("draft_acts", __name__)
    pages.url_value_preprocessor(bounded)
    work = Drafting(store, settings)

    @pages.post("/workshop/drafts/<int:number>/take-back")
    @required(Act.EDIT)
    def take_back(number: int) -> Response:
        found = work.own(number)
        if found.state == drafts.SENT:
            drafts.give_back(store, number)
        return redirect(url_for("editor.draft", number=number), 303)

    @pages.post("/workshop/drafts/<int:number>/return")
    @required(Act.PUBLISH)
    def give_back(number: int) -> Response:
        found = work.seen(number)
        require(Act.PUBLISH, found.library)
        drafting.returned(store, found, request.form.get("note", "").strip() or _("Chưa công bố được. Hãy xem lại."))
        return redirect(url_for("editor.desk"), 303)

    @pages.post("/workshop/drafts/<int:number>/drop")
    @required(Act.EDIT)
    def drop(number: int) -> Response:
        work.own(number)
        drafts.drop(store, number)
        return redirect(url_for("editor.desk"), 303)

    @pages.get("/workshop/drafts/<int:number>/compare")
    @required(Act.EDIT)
    def compare(number: int) -> str:
        found = work.seen(number)
        now = work.subject(found)
        if now is None:
            missing()
        mine = worksheet.read(found.text).record
        return work.rendered(
            "editor/compare.html",
            draft=found,
            subject=now,
            moved=now.version != found.base,
            differences=differences(now.record or Record(mine.leader), mine),
            versions=history.versions(store, now.number)[:5],
        )

    @pages.post("/workshop/drafts/<int:number>/rebase")
    @required(Act.EDIT)
    def rebase(number: int) -> Response:
        """Go on from what is published now: with one's own text as it is, or with one's changes made on it again."""
        found = work.own(number)
        now = work.subject(found)
        if now is None:
            missing()
        _made, gone = drafting.rebased(store, found, now, merge=request.form.get("how") == "merge")
        return redirect(url_for("editor.draft", number=number, merged="yes", overtaken=" ".join(gone) or None), 303)

    return pages
