"""Whose something is: the library of a change set, a record, a source, a run or a quarantined record.

A door that is given a number asks here first, and answers what is another library's like what does not exist: so that
numbers cannot be guessed across libraries.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Select, select

from catalogue.harvest_tables import alarm, run
from catalogue.tables import change_set, library, quarantine, record, source

_OF_SOURCE: Final = source.join(library, library.c.id == source.c.library_id)


def _code(*joined: Any) -> Select[*tuple[Any, ...]]:
    found = _OF_SOURCE
    for table, condition in joined:
        found = found.join(table, condition)
    return select(library.c.code).select_from(found)


_OF_SET: Final = (change_set, change_set.c.source_id == source.c.id)
_QUERIES: Final = {
    "source": (_code(), source.c.id),
    "change_set": (_code(_OF_SET), change_set.c.id),
    "record": (_code((record, record.c.source_id == source.c.id)), record.c.id),
    "run": (_code((run, run.c.source_id == source.c.id)), run.c.id),
    "alarm": (_code((alarm, alarm.c.source_id == source.c.id)), alarm.c.id),
    "quarantine": (_code(_OF_SET, (quarantine, quarantine.c.change_set_id == change_set.c.id)), quarantine.c.id),
}
KINDS: Final = frozenset(_QUERIES)


def library_of(connection: Connection, kind: str, number: int) -> str | None:
    """The code of the library that the thing of this kind (one of `KINDS`) and number belongs to; None: there is none.

    Raises KeyError for a kind that does not exist.
    """
    query, column = _QUERIES[kind]
    if not 0 <= number < 1 << 62:
        return None
    code: str | None = connection.execute(query.where(column == number)).scalar()
    return code
