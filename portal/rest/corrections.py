"""What is corrected outside: the error workbook of a batch out, the mended one in; and one refused piece mended."""

from __future__ import annotations

from typing import Any

from accounts.rights import Act
from catalogue import changesets, errands, mending
from catalogue.quarantine import Quarantined
from foundation.errors import InputError
from marc.spreadsheet import errors_workbook
from portal.rest import messages
from portal.rest.batch_records import refused_row
from portal.rest.batches import NAME, file_row, mine_of, received, row
from portal.rest.operation import BYTES, FILE, XLSX, Answer, Call, Rooms, Table
from portal.rest.records import given, marc
from portal.rest.schema import array, ref, table, text, thing
from portal.workshop import noted


def add(rows: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    rows.group = "batches"
    _workbooks(rows, rooms)
    _pieces(rows, rooms)


def _workbooks(rows: Table, rooms: Rooms) -> None:
    store, files, mine = rooms.store, rooms.files, mine_of(rooms)

    @rows.on(
        "GET",
        "/batches/{number}/errors",
        "errors",
        Act.IMPORT,
        "Bảng Excel những dòng phải sửa, mỗi dòng kèm lý do.",
        "A workbook of the rows to be mended, each with the reason.",
        FILE,
        gives=XLSX,
    )
    def errors(call: Call) -> Answer:
        found = mine(call.number)
        made = errors_workbook.xlsx(mending.faulty(store, found.number))
        return Answer(made, name=f"can-sua-{found.number}.xlsx")

    @rows.on(
        "POST",
        "/batches/{number}/corrections",
        "send_corrections",
        Act.IMPORT,
        "Gửi lại bảng đã sửa; dòng đã sửa thay dòng cũ của lô. Gửi hai lần cũng như một lần.",
        "Send the mended workbook; its rows take the place of the batch's. Sent twice it is done once.",
        ref("File"),
        NAME,
        status=202,
        takes=BYTES,
    )
    def correct(call: Call) -> Answer:
        found = mine(call.number)
        with store.read() as connection:
            changesets.require(connection, found.number, changesets.STAGED)
        made = received(files, found.library, call.query["name"], "SPREADSHEET_BYTES", found.number)
        made = files.ask(made.number)
        noted(Act.IMPORT, made.name, library=found.library, change_set=found.number)
        return Answer(file_row(made), location=f"/files/{made.number}")

    @rows.on(
        "POST",
        "/batches/{number}/check",
        "check_batch",
        Act.IMPORT,
        "Kiểm tra lại cả lô và đối chiếu lại với mục lục liên hợp.",
        "Check the whole batch again, and compare it with the union again.",
        ref("Batch"),
        status=202,
    )
    def check(call: Call) -> Answer:
        found = mine(call.number)
        with store.read() as connection:
            changesets.require(connection, found.number, changesets.STAGED)
        for kind in (errands.CHECK, errands.MATCH):
            errands.put(store, found.number, kind)
        return Answer(row(found))


def _pieces(rows: Table, rooms: Rooms) -> None:
    store, mine = rooms.store, mine_of(rooms)

    @rows.on(
        "GET",
        "/batches/{number}/refused/{piece}",
        "refused_piece",
        Act.IMPORT,
        "Một mẩu bị từ chối: các ô của dòng, hoặc phần MARC đọc được.",
        "One refused piece: the cells of its row, or what can be read of its MARC.",
        ref("RefusedPiece"),
    )
    def one(call: Call) -> Answer:
        return Answer(_piece(mending.piece(store, mine(call.number).number, call.path["piece"])))

    @rows.on(
        "PUT",
        "/batches/{number}/refused/{piece}",
        "mend_refused",
        Act.IMPORT,
        "Sửa một mẩu bị từ chối và đưa vào lô: `cells` cho dòng của bảng, `record` cho MARC.",
        "Mend a refused piece and put it into the batch: `cells` for a row of a list, `record` for MARC.",
        thing("*", noticed=array(text())),
        body=thing(cells=table(text(10_000)), record=ref("Marc")),
    )
    def mend(call: Call) -> Answer:
        batch = mine(call.number)
        found = mending.piece(store, batch.number, call.path["piece"])
        cells = mending.cells_of(found)
        noticed: list[str] = []
        if cells is not None and "cells" in call.body:
            for name in call.body["cells"]:
                if name not in cells:
                    raise InputError(messages.COLUMN, name=name[:80], known=", ".join(cells)[:500])
            mending.mend_row(store, batch.library, batch.number, found, cells | call.body["cells"])
        elif cells is None and "record" in call.body:
            record, noticed = given(call.body["record"])
            mending.mend_record(store, batch.number, found, record)
        else:
            wanted = "record" if cells is None else "cells"
            raise InputError(messages.BODY, at=wanted, wanted=wanted)
        noted(Act.IMPORT, f"{found.line or found.record}", library=batch.library, change_set=batch.number)
        return Answer({"noticed": noticed})


def _piece(found: Quarantined) -> dict[str, Any]:
    cells = mending.cells_of(found)
    record = mending.record_of(found) if cells is None else None
    return refused_row(found) | {"cells": cells, "record_marc": None if record is None else marc(record)}
