"""Files that are brought, and the batches that come of them: what is wrong, what is mended, who says yes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, Final, cast

from flask import request
from werkzeug.exceptions import HTTPException

from accounts.rights import Act
from catalogue import batches, changesets, examination, uploads
from catalogue.batches import Batch
from catalogue.store import iso
from catalogue.uploads import Upload, Uploads
from foundation import limits
from foundation.errors import InputError, LienThongError, LimitError, Problem
from portal.rest import messages
from portal.rest.door import missing, number, permit, refuse
from portal.rest.operation import BYTES, LIBRARY, PAGED, Answer, Call, Parameter, Rooms, Table, listed, page
from portal.rest.schema import flag, ref, text, thing
from portal.workshop import allowed, language, libraries, noted, who

_COMMENT: Final = thing(comment=text(limits.COMMENT_CHARACTERS))
NAME: Final = Parameter(
    "name",
    text(200, 1),
    "Tên tệp; đuôi tệp giúp nhận ra dạng.",
    "Name of the file; its ending helps to tell its form.",
    required=True,
)
_ENCODING: Final = Parameter("encoding", text(20), "Bảng mã; bỏ trống thì tự nhận.", "Encoding; left out: recognised.")
_READ: Final = Parameter("read", flag(default=True), "Đọc ngay khi nhận xong.", "Read it as soon as it is here.")
Mine = Callable[[int], Batch]


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    table.group = "batches"
    _bringing(table, rooms)
    _files(table, rooms)
    _overview(table, rooms)
    _deciding(table, rooms)


def mine_of(rooms: Rooms) -> Mine:
    """Finds the batch of a number, for whom it is there; 404 for everybody else."""

    def mine(wanted: int) -> Batch:
        try:
            found = batches.get(rooms.store, wanted)
        except LienThongError:
            missing()
        if not allowed(Act.IMPORT, found.library) or found.change_set.kind != "import":
            missing()
        return found

    return mine


def file_of(rooms: Rooms) -> Callable[[int], Upload]:
    """The same for a file."""

    def mine(wanted: int) -> Upload:
        try:
            found = uploads.get(rooms.store, wanted)
        except LienThongError:
            missing()
        if not allowed(Act.IMPORT, found.library) or found.state == uploads.DROPPED:
            missing()
        return found

    return mine


def _bringing(table: Table, rooms: Rooms) -> None:
    files = rooms.files

    @table.on(
        "POST",
        "/libraries/{library}/files",
        "send_file",
        Act.IMPORT,
        "Gửi một tệp của thư viện để nhập; nội dung là các byte của tệp.",
        "Send a file of the library to be imported; the body is the bytes of the file.",
        ref("File"),
        NAME,
        _ENCODING,
        _READ,
        status=202,
        takes=BYTES,
    )
    def send(call: Call) -> Answer:
        found = received(files, call.library, call.query["name"], "UPLOAD_BYTES")
        noted(Act.IMPORT, found.name, library=call.library, detail=f"{found.size} byte")
        if "encoding" in call.query:
            found = files.choose(found.number, call.query["encoding"])
        if call.query["read"]:
            found = files.ask(found.number)
        return Answer(file_row(found), location=f"/files/{found.number}")


def received(files: Uploads, library: str, name: str, limit: str, corrects: int | None = None) -> Upload:
    """The file that is the body of this request. `limit`: the one it keeps; `corrects`: the batch that it mends.

    Raises InputError where the line breaks, LimitError, RefusedError.
    """
    length, allowed = request.content_length, int(getattr(limits, limit))
    if length is None:
        refuse(411, Problem(messages.NO_LENGTH))
    if length > allowed:
        raise LimitError(messages.BODY_LARGE, limit=limit, seen=length, allowed=allowed)
    request.max_content_length = allowed
    begun = files.begin(library, name, length, who().actor, corrects)
    stream = _Line(cast(BinaryIO, request.stream))
    stream.skip(begun.received)
    found = files.write(begun.number, begun.received, cast(BinaryIO, stream))
    if found.state == uploads.RECEIVING:
        raise InputError(messages.CUT, seen=found.received, allowed=found.size)
    return found


class _Line:
    """A body as it comes; where the line breaks it ends, and what came is kept."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except (OSError, HTTPException):
            return b""

    def skip(self, count: int) -> None:
        """Pass over what is here from an earlier time."""
        while count > 0 and (piece := self.read(min(count, 256 * limits.KIB))):
            count -= len(piece)


def _files(table: Table, rooms: Rooms) -> None:
    files, mine = rooms.files, file_of(rooms)

    @table.on(
        "GET",
        "/files/{number}",
        "file",
        Act.IMPORT,
        "Một tệp và việc đọc nó đã đến đâu.",
        "A file, and how far it is read.",
        ref("File"),
    )
    def one(call: Call) -> Answer:
        return Answer(file_row(mine(call.number)))

    @table.on(
        "POST",
        "/files/{number}/read",
        "read_file",
        Act.IMPORT,
        "Đọc tệp, hoặc đọc tiếp, hoặc đọc lại bằng bảng mã khác.",
        "Read the file, go on with it, or read it anew in another encoding.",
        ref("File"),
        body=thing(encoding=text(20)),
    )
    def read(call: Call) -> Answer:
        found = mine(call.number)
        if "encoding" in call.body:
            files.choose(found.number, call.body["encoding"] or examination.AUTO)
        return Answer(file_row(files.ask(found.number)))

    @table.on(
        "POST", "/files/{number}/stop", "stop_file", Act.IMPORT, "Dừng đọc tệp.", "Stop reading the file.", ref("File")
    )
    def stop(call: Call) -> Answer:
        return Answer(file_row(files.stop(mine(call.number).number)))

    @table.on(
        "DELETE",
        "/files/{number}",
        "drop_file",
        Act.IMPORT,
        "Bỏ tệp và những gì đã đọc từ nó.",
        "Drop the file and what was read of it.",
        None,
    )
    def drop(call: Call) -> Answer:
        found = mine(call.number)
        files.drop(found.number)
        noted(Act.IMPORT, found.name, library=found.library, detail="drop", change_set=found.change_set)
        return Answer()


def _overview(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "GET",
        "/batches",
        "batches",
        Act.IMPORT,
        "Các lô nhập, mới nhất trước.",
        "Batches, the newest first.",
        listed(ref("Batch")),
        LIBRARY,
        *PAGED,
    )
    def every(call: Call) -> Answer:
        codes = [one.code for one in libraries(Act.IMPORT)]
        if "library" in call.query:
            permit(Act.IMPORT, call.query["library"])
            codes = [call.query["library"]]
        found = batches.latest(store, codes, number(call.after), call.limit + 1)
        return page(found, call.limit, row, lambda one: one.number)


def _deciding(table: Table, rooms: Rooms) -> None:
    store, mine = rooms.store, mine_of(rooms)

    def decided(call: Call, act: Act, what: str) -> Answer:
        noted(act, what, library=mine(call.number).library, detail=call.body.get("comment", ""), change_set=call.number)
        return Answer(row(mine(call.number)))

    @table.on(
        "POST",
        "/batches/{number}/publish",
        "publish",
        (Act.IMPORT, Act.PUBLISH),
        "Công bố lô; lô đang chờ duyệt được duyệt. Lô lớn được công bố ở phía sau (`state` còn là staged).",
        "Publish the batch; one that waits for approval is approved. A large one is published behind the scenes.",
        ref("Batch"),
        body=_COMMENT,
    )
    def publish(call: Call) -> Answer:
        permit(Act.PUBLISH, mine(call.number).library)
        batches.publish(store, call.number, who().actor, call.body.get("comment", ""))
        return decided(call, Act.PUBLISH, "publish")

    @table.on(
        "POST",
        "/batches/{number}/ask",
        "ask",
        Act.IMPORT,
        "Gửi lô cho người duyệt.",
        "Send the batch for approval.",
        ref("Batch"),
        body=_COMMENT,
    )
    def ask(call: Call) -> Answer:
        mine(call.number)
        batches.ask(store, call.number, who().actor, call.body.get("comment", ""))
        return decided(call, Act.IMPORT, "ask")

    @table.on(
        "POST",
        "/batches/{number}/decline",
        "decline",
        (Act.IMPORT, Act.PUBLISH),
        "Trả lô lại kèm lý do.",
        "Give the batch back with the reason.",
        ref("Batch"),
        body=thing("comment", comment=text(limits.COMMENT_CHARACTERS, 1)),
    )
    def decline(call: Call) -> Answer:
        permit(Act.PUBLISH, mine(call.number).library)
        batches.decline(store, call.number, who().actor, call.body["comment"])
        return decided(call, Act.PUBLISH, "decline")

    @table.on(
        "POST",
        "/batches/{number}/undo",
        "undo_batch",
        (Act.IMPORT, Act.UNDO),
        "Hoàn tác lô đã công bố; `force`: biểu ghi đã được sửa sau đó thì giữ nguyên, còn lại vẫn hoàn tác.",
        "Undo a published batch; `force`: records that were changed since stay as they are, the others are undone.",
        ref("Batch"),
        body=thing(force=flag()),
    )
    def undo(call: Call) -> Answer:
        permit(Act.UNDO, mine(call.number).library)
        batches.undo(store, call.number, call.body.get("force", False))
        return decided(call, Act.UNDO, "undo")

    @table.on(
        "POST",
        "/batches/{number}/redo",
        "redo_batch",
        (Act.IMPORT, Act.PUBLISH),
        "Công bố lại lô đã hoàn tác; `force`: biểu ghi đã được sửa từ đó thì giữ nguyên, còn lại vẫn công bố lại.",
        "Publish an undone batch again; `force`: records that were changed since stay as they are.",
        ref("Batch"),
        body=thing(force=flag()),
    )
    def redo(call: Call) -> Answer:
        permit(Act.PUBLISH, mine(call.number).library)
        made = batches.redo(store, call.number, call.body.get("force", False))
        noted(Act.UNDO, "redo", library=mine(call.number).library, change_set=made)
        return Answer(row(mine(call.number)))

    @table.on(
        "DELETE",
        "/batches/{number}",
        "drop_batch",
        Act.IMPORT,
        "Bỏ lô chưa công bố.",
        "Drop a batch that is not published.",
        None,
    )
    def drop(call: Call) -> Answer:
        found = mine(call.number)
        file = uploads.of_change_set(store, found.number)
        if file is not None and file.state != uploads.DROPPED:
            rooms.files.drop(file.number)
        elif found.change_set.state != changesets.DISCARDED:
            changesets.discard(store, found.number)
        noted(Act.IMPORT, "drop", library=found.library, change_set=found.number)
        return Answer()


def file_row(found: Upload) -> dict[str, Any]:
    """A file; where it lies is nobody's business."""
    names = ("number", "library", "name", "size", "received", "state", "encoding", "change_set")
    return {name: getattr(found, name) for name in names} | {
        "reason": found.reason(language()),
        "created": iso(found.created),
    }


def row(found: Batch) -> dict[str, Any]:
    """A batch in a list."""
    said = found.change_set
    return {
        "number": found.number,
        "library": found.library,
        "state": found.state,
        "title": said.title,
        "created": iso(said.created),
        "published": None if said.published is None else iso(said.published),
        "counts": said.counts,
    }
