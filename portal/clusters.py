"""The page of one cluster: members beside each other, the record made of them, where they disagree, what happened.

    /workshop/clusters/NAME       by number, identifier, or any record in it

Here a cluster is split by ticking, a leader is pinned, a cluster is frozen; each is taken back from its history.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from accounts.rights import Act
from catalogue.parts import Parts
from catalogue.store import Store
from dublin_core.citation import citation
from foundation.errors import LienThongError
from portal import answering, matching
from portal.duplicates import done_of
from portal.listing import part_name
from portal.waterfall import percent, signed
from portal.workshop import language, noted, required
from union import alignment, chronicle, deciding, kinship, questions, reading, wording

_NOTE = 2_000
_AT_ONCE = 100
_BESIDE = 8
"""Members that stand beside each other; of the others a line each."""


def create(store: Store, parts: Parts) -> Blueprint:
    """The blueprint of the page."""
    pages = Blueprint("clusters", __name__, url_prefix="/workshop/clusters")
    pages.register_error_handler(LienThongError, answering.told)

    @pages.get("")
    @required(Act.DECIDE)
    def every() -> Any:
        asked = {name: _whole(request.args.get(name, "")) for name in ("least", "held", "after")}
        found = questions.clusters(store, asked["least"], asked["held"], asked["after"], _AT_ONCE + 1)
        named = {one.number: one for one in reading.some(store, [number for number, _, _ in found[:_AT_ONCE]])}
        rows = [
            (number, citation(one.record).title if (one := named.get(number)) and one.record else "", records, held)
            for number, records, held in found[:_AT_ONCE]
        ]
        form = request.args.get("format", "")
        if form == "json":
            names = ("number", "title", "records", "libraries")
            return matching.document({"clusters": [dict(zip(names, row, strict=True)) for row in rows]})
        if form == "csv":
            return answering.table("clusters", ("number", "title", "records", "libraries"), rows)
        more = found[_AT_ONCE - 1][0] if len(found) > _AT_ONCE else 0
        page = render_template("duplicates/clusters.html", rows=rows, asked=asked, more=more)
        return Response(page, mimetype="text/html")

    @pages.get("/<path:said>")
    @required(Act.DECIDE)
    def cluster(said: str) -> Any:
        found = reading.find(store, said)
        if request.args.get("format") == "json":
            return matching.document(matching.union_document(store, found))
        happened = chronicle.of(store, found.number)
        if request.args.get("format") == "csv":
            rows = ((one.at, one.what, " ".join(one.records), one.by, one.library, one.why) for one in happened)
            return answering.table("history", ("at", "what", "records", "by", "library", "why"), rows)
        count, sides = questions.members(store, {found.number}).get(found.number, (0, []))
        parties = deciding.libraries(store, {found.number})
        values = {
            "found": found,
            "merged": None if found.record is None else reading.explained(store, found),
            "said": None if found.record is None else citation(found.record),
            "count": count,
            "identifiers": {side.name: side.identifier for side in sides},
            "sides": sides,
            "beside": _beside(sides),
            "happened": happened,
            "open_questions": questions.beside(store, found.number),
            "editions": kinship.siblings(store, found.number),
            "may": answering.may_decide(parties),
            "parties": parties,
            "mine": answering.scope(),
            "done": done_of(store),
            "wording": wording, "tongue": language(), "signed": signed, "percent": percent,
            "library": lambda code: part_name(parts, code),
        }  # fmt: skip
        return Response(render_template("duplicates/cluster.html", **values), mimetype="text/html")

    @pages.post("/<int:number>/split")
    @required(Act.DECIDE)
    def split(number: int) -> Answer:
        voice, note = _spoken(number)
        leaving = request.form.getlist("member")
        act = deciding.split(store, number, leaving, voice, note)
        return _back(number, f"split {' '.join(leaving)}", act, voice.library)

    @pages.post("/<int:number>/pin")
    @required(Act.DECIDE)
    def pin(number: int) -> Answer:
        voice, note = _spoken(number)
        record = request.form.get("leader", "")
        if record not in {side.name for side in _members(number)}:
            return redirect(url_for("clusters.cluster", said=str(number)), 303)
        return _back(number, f"pin {record}", deciding.pin(store, record, voice, note), voice.library)

    @pages.post("/<int:number>/freeze")
    @required(Act.DECIDE)
    def freeze(number: int) -> Answer:
        voice, note = _spoken(number)
        return _back(number, "freeze", deciding.freeze(store, number, voice, note), voice.library)

    def _members(number: int) -> list[questions.Side]:
        return questions.members(store, {number}, 1000).get(number, (0, []))[1]

    def _spoken(number: int) -> tuple[deciding.Voice, str]:
        voice = answering.voice(deciding.libraries(store, {number}))
        return voice, request.form.get("note", "").strip()[:_NOTE]

    def _back(number: int, what: str, act: deciding.Act, library: str) -> Answer:
        answering.at_once(store)
        noted(Act.DECIDE, f"{number} {what}"[:200], library=library)
        stands = answering.standing_of(act)
        return redirect(url_for("clusters.cluster", said=str(number), done=act.number, stands=stands), 303)

    return pages


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def _beside(sides: list[questions.Side]) -> list[tuple[str, str, list[list[str]]]]:
    """(criterion, place in MARC 21, values of each member) of the first members, for what any of them says."""
    return alignment.beside([side.record for side in sides[:_BESIDE]])
