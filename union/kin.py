"""How published items belong together: what a union record is made of, which one a contribution is in, what came after.

Doors ask by the identifiers that the public knows; all of an answer is from one snapshot.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import Connection, and_, select

from catalogue.store import Store
from catalogue.tables import LIVE, library, record, source
from catalogue.union_tables import STANDING, union_cluster, union_member
from union.reading import successors
from union.shelf import Shelf

SHOWN: Final = 1_000
"""Members that are named; a cluster of more is of copies, letter for letter."""


class Contributor(NamedTuple):
    """A record that a library contributed to a union record."""

    identifier: str
    library: str
    """Code of the library."""
    library_vi: str
    library_en: str
    local_id: str


class Kin(NamedTuple):
    """What an item has to do with others."""

    union: str = ""
    """Of a contributed record: the identifier of the union record it is in; empty while it is not matched."""
    contributors: tuple[Contributor, ...] = ()
    """Of a union record: what it is made of."""
    heirs: tuple[str, ...] = ()
    """Of a retired union record: the identifiers of those that stand in its place, most of its records first."""


NONE: Final = Kin()


def of(store: Store, identifier: str) -> Kin:
    """The kin of the item called `identifier`; none for one that there is not. Raises StoreError."""
    if not (identifier.isascii() and identifier.isalnum()):
        return NONE
    with store.read() as connection:
        mine = select(union_cluster.c.number, union_cluster.c.state).where(union_cluster.c.identifier == identifier)
        row = connection.execute(mine).one_or_none()
        if row is None:
            return Kin(union=_union(connection, identifier))
        if row.state == STANDING:
            return Kin(contributors=_contributors(connection, row.number))
        return Kin(heirs=successors(connection, Shelf(store, connection), row.number))


def _union(connection: Connection, identifier: str) -> str:
    query = (
        select(union_cluster.c.identifier)
        .join(union_member, union_member.c.cluster == union_cluster.c.number)
        .join(record, record.c.id == union_member.c.record_id)
        .where(record.c.identifier == identifier)
    )
    return connection.execute(query).scalar() or ""


def _contributors(connection: Connection, number: int) -> tuple[Contributor, ...]:
    query = (
        select(record.c.identifier, library.c.code, library.c.name_vi, library.c.name_en, record.c.local_id)
        .join(union_member, union_member.c.record_id == record.c.id)
        .join(source, source.c.id == record.c.source_id)
        .join(library, library.c.id == source.c.library_id)
        .where(and_(union_member.c.cluster == number, record.c.status == LIVE))
        .order_by(library.c.code, record.c.local_id)
        .limit(SHOWN)
    )
    return tuple(Contributor(*row) for row in connection.execute(query))
