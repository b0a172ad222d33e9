"""How published items belong together: what a union record is made of, which one a contribution is in, what came after.

Doors ask by the identifiers that the public knows; all of an answer is from one snapshot.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import bindparam, select

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

    cluster: int = 0
    """Number of the union record that stands and that it is, or is in; 0: none."""

    union: str = ""
    """Of a contributed record: the identifier of the union record it is in; empty while it is not matched."""
    contributors: tuple[Contributor, ...] = ()
    """Of a union record: what it is made of."""
    heirs: tuple[str, ...] = ()
    """Of a retired union record: the identifiers of those that stand in its place, most of its records first."""


NONE: Final = Kin()
# Asked for every page of a record: built once, because building costs more than the answer.
_CLUSTER: Final = select(union_cluster.c.number, union_cluster.c.state).where(
    union_cluster.c.identifier == bindparam("identifier")
)
_UNION: Final = (
    select(union_cluster.c.number, union_cluster.c.identifier)
    .join(union_member, union_member.c.cluster == union_cluster.c.number)
    .join(record, record.c.id == union_member.c.record_id)
    .where(record.c.identifier == bindparam("identifier"))
)
_CONTRIBUTORS: Final = (
    select(record.c.identifier, library.c.code, library.c.name_vi, library.c.name_en, record.c.local_id)
    .join(union_member, union_member.c.record_id == record.c.id)
    .join(source, source.c.id == record.c.source_id)
    .join(library, library.c.id == source.c.library_id)
    .where(union_member.c.cluster == bindparam("cluster"), record.c.status == LIVE)
    .order_by(library.c.code, record.c.local_id)
    .limit(SHOWN)
)


def of(store: Store, identifier: str) -> Kin:
    """The kin of the item called `identifier`; none for one that there is not. Raises StoreError."""
    if not (identifier.isascii() and identifier.isalnum()):
        return NONE
    with store.read() as connection:
        row = connection.execute(_CLUSTER, {"identifier": identifier}).one_or_none()
        if row is None:
            found = connection.execute(_UNION, {"identifier": identifier}).first()
            return NONE if found is None else Kin(*found)
        if row.state == STANDING:
            rows = connection.execute(_CONTRIBUTORS, {"cluster": row.number})
            return Kin(row.number, contributors=tuple(Contributor(*one) for one in rows))
        return Kin(heirs=successors(connection, Shelf(store, connection), row.number))
