"""The versions of one record: what each said, which change set made it, and what its source had given.

Only what was published is seen here, an undone version and the undo included.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from catalogue import changesets, corrections, messages
from catalogue.corrections import Correction
from catalogue.libraries import UPLOADS
from catalogue.store import Store
from catalogue.tables import LIVE, STAGED, UNION, change_set, effect, library, original, record, source, version
from foundation.errors import RefusedError
from marc.record import Record
from marc.spreadsheet.rows import is_row

EDIT: Final = "edit"
"""change_set.kind: written here by a person."""
_LONGEST: Final = 500
"""Versions that are listed; nobody compares more."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A record as an editor sees it: what it says now, whose it is, and what would happen to a change."""

    number: int
    """The store's own."""
    identifier: str
    library: str
    local_id: str
    source: int
    source_name: str
    source_kind: str
    version: int | None
    """Of what it says now; None: it is deleted."""
    record: Record | None
    correction: Correction | None
    """What was changed here in what its source gives; None: nothing, or it was born here."""
    born_here: bool
    original: bytes = b""
    """As it came from its source."""

    @property
    def harvested(self) -> bool:
        """Whether its source gives it again by itself, as a file that was given by hand does not."""
        return self.source_name != UPLOADS

    @property
    def listed(self) -> bool:
        """Whether it came as a row of a list of books."""
        return is_row(self.original)

    @property
    def received(self) -> Record | None:
        """What its source gave last, but for the order of fields; None for a record born here, or one that is gone."""
        if self.born_here or self.record is None:
            return None
        return self.record if self.correction is None else corrections.received(self.record, self.correction)


@dataclass(frozen=True, slots=True)
class Made:
    """One state that a record was in."""

    change_set: int
    kind: str
    """Of the change set: import, harvest, edit, undo …"""
    title: str
    state: str
    """Of the change set: published or undone."""
    published: int
    """Seconds since 1970."""
    before: int | None
    version: int | None
    """None: it was deleted."""
    current: bool
    corrected: bool
    undoes: int | None = None
    """The change set that this one takes back."""


def subject(store: Store, identifier: str) -> Subject:
    """The published record `identifier` of a library. Raises RefusedError when there is none.

    A union record is none: what it says follows from those that libraries contributed.
    """
    if not (identifier.isascii() and identifier.isalnum()):
        raise RefusedError(messages.EDIT_UNKNOWN, identifier=identifier[:40])
    query = (
        select(
            record.c.id,
            record.c.identifier,
            record.c.local_id,
            record.c.source_id,
            record.c.version_id,
            record.c.status,
            source.c.name,
            source.c.kind,
            library.c.code,
            version.c.dictionary,
            version.c.normalised,
            version.c.correction,
            version.c.original,
            change_set.c.kind.label("made_by"),
        )
        .join(source, source.c.id == record.c.source_id)
        .join(library, library.c.id == source.c.library_id)
        .outerjoin(version, version.c.id == record.c.version_id)
        .outerjoin(change_set, change_set.c.id == version.c.change_set_id)
        .where(record.c.identifier == identifier, record.c.status != STAGED, record.c.source_id != UNION)
    )
    with store.read() as connection:
        row = connection.execute(query).one_or_none()
        if row is None:
            raise RefusedError(messages.EDIT_UNKNOWN, identifier=identifier)
        shown = row.status == LIVE and row.normalised is not None
        return Subject(
            number=row.id,
            identifier=row.identifier,
            library=row.code,
            local_id=row.local_id,
            source=row.source_id,
            source_name=row.name,
            source_kind=row.kind,
            version=row.version_id if shown else None,
            record=_record(store, connection, row) if shown else None,
            correction=None if row.correction is None else Correction.unpack(row.correction),
            born_here=shown and row.made_by == EDIT and row.correction is None,
            original=_original(store, connection, row.original) if shown else b"",
        )


def versions(store: Store, number: int) -> list[Made]:
    """Every state of the record `number`, the newest first."""
    query = (
        select(effect.c.before, effect.c.after, change_set, version.c.correction)
        .join(change_set, change_set.c.id == effect.c.change_set_id)
        .outerjoin(version, version.c.id == effect.c.after)
        .where(effect.c.record_id == number, change_set.c.state.in_((changesets.PUBLISHED, changesets.UNDONE)))
        .where(change_set.c.published.is_not(None))
        .order_by(change_set.c.published.desc(), change_set.c.id.desc())
        .limit(_LONGEST)
    )
    with store.read() as connection:
        rows = connection.execute(query).all()
    return [
        Made(
            row.id,
            row.kind,
            row.title,
            row.state,
            row.published,
            row.before,
            row.after,
            place == 0,
            row.correction is not None,
            row.undoes,
        )
        for place, row in enumerate(rows)
    ]


def of(store: Store, number: int, wanted: int) -> Record:
    """What version `wanted` of the record `number` said. Raises RefusedError when it has no such published version."""
    query = (
        select(version.c.dictionary, version.c.normalised)
        .join(change_set, change_set.c.id == version.c.change_set_id)
        .where(version.c.id == wanted, version.c.record_id == number, change_set.c.published.is_not(None))
    )
    with store.read() as connection:
        row = connection.execute(query).one_or_none()
        if row is None:
            raise RefusedError(messages.EDIT_VERSION, version=wanted)
        return _record(store, connection, row)


def _record(store: Store, connection: Connection, row: Any) -> Record:
    return Record(store.compression.decompress(connection, row.dictionary, row.normalised).decode())


def _original(store: Store, connection: Connection, digest: bytes) -> bytes:
    row = connection.execute(select(original).where(original.c.hash == digest)).one()
    return store.compression.decompress(connection, row.dictionary, row.bytes)
