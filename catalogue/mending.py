"""Corrected records into a batch that is not published yet: a mended workbook, or one row mended in a form.

What is corrected takes the place of what the batch has under the same number; a row that was refused leaves the
quarantine when it comes in. Sent twice, the same workbook changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Final

from sqlalchemy import select

from catalogue import batch_messages, changesets, errands, forms, quarantine, remarks, staged
from catalogue.errands import Errand
from catalogue.ingest import Staging, local_id, require_shown
from catalogue.quarantine import Quarantined
from catalogue.store import Store
from catalogue.tables import effect, record
from catalogue.tables import quarantine as kept
from foundation.errors import FormatError, InputError, Message, Problem, RefusedError
from marc import readers
from marc.reading import Reading
from marc.record import Field, Record
from marc.spreadsheet import errors_workbook, reading, rows
from marc.spreadsheet.mapping import propose
from marc.spreadsheet.table import Row

_AT_ONCE: Final = 200
_SPREADSHEET: Final = b"{"


def take(
    store: Store,
    number: int,
    readings: Iterable[Reading],
    progress: Callable[[dict[str, int]], None],
    batch: int = 1000,
) -> None:
    """Put corrected readings into change set `number`.

    An error that `progress` raises ends it behind a batch. Taken again from the beginning, nothing comes in twice.
    Raises RefusedError when the change set is published or dropped, or somebody imports into its library.
    """
    with _opened(store, number, batch) as staging:
        some: list[Reading] = []
        for one in readings:
            some.append(_named(one))
            if len(some) == batch:
                _taken(store, staging, some)
                progress(staging.counts)
                some = []
        _taken(store, staging, some)


@contextmanager
def _opened(store: Store, number: int, batch: int = 1) -> Iterator[Staging]:
    """The change set, taking in more, and staged again behind it: by who comes after, where this process dies."""
    with store.read() as connection:
        source = changesets.require(connection, number, changesets.STAGING, changesets.STAGED).source
    with store.locks.hold(f"source-{source}", wait=5) as held:
        if not held:
            raise RefusedError(batch_messages.BATCH_BUSY, number=number, kind="import")
        _close_killed(store, number)
        with store.read() as connection:
            read = changesets.get(connection, number).counts.get("read", 0)
        errand = errands.put(store, number, errands.MEND, {"read": read})
        try:
            changesets.reopen(store, number)
            yield Staging(store, number, batch)
        finally:
            _close(store, errand, errands.DONE)


def let_go(store: Store, number: int) -> None:
    """Stage a batch again that a correction left open when its process died; nothing where one is at it still."""
    with store.read() as connection:
        source = changesets.get(connection, number).source
    with store.locks.hold(f"source-{source}", wait=0) as held:
        if held:
            _close_killed(store, number)


def _close_killed(store: Store, number: int) -> None:
    for one in errands.under_way(store, number):
        if one.kind == errands.MEND:
            _close(store, one, errands.FAILED)


def _close(store: Store, errand: Errand, state: str) -> None:
    with store.read() as connection:
        opened = changesets.get(connection, errand.change_set).state == changesets.STAGING
    if opened:
        changesets.recount(store, errand.change_set)
        with store.write() as connection:
            found = changesets.get(connection, errand.change_set)
            counts = {**found.counts, "read": errand.arguments["read"]}  # they were read before, as they were
            changesets.advance(connection, found.number, found.position, counts, changesets.STAGED)
    errands.end(store, errand.number, state)


def _named(found: Reading) -> Reading:
    """Under its name, a reading takes the place of what came before it under the same."""
    return found if found.name or found.record is None else found._replace(name=local_id(found))


def _taken(store: Store, staging: Staging, some: list[Reading]) -> None:
    if not some:
        return
    some = [one._replace(line=_row_before(one) or one.line) for one in some]
    # What is still wrong is told once more, in place of what was told before.
    lines = sorted({one.line for one in some if _row_before(one)})
    waiting = select(kept.c.id).where(kept.c.change_set_id == staging.number, kept.c.settled.is_(None))
    settled: list[int] = []
    with store.read() as connection:
        for start in range(0, len(lines), 500):
            settled += connection.scalars(waiting.where(kept.c.line.in_(lines[start : start + 500]))).all()
    staging.take(some, lambda connection: quarantine.settle(connection, settled, staging.number))


def _row_before(found: Reading) -> int:
    """The row of the first file that a row of an error workbook speaks of; 0 when it does not say."""
    if not found.original.startswith(_SPREADSHEET):
        return 0
    try:
        said = rows.cells_of(found.original).get(errors_workbook.SOURCE, "")
    except FormatError:
        return 0
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


# --- one refused piece, mended in a form ------------------------------------------------------------------------
def pieces(store: Store, number: int, code: str = "", after: int = 0, limit: int = 50) -> list[Quarantined]:
    """What a batch has refused and nobody has mended, of one kind or of all, behind piece `after`."""
    query = select(kept.c.id).where(kept.c.change_set_id == number, kept.c.settled.is_(None), kept.c.id > after)
    if code:
        query = query.where(kept.c.code == code)
    with store.read() as connection:
        ids = connection.scalars(query.order_by(kept.c.id).limit(limit)).all()
        return quarantine.some(connection, ids)


def piece(store: Store, number: int, piece_number: int) -> Quarantined:
    """One of them. Raises RefusedError when it is not of this batch, or is mended."""
    found = pieces(store, number, after=piece_number - 1, limit=1)
    if not found or found[0].number != piece_number:
        raise RefusedError(batch_messages.PIECE_UNKNOWN, number=number, piece=piece_number)
    return found[0]


def faulty(store: Store, number: int) -> Iterator[Reading]:
    """Every row of a batch that has something to mend, for the error workbook: what was refused, then what was taken
    in with remarks of its reader. Records of other forms than spreadsheets are left out."""
    last = 0
    while page := pieces(store, number, after=last, limit=_AT_ONCE):
        for found in page:
            if cells_of(found) is not None:
                reason = _problem(found.code, found.reason_vi, found.reason_en, found.heading)
                yield Reading(found.record, found.offset, found.data, None, (reason,), found.line, name=found.name)
        last = page[-1].number
    for some in staged.everything(store, number):
        noticed = [one for one in some if one.version is not None and one.record and remarks.noticed(one)]
        data = staged.originals(store, [one.version for one in noticed if one.version is not None])
        for one in noticed:
            line = data.get(one.version or 0, b"")
            if line.startswith(_SPREADSHEET):
                told = [
                    _problem(said["code"], said["vi"], said["en"], said.get("heading", ""))
                    for said in remarks.noticed(one)
                ]
                yield Reading(0, -1, line, one.record, tuple(told))


def _problem(code: str, vi: str, en: str, heading: str) -> Problem:
    return Problem(
        Message(code, "{vi}", "{en}"), values={"vi": vi, "en": en, **({"heading": heading} if heading else {})}
    )


def cells_of(found: Quarantined) -> dict[str, str] | None:
    """Heading → text of a refused row of a spreadsheet, with the column at fault even when it is blank; None for
    a piece of another form."""
    if not found.data.startswith(_SPREADSHEET):
        return None
    try:
        cells = rows.cells_of(found.data)
    except FormatError:
        return None
    return {found.heading: "", **cells} if found.heading and found.heading not in cells else cells


def record_of(found: Quarantined) -> Record | None:
    """What can be read of a refused piece of MARC, to be mended by hand; None when nothing can."""
    for one in _readings(found.data):
        if one.record is not None:
            return one.record
    return None


def mend_row(store: Store, library: str, number: int, found: Quarantined, cells: dict[str, str]) -> None:
    """Put a refused row into the batch as these cells say. Raises RefusedError that says what is still wrong."""
    headings, texts = tuple(cells), tuple(text.strip() for text in cells.values())
    row = Row(found.line or found.record, texts)
    mapping = propose(headings, [row], forms.columns(store, library))
    table = reading.Table("", headings, 0, (row,), iter([row]), "utf-8")
    made = list(rows.readings(table, mapping))
    if not made or made[0].record is None:
        problems = made[0].problems if made else ()
        reason = problems[-1] if problems else None
        vi = reason.text("vi") if reason else found.reason_vi
        raise RefusedError(batch_messages.PIECE_UNMENDED, reason=vi)
    one = made[0]._replace(number=found.record, line=found.line)
    assert one.record is not None
    if one.record.control("001") == str(row.number) and found.name:  # nothing in the row names it
        one = one._replace(record=_numbered(one.record, found.name))
    _put(store, number, found, one)


def mend_record(store: Store, number: int, found: Quarantined, mended: Record) -> None:
    """Put a refused piece into the batch as this record.

    Raises RefusedError when its number is taken in the batch or it calls itself deleted, LimitError.
    """
    _put(store, number, found, Reading(found.record, found.offset, found.data, mended, line=found.line, file="sua"))


def _put(store: Store, number: int, found: Quarantined, one: Reading) -> None:
    name = local_id(one)
    assert one.record is not None
    require_shown(one.record, name)
    with store.read() as connection:
        source = changesets.get(connection, number).source
        mine = effect.join(record, record.c.id == effect.c.record_id)
        taken = select(record.c.id).select_from(mine).where(effect.c.change_set_id == number)
        taken = taken.where(record.c.source_id == source, record.c.local_id == name)
        if connection.execute(taken).first() is not None:
            raise RefusedError(batch_messages.PIECE_TAKEN, name=name)
    with _opened(store, number) as staging:
        staging.take(
            [one._replace(name=name)], lambda connection: quarantine.settle(connection, [found.number], number)
        )
    with store.read() as connection:
        named = select(record.c.id).where(record.c.source_id == source, record.c.local_id == name)
        added = connection.scalars(named).all()
    some = list(staged.some(store, number, added).values())
    with store.write() as connection:
        remarks.note(connection, number, some)


def _numbered(one: Record, name: str) -> Record:
    others = [field for field in one.fields if field.tag != "001"]
    return Record.build(one.leader, [Field("001", value=name), *others])


def _readings(data: bytes) -> Iterator[Reading]:
    try:
        yield from readers.read(BytesIO(data), "")
    except InputError:
        return
