"""The import page: a file is sent, looked at, its encoding and columns are decided, and it is read in the background.

Whatever happens to the line or the server, the file's own page says how far it is and what comes next. A file of
another library is not there for whoever may not import into that library.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, Final, cast

from flask import Blueprint, Response, g, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from accounts.rights import Act
from catalogue import batch_messages, changesets, examination, teaching, uploads
from catalogue.editing import title
from catalogue.store import Store
from catalogue.uploads import Upload, Uploads
from foundation import limits
from foundation.errors import InputError, LienThongError, RefusedError
from foundation.settings import Settings
from marc import mrk
from marc.record import Record
from marc.spreadsheet.headings import TARGETS
from marc.spreadsheet.template import template
from portal import encoding_words, workshop
from portal.answers import reason_page
from portal.looked import Looked
from portal.workshop import allowed, language, missing, noted, require, required, who

_FORM_BYTES: Final = 64 * limits.KIB
_COLUMN: Final = re.compile(r"column\.([0-9]{1,4})\.([0-9]{1,4})", re.ASCII)
_TAG: Final = re.compile(r"tag\.([0-9]{1,6})", re.ASCII)
_AUTHORS: Final = ("100", "110", "111", "700", "710")
Mine = Callable[[int], Upload]
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def create(store: Store, settings: Settings) -> Blueprint:
    """The blueprint of the import page."""
    pages = Blueprint("imports", __name__, url_prefix="/workshop/import")
    files = Uploads(store, settings.home)
    looked = Looked(store, files)

    @pages.url_value_preprocessor
    def bound(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
        """Nothing of a body is read before it is known how much of it may come, and from whom."""
        sends = request.method == "POST" and request.endpoint == "imports.send" and allowed(Act.IMPORT)
        piece = request.endpoint == "imports.piece" and allowed(Act.IMPORT)
        request.max_content_length = (
            limits.UPLOAD_BYTES + limits.MIB if sends else limits.UPLOAD_PIECE_BYTES if piece else _FORM_BYTES * 16
        )

    def mine(number: int) -> Upload:
        try:
            found = uploads.get(store, number)
        except RefusedError:
            missing()
        if not allowed(Act.IMPORT, found.library):
            missing()
        return found

    _sending(pages, store, settings, files, mine)
    _deciding(pages, store, settings, looked, mine)
    _reading(pages, store, files, looked, mine)
    return pages


def _sending(pages: Blueprint, store: Store, settings: Settings, files: Uploads, mine: Mine) -> None:
    """A file comes: in a form, or in pieces."""

    @pages.get("")
    @required(Act.IMPORT)
    def choose() -> Response:
        page = render_template(
            "import/choose.html", libraries=workshop.libraries(Act.IMPORT), settings=settings, limits=limits,
            uploads=uploads.latest(store, [one.code for one in workshop.libraries(Act.IMPORT)], 20),
            piece=limits.UPLOAD_PIECE_BYTES,
        )  # fmt: skip
        answer = make_response(page)
        g.scripted = True  # it sends a file in pieces, so that a cut costs one piece
        return answer

    @pages.post("")
    @required(Act.IMPORT)
    def send() -> Response | Redirect | tuple[str, int]:
        code = request.form.get("library", "")
        require(Act.IMPORT, code)
        sent = request.files.get("file")
        try:
            if sent is None or not sent.filename:
                raise InputError(batch_messages.UPLOAD_EMPTY)
            found = files.receive(code, sent.filename, cast(BinaryIO, sent.stream), who().actor)
            twin = uploads.same_file(store, found)
            if twin is not None and twin.state in (uploads.RECEIVED, uploads.WAITING, uploads.STAGING):
                files.drop(found.number)  # the button was pressed twice
                return redirect(url_for("imports.file", number=twin.number), 303)
        except LienThongError as error:
            return reason_page(error, url_for("imports.choose"))
        noted(Act.IMPORT, found.name, library=code, detail=f"{found.size} byte")
        return redirect(url_for("imports.file", number=found.number), 303)

    @pages.post("/begin")
    @required(Act.IMPORT)
    def begin() -> Response | tuple[Response, int]:
        said = request.get_json(silent=True)
        if not isinstance(said, dict):
            return jsonify(reason="JSON"), 400
        code, size = str(said.get("library", "")), said.get("size")
        require(Act.IMPORT, code)
        try:
            found = files.begin(code, str(said.get("name", "")), size if isinstance(size, int) else 0, who().actor)
        except LienThongError as error:
            return jsonify(reason=error.text(language())), 400
        if not found.received:
            noted(Act.IMPORT, found.name, library=code, detail=f"{found.size} byte")
        return jsonify(_standing(found))

    @pages.post("/<int:number>/piece")
    @required(Act.IMPORT)
    def piece(number: int) -> Response | tuple[Response, int]:
        found = mine(number)
        start = request.args.get("start", "")
        try:
            at = int(start) if start.isascii() and start.isdigit() and len(start) < 16 else -1
            found = files.write(found.number, at, cast(BinaryIO, request.stream))
        except LienThongError as error:
            return jsonify(reason=error.text(language()), **_standing(uploads.get(store, number))), 409
        return jsonify(_standing(found))

    @pages.get("/template.xlsx")
    @required(Act.IMPORT)
    def blank() -> Response:
        headers = {"Content-Disposition": "attachment; filename=mau-nhap-sach.xlsx"}
        return Response(template(), mimetype=_XLSX, headers=headers)


def _deciding(pages: Blueprint, store: Store, settings: Settings, looked: Looked, mine: Mine) -> None:
    """The page of a file, which says what comes next."""

    @pages.get("/<int:number>")
    @required(Act.IMPORT)
    def file(number: int) -> Response | Redirect | str | tuple[str, int]:
        found = mine(number)
        if request.args.get("format") == "json":
            return jsonify(_standing(found) | {"counts": _counts(store, found), "rate": _rate(store, found)})
        if found.state == uploads.STAGED and found.change_set is not None:
            return redirect(url_for("batches.batch", number=found.change_set), 303)
        if found.state == uploads.DROPPED:
            missing()
        if found.state in (uploads.RECEIVED, uploads.REFUSED):
            return _decide(found)
        counts = _counts(store, found)
        return render_template(
            "import/progress.html", upload=found, counts=counts, rate=_rate(store, found), settings=settings,
            part=_part(found, counts), left=_left(store, found, counts), language=language(),
        )  # fmt: skip

    def _decide(found: Upload) -> str:
        """The screen on which encoding and columns are decided."""
        encoding = request.args.get("encoding", "") or found.encoding
        seen, reason = None, found.reason(language())
        try:
            seen = looked.at(found, encoding)
        except LienThongError as error:
            reason = error.text(language())
        return render_template(
            "import/decide.html", upload=found, seen=seen, reason=reason, encoding=encoding, targets=TARGETS,
            settings=settings, english=language() == "en", twin=uploads.same_file(store, found),
            lines=_lines, brief=_brief, called=encoding_words.called, form=encoding_words.form,
            unicode=encoding_words.UNICODE, titled=seen is not None and any(
                column.target == "title" for table in seen.tables for column in table.columns
            ),
        )  # fmt: skip


def _reading(pages: Blueprint, store: Store, files: Uploads, looked: Looked, mine: Mine) -> None:
    """The file is read, stopped, gone on with, dropped."""

    @pages.post("/<int:number>/read")
    @required(Act.IMPORT)
    def read(number: int) -> Response | Redirect | tuple[str, int]:
        """Keep what was decided, and read the file; or look at the choice again."""
        found = mine(number)
        encoding = request.form.get("encoding", "") or examination.AUTO
        try:
            if found.state in (uploads.RECEIVED, uploads.REFUSED):
                seen = looked.at(found, encoding)
                changed = teaching.teach(store, found.library, seen, _columns(request.form), _tags(request.form))
                if changed or encoding != found.encoding or found.state == uploads.REFUSED:
                    files.choose(number, encoding)
                if "look" in request.form:
                    return redirect(url_for("imports.file", number=number), 303)
                files.ask(number, seen.expected)
        except LienThongError as error:
            return reason_page(error, url_for("imports.file", number=number))
        return redirect(url_for("imports.file", number=number), 303)

    @pages.post("/<int:number>/<any(stop, go, again, drop):what>")
    @required(Act.IMPORT)
    def steer(number: int, what: str) -> Response | Redirect | tuple[str, int]:
        found = mine(number)
        acts: dict[str, Callable[[int], Upload]] = {
            "stop": files.stop, "go": files.ask, "again": files.choose, "drop": files.drop,
        }  # fmt: skip
        try:
            acts[what](number)
        except LienThongError as error:
            return reason_page(error, url_for("imports.file", number=number))
        noted(Act.IMPORT, found.name, library=found.library, detail=what, change_set=found.change_set)
        there = url_for("imports.choose") if what == "drop" else url_for("imports.file", number=number)
        return redirect(there, 303)


def _columns(form: Mapping[str, str]) -> dict[teaching.Place, str]:
    """What the form says of each column of each table."""
    named = ((_COLUMN.fullmatch(name), value) for name, value in form.items())
    return {(int(found[1]), int(found[2])): value for found, value in named if found}


def _tags(form: Mapping[str, str]) -> dict[int, str]:
    """What the form says of each tag of a CDS/ISIS base."""
    named = ((_TAG.fullmatch(name), value) for name, value in form.items())
    return {int(found[1]): value for found, value in named if found}


def _standing(found: Upload) -> dict[str, Any]:
    return {
        "number": found.number,
        "name": found.name,
        "state": found.state,
        "size": found.size,
        "received": found.received,
        "change_set": found.change_set,
        "page": url_for("imports.file", number=found.number),
        "piece": url_for("imports.piece", number=found.number),
    }


def _counts(store: Store, found: Upload) -> dict[str, int]:
    if found.change_set is None:
        return {}
    with store.read() as connection:
        return changesets.get(connection, found.change_set).counts


def _rate(store: Store, found: Upload) -> int:
    """Records a second since the staging began that runs now; 0 while nothing can be said."""
    if found.started is None or found.state != uploads.STAGING:
        return 0
    seconds = found.heartbeat - found.started
    return (_counts(store, found).get("read", 0) - found.began_at) // seconds if seconds > 0 else 0


def _part(found: Upload, counts: dict[str, int]) -> int:
    """How much of the file is read, in percent; of a workbook, which is opened whole, by its rows."""
    if found.state == uploads.RECEIVING:
        return 100 * found.received // max(1, found.size)
    if found.expected:
        return min(99, 100 * counts.get("read", 0) // found.expected)
    return min(99, 100 * found.read // max(1, found.size))


def _left(store: Store, found: Upload, counts: dict[str, int]) -> int:
    """Seconds that are left, as far as anybody can tell; 0 when nobody can."""
    rate = _rate(store, found)
    return (found.expected - counts.get("read", 0)) // rate if rate and found.expected > counts.get("read", 0) else 0


def _brief(record: Record) -> tuple[str, str, str]:
    """Title, author and year of a record, as somebody knows the book by them."""
    author = next((field.get("a") for tag in _AUTHORS for field in record.select(tag)), "")
    year = next((field.get("c") for tag in ("264", "260") for field in record.select(tag)), "")
    return title(record), author.strip(" ,;/"), year.strip(" ,;")


def _lines(record: Any) -> str:
    """A record as mrk, to be shown."""
    return mrk.write(record).decode("utf-8").strip()
