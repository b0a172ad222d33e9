"""Records: searching, reading, their versions; adding, replacing, deleting and bringing one back."""

from __future__ import annotations

import json
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from accounts import audit
from accounts.audit import Maker
from accounts.rights import Act
from catalogue import contents, editing, history, items
from catalogue.contents import Content
from catalogue.editing import Saved
from catalogue.history import Made, Subject
from catalogue.store import iso
from foundation.errors import InputError, Problem
from foundation.limits import SEARCH_FILTERS, SEARCH_TERM_CHARACTERS, SEARCH_WINDOW
from marc import marcjson
from marc.differences import differences
from marc.record import Record
from portal import finding, listing, record_desk
from portal.listing import Row
from portal.rest import messages
from portal.rest.door import expected, missing, number, permit, refuse
from portal.rest.operation import PAGED, Answer, Call, Parameter, Rooms, Table, listed, page
from portal.rest.schema import array, one_of, ref, text, thing, whole
from portal.workshop import language, noted
from search import browse
from search.query import Field

_WRITES: Final = (Act.EDIT, Act.PUBLISH)
_GIVEN: Final = thing("record", record=ref("Marc"))
_TWO: Final = (
    Parameter("before", whole(1), "Số phiên bản trước.", "Number of the earlier version.", required=True),
    Parameter("after", whole(1), "Số phiên bản sau.", "Number of the later version.", required=True),
)
_SCAN: Final = (
    Parameter("start", text(SEARCH_TERM_CHARACTERS), "Bắt đầu từ đâu.", "Where to begin."),
    Parameter("before", whole(0, 100), "Số đề mục trước chỗ ấy.", "Headings before that."),
    Parameter("after", whole(0, 100), "Số đề mục từ chỗ ấy.", "Headings from there on."),
)
_SEARCH: Final = (
    Parameter("q", text(SEARCH_TERM_CHARACTERS), "Từ cần tìm, như ở ô tìm kiếm.", "Words, as in the search box."),
    Parameter(
        "f",
        array(text(SEARCH_TERM_CHARACTERS, 1, r"[a-z_]+:.+"), SEARCH_FILTERS),
        "Lọc, dạng `field:value` như trong `facets`; lặp lại được.",
        "Filters, each `field:value` as in `facets`; may be repeated.",
    ),
    Parameter("from", text(4, 1, "[0-9]+"), "Từ năm.", "From this year."),
    Parameter("to", text(4, 1, "[0-9]+"), "Đến năm.", "Up to this year."),
    Parameter("sort", one_of(*(name for name in finding.ORDERS if name)), "Thứ tự.", "Order."),
    Parameter("page", whole(1, SEARCH_WINDOW), "Trang, từ 1.", "Page, from 1."),
    Parameter("size", whole(20, 100, enum=list(finding.SIZES)), "Số kết quả của một trang.", "Records of one page."),
)


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    table.group = "records"
    _reading(table, rooms)
    _versions(table, rooms)
    _writing(table, rooms)


def _reading(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "GET",
        "/search",
        "search",
        Act.READ,
        "Tìm biểu ghi; kèm số đếm theo từng nhóm (facets).",
        "Search for records, with counts to narrow by (facets).",
        ref("Found"),
        *_SEARCH,
    )
    def search(call: Call) -> Answer:
        asked = finding.read(_arguments(call))
        found = rooms.finder.search(
            finding.query(asked),
            sort=finding.order(asked),
            offset=asked.offset,
            limit=asked.size,
            facets=listing.FACETS,
        )
        rows = listing.rows(rooms.finder.contents(found.records), rooms.parts)
        following = asked.page + 1 if asked.page < finding.pages(asked, found.count) else None
        facets = {
            field.value: [{"value": one.value, "count": one.count} for one in values]
            for field, values in found.facets.items()
        }
        turned = None if following is None else str(following)
        return Answer(
            {
                "query": asked.text,
                "count": found.count,
                "items": [summary(row) for row in rows],
                "facets": facets,
                "next": turned,
            },
            following=turned,
            turning="page",
        )

    @table.on(
        "GET",
        "/headings/{list}",
        "headings",
        Act.READ,
        "Danh sách đề mục theo thứ tự từ điển, từ chữ `start`, kèm số biểu ghi của mỗi đề mục.",
        "A list of headings in the dictionary's order, from `start` on, with the number of records of each.",
        thing("*", items=array(thing("*", heading=text(), count=whole()))),
        *_SCAN,
    )
    def headings(call: Call) -> Answer:
        asked = {name: call.query.get(name, default) for name, default in (("before", 0), ("after", 20))}
        found = browse.scan(store, Field(call.path["list"]), call.query.get("start", ""), **asked)
        return Answer({"items": [{"heading": one.text, "count": one.count} for one in found.entries]})

    @table.on(
        "GET",
        "/records",
        "records",
        Act.READ,
        "Mọi biểu ghi các thư viện đã góp, theo thứ tự chúng đến.",
        "All records that libraries contributed, in the order in which they came.",
        listed(ref("Record")),
        *PAGED,
    )
    def every(call: Call) -> Answer:
        with store.read() as connection:
            numbers = contents.numbers_behind(connection, number(call.after), call.limit + 1, union=False)
            found = contents.read(store, connection, numbers)
        return page([found[one] for one in numbers if one in found], call.limit, _content, lambda one: one.number)

    @table.on(
        "GET",
        "/records/{identifier}",
        "record",
        Act.READ,
        "Một biểu ghi; ETag là phiên bản của nó. Các dạng khác: /record/ĐỊNH-DANH.xml, .mods, .dc, .ttl …",
        "One record; its ETag is its version. Other forms: /record/IDENTIFIER.xml, .mods, .dc, .ttl …",
        ref("Record"),
        others=(410,),
    )
    def one(call: Call) -> Answer:
        found = items.get(store, call.path["identifier"])
        if found is None:
            missing()
        if found.deleted or found.record is None or found.number is None:
            refuse(410, Problem(messages.GONE, values={"identifier": found.identifier}))
        value = {
            "identifier": found.identifier,
            "library": found.library,
            "local_id": found.local_id,
            "version": found.number,
            "modified": iso(found.datestamp),
            "record": marc(found.record),
        }
        return Answer(value, etag=str(found.number))


def _versions(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "GET",
        "/records/{identifier}/versions",
        "versions",
        Act.EDIT,
        "Các phiên bản, mới nhất trước.",
        "Its versions, the newest first.",
        thing("*", items=array(ref("Version"))),
    )
    def versions(call: Call) -> Answer:
        found = history.subject(store, call.path["identifier"])
        permit(Act.EDIT, found.library)
        made = history.versions(store, found.number)
        with store.read() as connection:
            makers = audit.makers(connection, {one.change_set: one.undoes for one in made})
        return Answer({"items": [_made(one, makers.get(one.change_set)) for one in made]})

    @table.on(
        "GET",
        "/records/{identifier}/versions/{version}",
        "version",
        Act.EDIT,
        "Nội dung một phiên bản.",
        "What a version said.",
        ref("Old"),
    )
    def version(call: Call) -> Answer:
        found = history.subject(store, call.path["identifier"])
        permit(Act.EDIT, found.library)
        said = history.of(store, found.number, call.path["version"])
        return Answer({"identifier": found.identifier, "version": call.path["version"], "record": marc(said)})

    @table.on(
        "GET",
        "/records/{identifier}/differences",
        "differences",
        Act.EDIT,
        "Hai phiên bản khác nhau ở trường nào.",
        "In which fields two versions differ.",
        thing("*", items=array(ref("Difference"))),
        *_TWO,
    )
    def compare(call: Call) -> Answer:
        found = history.subject(store, call.path["identifier"])
        permit(Act.EDIT, found.library)
        before, after = (history.of(store, found.number, call.query[name]) for name in ("before", "after"))
        return Answer({"items": differing(before, after)})


def differing(before: Record | None, after: Record) -> list[dict[str, Any]]:
    """The fields that are not the same; of a record that is deleted everything is new."""
    return [
        {
            "tag": one.tag,
            "kind": one.kind,
            "before": "".join(piece.text for piece in one.before),
            "after": "".join(piece.text for piece in one.after),
        }
        for one in differences(before or Record(after.leader), after)
        if one.kind != "same"
    ]


def _writing(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "POST",
        "/libraries/{library}/records",
        "add_record",
        _WRITES,
        "Thêm và công bố một biểu ghi. Không có trường 001 thì máy chủ cho số.",
        "Add a record and publish it. Without field 001 it is given a number.",
        ref("Saved"),
        status=201,
        body=_GIVEN,
    )
    def make(call: Call) -> Answer:
        record, noticed = given(call.body["record"])
        done = editing.create(store, call.library, record)
        noted(Act.EDIT, done.identifier, "+", done.change_set, library=call.library)
        return _saved(done, noticed, location=f"/records/{done.identifier}")

    @table.on(
        "PUT",
        "/records/{identifier}",
        "replace_record",
        _WRITES,
        "Thay biểu ghi; If-Match mang ETag của lần đọc.",
        "Replace a record; If-Match has the ETag it was read with.",
        ref("Saved"),
        body=_GIVEN,
        if_match=True,
    )
    def replace(call: Call) -> Answer:
        found, version = _mine(call)
        record, noticed = given(call.body["record"])
        done = editing.save(store, found, record, based_on=version)
        noted(Act.EDIT, done.identifier, "=", done.change_set, library=found.library)
        return _saved(done, noticed)

    @table.on(
        "DELETE",
        "/records/{identifier}",
        "delete_record",
        _WRITES,
        "Xoá biểu ghi; dấu vết còn lại, hoàn tác được.",
        "Delete a record; its trace stays, and it can be undone.",
        ref("Saved"),
        if_match=True,
    )
    def remove(call: Call) -> Answer:
        found, version = _mine(call)
        done = editing.remove(store, found, based_on=version)
        noted(Act.EDIT, done.identifier, "-", done.change_set, library=found.library)
        return _saved(done, [])

    @table.on(
        "POST",
        "/records/{identifier}/bring-back",
        "bring_back",
        _WRITES,
        "Đưa biểu ghi về nội dung của một phiên bản cũ.",
        "Make a record say again what an older version said.",
        ref("Saved"),
        body=thing("version", version=whole(1)),
        if_match=True,
    )
    def bring_back(call: Call) -> Answer:
        found, version = _mine(call)
        done = editing.bring_back(store, found, call.body["version"], based_on=version)
        noted(Act.EDIT, done.identifier, f"↶ {call.body['version']}", done.change_set, library=found.library)
        return _saved(done, [])

    @table.on(
        "POST",
        "/records/{identifier}/undo",
        "undo_record",
        (*_WRITES, Act.UNDO),
        "Hoàn tác một lần sửa của riêng biểu ghi này; lần nhập cả lô thì hoàn tác cả lô.",
        "Take back one edit of this record alone; an import is undone as a batch.",
        thing("*", change_set=whole()),
        body=thing("change_set", change_set=whole(1)),
    )
    def undo(call: Call) -> Answer:
        found = history.subject(store, call.path["identifier"])
        for act in (*_WRITES, Act.UNDO):
            permit(act, found.library)
        made = record_desk.undone(store, found, call.body["change_set"])
        noted(Act.UNDO, found.identifier, "undo", made, library=found.library)
        return Answer({"change_set": made})

    def _mine(call: Call) -> tuple[Subject, int]:
        """The record, which the token may change, and the version that it has and was expected to have."""
        found = history.subject(store, call.path["identifier"])
        for act in _WRITES:
            permit(act, found.library)
        if found.version is None:
            refuse(410, Problem(messages.GONE, values={"identifier": found.identifier}))
        return found, expected(found.version)


def given(value: Any) -> tuple[Record, list[str]]:
    """The record that was sent, and what had to be repaired in it. Raises InputError."""
    record, problems = marcjson.read(json.dumps(value, ensure_ascii=False).encode())
    said = [one.text(language()) for one in problems]
    if record is None:
        raise InputError(messages.RECORD_WRONG, reason=problems[-1])
    return record, said


def marc(record: Record) -> Any:
    """A record as MARC-in-JSON."""
    return json.loads(marcjson.write(record))


def summary(row: Row) -> dict[str, Any]:
    """A record as it stands in a list of results."""
    return {
        "identifier": row.identifier,
        "title": row.title,
        "authors": list(row.names),
        "imprint": row.imprint,
        "date": row.date,
        "kind": row.kind_code,
        "languages": list(row.languages),
        "isbn": list(row.isbns),
        "subjects": list(row.subjects),
        "libraries": list(row.libraries),
        "modified": iso(row.modified),
    }


def _content(one: Content) -> dict[str, Any]:
    return {
        "identifier": one.identifier,
        "library": one.library,
        "local_id": one.local_id,
        "version": one.version,
        "modified": iso(one.modified),
        "record": marc(one.record),
    }


def _made(one: Made, maker: Maker | None) -> dict[str, Any]:
    return {
        "change_set": one.change_set,
        "kind": one.kind,
        "title": one.title,
        "state": one.state,
        "published": iso(one.published),
        "version": one.version,
        "current": one.current,
        "corrected": one.corrected,
        "by": maker.actor if maker else "",
        "writer": maker.writer if maker else "",
    }


def _saved(done: Saved, noticed: list[str], location: str = "") -> Answer:
    value = {"identifier": done.identifier, "version": done.version, "change_set": done.change_set, "noticed": noticed}
    return Answer(value, etag="" if done.version is None else str(done.version), location=location)


def _arguments(call: Call) -> MultiDict[str, str]:
    """What was asked, checked, as the search page reads it."""
    pairs = [
        (name, str(one))
        for name, value in call.query.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    return MultiDict(pairs)
