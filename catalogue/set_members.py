"""The records in a set that people made, a page at a time, and by what each is in it."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from catalogue import contents, sets
from catalogue.editing import title
from catalogue.store import Store
from catalogue.tables import LIVE, feed, record, version


class Member(NamedTuple):
    """A union record in the set."""

    number: int
    """The store's own; where the next page begins."""
    identifier: str
    title: str
    libraries: tuple[str, ...]
    """Codes of those that contributed to it."""
    placed: bool
    """Whether a person or an import put it in; else the query of the set holds, or the record itself names it."""


def page(store: Store, kind: str, slug: str, after: int, limit: int) -> list[Member]:
    """The next `limit` records behind the number `after`, in the order of their numbers.

    Raises RefusedError for a set there is none of. Records that were put in a moment ago are there when the union has
    followed.
    """
    with store.read() as connection:
        number = sets.number_of(connection, kind, slug)
        inside = (feed.c.set_id == number, feed.c.status == LIVE, feed.c.record_id > after)
        query = select(feed.c.record_id).where(*inside).distinct().order_by(feed.c.record_id).limit(limit)
        numbers = list(connection.scalars(query))
        found = contents.read(store, connection, numbers)
        named = select(record.c.id, version.c.collections).join(version, version.c.id == record.c.version_id)
        placed = {
            row.id for row in connection.execute(named.where(record.c.id.in_(numbers)))
            if str(number) in row.collections.split()
        }  # fmt: skip
    shown = (found[one] for one in numbers if one in found)
    return [Member(one.number, one.identifier, title(one.record), one.libraries, one.number in placed) for one in shown]
