"""What is in a batch: its problems, its records, what was refused, and changes for many records at once."""

from __future__ import annotations

from typing import Any, Final

from accounts.rights import Act
from catalogue import amending, batches, errands, mending, remarks, staged
from catalogue.errands import Errand
from catalogue.quarantine import Quarantined
from catalogue.remarks import Group
from catalogue.staged import Staged
from catalogue.store import iso
from marc.amendments import Amendment
from portal import amendment_words
from portal.rest.batches import mine_of, row
from portal.rest.door import number
from portal.rest.operation import PAGED, Answer, Call, Parameter, Rooms, Table, listed, page
from portal.rest.records import given, marc
from portal.rest.schema import array, one_of, ref, text, thing
from portal.workshop import language, noted, who

_CODE: Final = Parameter("code", text(60), "Chỉ những biểu ghi mắc lỗi này.", "Only records with this problem.")
_KIND: Final = Parameter(
    "effect",
    one_of("new", "changed", "deleted"),
    "Chỉ những biểu ghi mới, sửa hoặc xoá.",
    "Only records that are new, changed or deleted.",
)


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    table.group = "batches"
    _reading(table, rooms)
    _mending(table, rooms)


def _reading(table: Table, rooms: Rooms) -> None:
    store, mine = rooms.store, mine_of(rooms)

    @table.on(
        "GET",
        "/batches/{number}",
        "batch",
        Act.IMPORT,
        "Một lô: số đếm, đối chiếu với mục lục liên hợp, ý kiến.",
        "One batch: counts, comparison with the union, what was said of it.",
        ref("BatchInFull"),
    )
    def one(call: Call) -> Answer:
        found = mine(call.number)
        said = [
            {"kind": one.kind, "who": one.who, "comment": one.comment, "made": iso(one.made)}
            for one in batches.opinions(store, found.number)
        ]
        work = [_errand(one) for one in errands.of(store, found.number)]
        return Answer(row(found) | {"matches": remarks.matches(store, found.number), "opinions": said, "work": work})

    @table.on(
        "GET",
        "/batches/{number}/problems",
        "problems",
        Act.IMPORT,
        "Lỗi của lô theo loại, nhiều nhất trước.",
        "What is wrong with the batch by kind, the most frequent first.",
        thing("*", items=array(ref("Trouble"))),
    )
    def problems(call: Call) -> Answer:
        return Answer({"items": [_group(one) for one in remarks.groups(store, mine(call.number).number)]})

    @table.on(
        "GET",
        "/batches/{number}/records",
        "batch_records",
        Act.IMPORT,
        "Biểu ghi của lô.",
        "Records of the batch.",
        listed(ref("StagedRecord")),
        _CODE,
        _KIND,
        *PAGED,
    )
    def records(call: Call) -> Answer:
        found, after = mine(call.number), number(call.after, -1)
        code, kind = call.query.get("code", ""), call.query.get("effect", "")
        some = staged.page(store, found.number, code=code, kind=kind, after=after, limit=call.limit + 1)
        return page(some, call.limit, lambda one: staged_row(found.number, one), lambda one: one.number)

    @table.on(
        "GET",
        "/batches/{number}/refused",
        "refused",
        Act.IMPORT,
        "Những gì không nhận được, kèm lý do.",
        "What was not taken in, with the reason.",
        listed(ref("Refused")),
        _CODE,
        *PAGED,
    )
    def refused(call: Call) -> Answer:
        found, code = mine(call.number), call.query.get("code", "")
        some = mending.pieces(store, found.number, code, number(call.after), call.limit + 1)
        return page(some, call.limit, refused_row, lambda one: one.number)

    def staged_row(batch: int, one: Staged) -> dict[str, Any]:
        match, like = remarks.match_of(store, batch, one.number)
        told = [
            {"code": each.code, "severity": each.severity, "place": each.place, "says": each.sentence(language())}
            for each in remarks.of(one)
        ]
        return {
            "record": one.number,
            "local_id": one.local_id,
            "title": one.title,
            "effect": one.effect,
            "match": match,
            "resembles": like,
            "problems": told,
            "marc": None if one.record is None else marc(one.record),
        }


def _mending(table: Table, rooms: Rooms) -> None:
    store, mine = rooms.store, mine_of(rooms)

    @table.on(
        "PUT",
        "/batches/{number}/records/{record}",
        "mend_record",
        Act.IMPORT,
        "Viết lại một biểu ghi của lô; số 001 giữ nguyên.",
        "Write one record of the batch anew; its 001 stays.",
        thing("*", changed={"type": "boolean"}, noticed=array(text())),
        body=thing("record", record=ref("Marc")),
    )
    def mend(call: Call) -> Answer:
        found = mine(call.number)
        record, noticed = given(call.body["record"])
        step = amending.edit(store, found.number, call.path["record"], record, who().actor)
        if step is not None:
            noted(Act.IMPORT, record.control("001"), library=found.library, change_set=found.number)
        return Answer({"changed": step is not None, "noticed": noticed})

    @table.on(
        "POST",
        "/batches/{number}/fixes/trial",
        "try_fix",
        Act.IMPORT,
        "Xem một phép sửa hàng loạt sẽ làm gì; không sửa gì cả.",
        "What one fix for many would do; nothing is changed.",
        ref("Trial"),
        body=ref("Fix"),
    )
    def attempt(call: Call) -> Answer:
        found = mine(call.number)
        tried = amending.trial(store, found.number, _asked(call.body), call.body.get("code", ""))
        samples = [
            {
                "local_id": one.record.local_id,
                "before": list(map(amending.shown, one.before)),
                "after": list(map(amending.shown, one.after)),
            }
            for one in tried.samples
        ]
        return Answer({"records": tried.records, "changed": tried.changed, "samples": samples})

    @table.on(
        "POST",
        "/batches/{number}/fixes",
        "fix",
        Act.IMPORT,
        "Sửa hàng loạt; `code` chỉ sửa những biểu ghi mắc lỗi ấy.",
        "One fix for many records; `code`: only those with that problem.",
        ref("Errand"),
        body=ref("Fix"),
        status=202,
    )
    def fix(call: Call) -> Answer:
        found = mine(call.number)
        asked = _asked(call.body)
        errand = amending.ask(store, found.number, asked, call.body.get("code", ""), who().actor)
        what = amendment_words.kept(asked)
        noted(Act.IMPORT, what, library=found.library, change_set=found.number, detail=f"{errand.number}")
        return Answer(_errand(errand))

    @table.on(
        "POST",
        "/batches/{number}/fixes/{step}/undo",
        "undo_fix",
        Act.IMPORT,
        "Hoàn tác một lần sửa hàng loạt.",
        "Undo one fix.",
        thing("*", records={"type": "integer"}),
    )
    def undo(call: Call) -> Answer:
        found = mine(call.number)
        count = amending.undo(store, found.number, call.path["step"])
        noted(Act.IMPORT, f"↶ {call.path['step']}", library=found.library, change_set=found.number)
        return Answer({"records": count})


def _asked(said: dict[str, Any]) -> Amendment:
    return Amendment(
        said["kind"],
        said.get("tag", ""),
        said.get("subfield", ""),
        said.get("old", ""),
        said.get("new", ""),
        said.get("inside", False),
    )


def _errand(one: Errand) -> dict[str, Any]:
    return {
        "number": one.number,
        "kind": one.kind,
        "state": one.state,
        "done": one.done,
        "changed": one.changed,
        "reason": one.reason(language()),
    }


def _group(one: Group) -> dict[str, Any]:
    return {
        "code": one.code,
        "severity": one.severity,
        "records": one.records,
        "says": one.sentence(language()),
        "mends": one.mends,
        "proposes": one.proposes,
    }


def refused_row(one: Quarantined) -> dict[str, Any]:
    return {
        "piece": one.number,
        "record": one.record,
        "line": one.line,
        "code": one.code,
        "bytes": len(one.data),
        "says": one.reason_en if language() == "en" else one.reason_vi,
    }
