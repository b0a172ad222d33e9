"""`/workshop/records/ID`: a published record for those who work on it: whose it is, its versions, what can be done."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from accounts import audit
from accounts.rights import Act
from catalogue import changesets, drafts, editing, history
from catalogue.history import Subject
from catalogue.store import Store
from catalogue.undo import undo as undo_change_set
from foundation.errors import RefusedError
from foundation.settings import Settings
from marc import entry
from marc.differences import differences
from portal import drafting
from portal import editor_view as view
from portal.workshop import allowed, language, libraries, missing, noted, person_name, require, required, who

Answer = str | Response | tuple[str, int]


def create(store: Store, settings: Settings) -> Blueprint:
    """The pages."""
    pages = Blueprint("record_desk", __name__)

    @pages.get("/workshop/records/<identifier>")
    @required(Act.EDIT)
    def record(identifier: str) -> str:
        """The record; for whom it is another library's, what they can do with it all the same."""
        found = _found(store, identifier)
        if found.record is None or allowed(Act.EDIT, found.library):
            require(Act.EDIT, found.library)
            return _page(store, settings, found)
        mine, title = libraries(Act.EDIT), view.title(found.record) or identifier
        return render_template("editor/others.html", settings=settings, subject=found, title=title, libraries=mine)

    @pages.post("/workshop/records/<identifier>/edit")
    @required(Act.EDIT)
    def edit(identifier: str) -> Answer:
        found = _subject(store, identifier, Act.EDIT)
        made = drafting.begun(store, found)
        if made is None:
            missing()
        return redirect(url_for("editor.draft", number=made.number), 303)

    @pages.post("/workshop/records/<identifier>/copy")
    @required(Act.EDIT)
    def copy(identifier: str) -> Answer:
        """A new record like this one, which may be another library's: it is public."""
        try:
            found = history.subject(store, identifier)
        except RefusedError:
            missing()
        code = request.form.get("code", "")
        require(Act.EDIT, code)
        if found.record is None:
            missing()
        text = entry.copied(found.record, view.today().date())
        made = drafts.begin(store, code, who().actor, text, title=view.title(found.record),
                            kind=entry.kind_of(found.record))  # fmt: skip
        return redirect(url_for("editor.draft", number=made.number), 303)

    @pages.get("/workshop/records/<identifier>/compare")
    @required(Act.EDIT)
    def compare(identifier: str) -> str:
        found = _subject(store, identifier, Act.EDIT)
        numbers = [_number(request.args.get(name, "")) for name in ("before", "after")]
        try:
            before, after = (history.of(store, found.number, number) for number in numbers)
        except RefusedError:
            missing()
        moments = {one.version: one.published for one in history.versions(store, found.number)}
        return render_template("editor/versions.html", settings=settings, subject=found,
                               times=[moments.get(number) for number in numbers],
                               differences=differences(before, after))  # fmt: skip

    @pages.post("/workshop/records/<identifier>/<any('bring-back', 'delete', 'undo'):wanted>")
    @required(Act.PUBLISH)
    def change(identifier: str, wanted: str) -> Answer:
        found = _subject(store, identifier, Act.UNDO if wanted == "undo" else Act.PUBLISH)
        try:
            number = _changed(store, found, wanted)
        except RefusedError as error:
            return _page(store, settings, _subject(store, identifier, Act.EDIT), error.text(language())), 409
        noted(Act.UNDO if wanted == "undo" else Act.PUBLISH, identifier, wanted, number, library=found.library)
        return redirect(url_for("record_desk.record", identifier=identifier, done=number), 303)

    return pages


def _subject(store: Store, identifier: str, act: Act) -> Subject:
    """The record, on which `act` is allowed: 404 when there is none, 403 when it is another library's."""
    found = _found(store, identifier)
    require(act, found.library)
    return found


def _found(store: Store, identifier: str) -> Subject:
    try:
        return history.subject(store, identifier)
    except RefusedError:
        missing()


def _changed(store: Store, found: Subject, wanted: str) -> int:
    """The change set that did it. Raises RefusedError."""
    if wanted == "undo":
        return undone(store, found, _number(request.form.get("change_set", "")))
    base = _number(request.form.get("base", ""))
    if wanted == "delete":
        return editing.remove(store, found, based_on=base).change_set
    version = _number(request.form.get("version", ""))
    return editing.bring_back(store, found, version, based_on=base).change_set


def undone(store: Store, found: Subject, number: int) -> int:
    """Take back what change set `number` did to the record alone; the change set that did that. Raises RefusedError."""
    made = next((one for one in history.versions(store, found.number) if one.change_set == number), None)
    if made is None or made.kind not in (history.EDIT, "undo"):
        missing()  # an import is undone as a whole, where it is shown as a whole
    return undo_change_set(store, number)[0]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1


def _page(store: Store, settings: Settings, found: Subject, refused: str = "") -> str:
    made = history.versions(store, found.number)
    with store.read() as connection:
        makers = audit.makers(connection, {one.change_set: one.undoes for one in made})
    done = _number(request.args.get("done", ""))
    names = {
        "import": _("nhập tệp"), "harvest": _("thu thập"), "edit": _("soạn tại đây"), "undo": _("hoàn tác"),
        "collect": _("xếp bộ sưu tập"), "announce": _("báo lại"),
    }  # fmt: skip
    latest = next((one for one in made if one.change_set == done and one.current), None)
    return render_template(
        "editor/record.html",
        settings=settings,
        subject=found,
        title=view.title(found.record) if found.record else "",
        versions=made,
        makers=makers,
        kinds=names,
        done=latest if latest is not None and latest.state == changesets.PUBLISHED else None,
        others=list(map(person_name, drafts.others(store, found.number, who().actor))),
        draft=drafts.begun(store, who().actor, found.number),
        may_publish=bool(allowed(Act.PUBLISH, found.library)),
        may_undo=bool(allowed(Act.UNDO, found.library)),
        libraries=libraries(Act.EDIT),
        refused=refused,
    )
