"""Libraries and their sources. A library is an organisation with an opaque code, never a place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, insert, null, select, update

from catalogue import messages
from catalogue.store import Store
from catalogue.tables import LIVE, UNION, feed_set, library, record, source
from foundation.errors import RefusedError

KINDS: Final = ("provincial", "district", "commune", "partner", "national")
NAME_CHARACTERS: Final = 300
_DEVICE: Final = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]", re.IGNORECASE)
"""Names that are devices to Windows ("Naming Files, Paths, and Namespaces")."""
UPLOADS: Final = "uploads"
"""The source that every library has: files given by hand."""
LIBRARY_SETS: Final = "library"
"""setSpec above the sets of all libraries; the same union records as no set at all."""


@dataclass(frozen=True, slots=True)
class Library:
    """An organisation that contributes."""

    code: str
    name_vi: str
    name_en: str = ""
    kind: str = "district"
    email: str = ""
    parent: str = ""
    """Code of the library it belongs to, or empty."""
    valid_from: str = ""
    valid_until: str = ""
    """ISO dates, or empty."""
    successor: str = ""
    """Code of the library that took over, or empty."""
    records: int = 0
    """Records it contributes now."""

    @property
    def set_spec(self) -> str:
        return f"{LIBRARY_SETS}:{self.code}"


def add(store: Store, new: Library) -> None:
    """Add a library, its source for uploads and its set.

    Raises RefusedError when the code is taken or cannot be used, the kind or the parent is not known.
    """
    if not re.fullmatch(r"[A-Za-z0-9-]{1,40}", new.code):
        raise RefusedError(messages.LIBRARY_CODE, code=new.code)
    if _DEVICE.fullmatch(new.code):  # folders bear it
        raise RefusedError(messages.LIBRARY_CODE_DEVICE, code=new.code)
    if new.kind not in KINDS:
        raise RefusedError(messages.LIBRARY_KIND, kind=new.kind, known=", ".join(KINDS))
    with store.write() as connection:
        store.turn(connection, "library")
        found = connection.execute(select(library.c.name_vi).where(library.c.code == new.code)).scalar()
        if found is not None:
            raise RefusedError(messages.LIBRARY_EXISTS, code=new.code, name=found)
        now = store.now(connection)
        number = connection.execute(
            insert(library)
            .values(
                code=new.code,
                name_vi=new.name_vi,
                name_en=new.name_en,
                kind=new.kind,
                email=new.email,
                parent_id=identify(connection, new.parent) if new.parent else None,
                successor_id=identify(connection, new.successor) if new.successor else None,
                valid_from=new.valid_from,
                valid_until=new.valid_until,
                created=now,
            )
            .returning(library.c.id)
        ).scalar_one()
        connection.execute(insert(source).values(library_id=number, name=UPLOADS, kind="file", created=now))
        # Sets 1 … are the libraries' own, under the number of the library.
        connection.execute(
            insert(feed_set).values(id=number, spec=new.set_spec, name_vi=new.name_vi, name_en=new.name_en)
        )


def change(
    connection: Connection, code: str, *, name_vi: str, name_en: str, email: str, parent: str, kind: str
) -> None:  # fmt: skip
    """Give a library other names, another kind, another address for letters, or another library above it.

    Raises RefusedError for a library or a kind that there is not, a name that is empty, and a library above that would
    be below.
    """
    number = identify(connection, code)
    if kind not in KINDS:
        raise RefusedError(messages.LIBRARY_KIND, kind=kind, known=", ".join(KINDS))
    name_vi, name_en = " ".join(name_vi.split()), " ".join(name_en.split())
    if not 0 < len(name_vi) <= NAME_CHARACTERS or len(name_en) > NAME_CHARACTERS:
        raise RefusedError(messages.LIBRARY_NAME, allowed=NAME_CHARACTERS)
    above = identify(connection, parent) if parent else None
    step = above
    while step is not None:
        if step == number:
            raise RefusedError(messages.LIBRARY_CIRCLE, code=code, parent=parent)
        step = connection.execute(select(library.c.parent_id).where(library.c.id == step)).scalar()
    values = {"name_vi": name_vi, "name_en": name_en, "email": email.strip()[:200], "parent_id": above, "kind": kind}
    connection.execute(update(library).where(library.c.id == number).values(values))
    named = update(feed_set).where(feed_set.c.id == number)
    connection.execute(named.values(name_vi=name_vi, name_en=name_en))


def get(store: Store, code: str) -> Library | None:
    """The library `code` without its count of records, None when there is none."""
    with store.read() as connection:
        row = connection.execute(_ONE, {"code": code}).one_or_none()
    return None if row is None else _library(row)


def all_libraries(store: Store) -> list[Library]:
    """Every library, in the order of their codes, with its count of records."""
    counts = (
        select(source.c.library_id, func.count().label("records"))
        .join(record, record.c.source_id == source.c.id)
        .where(record.c.status == LIVE)
        .group_by(source.c.library_id)
        .subquery()
    )
    query = _named(counts.c.records).outerjoin(counts, counts.c.library_id == library.c.id)
    query = query.order_by(library.c.code)
    with store.read() as connection:
        return [_library(row) for row in connection.execute(query)]


def named(store: Store) -> list[Library]:
    """Every library, in the order of their codes, without counts: for choosing, in a large store too."""
    with store.read() as connection:
        query = _named(null().label("records")).order_by(library.c.code)
        return [_library(row) for row in connection.execute(query)]


def identify(connection: Connection, code: str) -> int:
    """The number of the library `code`. Raises RefusedError naming the codes there are."""
    found: int | None = (
        connection.execute(select(library.c.id).where(library.c.code == code)).scalar() if code else None
    )
    if found is None:
        known = connection.scalars(
            select(library.c.code).where(library.c.id != UNION).order_by(library.c.code).limit(20)
        ).all()
        raise RefusedError(messages.LIBRARY_UNKNOWN, code=code, known=", ".join(known) or "–")
    return found


def uploads(connection: Connection, code: str) -> int:
    """The number of the source that files of the library `code` come under. Raises RefusedError like `identify`."""
    number = identify(connection, code)
    query = select(source.c.id).where(source.c.library_id == number, source.c.name == UPLOADS)
    found: int = connection.execute(query).scalar_one()
    return found


_PARENT, _HEIR = library.alias("parent"), library.alias("heir")


def _named(records: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """The libraries with the codes of those above and behind them, and a column that says how many records."""
    return (
        select(library, _PARENT.c.code.label("parent"), _HEIR.c.code.label("heir"), records)
        .outerjoin(_PARENT, _PARENT.c.id == library.c.parent_id)
        .outerjoin(_HEIR, _HEIR.c.id == library.c.successor_id)
        .where(library.c.id != UNION)
    )


# Asked for every page of a library's feed: built once, because building costs more than the answer.
_ONE = _named(null().label("records")).where(library.c.code == bindparam("code"))


def _library(row: Row[tuple[object, ...]]) -> Library:
    return Library(
        code=row.code,
        name_vi=row.name_vi,
        name_en=row.name_en,
        kind=row.kind,
        email=row.email,
        parent=row.parent or "",
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        successor=row.heir or "",
        records=row.records or 0,
    )
