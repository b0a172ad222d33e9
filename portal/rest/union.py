"""The queue of questions about duplicates, the answers, and what is done to a cluster."""

from __future__ import annotations

from typing import Any, Final

from accounts.rights import Act
from catalogue.store import iso
from portal import answering, matching
from portal.duplicates import LATER, LATER_DAYS, VERDICTS
from portal.rest.door import missing, number, permit
from portal.rest.operation import LIBRARY, PAGED, Answer, Call, Parameter, Rooms, Table, listed, page
from portal.rest.schema import array, one_of, ref, text, thing
from portal.workshop import noted
from union import alikes, chronicle, deciding, questions
from union.doubts import REASONS
from union.questions import Chosen, Question, Side
from union.rules import KINDS

_RECORD: Final = text(300, 3, "[A-Za-z0-9-]+/.+|[A-Za-z0-9]+")
_NOTE: Final = text(2_000)
_KIND: Final = Parameter("kind", one_of(*KINDS), "Loại tài liệu.", "Kind of the records.")
_REASON: Final = Parameter("reason", one_of(*REASONS), "Vì sao phải hỏi.", "Why it is asked.")


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    table.group = "union"
    _asking(table, rooms)
    _answering(table, rooms)
    _clusters(table, rooms)


def _asking(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "GET",
        "/questions",
        "questions",
        Act.DECIDE,
        "Những chỗ nghi trùng cần người xem, lợi nhiều nhất trước.",
        "What a person should look at, most gain first.",
        listed(ref("Question")),
        LIBRARY,
        _KIND,
        _REASON,
        *PAGED,
    )
    def every(call: Call) -> Answer:
        chosen = Chosen(
            libraries=(call.query["library"],) if "library" in call.query else (),
            mine=answering.scope(),
            kind=call.query.get("kind", ""),
            reason=call.query.get("reason", ""),
        )
        found = questions.page(store, chosen, call.after, call.limit + 1)
        return page(found, call.limit, _question, lambda one: one.cursor)

    @table.on(
        "GET",
        "/questions/alike",
        "questions_alike",
        Act.DECIDE,
        "Những nhan đề mà nhiều biểu ghi cùng mang và không có gì phân biệt: một câu hỏi cho cả nhóm.",
        "Titles that many records share with nothing to tell them apart: one question for all of them.",
        thing("*", items=array(ref("Alike"))),
        LIBRARY,
    )
    def alike(call: Call) -> Answer:
        codes = (call.query["library"],) if "library" in call.query else ()
        return Answer({"items": [_alike(one) for one in alikes.page(store, codes, answering.scope(), limit=200)]})

    @table.on(
        "GET",
        "/questions/later",
        "questions_later",
        Act.DECIDE,
        "Những câu đã để sau, câu nào hỏi lại sớm nhất đứng trước.",
        "Questions that were put off, the next to be asked again first.",
        thing("*", items=array(thing("*", question=ref("Question"), until=text(), by=text()))),
    )
    def later(call: Call) -> Answer:
        found = questions.put_off(store)
        return Answer(
            {"items": [{"question": _question(one), "until": iso(until), "by": by} for one, until, by in found]}
        )

    @table.on(
        "GET",
        "/questions/{low}/{high}",
        "question",
        Act.DECIDE,
        "Một chỗ nghi trùng, hai biểu ghi cạnh nhau.",
        "One question, the two records beside each other.",
        ref("QuestionInFull"),
    )
    def one(call: Call) -> Answer:
        found = questions.get(store, (call.path["low"], call.path["high"]))
        if found is None:
            missing()
        fields = matching.aligned(found.a.record, found.b.record)
        return Answer({"question": _question(found), "fields": fields})


def _answering(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "POST",
        "/decisions",
        "decide",
        Act.DECIDE,
        "Trả lời về hai biểu ghi: same, different, same_work; `later` hỏi lại sau một tháng.",
        "Answer about two records: same, different, same_work; `later` asks again in a month.",
        ref("Act"),
        status=201,
        body=thing("a b verdict", a=_RECORD, b=_RECORD, verdict=one_of(*VERDICTS, LATER), note=_NOTE),
    )
    def decide(call: Call) -> Answer:
        a, b, said, note = (call.body.get(name, "") for name in ("a", "b", "verdict", "note"))
        (_, low), (_, high) = (questions.side(store, one) for one in (a, b))
        low, high = sorted((low, high))
        voice = answering.voice(deciding.libraries(store, {low, high}))
        if said == LATER:
            deciding.later(store, low, high, LATER_DAYS, voice, note)
            act = deciding.Act(0, 0, False, False)
        else:
            act = deciding.pair(store, a, b, VERDICTS[said], voice, note)
            answering.at_once(store)
        noted(Act.DECIDE, f"{a} {said} {b}", note[:200], library=voice.library)
        return Answer(act._asdict())

    @table.on(
        "POST",
        "/questions/alike",
        "all_different",
        Act.DECIDE,
        "Trả lời cho cả một nhan đề: các biểu ghi cùng mang nó là khác nhau, đừng hỏi nữa.",
        "Answer for a whole title: the records that share it are different, ask no more.",
        ref("Act"),
        status=201,
        body=thing("number", number=text(20, 1, "-?[0-9]+"), note=_NOTE),
    )
    def all_different(call: Call) -> Answer:
        found = alikes.get(store, int(call.body["number"]))
        voice = answering.voice(found.libraries)
        note = call.body.get("note", "")
        act = deciding.all_different(store, found.number, voice, note)
        answering.at_once(store)
        noted(Act.DECIDE, f"all_different {found.title}", note[:200], library=voice.library)
        return Answer(act._asdict())

    @table.on(
        "GET",
        "/decisions",
        "decisions",
        Act.DECIDE,
        "Những gì người ta đã quyết, mới nhất trước.",
        "What people decided, the newest first.",
        listed(ref("Decision")),
        *PAGED,
    )
    def every(call: Call) -> Answer:
        found = chronicle.acts(store, number(call.after), call.limit + 1)
        return page(found, call.limit, _decision, lambda one: one.act)

    @table.on(
        "POST",
        "/decisions/{number}/withdraw",
        "withdraw",
        Act.DECIDE,
        "Rút lại một quyết định.",
        "Take a decision back.",
        None,
    )
    def withdraw(call: Call) -> Answer:
        library = answering.withdraw(store, call.number)
        noted(Act.DECIDE, f"withdrawn {call.number}", library=library)
        return Answer()

    @table.on(
        "POST",
        "/questions/{low}/{high}/sooner",
        "ask_sooner",
        Act.DECIDE,
        "Hỏi lại ngay một câu đã để sau.",
        "Ask a question again at once that was put off.",
        None,
    )
    def sooner(call: Call) -> Answer:
        low, high = call.path["low"], call.path["high"]
        parties = deciding.libraries(store, {low, high})
        if not parties:
            missing()
        answering.voice(parties)
        deciding.sooner(store, low, high)
        return Answer()


def _clusters(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    def spoken(call: Call) -> deciding.Voice:
        parties = deciding.libraries(store, {call.number})
        if not parties:
            permit(Act.DECIDE)
            missing()
        return answering.voice(parties)

    def done(call: Call, what: str, act: deciding.Act, voice: deciding.Voice) -> Answer:
        answering.at_once(store)
        noted(Act.DECIDE, f"{call.number} {what}"[:200], library=voice.library)
        return Answer(act._asdict())

    @table.on(
        "POST",
        "/clusters/{number}/split",
        "split",
        Act.DECIDE,
        "Tách những biểu ghi này ra khỏi cụm.",
        "Take these records out of the cluster.",
        ref("Act"),
        body=thing("records", records=array(_RECORD, 100, 1), note=_NOTE),
    )
    def split(call: Call) -> Answer:
        voice, leaving = spoken(call), call.body["records"]
        act = deciding.split(store, call.number, leaving, voice, call.body.get("note", ""))
        return done(call, f"split {' '.join(leaving)}", act, voice)

    @table.on(
        "POST",
        "/clusters/{number}/pin",
        "pin",
        Act.DECIDE,
        "Cho biểu ghi này dẫn đầu cụm.",
        "Let this record lead the cluster.",
        ref("Act"),
        body=thing("record", record=_RECORD, note=_NOTE),
    )
    def pin(call: Call) -> Answer:
        voice, record = spoken(call), call.body["record"]
        sides = questions.members(store, {call.number}, 1000).get(call.number, (0, []))[1]
        if record not in {name for side in sides for name in (side.name, side.identifier)}:
            missing()
        return done(call, f"pin {record}", deciding.pin(store, record, voice, call.body.get("note", "")), voice)

    @table.on(
        "POST",
        "/clusters/{number}/freeze",
        "freeze",
        Act.DECIDE,
        "Giữ cụm đúng như bây giờ.",
        "Keep the cluster as it is.",
        ref("Act"),
        body=thing(note=_NOTE),
    )
    def freeze(call: Call) -> Answer:
        voice = spoken(call)
        return done(call, "freeze", deciding.freeze(store, call.number, voice, call.body.get("note", "")), voice)


def _alike(one: alikes.Alike) -> dict[str, Any]:
    found = one._asdict() | {"number": str(one.number), "libraries": list(one.libraries)}
    del found["first"]
    return found


def _question(one: Question) -> dict[str, Any]:
    return {
        "low": one.low,
        "high": one.high,
        "reason": one.reason,
        "a": _side(one.a),
        "b": _side(one.b),
        "score": one.score,
        "probability": round(one.probability, 4),
        "gain": one.gain,
        "kind": one.kind,
        "libraries": list(one.libraries),
        "records": one.records,
    }


def _side(one: Side) -> dict[str, str]:
    return {"record": one.name, "identifier": one.identifier, "title": one.title}


def _decision(one: chronicle.Happening) -> dict[str, Any]:
    return {
        "number": one.act,
        "at": iso(one.at),
        "verdict": one.what,
        "records": list(one.records),
        "by": one.by,
        "library": one.library,
        "why": one.why,
        "withdrawn": None if one.withdrawn is None else iso(one.withdrawn),
    }
