"""Editing: one record written, deleted or brought back by a person, each time as a change set of its own.

So every edit is in the record's history, can be undone, and reaches harvesters like any other change. What an edit was
begun from is said with it: when the record has changed meanwhile, nothing is saved (optimistic locking).

An edit of a record that its library's source or files give is kept as a correction of that (`catalogue.corrections`).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, NamedTuple

from sqlalchemy import select

from catalogue import changesets, corrections, history, libraries, messages
from catalogue.corrections import Correction
from catalogue.history import EDIT, Subject
from catalogue.ingest import Staging, local_id, require_shown
from catalogue.publishing import publish
from catalogue.store import Store, iso
from catalogue.tables import STAGED, record
from foundation.errors import LienThongError, RefusedError
from marc import marcxml
from marc.reading import Reading
from marc.record import Field, Record

_TITLE: Final = 200
_LETTERS: Final = "23456789bcdfghjkmnpqrstvwxz"


class Saved(NamedTuple):
    """What an edit did."""

    change_set: int
    identifier: str
    version: int | None
    """None: the record is deleted."""


def create(store: Store, library: str, new: Record, *, original: bytes = b"") -> Saved:
    """Publish a record that was not there. Without a field 001 it gets one that no other system gives out.

    `original`: the bytes as they came, of a copy. Raises RefusedError (unknown library, number taken, one that calls
    itself deleted), LimitError (a number that is too long), StoreError.
    """
    if not new.control("001").strip():
        new = with_control(new, "001", "lt" + "".join(secrets.choice(_LETTERS) for _ in range(12)))
    with store.read() as connection:
        source = libraries.uploads(connection, library)
        now = store.now(connection)
    new = with_control(new, "005", _transaction(now))
    reading = Reading(1, -1, original or marcxml.write(new), new)
    name = local_id(reading)
    require_shown(new, name)
    taken = _known(store, source, name)
    if taken is not None:
        raise RefusedError(messages.EDIT_NUMBER_TAKEN, local_id=name, identifier=taken)
    return _published(store, source, f"＋ {title(new)}", reading, None, {})


def save(store: Store, subject: Subject, edited: Record, *, based_on: int, label: str = "✎") -> Saved:
    """Publish `edited` in the place of what `subject` says.

    `based_on`: the version that the person saw when they began. The record keeps its control number. Raises
    RefusedError (changed meanwhile, deleted, calls itself deleted, nothing differs), StoreError; then nothing has
    changed.
    """
    if subject.version != based_on or subject.record is None:
        raise RefusedError(messages.EDIT_MOVED if subject.record is not None else messages.EDIT_DELETED)
    edited = _with_number(edited, subject.record)
    if edited == subject.record:
        raise RefusedError(messages.EDIT_SAME)
    require_shown(edited, subject.local_id)
    received = subject.received
    correction: Correction | None = None
    original = subject.original
    if received is None:
        with store.read() as connection:
            edited = with_control(edited, "005", _transaction(store.now(connection)))
        original = marcxml.write(edited)
    else:
        correction = corrections.between(received, edited)
    reading = Reading(1, -1, original, edited, name=subject.local_id)
    return _published(
        store, subject.source, f"{label} {title(edited)}", reading, correction, {subject.number: based_on}
    )


def remove(store: Store, subject: Subject, *, based_on: int) -> Saved:
    """Delete the record; its tombstone stays, and undoing the change set brings it back.

    Raises RefusedError when its source would give it again, or like `save`; StoreError.
    """
    if subject.harvested:
        raise RefusedError(messages.EDIT_HARVESTED, source=subject.source_name)
    if subject.version != based_on or subject.record is None:
        raise RefusedError(messages.EDIT_MOVED if subject.record is not None else messages.EDIT_DELETED)
    reading = Reading(1, -1, b"", None, name=subject.local_id, deleted=True)
    named = f"✗ {title(subject.record)}"
    return _published(store, subject.source, named, reading, None, {subject.number: based_on})


def bring_back(store: Store, subject: Subject, version: int, *, based_on: int) -> Saved:
    """Make the record say again what `version` of it said. Raises RefusedError like `save` and for no such version."""
    return save(store, subject, history.of(store, subject.number, version), based_on=based_on, label=f"↶ {version}:")


def title(record: Record) -> str:
    """What a record is called in a list of changes."""
    found = next((" ".join(field.all("abnp")) for field in record.select("245")), "").rstrip(" /:;=")
    return found[:_TITLE] or record.control("001")[:_TITLE] or "–"


def with_control(record: Record, tag: str, value: str) -> Record:
    """The record with one control field `tag`, in its place."""
    fields = [field for field in record.fields if field.tag != tag]
    place = sum(field.tag < tag for field in fields if field.tag.startswith("00"))
    return Record.build(record.leader, [*fields[:place], Field(tag, value=value), *fields[place:]])


def _with_number(edited: Record, shown: Record) -> Record:
    """`edited` under the control number it is known by: another would be another record."""
    number = shown.control("001")
    if edited.control("001") == number and sum(field.tag == "001" for field in edited.fields) <= 1:
        return edited
    if number:
        return with_control(edited, "001", number)
    return Record.build(edited.leader, [field for field in edited.fields if field.tag != "001"])


def _transaction(now: int) -> str:
    """Field 005 (MARC 21 Bibliographic, 005: yyyymmddhhmmss.f)."""
    return iso(now).translate(str.maketrans("", "", "-:TZ")) + ".0"


def _known(store: Store, source: int, name: str) -> str | None:
    """The identifier of the record that the source knows by this number, unless nobody has seen it."""
    query = record.select().where(record.c.source_id == source, record.c.local_id == name)
    with store.read() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None or row.status == STAGED else str(row.identifier)


def _published(
    store: Store,
    source: int,
    named: str,
    reading: Reading,
    correction: Correction | None,
    based_on: Mapping[int, int | None],
) -> Saved:
    """One reading as a published change set of its own; without `based_on` nobody may know its number yet."""
    name = local_id(reading)
    with store.write() as connection:
        number = changesets.create(connection, store.now(connection), source, EDIT, named)
    query = select(record).where(record.c.source_id == source, record.c.local_id == name)
    try:
        Staging(store, number, edits={name: correction}).stage([reading], lambda counts: None)
        with store.read() as connection:
            row = connection.execute(query).one()
        publish(store, number, based_on=based_on or {row.id: None})
    except BaseException:
        with suppress(LienThongError):  # the first error says what is wrong
            changesets.discard(store, number)
        raise
    with store.read() as connection:
        row = connection.execute(query).one()
    return Saved(number, row.identifier, row.version_id)
