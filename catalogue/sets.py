"""Sets that people define: collections and saved queries. Adding, changing, removing, looking at what would be in one.

A change takes hold at once for what is published from then on, and for the rest by a job (`catalogue.set_sweep`) that
announces who enters and who leaves. A set that is removed is listed until its last member has left, and answers for
ever: those who harvest it learn there who left (OAI-PMH 2.0, section 2.5.1, kept as every deletion here).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from catalogue import clock, set_messages, set_sweep
from catalogue.libraries import identify
from catalogue.membership import COLLECTION, QUERY, Membership
from catalogue.set_facts import Facts
from catalogue.set_query import parse
from catalogue.store import Store
from catalogue.tables import (
    COLLECTIONS,
    LEAVING,
    LISTED,
    LIVE,
    QUERIES,
    UNION,
    counter,
    defined_set,
    feed,
    feed_set,
    library,
    record,
    version,
)
from catalogue.tables import clock as clock_table
from foundation.errors import LimitError, RefusedError
from foundation.limits import SET_SPEC_CHARACTERS, SETS_DEFINED
from marc.record import Record

_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]*(?::[a-z0-9][a-z0-9-]*)*")
_GROUPS: Final = {COLLECTION: COLLECTIONS, QUERY: QUERIES}
_PAGE: Final = 1000
_DEFINED: Final = (
    select(feed_set, defined_set.c.query, defined_set.c.names, library.c.code)
    .join(defined_set, defined_set.c.set_id == feed_set.c.id)
    .outerjoin(library, library.c.id == defined_set.c.library_id)
)


@dataclass(frozen=True, slots=True)
class DefinedSet:
    """A collection or a saved query."""

    kind: str
    """`collection` or `query`."""
    slug: str
    """What stands behind the first colon of its setSpec."""
    name_vi: str
    name_en: str = ""
    query: str = ""
    """Which records are in it (`catalogue.set_query`); a collection may have none."""
    about_vi: str = ""
    about_en: str = ""
    library: str = ""
    """Code of the library whose records alone can be in it; empty: any."""
    called: tuple[str, ...] = ()
    """Other names by which records call a collection: a handle, its name in the old system."""
    members: int = 0

    @property
    def spec(self) -> str:
        """Its setSpec."""
        return f"{self.kind}:{self.slug}"


def add(store: Store, new: DefinedSet, replace: bool = False) -> None:
    """Define a set, or change the one that is there with `replace`; the job that fills it is asked for.

    Raises RefusedError (slug, set there already, set above it missing, too many), InputError for its query,
    RefusedError for its library.
    """
    if not _SLUG.fullmatch(new.slug) or len(new.spec) > SET_SPEC_CHARACTERS:
        raise RefusedError(set_messages.SLUG, slug=new.slug)
    if new.query or new.kind == QUERY:
        parse(new.query)
    with store.write() as connection:
        clock.take(store, connection)
        found = connection.execute(select(feed_set).where(feed_set.c.spec == new.spec)).one_or_none()
        if found is not None and found.state == LISTED and not replace:
            raise RefusedError(set_messages.SET_EXISTS, spec=new.spec, name=found.name_vi)
        if found is not None:
            connection.execute(delete(defined_set).where(defined_set.c.set_id == found.id))
        _check_place(connection, new.kind, new.spec)
        described = {
            "name_vi": new.name_vi,
            "name_en": new.name_en,
            "about_vi": new.about_vi,
            "about_en": new.about_en,
            "state": LISTED,
        }
        if found is None:
            number = _next(connection)
            connection.execute(insert(feed_set).values(id=number, spec=new.spec, **described))
        else:
            number = found.id
            connection.execute(update(feed_set).where(feed_set.c.id == number).values(described))
        connection.execute(update(feed_set).where(feed_set.c.id == _GROUPS[new.kind]).values(state=LISTED))
        named = dict.fromkeys(filter(None, (new.slug, new.name_vi, new.name_en, *new.called)))
        values = {
            "set_id": number,
            "query": new.query,
            "names": json.dumps(list(named), ensure_ascii=False) if new.kind == COLLECTION else "",
            "library_id": identify(connection, new.library) if new.library else None,
            "changed": store.now(connection),
        }
        connection.execute(insert(defined_set).values(values))
        _turn(connection)


def remove(store: Store, kind: str, slug: str) -> None:
    """Take a set away; its members leave it by the job that is asked for. Raises RefusedError when there is none.

    What defined it is kept, so that it can be brought back (`restore`).
    """
    spec = f"{kind}:{slug}"
    with store.write() as connection:
        clock.take(store, connection)
        number = _number(connection, kind, spec)
        below = feed_set.c.spec.startswith(f"{spec}:", autoescape=True) & (feed_set.c.state == LISTED)
        children = list(connection.scalars(select(feed_set.c.spec).where(below)))
        if children:
            raise RefusedError(set_messages.SET_CHILDREN, spec=spec, children=", ".join(children[:10]))
        connection.execute(update(feed_set).where(feed_set.c.id == number).values(state=LEAVING))
        _turn(connection)


def restore(store: Store, kind: str, slug: str) -> None:
    """Bring back a set that was taken away, with what defined it; the job that fills it is asked for.

    Records that people put into a collection are in it again: that is said by their versions. Raises RefusedError when
    there is none of this name that was taken away, when the set above it is gone, or when there are too many.
    """
    spec = f"{kind}:{slug}"
    with store.write() as connection:
        clock.take(store, connection)
        gone = (feed_set.c.spec == spec) & (feed_set.c.state != LISTED)
        query = select(feed_set.c.id).join(defined_set, defined_set.c.set_id == feed_set.c.id)
        number = connection.execute(query.where(gone)).scalar()
        if number is None:
            raise RefusedError(set_messages.SET_NOT_REMOVED, spec=spec)
        _check_place(connection, kind, spec)
        groups = feed_set.c.id.in_((number, _GROUPS[kind]))
        connection.execute(update(feed_set).where(groups).values(state=LISTED))
        _turn(connection)


def defined(store: Store, kind: str = "", removed: bool = False) -> list[DefinedSet]:
    """The sets people have defined, in the order of their setSpecs, with how many records are in each now; or those
    they took away."""
    query = _DEFINED.where((feed_set.c.state != LISTED) if removed else (feed_set.c.state == LISTED))
    with store.read() as connection:
        rows = connection.execute(query.order_by(feed_set.c.spec))
        return [_defined(connection, row) for row in rows if row.spec.startswith(kind)]


def get(store: Store, kind: str, slug: str) -> DefinedSet | None:
    """One set that people have defined; None when there is none, or it was taken away."""
    query = _DEFINED.where(feed_set.c.spec == f"{kind}:{slug}", feed_set.c.state == LISTED)
    with store.read() as connection:
        row = connection.execute(query).one_or_none()
        return None if row is None else _defined(connection, row)


def number_of(connection: Connection, kind: str, slug: str) -> int:
    """The number of a set that people have defined. Raises RefusedError naming those there are."""
    return _number(connection, kind, f"{kind}:{slug}")


def collection_number(store: Store, slug: str, code: str) -> int:
    """The number of a collection that records of the library `code` may be put into. Raises RefusedError otherwise."""
    with store.read() as connection:
        number = _number(connection, COLLECTION, f"{COLLECTION}:{slug}")
        owner = select(library.c.code).join(defined_set, defined_set.c.library_id == library.c.id)
        found = connection.execute(owner.where(defined_set.c.set_id == number)).scalar()
    if found is not None and found != code:
        raise RefusedError(set_messages.COLLECTION_LIBRARY, slug=slug, owner=found, library=code)
    return number


@dataclass(frozen=True, slots=True)
class Preview:
    """What a saved query would hold now."""

    looked: int
    members: int
    libraries: dict[str, int]
    """Members by the code of each library that contributed to them."""
    samples: tuple[tuple[str, str], ...]
    """Identifier and title of the first few."""


def preview(store: Store, text: str, samples: int = 10) -> Preview:
    """Ask every union record that is shown; nothing changes. Raises InputError for a query that is none."""
    query = parse(text)
    looked, members, last = 0, 0, -1
    by_library: dict[str, int] = {}
    shown: list[tuple[str, str]] = []
    while True:
        with store.read() as connection:
            decided = Membership(connection)
            rows = connection.execute(_live(last)).all()
            for row in rows:
                found = Record(store.compression.decompress(connection, row.dictionary, row.normalised).decode())
                codes = decided.libraries(row.sets)
                facts = Facts(found, codes)
                if query(facts):
                    members += 1
                    for code in codes:
                        by_library[code] = by_library.get(code, 0) + 1
                    if len(shown) < samples:
                        shown.append((row.identifier, next(iter(facts.fields("title")), "")))
        looked += len(rows)
        if len(rows) < _PAGE:
            return Preview(looked, members, by_library, tuple(shown))
        last = rows[-1].id


def _live(last: int) -> Any:
    columns = (record.c.id, record.c.identifier, record.c.sets, version.c.dictionary, version.c.normalised)
    return (
        select(*columns)
        .join(version, version.c.id == record.c.version_id)
        .where(record.c.id > last, record.c.source_id == UNION, record.c.status == LIVE)
        .order_by(record.c.id)
        .limit(_PAGE)
    )


def _check_place(connection: Connection, kind: str, spec: str) -> None:
    """The set above it must be there, and there must be room."""
    above = spec.rpartition(":")[0]
    if above != kind:
        state = connection.execute(select(feed_set.c.state).where(feed_set.c.spec == above)).scalar()
        if state != LISTED:
            raise RefusedError(set_messages.SET_PARENT, spec=spec, parent=above)
    listed = defined_set.join(feed_set, feed_set.c.id == defined_set.c.set_id)
    seen = connection.execute(
        select(func.count()).select_from(listed).where(feed_set.c.state == LISTED, feed_set.c.spec != spec)
    ).scalar_one()
    if seen >= SETS_DEFINED:
        raise LimitError(set_messages.SETS_MANY, limit="SETS_DEFINED", seen=seen, allowed=SETS_DEFINED)


def _next(connection: Connection) -> int:
    moved = update(counter).where(counter.c.name == "set").values(next=counter.c.next + 1).returning(counter.c.next)
    return int(connection.execute(moved).scalar_one()) - 1


def _turn(connection: Connection) -> None:
    """The definitions are others now: every version is decided anew when it is published, every record by the job."""
    connection.execute(update(clock_table).values(epoch=clock_table.c.epoch + 1))
    set_sweep.ask(connection)


def _number(connection: Connection, kind: str, spec: str) -> int:
    listed = feed_set.c.state == LISTED
    query = select(feed_set.c.id).join(defined_set, defined_set.c.set_id == feed_set.c.id)
    found = connection.execute(query.where(feed_set.c.spec == spec, listed)).scalar()
    if found is None:
        specs = connection.scalars(
            select(feed_set.c.spec).join(defined_set, defined_set.c.set_id == feed_set.c.id).where(listed).limit(50)
        )
        known = ", ".join(sorted(one for one in specs if one.startswith(f"{kind}:")))
        raise RefusedError(set_messages.SET_MISSING, spec=spec, known=known or "–")
    return int(found)


def _defined(connection: Connection, row: Any) -> DefinedSet:
    kind, _, slug = row.spec.partition(":")
    inside = select(func.count(func.distinct(feed.c.record_id))).where(feed.c.set_id == row.id, feed.c.status == LIVE)
    known = (slug, row.name_vi, row.name_en)
    return DefinedSet(
        kind=kind,
        slug=slug,
        name_vi=row.name_vi,
        name_en=row.name_en,
        query=row.query,
        about_vi=row.about_vi,
        about_en=row.about_en,
        library=row.code or "",
        called=tuple(name for name in (json.loads(row.names) if row.names else ()) if name not in known),
        members=int(connection.execute(inside).scalar_one()),
    )
