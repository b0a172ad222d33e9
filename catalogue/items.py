"""One published item by its opaque identifier: what pages, linked data and every other door show of it.

Only what was published is seen here; a record that is merely staged does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from catalogue import changesets
from catalogue.homes import at_home
from catalogue.store import Store
from catalogue.tables import (
    DELETED,
    LIVE,
    STAGED,
    change_set,
    effect,
    feed,
    library,
    record,
    source,
    version,
)
from marc.record import Record


@dataclass(frozen=True, slots=True)
class Version:
    """One state the item was in."""

    change_set: int
    published: int
    """Seconds since 1970."""
    deleted: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A published item as it stands now."""

    identifier: str
    deleted: bool
    library: str
    """Code of the library that contributed it; empty for a union record."""
    library_vi: str
    library_en: str
    local_id: str
    datestamp: int
    """When it last changed, in seconds since 1970: the latest stamp of its formats."""
    number: int | None
    """Of the version it shows; None when it is deleted."""
    record: Record | None
    """None when it is deleted."""
    versions: tuple[Version, ...]
    """Newest first."""


_ITEM = (
    select(
        record.c.id,
        record.c.status,
        record.c.local_id,
        record.c.version_id,
        library.c.code,
        library.c.name_vi,
        library.c.name_en,
        version.c.dictionary,
        version.c.normalised,
        select(func.max(feed.c.datestamp))
        .where(feed.c.record_id == record.c.id, at_home(feed.c.set_id))
        .scalar_subquery()
        .label("stamp"),
    )
    .join(source, source.c.id == record.c.source_id)
    .join(library, library.c.id == source.c.library_id)
    .outerjoin(version, version.c.id == record.c.version_id)
    .where(record.c.identifier == bindparam("identifier"), record.c.status != STAGED)
)
_IDENTIFIERS: BindParameter[str] = bindparam("identifiers", expanding=True)
_TEXTS = (
    select(record.c.identifier, version.c.dictionary, version.c.normalised)
    .join(version, version.c.id == record.c.version_id)
    .where(record.c.identifier.in_(_IDENTIFIERS), record.c.status == LIVE)
)
_VERSIONS = (
    select(effect.c.change_set_id, effect.c.after, change_set.c.published)
    .join(change_set, change_set.c.id == effect.c.change_set_id)
    .where(
        effect.c.record_id == bindparam("number"),
        change_set.c.state.in_((changesets.PUBLISHED, changesets.UNDONE)),
        change_set.c.published.is_not(None),
    )
    .order_by(change_set.c.published.desc(), effect.c.change_set_id.desc())
)


def get(store: Store, identifier: str) -> Item | None:
    """The item called `identifier`; None when there never was one. Raises StoreError when the database fails."""
    if not (identifier.isascii() and identifier.isalnum()):
        return None  # PostgreSQL takes no NUL in a text, and refuses the whole question
    with store.read() as connection:
        row = connection.execute(_ITEM, {"identifier": identifier}).one_or_none()
        if row is None:
            return None
        text = None
        if row.normalised is not None:
            text = store.compression.decompress(connection, row.dictionary, row.normalised).decode()
        return Item(
            identifier=identifier,
            deleted=row.status == DELETED,
            library=row.code,
            library_vi=row.name_vi,
            library_en=row.name_en,
            local_id=row.local_id,
            datestamp=int(row.stamp or 0),
            number=row.version_id,
            record=None if text is None else Record(text),
            versions=_versions(connection, row.id, row.version_id),
        )


def texts(store: Store, identifiers: Sequence[str]) -> dict[str, Record]:
    """Identifier → what is shown, of those items that are shown. Raises StoreError."""
    if not identifiers:
        return {}
    with store.read() as connection:
        return {
            name: Record(store.compression.decompress(connection, dictionary, blob).decode())
            for name, dictionary, blob in connection.execute(_TEXTS, {"identifiers": list(identifiers)}).all()
        }


def _versions(connection: Connection, number: int, current: int | None) -> tuple[Version, ...]:
    """The states that were published, an undone one and the undo included: both were seen."""
    rows = connection.execute(_VERSIONS, {"number": number}).all()
    return tuple(
        Version(row.change_set_id, row.published, row.after is None, place == 0 and row.after == current)
        for place, row in enumerate(rows)
    )
