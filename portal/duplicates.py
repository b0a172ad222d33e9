"""Screen 8, duplicates: the queue, the two records beside each other with the reasons, and the answers.

    /workshop/duplicates              what a person should look at, most gain first
    /workshop/duplicates/LOW-HIGH     one question
    /workshop/duplicates/pair?a=&b=   any two records
    /workshop/decisions               what people decided

After an answer the next question of the same selection is there at once. An answer whose question was settled meanwhile
by somebody else is kept all the same: it is about the records.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from accounts.rights import Act
from catalogue.parts import LIBRARY, Parts
from catalogue.store import Store, iso
from foundation.errors import LienThongError
from portal import answering, matching
from portal.listing import part_name
from portal.waterfall import Waterfall, percent, signed, waterfall
from portal.workshop import language, noted, required, who
from union import alignment, alikes, chronicle, deciding, kinship, questions, reading, standing, wording
from union.alignment import Row
from union.decisions import Verdict
from union.doubts import DOUBT, REASONS
from union.questions import Chosen, Question, Side
from union.reading import Pair
from union.rules import KINDS, shipped

VERDICTS: Final = {"same": Verdict.SAME, "different": Verdict.DIFFERENT, "same_work": Verdict.SAME_WORK}
LATER: Final = "later"
LATER_DAYS: Final = 30
_MOST_JSON: Final = 500
_RECORDS: Final = 4
"""Records of one decision that are named."""
_NOTE: Final = 2_000
_CHANCES: Final = (0, 10, 25, 50, 75)
"""Least probabilities to choose from, in hundredths, and the scores they are."""
_SCORES: Final = {10: -2.197, 25: -1.099, 50: 0.0, 75: 1.099}


class Sight(NamedTuple):
    """Everything a page shows of two records."""

    a: Side
    b: Side
    low: int
    high: int
    pair: Pair
    rows: list[Row]
    picture: Waterfall
    members: dict[int, tuple[int, list[Side]]]
    parties: tuple[str, ...]
    acts: list[chronicle.Happening]


def create(store: Store, parts: Parts) -> Blueprint:
    """The blueprint of the screen."""
    pages = Blueprint("duplicates", __name__, url_prefix="/workshop")
    pages.register_error_handler(LienThongError, answering.told)

    @pages.app_context_processor
    def words() -> dict[str, Any]:
        return {
            "other_editions": lambda number: kinship.siblings(store, number) if number else [],
        }

    @pages.get("/duplicates")
    @required(Act.DECIDE)
    def queue() -> Response:
        chosen, asked = _chosen()
        form = request.args.get("format", "")
        if form in ("json", "csv"):
            found = questions.page(store, chosen, request.args.get("after", ""), _MOST_JSON)
            return _listed(found, form, _alikes(store, chosen))
        found = questions.page(store, chosen, request.args.get("after", ""), questions.PAGE + 1)
        counts = questions.counts(store, chosen)
        return _shown(
            "duplicates/queue.html",
            library=lambda code: part_name(parts, code),
            found=found[: questions.PAGE],
            more=found[questions.PAGE - 1].cursor if len(found) > questions.PAGE else "",
            counts=counts,
            total=sum(counts[name] for name in REASONS),
            asked=asked,
            address=lambda **more: _address(asked | more),
            kinds=KINDS,
            chances=_CHANCES,
            codes=_codes(parts),
            put_off=questions.put_off(store) if request.args.get("later") else [],
            alikes=_alikes(store, chosen) if not request.args.get("after") else [],
            may=answering.may_decide,
            done=done_of(store),
        )

    @pages.get("/duplicates/<int:low>-<int:high>")
    @required(Act.DECIDE)
    def question(low: int, high: int) -> Response:
        found = questions.get(store, (low, high))
        if found is None:
            return _shown("duplicates/answered.html", 404, asked=_chosen()[1])
        sight = _sight(store, found.a, found.b, found.low, found.high)
        if request.args.get("format") == "json":
            return _json(_question(found) | {"fields": matching.aligned(sight.a.record, sight.b.record)})
        return see(sight, found)

    @pages.get("/duplicates/pair")
    @required(Act.DECIDE)
    def pair() -> Response:
        (a, low), (b, high) = (questions.side(store, request.args.get(one, "").strip()) for one in "ab")
        return see(_sight(store, a, b, low, high), None)

    def see(sight: Sight, found: Question | None) -> Response:
        return _shown(
            "duplicates/question.html",
            library=lambda code: part_name(parts, code),
            sight=sight,
            question=found,
            asked=_chosen()[1],
            after=found.cursor if found else "",
            foretold=questions.foretold(store, {sight.low, sight.high}) if sight.low != sight.high else None,
            may=answering.may_decide(sight.parties),
            done=done_of(store),
            days=LATER_DAYS,
        )

    @pages.post("/duplicates/answer")
    @required(Act.DECIDE)
    def answer() -> Answer:
        said = request.form.get("verdict", "")
        a, b = (request.form.get(one, "") for one in "ab")
        (_, low), (_, high) = (questions.side(store, one) for one in (a, b))
        low, high = sorted((low, high))
        voice = answering.voice(deciding.libraries(store, {low, high}))
        note = request.form.get("note", "").strip()[:_NOTE]
        after: dict[str, str] = {}
        if said == LATER:
            deciding.later(store, low, high, LATER_DAYS, voice, note)
        elif said in VERDICTS:
            act = deciding.pair(store, a, b, VERDICTS[said], voice, note)
            answering.at_once(store)
            after = {"done": str(act.number), "stands": answering.standing_of(act)}
        else:
            abort(400)
        noted(Act.DECIDE, f"{a} {said} {b}", note[:200], library=voice.library)
        return redirect(_onward(store, request.form, after), 303)

    @pages.post("/duplicates/alike/<number>/different")
    @required(Act.DECIDE)
    def all_different(number: str) -> Answer:
        found = alikes.get(store, _title(number))
        voice = answering.voice(found.libraries)
        act = deciding.all_different(store, found.number, voice, request.form.get("note", "").strip()[:_NOTE])
        answering.at_once(store)
        noted(Act.DECIDE, f"all_different {found.title}", library=voice.library)
        return redirect(url_for("duplicates.queue", done=act.number), 303)

    @pages.post("/duplicates/<int:low>-<int:high>/sooner")
    @required(Act.DECIDE)
    def sooner(low: int, high: int) -> Answer:
        answering.voice(deciding.libraries(store, {low, high}))
        deciding.sooner(store, low, high)
        return redirect(url_for("duplicates.question", low=low, high=high), 303)

    _decisions(pages, store)
    return pages


def _decisions(pages: Blueprint, store: Store) -> None:
    """The list of what people decided, and taking it back."""

    @pages.post("/decisions/<int:number>/withdraw")
    @required(Act.DECIDE)
    def withdraw(number: int) -> Answer:
        library = answering.withdraw(store, number)
        noted(Act.DECIDE, f"withdrawn {number}", library=library)
        back = request.form.get("back", "")
        inside = back.startswith("/workshop/") and "\\" not in back and back.isprintable()
        return redirect(back if inside else url_for("duplicates.decisions"), 303)

    @pages.get("/decisions")
    @required(Act.DECIDE)
    def decisions() -> Response:
        before = request.args.get("before", "")
        form = request.args.get("format", "")
        limit = _MOST_JSON if form else 50
        found = chronicle.acts(store, int(before) if before.isdecimal() and len(before) < 19 else 0, limit)
        if form == "json":
            return _json({"decisions": [one._asdict() | {"at": iso(one.at)} for one in found]})
        if form == "csv":
            head = ("number", "at", "verdict", "records", "by", "library", "why", "withdrawn")
            return answering.table("decisions", head, (_row(one) for one in found))
        more = found[-1].act if len(found) == limit else 0
        shown = {record for one in found for record in one.records[:_RECORDS]}
        titles = dict.fromkeys(shown, "") | questions.titles(store, shown)
        return _shown("duplicates/decisions.html", found=found, more=more, titles=titles, most=_RECORDS)


def _shown(template: str, status: int = 200, **values: Any) -> Response:
    values |= {
        "wording": wording, "told": alignment.told, "tongue": language(), "signed": signed, "percent": percent,
        "reasons": REASONS, "mine": answering.scope(),
    }  # fmt: skip
    return Response(render_template(template, **values), status, mimetype="text/html")


# --- the queue --------------------------------------------------------------------------------------------------------


def _title(number: str) -> int:
    """The key of a title as an address has it; 0, which is none, for anything else."""
    digits = number.removeprefix("-")
    return int(number) if digits.isascii() and digits.isdecimal() and len(digits) < 20 else 0


def _alikes(store: Store, chosen: Chosen) -> list[alikes.Alike]:
    """The questions about whole titles, unless the queue is narrowed to something else."""
    elsewhere = chosen.alike or chosen.kind or chosen.low is not None or chosen.reason not in ("", DOUBT)
    return [] if elsewhere else alikes.page(store, chosen.libraries, chosen.mine)


def _chosen() -> tuple[Chosen, dict[str, str]]:
    """What of the queue is asked for, by the address or by the form that was sent."""
    given = {name: request.values.get(name, "")[:40] for name in ("library", "kind", "reason", "chance", "alike")}
    asked = {name: value for name, value in given.items() if value}
    chance = asked.get("chance", "")
    low = _SCORES.get(int(chance)) if chance.isascii() and chance.isdecimal() else None
    chosen = Chosen(
        libraries=(asked["library"],) if "library" in asked else (),
        mine=answering.scope(),
        kind=asked.get("kind", ""),
        reason=asked.get("reason", ""),
        low=low,
        alike=_title(asked.get("alike", "")),
    )
    return chosen, asked


def _address(asked: Mapping[str, str]) -> str:
    return url_for("duplicates.queue") + "?" + urlencode({name: value for name, value in asked.items() if value})


def _onward(store: Store, form: Mapping[str, str], after: dict[str, str]) -> str:
    """Where somebody goes after an answer: where they came from, or the next question of the same selection."""
    back = form.get("back", "")
    if back.startswith("/workshop/") and "\\" not in back and back.isprintable():
        return f"{back}{'&' if '?' in back else '?'}{urlencode(after)}"
    chosen, asked = _chosen()
    found = questions.page(store, chosen, form.get("after", ""), 1) or questions.page(store, chosen, "", 1)
    more = urlencode({name: value for name, value in (asked | after).items() if value})
    if not found:
        return f"{url_for('duplicates.queue')}?{more}"
    return f"{url_for('duplicates.question', low=found[0].low, high=found[0].high)}?{more}"


def _codes(parts: Parts) -> list[tuple[str, str]]:
    """The libraries to narrow by: code and name."""
    mine = answering.scope()
    codes = mine or tuple(one.code for one in parts.all() if one.kind == LIBRARY)
    return [(code, part_name(parts, code)) for code in codes]


class Done(NamedTuple):
    """What was decided a moment ago, to be taken back at once."""

    number: int
    stands: str
    said: chronicle.Happening
    titles: list[str]
    """What its first records are called."""


def done_of(store: Store) -> Done | None:
    number = request.args.get("done", "")
    if not number.isdecimal() or len(number) > 18:
        return None
    found = chronicle.acts(store, int(number) + 1, 1)
    if not found or found[0].act != int(number) or found[0].withdrawn is not None or found[0].by != who().actor:
        return None
    records = found[0].records[:_RECORDS]
    titles = questions.titles(store, records)
    return Done(int(number), request.args.get("stands", ""), found[0], [titles.get(one) or one for one in records])


def _listed(found: list[Question], form: str, titles: list[alikes.Alike]) -> Response:
    if form == "json":
        told = {"questions": [_question(one) for one in found], "next": found[-1].cursor if found else ""}
        return _json(told | {"alikes": [one._asdict() | {"number": str(one.number)} for one in titles]})
    head = (
        "low", "high", "reason", "score", "probability", "gain", "kind", "libraries", "records",
        "a", "a_title", "b", "b_title", "url",
    )  # fmt: skip
    rows = (
        (
            one.low, one.high, one.reason, one.score, round(one.probability, 4), one.gain, one.kind,
            " ".join(one.libraries), one.records, one.a.name, one.a.title, one.b.name, one.b.title,
            url_for("duplicates.question", low=one.low, high=one.high, _external=True),
        )
        for one in found
    )  # fmt: skip
    return answering.table("duplicates", head, rows)


def _question(one: Question) -> dict[str, Any]:
    found = one._asdict() | {"probability": round(one.probability, 4), "cursor": one.cursor}
    for side in "ab":
        named: Side = found[side]
        found[side] = {"record": named.name, "identifier": named.identifier, "title": named.title}
    return found | {"url": url_for("duplicates.question", low=one.low, high=one.high)}


def _row(one: chronicle.Happening) -> tuple[Any, ...]:
    withdrawn = "" if one.withdrawn is None else iso(one.withdrawn)
    return one.act, iso(one.at), one.what, " ".join(one.records), one.by, one.library, one.why, withdrawn


def _json(value: Any) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), content_type="application/json")


# --- one question -----------------------------------------------------------------------------------------------------


def _sight(store: Store, a: Side, b: Side, low: int, high: int) -> Sight:
    found = reading.pair(store, a.name, b.name)
    with store.read() as connection:
        state = standing.read(connection)
    thresholds = (state.rules if state else shipped()).thresholds
    about = {kept.act for kept in found.decisions}
    acts = [one for number in sorted(about) for one in chronicle.acts(store, number + 1, 1)]
    return Sight(
        a, b, low, high, found,
        alignment.rows(a.record, b.record),
        waterfall(found.explanation, thresholds, language()),
        questions.members(store, {low, high}),
        deciding.libraries(store, {low, high}),
        acts,
    )  # fmt: skip
