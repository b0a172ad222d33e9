"""Batches: what an import would do before it is published, what is wrong with it and how that is mended, and who says
yes. A batch of another library is not there for whoever may not import into that library.
"""

from __future__ import annotations

import re
from typing import Any, BinaryIO, Final, cast

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from accounts.rights import Act
from catalogue import amending, batches, changesets, errands, mending, remarks, staged, uploads
from catalogue.batches import Batch
from catalogue.messages import REDO_CONFLICT, UNDO_CONFLICT
from catalogue.store import Store, iso
from catalogue.uploads import Uploads
from foundation import limits
from foundation.errors import LienThongError, RefusedError
from foundation.settings import Settings
from marc.amendments import INDICATOR, KINDS, PROPOSAL, REPLACE, RULE, SET, Amendment
from marc.spreadsheet import errors_workbook
from portal import amendment_words, batch_records, workshop
from portal.answers import listed, reason_page
from portal.workshop import allowed, language, missing, noted, require, required, who

PAGE: Final = 50
AGENCY: Final = "control_agency"
"""The rule that asks whose number 001 is (MARC 21, field 003): here it is known, for the batch is a library's."""
_PLACE: Final = re.compile(r"([0-9]{3})(?: \$([a-z0-9]))?")
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORM_BYTES: Final = 2 * limits.RECORD_FORM_BYTES


def create(store: Store, settings: Settings) -> Blueprint:
    """The blueprint of batches."""
    pages = Blueprint("batches", __name__, url_prefix="/workshop/batches")
    files = Uploads(store, settings.home)

    @pages.url_value_preprocessor
    def bound(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
        """Nothing of a body is read before it is known how much of it may come, and from whom."""
        sends = request.endpoint == "batches.correct" and allowed(Act.IMPORT)
        request.max_content_length = limits.SPREADSHEET_BYTES + limits.MIB if sends else _FORM_BYTES
        request.max_form_memory_size = _FORM_BYTES

    def mine(number: int) -> Batch:
        try:
            found = batches.get(store, number)
        except RefusedError:
            missing()
        if not allowed(Act.IMPORT, found.library) or found.change_set.kind != "import":
            missing()
        return found

    _overview(pages, store, settings, mine)
    _mending(pages, store, settings, mine)
    _correcting(pages, store, files, mine)
    _deciding(pages, store, files, mine)
    batch_records.add(pages, store, settings, mine)
    return pages


def _overview(pages: Blueprint, store: Store, settings: Settings, mine: batch_records.Mine) -> None:
    """The list of batches, and what one of them would do."""

    @pages.get("")
    @required(Act.IMPORT)
    def listing() -> Response | str:
        codes = [one.code for one in workshop.libraries(Act.IMPORT)]
        chosen = request.args.get("library", "")
        before = request.args.get("before", "")
        at = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else 0
        found = batches.latest(store, [chosen] if chosen in codes else codes, at, PAGE)
        names = ("number", "library", "state", "created", "title", "read", "new", "changed", "quarantined")
        rows = [
            [one.number, one.library, one.state, iso(one.change_set.created), one.change_set.title]
            + [one.change_set.counts.get(name, 0) for name in names[5:]]
            for one in found
        ]
        table = listed(request.args.get("format", ""), "batches", names, rows)
        return table or render_template(
            "batch/list.html", batches=found, libraries=workshop.libraries(Act.IMPORT), chosen=chosen,
            settings=settings, more=found[-1].number if len(found) == PAGE else 0,
        )  # fmt: skip

    @pages.get("/<int:number>")
    @required(Act.IMPORT)
    def batch(number: int) -> Response | str:
        found = mine(number)
        groups = remarks.groups(store, number)
        rows = [(one.severity, one.code, one.records, one.sentence(language())) for one in groups]
        table = listed(request.args.get("format", ""), "problems", ("severity", "code", "records", "sentence"), rows)
        busy = errands.under_way(store, number)
        return table or render_template(
            "batch/batch.html", batch=found, groups=groups, matches=remarks.matches(store, number), busy=busy,
            upload=uploads.of_change_set(store, number), opinions=batches.opinions(store, number),
            steps=errands.of(store, number, (errands.FIX, errands.EDIT)), settings=settings, language=language(),
            may_publish=bool(allowed(Act.PUBLISH, found.library)), may_undo=bool(allowed(Act.UNDO, found.library)),
            amendment=amendment_words.told, failed=_failed(store, number), total=_total(found),
            kept=_kept(store, number),
        )  # fmt: skip


def _mending(pages: Blueprint, store: Store, settings: Settings, mine: batch_records.Mine) -> None:
    """One change for many records, tried, made and undone."""

    @pages.get("/<int:number>/fix")
    @required(Act.IMPORT)
    def fix(number: int) -> str:
        found, code = mine(number), request.args.get("code", "")
        group = next((one for one in remarks.groups(store, number) if one.code == code), None)
        asked, trial, reason = _asked(request.args), None, ""
        form = asked
        if "kind" in request.args:
            try:
                trial = amending.trial(store, number, asked, code)
            except LienThongError as error:
                reason = error.text(language())
        elif group is not None:
            form = _likely(found, code)
            asked = Amendment(RULE, code) if group.mends else Amendment(PROPOSAL, code) if group.proposes else form
            known = group.mends or group.proposes or code == AGENCY
            if known and found.change_set.state == changesets.STAGED:
                trial = amending.trial(store, number, asked, code)
        return render_template(
            "batch/fix.html", batch=found, group=group, asked=asked, form=form, trial=trial, reason=reason, code=code,
            settings=settings, language=language(), told=amendment_words.told,
            folded="kind" not in request.args and trial is not None,
        )  # fmt: skip

    def _likely(found: Batch, code: str) -> Amendment:
        """The form filled in with the place that the first remark of a kind names, and what is known of it."""
        if code == AGENCY:
            return Amendment(SET, "003", new=found.library)
        for one in staged.page(store, found.number, code=code, limit=1):
            for told in remarks.of(one):
                place = _PLACE.fullmatch(told.place) if told.code == code else None
                if place is not None:
                    return Amendment(REPLACE, place[1], place[2] or "")
        return Amendment(REPLACE)

    @pages.post("/<int:number>/fix")
    @required(Act.IMPORT)
    def mend(number: int) -> Redirect | tuple[str, int]:
        found, code = mine(number), request.form.get("code", "")[:60]
        try:
            asked = _asked(request.form)
            errand = amending.ask(store, number, asked, code, who().actor)
        except LienThongError as error:
            return reason_page(error, url_for("batches.fix", number=number, code=code or None))
        noted(
            Act.IMPORT, amendment_words.kept(asked), library=found.library, change_set=number, detail=f"{errand.number}"
        )
        return redirect(url_for("batches.batch", number=number), 303)

    @pages.post("/<int:number>/fix/<int:step>/undo")
    @required(Act.IMPORT)
    def unfix(number: int, step: int) -> Redirect | tuple[str, int]:
        found = mine(number)
        try:
            amending.undo(store, number, step)
        except LienThongError as error:
            return reason_page(error, url_for("batches.batch", number=number))
        noted(Act.IMPORT, f"↶ {step}", library=found.library, change_set=number)
        return redirect(url_for("batches.batch", number=number), 303)


def _correcting(pages: Blueprint, store: Store, files: Uploads, mine: batch_records.Mine) -> None:
    """The error workbook out, the corrected one in."""

    @pages.get("/<int:number>/errors.xlsx")
    @required(Act.IMPORT)
    def errors(number: int) -> Response:
        found = mine(number)
        made = errors_workbook.xlsx(mending.faulty(store, number))
        name = f"attachment; filename=can-sua-{found.number}.xlsx"
        return Response(made, mimetype=_XLSX, headers={"Content-Disposition": name})

    @pages.post("/<int:number>/corrections")
    @required(Act.IMPORT)
    def correct(number: int) -> Redirect | tuple[str, int]:
        found, sent = mine(number), request.files.get("file")
        there = url_for("batches.batch", number=number)
        if sent is None or not sent.filename:
            return redirect(there, 303)
        try:
            with store.read() as connection:
                changesets.require(connection, number, changesets.STAGED)
            made = files.receive(found.library, sent.filename, cast(BinaryIO, sent.stream), who().actor, number)
            files.ask(made.number)
        except LienThongError as error:
            return reason_page(error, there)
        noted(Act.IMPORT, made.name, library=found.library, change_set=number)
        return redirect(url_for("imports.file", number=made.number), 303)

    @pages.post("/<int:number>/check")
    @required(Act.IMPORT)
    def check(number: int) -> Redirect:
        found = mine(number)
        if found.change_set.state == changesets.STAGED:
            for kind in (errands.CHECK, errands.MATCH):
                errands.put(store, number, kind)
        return redirect(url_for("batches.batch", number=number), 303)


_ACTS: Final = {"publish": Act.PUBLISH, "decline": Act.PUBLISH, "undo": Act.UNDO, "redo": Act.PUBLISH}
"""What needs more than the right to import."""


def _deciding(pages: Blueprint, store: Store, files: Uploads, mine: batch_records.Mine) -> None:
    """Publish, send for approval, decline, undo, publish again, drop."""

    @pages.post("/<int:number>/<any(publish, ask, decline, undo, redo, drop):what>")
    @required(Act.IMPORT)
    def decide(number: int, what: str) -> Redirect | tuple[str, int]:
        found = mine(number)
        act = _ACTS.get(what, Act.IMPORT)
        require(act, found.library)
        comment, actor = request.form.get("comment", ""), who().actor
        there, changed = url_for("batches.batch", number=number), number
        try:
            if what == "publish":
                batches.publish(store, number, actor, comment)
            elif what == "ask":
                batches.ask(store, number, actor, comment)
            elif what == "decline":
                batches.decline(store, number, actor, comment)
            elif what == "undo":
                batches.undo(store, number, "force" in request.form)
            elif what == "redo":
                act, changed = Act.UNDO, batches.redo(store, number, "force" in request.form)
            else:
                _drop(found)
                there = url_for("batches.listing")
        except LienThongError as error:
            if error.problem.message in (UNDO_CONFLICT, REDO_CONFLICT):
                return render_template("batch/undo.html", batch=found, conflict=error.problem.values, what=what), 409
            return reason_page(error, there)
        noted(act, what, library=found.library, detail=comment, change_set=changed)
        return redirect(there, 303)

    def _drop(found: Batch) -> None:
        file = uploads.of_change_set(store, found.number)
        if file is not None and file.state != uploads.DROPPED:
            files.drop(file.number)
        elif found.change_set.state != changesets.DISCARDED:
            changesets.discard(store, found.number)


def _kept(store: Store, number: int) -> int:
    """Records that the undoing of the batch left as they were, for somebody had changed them since."""
    with store.read() as connection:
        undoing = changesets.undone_by(connection, number)
        return 0 if undoing is None else changesets.get(connection, undoing).counts.get("kept", 0)


def _failed(store: Store, number: int) -> str:
    """Why the last attempt to publish did not come off."""
    tried = errands.of(store, number, (errands.PUBLISH,))
    return tried[0].reason(language()) if tried and tried[0].state == errands.FAILED else ""


def _total(found: Batch) -> int:
    """Records that are checked and compared."""
    return sum(found.change_set.counts.get(name, 0) for name in ("new", "changed", "deleted"))


def _asked(said: Any) -> Amendment:
    """The change that a form describes; blanks that mean something are written as #."""
    kind = said.get("kind", REPLACE)
    hashes = kind == INDICATOR
    return Amendment(
        kind if kind in KINDS else REPLACE,
        said.get("tag", "").strip(),
        said.get("subfield", "").strip().lstrip("$"),
        said.get("old", "").replace("#", " ") if hashes else said.get("old", ""),
        said.get("new", "").replace("#", " ") if hashes else said.get("new", ""),
        said.get("inside", "") == "1",
    )
