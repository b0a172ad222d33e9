"""What a library's own tags and columns mean: learned once, kept for its next file.

A mapping is a JSON value that the format's reader understands (`marc.isis_mapping`, `marc.spreadsheet.mapping`); the
store only keeps the newest one of each kind.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from catalogue.libraries import identify
from catalogue.store import Store
from catalogue.tables import mapping


def get(store: Store, library: str, kind: str) -> Any | None:
    """The mapping of `kind` of a library, None when it has none. Raises RefusedError for an unknown library."""
    with store.read() as connection:
        mine = (mapping.c.library_id == identify(connection, library)) & (mapping.c.kind == kind)
        found = connection.execute(select(mapping.c.value).where(mine)).scalar()
    return None if found is None else json.loads(found)


def put(store: Store, library: str, kind: str, value: Any) -> None:
    """Keep `value`, any JSON value, as the mapping of `kind`. Raises RefusedError for an unknown library."""
    with store.write() as connection:
        store.turn(connection, "mapping")
        number = identify(connection, library)
        mine = (mapping.c.library_id == number) & (mapping.c.kind == kind)
        connection.execute(mapping.delete().where(mine))
        row = {"library_id": number, "kind": kind, "changed": store.now(connection)}
        connection.execute(mapping.insert().values(**row, value=json.dumps(value, ensure_ascii=False)))
