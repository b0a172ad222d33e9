"""The records of a batch: lists behind every number, one record as a form in plain words, refused rows to be mended,
and what the union has beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from accounts.rights import Act
from catalogue import amending, batch_messages, changesets, mending, remarks, staged
from catalogue.batches import Batch
from catalogue.staged import Staged
from catalogue.store import Store
from foundation.errors import LienThongError, LimitError, RefusedError
from foundation.limits import RECORD_FORM_BYTES
from foundation.settings import Settings
from marc import mrk, plain_form
from marc.amendments import written
from marc.record import Record
from portal import record_view
from portal.answers import listed
from portal.workshop import language, missing, noted, required, who
from union import matching, wording

PAGE: Final = 50
KINDS: Final = ("new", "changed", "deleted")
Mine = Callable[[int], Batch]


def add(pages: Blueprint, store: Store, settings: Settings, mine: Mine) -> None:
    """Put the views into the blueprint of batches. `mine`: the batch of a number, for whom it is there."""
    _lists(pages, store, settings, mine)
    _forms(pages, store, settings, mine)
    _refusals(pages, store, settings, mine)


def _lists(pages: Blueprint, store: Store, settings: Settings, mine: Mine) -> None:
    """The lists behind the numbers."""

    @pages.get("/<int:number>/records")
    @required(Act.IMPORT)
    def records(number: int) -> Response | str:
        found = mine(number)
        code, kind = request.args.get("code", "")[:60], request.args.get("kind", "")
        some = staged.page(store, number, code=code, kind=kind, after=_after(), limit=PAGE)
        shown = [(one, remarks.of(one), remarks.match_of(store, number, one.number)) for one in some]
        names = ("record", "local_id", "title", "effect", "problems", "match", "resembles")
        rows = [
            (one.number, one.local_id, one.title, one.effect, "; ".join(_sentences(told)), *match)
            for one, told, match in shown
        ]
        table = listed(request.args.get("format", ""), "records", names, rows)
        group = next((one for one in remarks.groups(store, number) if one.code == code), None)
        return table or render_template(
            "batch/records.html", batch=found, shown=shown, code=code, kind=kind if kind in KINDS else "",
            group=group, more=some[-1].number if len(some) == PAGE else 0, settings=settings, language=language(),
        )  # fmt: skip


def _forms(pages: Blueprint, store: Store, settings: Settings, mine: Mine) -> None:
    """One record."""

    @pages.get("/<int:number>/record/<int:record>")
    @required(Act.IMPORT)
    def one(number: int, record: int) -> str:
        return _page(mine(number), _staged(number, record), "", None)

    @pages.post("/<int:number>/record/<int:record>")
    @required(Act.IMPORT)
    def save(number: int, record: int) -> str | Redirect | tuple[str, int]:
        batch, found = mine(number), _staged(number, record)
        if found.record is None:
            missing()
        wrote = request.form.get("mrk", "") if "as_marc" in request.form else None
        try:
            mended = _written(found.record, wrote)
            step = amending.edit(store, number, record, mended, who().actor)
        except LienThongError as error:
            return _page(batch, found, error.text(language()), wrote), 400
        if step is not None:
            noted(Act.IMPORT, found.local_id, library=batch.library, change_set=number)
        following = request.form.get("next", "")
        there = int(following) if following.isascii() and following.isdigit() and len(following) < 16 else record
        return redirect(url_for("batches.one", number=number, record=there, code=_code() or None), 303)

    def _staged(number: int, record: int) -> Staged:
        try:
            return staged.one(store, number, record)
        except RefusedError:
            missing()

    def _page(batch: Batch, found: Staged, reason: str, wrote: str | None) -> str:
        before = None if found.before is None else staged.version_of(store, found.before)
        changed = amending.differences(before, found.record) if before and found.record else ((), ())
        code = _code()
        behind = staged.page(store, batch.number, code=code, after=found.number, limit=1)
        return render_template(
            "batch/record.html", batch=batch, record=found, told=remarks.of(found), reason=reason, changed=changed,
            entries=plain_form.entries(found.record) if found.record else (), code=code,
            mrk=wrote if wrote is not None else _lines(found.record), next=behind[0].number if behind else 0,
            match=_match(store, batch, found), settings=settings, language=language(), marc=record_view.marc,
            open=batch.change_set.state == changesets.STAGED, as_marc=wrote is not None,
        )  # fmt: skip


def _refusals(pages: Blueprint, store: Store, settings: Settings, mine: Mine) -> None:
    """What was not taken in."""

    @pages.get("/<int:number>/refused")
    @required(Act.IMPORT)
    def refused(number: int) -> Response | str:
        batch, code = mine(number), request.args.get("code", "")[:60]
        some = mending.pieces(store, number, code, max(0, _after()), PAGE)
        english = language() == "en"
        rows = [
            (one.number, one.record, one.line, one.code, one.reason_en if english else one.reason_vi) for one in some
        ]
        names = ("piece", "record", "line", "code", "reason")
        table = listed(request.args.get("format", ""), "refused", names, rows)
        return table or render_template(
            "batch/refused.html", batch=batch, pieces=some, code=code, settings=settings, language=language(),
            more=some[-1].number if len(some) == PAGE else 0, start=_start, cells=mending.cells_of,
        )  # fmt: skip

    @pages.get("/<int:number>/refused/<int:piece>")
    @required(Act.IMPORT)
    def refusal(number: int, piece: int) -> str:
        batch = mine(number)
        return _refusal(batch, piece, "", None)

    @pages.post("/<int:number>/refused/<int:piece>")
    @required(Act.IMPORT)
    def take(number: int, piece: int) -> str | Redirect | tuple[str, int]:
        batch = mine(number)
        wrote = request.form.to_dict()
        try:
            found = mending.piece(store, number, piece)
        except RefusedError:
            return redirect(url_for("batches.batch", number=number), 303)  # it was taken in a moment ago
        try:
            cells = mending.cells_of(found)
            if cells is not None:
                said = {name: wrote.get(f"cell.{at}", old) for at, (name, old) in enumerate(cells.items())}
                mending.mend_row(store, batch.library, number, found, said)
            else:
                mending.mend_record(store, number, found, written(_bounded(wrote.get("mrk", "")), ""))
        except LienThongError as error:
            return _refusal(batch, piece, error.text(language()), wrote), 400
        noted(Act.IMPORT, f"{found.line or found.record}", library=batch.library, change_set=number)
        return redirect(url_for("batches.refused", number=number), 303)

    def _refusal(batch: Batch, piece: int, reason: str, wrote: dict[str, str] | None) -> str:
        try:
            found = mending.piece(store, batch.number, piece)
        except RefusedError:
            missing()
        cells = mending.cells_of(found)
        if cells is not None and wrote is not None:
            cells = {name: wrote.get(f"cell.{at}", old) for at, (name, old) in enumerate(cells.items())}
        made = None if cells is not None else mending.record_of(found)
        return render_template(
            "batch/refusal.html", batch=batch, piece=found, cells=cells, reason=reason, language=language(),
            mrk=wrote["mrk"] if wrote and "mrk" in wrote else _lines(made) if made else _empty(),
            settings=settings, start=_start, open=batch.change_set.state == changesets.STAGED,
        )  # fmt: skip


def _match(store: Store, batch: Batch, found: Staged) -> dict[str, Any] | None:
    """What the union has that is most like it: both records, field by field, and why they are alike."""
    outcome, like = remarks.match_of(store, batch.number, found.number)
    other = staged.published(store, like) if like else None
    if not outcome:
        return None
    sides: tuple[Any, Any] = ((), ())
    reasons: list[tuple[str, str]] = []
    if other is not None and found.record is not None:
        sides = (_side(found.record, other), _side(other, found.record))
        said = next(iter(matching.match(store, [(found.local_id, found.record)])), None)
        if said is not None and said.explanation is not None:
            words = language()
            reasons = [
                (wording.comparison(name, words), wording.level(level, words))
                for name, level, weight in said.explanation.levels
                if weight
            ]
    return {"outcome": outcome, "like": like, "sides": sides, "reasons": reasons, "shown": other is not None}


def _written(record: Record, wrote: str | None) -> Record:
    """The record as the form has it: as MARC, or in plain words. Raises InputError, LimitError."""
    if wrote is not None:
        return written(_bounded(wrote), record.control("001"))
    values = {name: value for name, value in request.form.items() if name[:3].isdigit()}
    for value in values.values():
        _bounded(value)
    return plain_form.filled(record, values)


def _bounded(text: str) -> str:
    if len(text) > RECORD_FORM_BYTES:
        allowed = RECORD_FORM_BYTES
        raise LimitError(batch_messages.RECORD_LARGE, limit="RECORD_FORM_BYTES", seen=len(text), allowed=allowed)
    return text


def _side(record: Record, other: Record) -> list[tuple[str, bool]]:
    """The fields of a record for the eye, each with whether the other one has just the same."""
    theirs = set(other.parts())
    return [(amending.shown(part), part in theirs) for part in record.parts() if part[:3] not in ("001", "003", "005")]


def _lines(record: Record | None) -> str:
    return "" if record is None else mrk.write(record).decode("utf-8").strip()


def _empty() -> str:
    return "=LDR  00000nam a2200000 a 4500\n=001  \n=245  00$a"


def _start(data: bytes) -> str:
    """How a refused piece begins, with signs for what cannot be shown."""
    text = data[:600].decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else {"\x1e": "¶", "\x1f": "$"}.get(sign, "·") for sign in text)


def _after() -> int:
    said = request.args.get("after", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else -1


def _code() -> str:
    return request.values.get("code", "")[:60]


def _sentences(told: list[remarks.Told]) -> list[str]:
    return [one.sentence(language()) for one in told]
