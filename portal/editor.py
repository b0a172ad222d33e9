"""`/workshop/records` and `/workshop/drafts/N`: records are begun, written, checked, sent for approval, published.

Whatever a person types is kept in a draft before anything else is done with it; so no refusal, no lost line and no
second window costs a word.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from accounts.rights import Act
from catalogue import drafts, history
from catalogue.drafts import Draft
from catalogue.store import Store
from foundation.errors import LienThongError, RefusedError
from foundation.settings import Settings
from marc import entry, worksheet
from marc.entry_table import KINDS
from portal import drafting
from portal import editor_view as view
from portal.drafting import Drafting, bounded, chosen
from portal.workshop import language, libraries, require, required, who
from union import kin

Answer = str | Response | tuple[str, int]


def create(store: Store, settings: Settings) -> Blueprint:
    """The list of drafts, and the pages on which one is written."""
    pages = Blueprint("editor", __name__)
    pages.url_value_preprocessor(bounded)
    pages.add_app_template_filter(view.clock_time)
    work = Drafting(store, settings)

    @pages.get("/workshop/records")
    @required(Act.EDIT)
    def desk() -> str | Response:
        mine = drafts.mine(store, who().actor)
        form = request.args.get("format", "")
        if form in ("json", "csv"):
            return view.listed(mine, form)
        waiting = drafts.waiting(store, [one.code for one in libraries(Act.PUBLISH)])
        return work.rendered(
            "editor/desk.html", drafts=mine, waiting=waiting,
            libraries=libraries(Act.EDIT), kinds=view.kinds(language()), wrong=request.args.get("wrong", ""),
        )  # fmt: skip

    @pages.post("/workshop/records/find")
    @required(Act.EDIT)
    def find() -> Response:
        """By identifier, or by the address of its page; that of a union record leads to what it is made of."""
        name = request.form.get("identifier", "").strip().rstrip("/").rpartition("/")[2].partition(".")[0]
        made_of = kin.of(store, name).contributors
        if len(made_of) > 1:
            return redirect(url_for("records.record", name=name, _anchor="contributors"), 303)
        try:
            found = history.subject(store, made_of[0].identifier if made_of else name)
        except RefusedError:
            return redirect(url_for("editor.desk", wrong=name[:40] or "–"), 303)
        return redirect(url_for("record_desk.record", identifier=found.identifier), 303)

    @pages.post("/workshop/drafts")
    @required(Act.EDIT)
    def begin() -> Response:
        code, kind = request.form.get("code", ""), request.form.get("kind", "")
        require(Act.EDIT, code)
        kind = kind if kind in KINDS else "book"
        made = drafts.begin(store, code, who().actor, entry.new(kind, code, view.today().date()), kind=kind)
        return redirect(url_for("editor.draft", number=made.number), 303)

    @pages.get("/workshop/drafts/<int:number>")
    @required(Act.EDIT)
    def draft(number: int) -> str:
        return work.page(work.seen(number), chosen(request.args.get("view", "")))

    @pages.post("/workshop/drafts/<int:number>")
    @required(Act.EDIT)
    def write(number: int) -> Answer:
        return _written(work, work.seen(number), chosen(request.form.get("from", "")))

    @pages.post("/workshop/drafts/<int:number>/check")
    @required(Act.EDIT)
    def check(number: int) -> str:
        """What the rules say, alone, while somebody types."""
        found, shown = work.seen(number), chosen(request.form.get("from", ""))
        text = work.typed(found, shown)
        said = drafting.findings(store, found, shown, language(), text)
        groups = view.groups(text, found.kind, said, language()) if shown == view.FORM else []
        return render_template("editor/said.html", said=said, groups=groups, live=True)

    @pages.get("/workshop/headings/<name>")
    @required(Act.EDIT)
    def headings(name: str) -> str:
        start = request.args.get(request.args.get("box", "q"), "")
        return render_template("editor/headings.html", found=view.suggestions(store, name, start[:200]))

    return pages


def _written(work: Drafting, found: Draft, shown: str) -> Answer:
    """Keep what was sent, then do what was asked for."""
    text = work.typed(found, shown)
    try:
        kept = work.keep(found, text)
    except LienThongError as error:
        return work.page(found, shown, text=text, refused=error.text(language())), 409
    wanted, _colon, detail = request.form.get("do", "").partition(":")
    if kept.number != found.number:
        return redirect(url_for("editor.draft", number=kept.number, view=shown, saved="other"), 303)
    if wanted == "publish":
        return _published(work, kept, shown)
    if wanted == "send":
        return _sent(work, kept, shown)
    if wanted == "mend":
        drafting.mended(work.store, kept)
    elif wanted in ("row", "drop") and kept.state != drafts.SENT:
        drafts.keep(work.store, kept.number, _rows(kept.text, wanted, detail), kept.revision, title=kept.title)
    elif wanted not in ("save", "view"):
        return work.page(kept, shown, checked=True)
    target = chosen(detail) if wanted == "view" else shown
    saved = "yes" if wanted == "save" else None
    return redirect(url_for("editor.draft", number=kept.number, view=target, saved=saved), 303)


def _rows(text: str, wanted: str, detail: str) -> str:
    """The lines with a new one at the end, or without the one that is named by its number."""
    lines = [line for line in text.splitlines() if line.strip()]
    if wanted == "row":
        lines.append("=500  \\\\$a")
    elif detail.isascii() and detail.isdigit() and len(detail) < 6:
        lines = [line for number, line in enumerate(lines, 1) if number != int(detail)]
    return "".join(f"{line}\n" for line in lines)


def _published(work: Drafting, found: Draft, shown: str) -> Answer:
    require(Act.PUBLISH, found.library)
    said = drafting.findings(work.store, found, shown, language())
    sheet = worksheet.read(found.text)
    if sheet.faults or not sheet.record.parts():
        refused = _("Còn dòng chưa phải là trường; hãy sửa rồi công bố.")
        return work.page(found, shown, checked=True, refused=refused), 409
    if said.errors and request.form.get("anyway") != "yes":
        return work.page(found, shown, checked=True, confirm=True), 409
    try:
        saved = drafting.published(work.store, found)
    except RefusedError as error:
        if error.problem.code == "edit.moved":
            return redirect(url_for("draft_acts.compare", number=found.number), 303)
        return work.page(found, shown, checked=True, refused=error.text(language())), 409
    return redirect(url_for("record_desk.record", identifier=saved.identifier, done=saved.change_set), 303)


def _sent(work: Drafting, found: Draft, shown: str) -> Answer:
    try:
        drafting.sent(work.store, found)
    except RefusedError as error:
        return work.page(found, shown, checked=True, refused=error.text(language())), 409
    return redirect(url_for("editor.desk"), 303)
