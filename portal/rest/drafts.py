"""Drafts: records that are being written, kept from the first word until they are published.

A draft of a token is its own, as one of a person is theirs; once it is sent, whoever may publish for its library sees
it. Its revision is its ETag.
"""

from __future__ import annotations

from typing import Any, Final

from accounts.rights import Act
from catalogue import drafts, history
from catalogue.drafts import Draft
from catalogue.editing import Saved
from catalogue.history import Subject
from catalogue.store import iso
from foundation.errors import InputError, RefusedError
from foundation.limits import DRAFT_BYTES
from marc import entry, worksheet
from marc.entry_table import KINDS
from portal import drafting, editor_view
from portal.drafting import Drafting
from portal.rest import messages
from portal.rest.door import expected, missing, permit
from portal.rest.operation import Answer, Call, Parameter, Rooms, Table
from portal.rest.records import differing, given, marc
from portal.rest.schema import array, flag, one_of, ref, text, thing
from portal.workshop import allowed, language, libraries, who

_LINES: Final = text(DRAFT_BYTES)
_STATE: Final = Parameter(
    "state",
    one_of("mine", "waiting", default="mine"),
    "mine: của mình; waiting: đã gửi, chờ mình duyệt.",
    "mine: one's own; waiting: sent, for one to approve.",
)


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    table.group = "drafts"
    work = Drafting(rooms.store, rooms.settings)
    _beginning(table, rooms)
    _writing(table, rooms, work)
    _sending(table, rooms, work)


def _beginning(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "GET",
        "/drafts",
        "drafts",
        Act.EDIT,
        "Bản nháp của mình, hoặc những bản đang chờ mình duyệt.",
        "One's own drafts, or those that wait for one's approval.",
        thing("*", items=array(ref("Draft"))),
        _STATE,
    )
    def every(call: Call) -> Answer:
        if call.query["state"] == "mine":
            found = drafts.mine(store, who().actor)
        else:
            found = drafts.waiting(store, [one.code for one in libraries(Act.PUBLISH)])
        return Answer({"items": [_row(one) for one in found]})

    @table.on(
        "POST",
        "/libraries/{library}/drafts",
        "add_draft",
        Act.EDIT,
        "Bắt đầu bản nháp: từ biểu ghi gửi đến, từ các dòng đã gõ, giống biểu ghi `like`, hoặc trống theo `kind`.",
        "Begin a draft: of the record sent, of typed lines, like the record `like`, or blank, of a `kind`.",
        ref("DraftInFull"),
        status=201,
        body=thing(record=ref("Marc"), text=_LINES, like=text(64), kind=one_of(*KINDS)),
    )
    def begin(call: Call) -> Answer:
        kind, today = call.body.get("kind", ""), editor_view.today().date()
        if "like" in call.body:
            record = history.subject(store, call.body["like"]).record
            if record is None:
                missing()
            lines, kind = entry.copied(record, today), kind or entry.kind_of(record)
        elif "record" in call.body or "text" in call.body:
            lines = _lines(call)
            kind = kind or entry.kind_of(worksheet.read(lines).record)
        else:
            kind = kind or next(iter(KINDS))
            lines = entry.new(kind, call.library, today)
        title = editor_view.title(worksheet.read(lines).record)
        return _shown(rooms, drafts.begin(store, call.library, who().actor, lines, title=title, kind=kind), made=True)

    @table.on(
        "POST",
        "/records/{identifier}/draft",
        "draft_record",
        Act.EDIT,
        "Bắt đầu sửa một biểu ghi trong bản nháp, hoặc sửa tiếp bản nháp đã có.",
        "Begin to change a record in a draft, or go on with the one there is.",
        ref("DraftInFull"),
        status=201,
    )
    def edit(call: Call) -> Answer:
        found = history.subject(store, call.path["identifier"])
        permit(Act.EDIT, found.library)
        return _shown(rooms, drafting.begun(store, found) or missing(), made=True)


def _writing(table: Table, rooms: Rooms, work: Drafting) -> None:
    store = rooms.store

    @table.on(
        "GET",
        "/drafts/{number}",
        "draft",
        Act.EDIT,
        "Một bản nháp, và những gì quy tắc nói về nó; ETag là lần sửa của nó.",
        "One draft, and what the rules say of it; its ETag is its revision.",
        ref("DraftInFull"),
    )
    def one(call: Call) -> Answer:
        return _shown(rooms, work.seen(call.number))

    @table.on(
        "PUT",
        "/drafts/{number}",
        "write_draft",
        Act.EDIT,
        "Giữ nội dung mới của bản nháp, là biểu ghi hoặc là các dòng đã gõ; dòng lỗi cũng được giữ.",
        "Keep what a draft says now, a record or typed lines; lines that are no fields are kept too.",
        ref("DraftInFull"),
        body=thing(record=ref("Marc"), text=_LINES),
        if_match=True,
    )
    def write(call: Call) -> Answer:
        found, lines = work.own(call.number), _lines(call)
        revision = expected(found.revision)
        title = editor_view.title(worksheet.read(lines).record)
        return _shown(rooms, drafts.keep(store, found.number, lines, revision, title=title))

    @table.on(
        "POST",
        "/drafts/{number}/mend",
        "mend_draft",
        Act.EDIT,
        "Sửa những gì quy tắc tự sửa được.",
        "Mend what the rules can mend by themselves.",
        ref("DraftInFull"),
    )
    def repair(call: Call) -> Answer:
        return _shown(rooms, drafting.mended(store, work.own(call.number)))

    @table.on("DELETE", "/drafts/{number}", "drop_draft", Act.EDIT, "Bỏ bản nháp.", "Give the draft up.", None)
    def drop(call: Call) -> Answer:
        drafts.drop(store, work.own(call.number).number)
        return Answer()

    @table.on(
        "GET",
        "/drafts/{number}/differences",
        "draft_differences",
        Act.EDIT,
        "Bản nháp khác biểu ghi đang công bố ở đâu.",
        "Where the draft differs from the record that is published.",
        thing("*", items=array(ref("Difference"))),
    )
    def compare(call: Call) -> Answer:
        found = work.seen(call.number)
        now, mine = _subject(work, found), worksheet.read(found.text).record
        return Answer({"items": differing(now.record, mine)})

    @table.on(
        "POST",
        "/drafts/{number}/rebase",
        "rebase_draft",
        Act.EDIT,
        "Biểu ghi đã đổi trong lúc soạn: đi tiếp từ bản đang công bố; `merge` ghép chỗ sửa của mình vào bản ấy.",
        "The record has changed meanwhile: go on from what is published; `merge` makes one's changes on that again.",
        thing("*", draft=ref("DraftInFull"), overtaken=array(text())),
        body=thing(merge=flag()),
    )
    def rebase(call: Call) -> Answer:
        found = work.own(call.number)
        made, overtaken = drafting.rebased(store, found, _subject(work, found), merge=call.body.get("merge", False))
        return Answer({"draft": _value(rooms, made), "overtaken": list(overtaken)}, etag=str(made.revision))


def _sending(table: Table, rooms: Rooms, work: Drafting) -> None:
    store = rooms.store

    @table.on(
        "POST",
        "/drafts/{number}/send",
        "send_draft",
        Act.EDIT,
        "Gửi bản nháp cho người duyệt.",
        "Send the draft for approval.",
        ref("Draft"),
    )
    def send(call: Call) -> Answer:
        return Answer(_row(drafting.sent(store, work.own(call.number))))

    @table.on(
        "POST",
        "/drafts/{number}/take-back",
        "take_draft_back",
        Act.EDIT,
        "Lấy lại bản nháp đã gửi để viết tiếp.",
        "Take a draft back that was sent, to go on with it.",
        ref("Draft"),
    )
    def take_back(call: Call) -> Answer:
        found = work.own(call.number)
        return Answer(_row(drafts.give_back(store, found.number) if found.state == drafts.SENT else found))

    @table.on(
        "POST",
        "/drafts/{number}/return",
        "return_draft",
        (Act.EDIT, Act.PUBLISH),
        "Trả bản nháp lại cho người soạn, kèm lời nhắn.",
        "Give a draft back to its writer, with a note.",
        ref("Draft"),
        body=thing("note", note=text(2_000, 1)),
    )
    def give_back(call: Call) -> Answer:
        found = work.seen(call.number)
        permit(Act.PUBLISH, found.library)
        return Answer(_row(drafting.returned(store, found, call.body["note"])))

    @table.on(
        "POST",
        "/drafts/{number}/publish",
        "publish_draft",
        (Act.EDIT, Act.PUBLISH),
        "Công bố bản nháp; còn lỗi theo quy tắc thì phải nói `anyway`.",
        "Publish the draft; where the rules still find errors, `anyway` has to be said.",
        ref("Saved"),
        body=thing(anyway=flag()),
    )
    def publish(call: Call) -> Answer:
        found = work.seen(call.number)
        permit(Act.PUBLISH, found.library)
        said = drafting.findings(store, found, editor_view.MARC, language())
        if said.faults or not worksheet.read(found.text).record.parts():
            raise RefusedError(messages.DRAFT_FAULTS)
        if said.errors and not call.body.get("anyway", False):
            raise RefusedError(messages.DRAFT_ERRORS, count=said.errors)
        done: Saved = drafting.published(store, found)
        value: dict[str, Any] = {
            "identifier": done.identifier,
            "version": done.version,
            "change_set": done.change_set,
            "noticed": [],
        }
        return Answer(value, etag="" if done.version is None else str(done.version))


def _lines(call: Call) -> str:
    """What was sent, as lines. Raises InputError for nothing and for both."""
    if ("record" in call.body) == ("text" in call.body):
        raise InputError(messages.BODY, at="record", wanted="record | text")
    if "text" in call.body:
        return str(call.body["text"])
    return worksheet.text(given(call.body["record"])[0])


def _subject(work: Drafting, found: Draft) -> Subject:
    return work.subject(found) or missing()


def _shown(rooms: Rooms, found: Draft, *, made: bool = False) -> Answer:
    there = f"/drafts/{found.number}" if made else ""
    return Answer(_value(rooms, found), etag=str(found.revision), location=there)


def _value(rooms: Rooms, found: Draft) -> dict[str, Any]:
    sheet = worksheet.read(found.text)
    now = history.subject(rooms.store, found.identifier) if found.identifier else None
    said = [
        {"severity": one.severity, "says": one.text, "evidence": one.evidence, "place": one.place, "mends": one.fixable}
        for one in drafting.findings(rooms.store, found, editor_view.MARC, language()).said
    ]
    return _row(found) | {
        "text": found.text,
        "marc": None if sheet.faults else marc(sheet.record),
        "moved": now is not None and now.version != found.base,
        "others": drafts.others(rooms.store, found.record, found.person) if found.record else [],
        "problems": said,
        "may_publish": bool(allowed(Act.PUBLISH, found.library)),
    }


def _row(one: Draft) -> dict[str, Any]:
    return {
        "number": one.number,
        "library": one.library,
        "person": one.person,
        "state": one.state,
        "title": one.title,
        "kind": one.kind,
        "record": one.identifier,
        "base": one.base,
        "revision": one.revision,
        "note": one.note,
        "origin": one.origin,
        "created": iso(one.created),
        "changed": iso(one.changed),
    }
