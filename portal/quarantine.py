"""`/workshop/quarantine`: what could not be read, by reason, with the bytes at fault; read again, or discarded."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import Any, Final

from flask import Blueprint, Response, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from accounts.rights import Act
from catalogue import changesets, quarantine, runs, sources
from catalogue.changesets import ChangeSet
from catalogue.quarantine import Quarantined
from catalogue.store import Store
from foundation.errors import LienThongError, RefusedError
from foundation.settings import Settings
from harvesting import quarantine as reading
from harvesting import report
from harvesting.faults import fault
from portal.telling import done, refused
from portal.twins import twin
from portal.wording import many
from portal.workshop import allowed, language, libraries, missing, noted, required

PAGE: Final = 20


def create(store: Store, settings: Settings) -> Blueprint:
    """The blueprint of these pages."""
    pages = Blueprint("quarantine", __name__, url_prefix="/workshop/quarantine")
    _showing(pages, store, settings)
    _settling(pages, store)
    return pages


def _showing(pages: Blueprint, store: Store, settings: Settings) -> None:
    @pages.get("")
    @required(Act.QUARANTINE)
    def every() -> Answer | str:
        codes = [one.code for one in libraries(Act.QUARANTINE)]
        found = quarantine.groups(store, codes)
        answer = twin([asdict(one) for one in found], "quarantine")
        if answer is not None:
            return answer
        return render_template(
            "quarantine/list.html", found=found, gone=quarantine.groups(store, codes, discarded=True),
            every=quarantine.waiting(store, codes), settings=settings,
        )  # fmt: skip

    @pages.get("/<int:number>")
    @required(Act.QUARANTINE)
    def one(number: int) -> Answer | str:
        batch = _mine(store, number)
        code, discarded = request.args.get("code", ""), "discarded" in request.args
        after = request.args.get("after", 0, type=int)
        found = quarantine.page(store, number, code, discarded=discarded, after=after, limit=PAGE)
        following = found[-1].number if len(found) == PAGE else 0
        answer = twin([_row(entry) for entry in found], f"quarantine-{number}", next=following or None)
        if answer is not None:
            return answer
        groups = [group for group in quarantine.groups(store, [batch.library]) if group.change_set == number]
        return render_template(
            "quarantine/batch.html", batch=batch, groups=groups, code=code, discarded=discarded,
            pieces=[(entry, fault(entry.data)) for entry in found], following=following,
            run=groups[0].run if groups else None, settings=settings,
        )  # fmt: skip

    @pages.get("/<int:number>/again")
    @required(Act.QUARANTINE)
    def again(number: int) -> str:
        batch = _mine(store, number)
        found, shown = looked_again(store, number)
        return render_template("quarantine/again.html", batch=batch, counts=found, shown=shown, settings=settings)

    @pages.get("/<int:number>/<int:piece>.bin")
    @required(Act.QUARANTINE)
    def data(number: int, piece: int) -> Response:
        _mine(store, number)
        found = [
            entry
            for discarded in (False, True)
            for entry in quarantine.page(store, number, discarded=discarded, after=piece - 1, limit=1)
            if entry.number == piece
        ]
        if not found:
            missing()
        # Never as what it claims to be: it comes from elsewhere, and this is our own address.
        name = f"{piece}.bin"
        return send_file(io.BytesIO(found[0].data), "application/octet-stream", as_attachment=True, download_name=name)

    @pages.get("/<int:number>/letter")
    @required(Act.QUARANTINE)
    def letter(number: int) -> Response:
        batch = _mine(store, number)
        return Response(letter_of(store, batch), content_type="text/plain; charset=utf-8")


def _settling(pages: Blueprint, store: Store) -> None:
    @pages.post("/<int:number>/retry")
    @required(Act.QUARANTINE)
    def retry(number: int) -> Answer:
        batch = _mine(store, number)
        repair = "repair" in request.form
        try:
            found = reading.retry_set(store, number, repair)
        except LienThongError as error:
            return refused(url_for("quarantine.one", number=number), error)
        taken = found.counts[reading.READABLE] + (found.counts[reading.PROPOSED] if repair else 0)
        noted(Act.QUARANTINE, f"#{number}", f"retry: {taken}", found.change_set, library=batch.library)
        told = many("Đã nhận %(count)s biểu ghi.", count=taken)
        if found.change_set is not None:
            told += " " + _("Đợt thay đổi %(number)s, hoàn tác được.", number=found.change_set)
        return done(url_for("quarantine.every"), told)

    @pages.post("/<int:number>/discard")
    @required(Act.QUARANTINE)
    def discard(number: int) -> Answer:
        batch = _mine(store, number)
        code = request.form.get("code", "")
        count = quarantine.discard(store, number, code)
        noted(Act.QUARANTINE, f"#{number}", f"discard {code}: {count}", library=batch.library)
        told = many("Đã bỏ %(count)s biểu ghi.", count=count)
        kept = _("Nguyên bản vẫn còn; lấy lại ở cuối trang này.")
        return done(url_for("quarantine.every"), f"{told} {kept}")

    @pages.post("/<int:number>/take-back")
    @required(Act.QUARANTINE)
    def take_back(number: int) -> Answer:
        batch = _mine(store, number)
        code = request.form.get("code", "")
        count = quarantine.take_back(store, number, code)
        noted(Act.QUARANTINE, f"#{number}", f"take back {code}: {count}", library=batch.library)
        return done(url_for("quarantine.every"), many("Đã lấy lại %(count)s biểu ghi.", count=count))


def looked_again(store: Store, number: int) -> tuple[dict[str, int], list[reading.Again]]:
    """What reading the pieces of a change set again would come to: how many of each outcome, and the first few."""
    outcomes = (reading.READABLE, reading.PROPOSED, reading.OUTDATED, reading.UNREADABLE)
    found: dict[str, int] = dict.fromkeys(outcomes, 0)
    shown: list[reading.Again] = []
    for one in reading.look_at(store, number):
        found[one.outcome] += 1
        if len(shown) < PAGE and one.outcome in (reading.READABLE, reading.PROPOSED):
            shown.append(one)
    return found, shown


def letter_of(store: Store, batch: ChangeSet) -> str:
    """A letter to the people of the source on what could not be read; 404 for what no harvest brought."""
    source = sources.get(store, batch.source)
    found = runs.page(store, name=source.name, limit=500)
    run = next((one for one in found if one.change_set == batch.number), None)
    if run is None:
        missing()
    place = str(source.settings.get("url", source.name))
    return report.source_letter(run, place, report.refusals(reading.left(store, run)), language())


def _row(entry: Quarantined) -> dict[str, Any]:
    found = fault(entry.data)
    return {
        "number": entry.number,
        "identifier": entry.name,
        "record": entry.record,
        "code": entry.code,
        "vi": entry.reason_vi,
        "en": entry.reason_en,
        "bytes": len(entry.data),
        "fault_offset": found.offset if found.found else None,
        "fault": found.at,
    }


def _mine(store: Store, number: int) -> ChangeSet:
    """The change set, for whom its library is theirs; 404 for all others."""
    try:
        with store.read() as connection:
            found = changesets.get(connection, number)
    except RefusedError:
        missing()
    if not allowed(Act.QUARANTINE, found.library):
        missing()
    return found
