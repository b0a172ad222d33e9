"""Staged records changed before they are published: one in a form, or many alike, each step undone by itself.

Nothing is overwritten. A change puts another version under the same change set and lets its effect point there; undoing
lets it point back. The hash of what was read from the original stays that of the file, so that the same file imported
again does not bring the mistakes back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, select, update

from catalogue import batch_messages, bulk, changesets, corrections, errands, remarks, staged
from catalogue.batch_tables import amended, remark
from catalogue.batch_tables import errand as errand_table
from catalogue.corrections import Correction
from catalogue.errands import Errand
from catalogue.ingest import NORMALISED, require_shown
from catalogue.renderings import render
from catalogue.staged import Staged
from catalogue.store import Store
from catalogue.tables import rendering, version
from foundation.errors import InputError, RefusedError
from marc import repair
from marc.amendments import Amendment
from marc.record import Record

AT_ONCE: Final = 500
SMALL: Final = 1_000
"""Records that are changed while the person who asked waits; more are left to the background."""


class Sample(NamedTuple):
    """What a change would do to one record: the fields that differ, before and after."""

    record: Staged
    before: tuple[str, ...]
    after: tuple[str, ...]


class Trial(NamedTuple):
    """What a change would do to a batch."""

    records: int
    """Records looked at."""
    changed: int
    samples: tuple[Sample, ...]


# --- many alike -----------------------------------------------------------------------------------------------
def trial(store: Store, change_set: int, amendment: Amendment, code: str = "", samples: int = 5) -> Trial:
    """What `amendment` would do to the records of a batch, or to those with a remark of `code`; nothing is changed.

    Raises InputError for an amendment that makes no sense, RefusedError when there is no such batch.
    """
    amendment.check()
    with store.read() as connection:
        changesets.require(connection, change_set, changesets.STAGED)
    looked, changed = 0, 0
    shown: list[Sample] = []
    for some in _chosen(store, change_set, code, -1):
        for found in some:
            looked += 1
            mended = found.record and amendment.apply(found.record)
            if found.record is not None and mended is not None and mended.text != found.record.text:
                changed += 1
                if len(shown) < samples:
                    shown.append(Sample(found, *differences(found.record, mended)))
    return Trial(looked, changed, tuple(shown))


def ask(store: Store, change_set: int, amendment: Amendment, code: str = "", who: str = "") -> Errand:
    """Ask for a change to all records of a batch, or to those with a remark of `code`.

    A batch of up to SMALL records is done at once. Asked twice while it waits, it is asked once. Raises InputError,
    and RefusedError when the batch is not staged.
    """
    amendment.check()
    with store.read() as connection:
        found = changesets.require(connection, change_set, changesets.STAGED)
    arguments = {"amendment": amendment.as_values(), "code": code}
    errand = errands.put(store, change_set, errands.FIX, arguments, who)
    if found.counts.get("new", 0) + found.counts.get("changed", 0) <= SMALL:
        run(store, errand)
    return errands.get(store, errand.number) or errand


def run(store: Store, errand: Errand, going: Callable[[], bool] = lambda: True) -> None:
    """Do an errand of the kind `fix` from where it stands, as long as it is `going`. Raises StoreError."""
    amendment, code = Amendment.of_values(errand.arguments["amendment"]), errand.arguments["code"]
    with store.locks.hold(f"batch-{errand.change_set}", wait=0) as held:
        fresh = errands.get(store, errand.number)
        if not held or fresh is None or fresh.state not in errands.UNDER_WAY:
            return
        for some in _chosen(store, errand.change_set, code, fresh.position):
            wanted = {
                found.number: mended
                for found in some
                if found.record is not None and (mended := amendment.apply(found.record)).text != found.record.text
            }
            touched = [found for found in some if found.number in wanted]
            try:
                _apply(store, errand, touched, wanted, {code}, some[-1].number, len(some))
            except RefusedError as error:  # it was published or dropped meanwhile
                errands.end(store, errand.number, errands.FAILED, error.problem)
                return
            if not going():
                return
        errands.end(store, errand.number)


@contextmanager
def _alone(store: Store, change_set: int) -> Iterator[None]:
    """Be the only one who changes the records of a batch."""
    with store.locks.hold(f"batch-{change_set}", wait=10) as held:
        if not held:
            raise RefusedError(batch_messages.BATCH_BUSY, number=change_set, kind=errands.FIX)
        yield


def _chosen(store: Store, change_set: int, code: str, after: int) -> Iterator[list[Staged]]:
    """The records that a change is for, some hundreds at a time."""
    if not code:
        yield from staged.everything(store, change_set, after)
        return
    # Remarks go away while records are mended, so the numbers are read beforehand.
    mine = (remark.c.change_set_id == change_set) & (remark.c.code == code) & (remark.c.record_id > after)
    with store.read() as connection:
        numbers = connection.scalars(select(remark.c.record_id).where(mine).order_by(remark.c.record_id)).all()
    for start in range(0, len(numbers), AT_ONCE):
        some = staged.some(store, change_set, numbers[start : start + AT_ONCE])
        if some:
            yield [some[number] for number in sorted(some)]


# --- one ------------------------------------------------------------------------------------------------------
def edit(store: Store, change_set: int, number: int, mended: Record, who: str = "") -> Errand | None:
    """Let a record of a batch be as a person wrote it; None when that is as it was.

    What its reader had noticed is settled by that; the rules look at it anew. Raises InputError for a record that
    breaks what every record holds, RefusedError (no such record, another number in 001, one that calls itself deleted,
    a batch that is not staged).
    """
    with _alone(store, change_set):
        found = staged.one(store, change_set, number)
        broken = repair.check(mended)
        if broken:
            raise InputError(batch_messages.RECORD_LOST, reason=repr(broken[0][:80]))
        if found.record is not None and mended.control("001") != found.record.control("001"):
            raise RefusedError(batch_messages.RECORD_NUMBER, wanted=found.record.control("001"))
        require_shown(mended, found.local_id)
        if found.record is None or found.record.text == mended.text:
            return None
        with store.read() as connection:
            changesets.require(connection, change_set, changesets.STAGED)
        errand = errands.put(store, change_set, errands.EDIT, {"record": number, "from": found.version}, who)
        _apply(store, errand, [found], {number: mended}, None, number, 1)
        errands.end(store, errand.number)
    return errands.get(store, errand.number)


# --- undo -----------------------------------------------------------------------------------------------------
def undo(store: Store, change_set: int, number: int) -> int:
    """Undo one change; returns how many records it brought back. Undone twice, it is undone once.

    Raises RefusedError when it is none of the batch, when a later change touched the same records, or when the batch is
    published.
    """
    with _alone(store, change_set):
        return _undone(store, change_set, number)


def _undone(store: Store, change_set: int, number: int) -> int:
    found = errands.get(store, number)
    if found is None or found.change_set != change_set or found.kind not in (errands.FIX, errands.EDIT):
        raise RefusedError(batch_messages.FIX_UNKNOWN, number=number)
    if found.state == errands.UNDONE:
        return 0
    if found.state != errands.DONE:
        raise RefusedError(batch_messages.BATCH_BUSY, number=change_set, kind=found.kind)
    mine = amended.c.errand_id == number
    with store.write() as connection:
        changesets.require(connection, change_set, changesets.STAGED)
        later = (
            select(amended.c.errand_id)
            .join(errand_table, errand_table.c.id == amended.c.errand_id)
            .where(errand_table.c.change_set_id == change_set, errand_table.c.id > number)
            .where(errand_table.c.state.in_((errands.DONE, *errands.UNDER_WAY)))
            .where(amended.c.record_id.in_(select(amended.c.record_id).where(mine)))
        )
        blocking = connection.execute(later.order_by(amended.c.errand_id.desc()).limit(1)).scalar()
        if blocking is not None:
            raise RefusedError(batch_messages.FIX_ORDER, number=number, later=blocking)
        rows = connection.execute(select(amended.c.record_id, amended.c.before, amended.c.after).where(mine)).all()
        back = "UPDATE effect SET after = ? WHERE change_set_id = ? AND record_id = ? AND after = ?"
        bulk.execute(connection, back, [(row.before, change_set, row.record_id, row.after) for row in rows])
        gone = [row.after for row in rows]
        for start in range(0, len(gone), AT_ONCE):
            some = gone[start : start + AT_ONCE]
            connection.execute(delete(rendering).where(rendering.c.version_id.in_(some)))
            connection.execute(delete(version).where(version.c.id.in_(some)))
        connection.execute(delete(amended).where(mine))
        values = {"state": errands.UNDONE, "heartbeat": store.now(connection)}
        connection.execute(update(errand_table).where(errand_table.c.id == number).values(values))
    numbers = [row.record_id for row in rows]
    if len(numbers) > SMALL:
        errands.put(store, change_set, errands.CHECK)
        return len(rows)
    for start in range(0, len(numbers), AT_ONCE):
        _look_again(store, change_set, numbers[start : start + AT_ONCE])
    return len(rows)


# --- in the store ---------------------------------------------------------------------------------------------
def _apply(
    store: Store,
    errand: Errand,
    some: Sequence[Staged],
    mended: Mapping[int, Record],
    settled: set[str] | None,
    position: int,
    looked: int,
) -> None:
    """Put new versions of `some` under the change set. `settled`: what readers noticed that is done with; None: all."""
    numbers = store.reserve("version", len(some)) if some else range(0)
    with store.write() as connection:
        change_set = changesets.require(connection, errand.change_set, changesets.STAGED)
        rows = _rows(store, connection, change_set, list(zip(numbers, some, strict=True)), mended, settled)
        _write(connection, errand, some, numbers, rows)
        errands.advance(connection, errand.number, store.now(connection), position, looked, len(some))
    if some:
        _look_again(store, errand.change_set, [found.number for found in some])


def _rows(
    store: Store,
    connection: Connection,
    change_set: changesets.ChangeSet,
    some: Sequence[tuple[int, Staged]],
    mended: Mapping[int, Record],
    settled: set[str] | None,
) -> tuple[list[Any], list[Any]]:
    """Rows of the new versions and of their renderings."""
    compress = store.compression.compress
    columns = (
        version.c.id,
        version.c.original,
        version.c.content,
        version.c.provenance,
        version.c.correction,
        version.c.sets,
        version.c.collections,
    )
    query = select(*columns).where(version.c.id.in_([found.version for _, found in some]))
    held = {row.id: row for row in connection.execute(query)}
    versions, renderings = [], []
    for number, found in some:
        before, record = held[found.version], mended[found.number]
        made, _ = render(record)
        told = [] if settled is None else [one for one in found.problems if one["code"] not in settled]
        versions.append(
            (
                number,
                found.number,
                change_set.number,
                before.original,
                before.content,
                *compress(connection, NORMALISED, record.text.encode()),
                sum(one.format.mask for one in made),
                json.dumps(told, ensure_ascii=False) if told else None,
                before.provenance,
                _correction(before.correction, found.record, record),
                before.sets,
                0,
                before.collections,
            )
        )
        renderings += [
            (number, one.format.bit, one.hash, *compress(connection, one.format.name, one.data)) for one in made
        ]
    return versions, renderings


def _correction(kept: str | None, before: Record | None, after: Record) -> str | None:
    """What people changed in what the source gave, after they changed it once more; None where nothing is kept."""
    if kept is None or before is None:
        return kept
    return corrections.between(corrections.received(before, Correction.unpack(kept)), after).pack()


def _write(
    connection: Connection,
    errand: Errand,
    some: Sequence[Staged],
    numbers: Sequence[int],
    rows: tuple[list[Any], list[Any]],
) -> None:
    columns = "id record_id change_set_id original content dictionary normalised formats problems provenance "
    bulk.insert(connection, version, columns + "correction sets epoch collections", rows[0])
    bulk.insert(connection, rendering, "version_id format hash dictionary bytes", rows[1])
    moved = "UPDATE effect SET after = ? WHERE change_set_id = ? AND record_id = ? AND after = ?"
    steps = [(found.number, found.version, number) for number, found in zip(numbers, some, strict=True)]
    bulk.execute(connection, moved, [(after, errand.change_set, record, before) for record, before, after in steps])
    listed = [(errand.number, *step) for step in steps]
    bulk.insert(connection, amended, "errand_id record_id before after", listed)


def _look_again(store: Store, change_set: int, numbers: Sequence[int]) -> None:
    """The rules look at what was changed; what the union makes of it is told by its own errand."""
    some = list(staged.some(store, change_set, numbers).values())
    with store.write() as connection:
        remarks.note(connection, change_set, some)


def differences(before: Record, after: Record) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fields that only one of two records has, as packed text is shown: tag, indicators, subfields with $."""
    old, new = before.parts(), after.parts()
    if before.leader != after.leader:
        old, new = [f"LDR{before.leader}", *old], [f"LDR{after.leader}", *new]
    return (
        tuple([shown(part) for part in old if part not in new]),
        tuple([shown(part) for part in new if part not in old]),
    )


def shown(part: str) -> str:
    """A field of packed text for the eye: "245 10 $a Nhan đề"."""
    head, *rest = part.split("\x1f")
    if not rest:
        return f"{head[:3]} {head[3:]}"
    signs = head[3:5].replace(" ", "#")
    return f"{head[:3]} {signs} " + " ".join(f"${piece[:1]} {piece[1:]}" for piece in rest)
