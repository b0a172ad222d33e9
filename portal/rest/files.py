"""What a file seems to be before it is read, and what its columns or tags mean: the decisions of the import page."""

from __future__ import annotations

from typing import Any, Final

from accounts.rights import Act
from catalogue import batch_messages, examination, teaching, uploads
from catalogue.examination import Examined
from foundation.errors import InputError, RefusedError
from marc.spreadsheet.headings import TARGETS
from marc.spreadsheet.template import template
from portal.rest import messages
from portal.rest.batches import file_of, file_row
from portal.rest.door import number, permit
from portal.rest.operation import FILE, LIBRARY, PAGED, XLSX, Answer, Call, Parameter, Rooms, Table, listed, page
from portal.rest.records import marc
from portal.rest.schema import array, one_of, ref, text, thing, whole
from portal.workshop import language, libraries, noted

_ENCODING: Final = Parameter(
    "encoding", text(20), "Bảng mã để đọc thử; bỏ trống là bảng mã đã chọn.", "Encoding to look with; else the chosen."
)
_SAID: Final = thing(
    encoding=text(20),
    columns=array(thing("heading target", heading=text(500, 1), target=one_of(*TARGETS)), 500),
    tags=array(thing("tag target", tag=whole(1, 99_999), target=text(3, 0, "([0-9]{3})?")), 1_000),
)


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    table.group = "batches"
    store, files, mine = rooms.store, rooms.files, file_of(rooms)

    @table.on(
        "GET",
        "/files",
        "files",
        Act.IMPORT,
        "Các tệp đã gửi, mới nhất trước.",
        "Files that were sent, the newest first.",
        listed(ref("File")),
        LIBRARY,
        *PAGED,
    )
    def every(call: Call) -> Answer:
        codes = [one.code for one in libraries(Act.IMPORT)]
        if "library" in call.query:
            permit(Act.IMPORT, call.query["library"])
            codes = [call.query["library"]]
        found = uploads.latest(store, codes, call.limit + 1, number(call.after))
        return page(found, call.limit, file_row, lambda one: one.number)

    @table.on(
        "GET",
        "/files/{number}/examination",
        "examine_file",
        Act.IMPORT,
        "Tệp là gì, bảng mã nào, mỗi cột hay mỗi trường nghĩa là gì, biểu ghi đầu tiên sẽ ra sao.",
        "What the file is, its encoding, what each column or tag means, how its first records would come out.",
        ref("Examined"),
        _ENCODING,
    )
    def look(call: Call) -> Answer:
        found = mine(call.number)
        return Answer(_examined(rooms.looked.at(found, call.query.get("encoding", "") or found.encoding)))

    @table.on(
        "PUT",
        "/files/{number}/mapping",
        "map_file",
        Act.IMPORT,
        "Nói mỗi cột (hoặc trường CDS/ISIS) nghĩa là gì và chọn bảng mã, trước khi đọc; tệp sau nhớ điều ấy.",
        "Say what columns (or CDS/ISIS tags) mean and choose the encoding, before it is read; the next file remembers "
        "it.",
        ref("Examined"),
        body=_SAID,
    )
    def say(call: Call) -> Answer:
        found = mine(call.number)
        if found.state not in (uploads.RECEIVED, uploads.REFUSED):
            raise RefusedError(batch_messages.UPLOAD_STATE, number=found.number, state=found.state)
        encoding = call.body.get("encoding", "") or found.encoding or examination.AUTO
        seen = rooms.looked.at(found, encoding)
        columns, tags = _columns(seen, call.body.get("columns", ())), _tags(seen, call.body.get("tags", ()))
        changed = teaching.teach(store, found.library, seen, columns, tags)
        if changed or encoding != found.encoding or found.state == uploads.REFUSED:
            found = files.choose(found.number, encoding)
            noted(Act.IMPORT, found.name, library=found.library, detail=f"mapping {encoding}")
        return Answer(_examined(rooms.looked.at(found, encoding)))

    @table.on(
        "POST",
        "/files/{number}/again",
        "reopen_file",
        Act.IMPORT,
        "Bỏ những gì đã đọc từ tệp mà chưa công bố, để quyết định lại bảng mã và cột.",
        "Drop what was read of the file and is not published, to decide on encoding and columns anew.",
        ref("File"),
    )
    def again(call: Call) -> Answer:
        found = mine(call.number)
        made = files.choose(found.number)
        noted(Act.IMPORT, found.name, library=found.library, detail="again", change_set=found.change_set)
        return Answer(file_row(made))

    @table.on(
        "GET",
        "/files/template",
        "template",
        Act.IMPORT,
        "Mẫu Excel để nhập danh sách sách.",
        "A workbook to fill in with a list of books.",
        FILE,
        gives=XLSX,
    )
    def blank(call: Call) -> Answer:
        return Answer(template(), name="mau-nhap-sach.xlsx")


def _columns(seen: Examined, said: Any) -> dict[teaching.Place, str]:
    """Raises InputError for a heading that the file does not have."""
    wanted = {one["heading"]: one["target"] for one in said}
    places = {
        (at, place): wanted[column.heading]
        for at, table in enumerate(seen.tables)
        for place, column in enumerate(table.columns)
        if column.heading in wanted
    }
    known = [column.heading for table in seen.tables for column in table.columns]
    for heading in wanted:
        if heading not in known:
            raise InputError(messages.COLUMN, name=heading[:80], known=", ".join(known)[:500] or "–")
    return places


def _tags(seen: Examined, said: Any) -> dict[int, str]:
    """The same for tags."""
    known = [one.tag for one in seen.tags]
    for one in said:
        if one["tag"] not in known:
            raise InputError(messages.COLUMN, name=str(one["tag"]), known=", ".join(map(str, known))[:500] or "–")
    return {one["tag"]: one["target"] for one in said}


def _examined(seen: Examined) -> dict[str, Any]:
    return {
        "form": seen.form,
        "detail": seen.detail,
        "file": seen.file,
        "encoding": seen.encoding,
        "confidence": seen.confidence,
        "candidates": list(seen.candidates),
        "samples": [{"before": before, "after": after} for before, after in seen.samples],
        "tables": [
            {
                "name": one.name,
                "rows": one.rows,
                "left_out": [{"row": number, "text": text} for number, text in one.left_out],
                "columns": [
                    {"heading": c.heading, "target": c.target, "confidence": c.confidence, "samples": list(c.samples)}
                    for c in one.columns
                ],
            }
            for one in seen.tables
        ],
        "tags": [
            {"tag": one.tag, "records": one.records, "samples": list(one.samples), "target": one.target}
            for one in seen.tags
        ],
        "kept": seen.kept,
        "records": [
            {
                "marc": None if one.record is None else marc(one.record),
                "problems": [each.text(language()) for each in one.problems],
            }
            for one in seen.records
        ],
        "expected": seen.expected,
    }
