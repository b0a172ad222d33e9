"""What is in the sets that people make: records put into collections and taken out; sets brought back."""

from __future__ import annotations

from typing import Any, Final

from accounts.rights import Act
from catalogue import collecting, set_members, sets
from catalogue.set_members import Member
from catalogue.store import iso
from foundation.limits import COLLECTION_RECORDS, SEARCH_TERM_CHARACTERS
from portal import gathering, saved
from portal.rest.door import missing, number
from portal.rest.operation import PAGED, Answer, Call, Rooms, Table, listed, page
from portal.rest.schema import array, ref, text, thing
from portal.rest.sets import row
from portal.workshop import noted
from search import box

_RECORDS: Final = thing("records", records=array(text(300, 1), COLLECTION_RECORDS, 1))


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    table.group = "sets"
    _inside(table, rooms)
    _placing(table, rooms)
    _acts(table, rooms)


def _inside(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "GET",
        "/sets/removed",
        "removed_sets",
        Act.COLLECTIONS,
        "Những bộ đã bỏ, còn lấy lại được.",
        "Sets that were taken away and can be brought back.",
        thing("*", items=array(ref("Set"))),
    )
    def removed(call: Call) -> Answer:
        return Answer({"items": [row(found) for found in sets.defined(store, removed=True)]})

    @table.on(
        "POST",
        "/sets/{kind}/{slug}/restore",
        "restore_set",
        Act.COLLECTIONS,
        "Lấy lại bộ đã bỏ, cùng câu chọn và những biểu ghi đã xếp.",
        "Bring back a set that was taken away, with its query and the records put into it.",
        ref("Set"),
        status=202,
    )
    def restore(call: Call) -> Answer:
        kind, slug = call.path["kind"], call.path["slug"]
        sets.restore(store, kind, slug)
        noted(Act.COLLECTIONS, f"{kind}:{slug}", "+")
        return Answer(row(sets.get(store, kind, slug) or missing()))

    @table.on(
        "GET",
        "/sets/{kind}/{slug}/records",
        "set_records",
        Act.COLLECTIONS,
        "Biểu ghi trong bộ; `placed`: do người hay lần nhập xếp vào, không phải do câu chọn.",
        "Records in the set; `placed`: by people or an import, not by a query.",
        listed(ref("SetRecord")),
        *PAGED,
    )
    def records(call: Call) -> Answer:
        kind, slug, behind = call.path["kind"], call.path["slug"], number(call.after) if call.after else -1
        found = set_members.page(store, kind, slug, behind, call.limit + 1)
        return page(found, call.limit, _member, lambda one: one.number)

    @table.on(
        "POST",
        "/sets/wording",
        "word_set",
        Act.COLLECTIONS,
        "Câu tìm của trang tìm kiếm viết thành câu chọn của bộ; không thay đổi gì.",
        "A search of the search page as the query of a set; nothing changes.",
        thing("*", query=text()),
        body=thing("search", search=text(SEARCH_TERM_CHARACTERS, 1)),
    )
    def word(call: Call) -> Answer:
        return Answer({"query": saved.written(box.parse(call.body["search"]))})


def _placing(table: Table, rooms: Rooms) -> None:
    store = rooms.store
    ways: dict[str, tuple[str, str]] = {
        "put": (
            "Xếp biểu ghi vào bộ sưu tập: mã, mã OAI, địa chỉ trang, hoặc THƯ-VIỆN/SỐ. Hoàn tác được.",
            "Put records into a collection: identifiers, OAI identifiers, addresses, or LIBRARY/NUMBER. Can be undone.",
        ),
        "take": ("Lấy biểu ghi ra khỏi bộ sưu tập. Hoàn tác được.", "Take records out of it. Can be undone."),
    }
    for what, (vi, en) in ways.items():

        def place(call: Call, what: str = what) -> Answer:
            done = gathering.placing(store, call.path["slug"], call.body["records"], what == "put")
            return Answer(done._asdict() | {"unknown": list(done.unknown), "change_sets": list(done.change_sets)})

        path, name = f"/collections/{{slug}}/{what}", f"{what}_records"
        table.put("POST", path, name, Act.COLLECTIONS, vi, en, ref("Placed"), do=place, body=_RECORDS)


def _acts(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "GET",
        "/collections/{slug}/acts",
        "collection_acts",
        Act.COLLECTIONS,
        "Những lần xếp vào và lấy ra gần đây.",
        "The latest times that records were put in or taken out.",
        thing("*", items=array(ref("Placing"))),
    )
    def acts(call: Call) -> Answer:
        return Answer({"items": [_act(one) for one in collecting.acts(store, call.path["slug"])]})

    @table.on(
        "POST",
        "/collections/{slug}/acts/{number}/undo",
        "undo_collection_act",
        Act.COLLECTIONS,
        "Hoàn tác một lần xếp; biểu ghi đã thay đổi từ đó được giữ nguyên (`kept`).",
        "Undo one of them; records that changed since stay as they are (`kept`).",
        ref("Unplaced"),
    )
    def undo(call: Call) -> Answer:
        return Answer(gathering.undoing(store, call.path["slug"], call.number)._asdict())


def _member(one: Member) -> dict[str, Any]:
    return {"identifier": one.identifier, "title": one.title, "libraries": list(one.libraries), "placed": one.placed}


def _act(one: collecting.Act) -> dict[str, Any]:
    return {
        "number": one.number,
        "what": "put" if one.inside else "take",
        "at": iso(one.at),
        "records": one.records,
        "undone": one.undone,
        "change_sets": list(one.change_sets),
    }
