"""Change sets: named batches that are staged, previewed, counted, published and undone as a whole.

    staging ──▶ staged ──▶ published ◀──▶ undone
       └──────────┴──▶ discarded

An undo is a change set too, whose effects bring back the versions before; undoing the undo makes the first one
`published` again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from catalogue import messages
from catalogue.batch_tables import amended, errand, remark
from catalogue.store import Store
from catalogue.tables import UNION, change_set, effect, library, quarantine, record, rendering, source, version
from foundation.errors import RefusedError

STAGING: Final = "staging"
STAGED: Final = "staged"
PUBLISHED: Final = "published"
UNDONE: Final = "undone"
DISCARDED: Final = "discarded"
ANNOUNCED: Final = "announced"
"""Of one that only told records anew (`catalogue.announcing`): it replaced nothing, so there is nothing to undo."""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """One batch as it stands now."""

    number: int
    source: int
    library: str
    kind: str
    state: str
    title: str
    position: int = 0
    """Readings of its input that are staged; an interrupted import goes on behind them."""
    counts: dict[str, int] = field(default_factory=dict)
    undoes: int | None = None
    created: int = 0
    published: int | None = None
    silent: bool = False
    """It moved no datestamps; harvesters do not know of it until it is announced."""
    announced: int | None = None
    """When a silent one was announced after all."""


_QUERY = (
    select(change_set, library.c.code)
    .join(source, source.c.id == change_set.c.source_id)
    .join(library, library.c.id == source.c.library_id)
)


def create(
    connection: Connection,
    now: int,
    source_id: int,
    kind: str,
    title: str,
    fingerprint: str = "",
    undoes: int | None = None,
) -> int:
    """A new change set in state `staging`; returns its number."""
    values = {
        "source_id": source_id,
        "kind": kind,
        "state": STAGING,
        "title": title[:1000],
        "fingerprint": fingerprint,
        "created": now,
        "undoes": undoes,
    }
    number: int = connection.execute(insert(change_set).values(values).returning(change_set.c.id)).scalar_one()
    return number


def get(connection: Connection, number: int) -> ChangeSet:
    """The change set `number`. Raises RefusedError when there is none."""
    row = connection.execute(_QUERY.where(change_set.c.id == number)).one_or_none()
    if row is None:
        raise RefusedError(messages.CHANGE_SET_UNKNOWN, number=number)
    return _change_set(row)


def require(connection: Connection, number: int, *states: str) -> ChangeSet:
    """The change set `number`, which must be in one of `states`. Raises RefusedError when it is not."""
    found = get(connection, number)
    if found.state not in states:
        raise RefusedError(messages.CHANGE_SET_STATE, number=number, state=found.state, wanted=", ".join(states))
    return found


def latest(store: Store, limit: int = 50) -> list[ChangeSet]:
    """The newest change sets of what libraries contribute, newest first: those of the union follow from them."""
    query = _QUERY.where(change_set.c.source_id != UNION).order_by(change_set.c.id.desc()).limit(limit)
    with store.read() as connection:
        return [_change_set(row) for row in connection.execute(query)]


def of_libraries(connection: Connection, codes: Sequence[str], before: int = 0, limit: int = 50) -> list[ChangeSet]:
    """The newest imports of these libraries, newest first; those older than number `before` when it is given."""
    query = _QUERY.where(library.c.code.in_(codes), change_set.c.kind == "import").order_by(change_set.c.id.desc())
    if before:
        query = query.where(change_set.c.id < before)
    return [_change_set(row) for row in connection.execute(query.limit(limit))]


def undone_by(connection: Connection, number: int) -> int | None:
    """The change set that undid `number` last."""
    query = select(change_set.c.id).where(change_set.c.undoes == number).order_by(change_set.c.id.desc()).limit(1)
    found: int | None = connection.execute(query).scalar()
    return found


def interrupted(connection: Connection, source_id: int, fingerprint: str) -> ChangeSet | None:
    """The change set that an import of the same input left unfinished, if any."""
    query = _QUERY.where(
        change_set.c.source_id == source_id, change_set.c.state == STAGING, change_set.c.fingerprint == fingerprint
    )
    row = connection.execute(query.order_by(change_set.c.id.desc()).limit(1)).one_or_none()
    return _change_set(row) if row is not None and fingerprint else None


def came_of(connection: Connection, source_id: int, title: str, fingerprint: str) -> ChangeSet | None:
    """The newest change set of a source with this title, if it came of the same input: then there is nothing to do.

    One that came later of other input counts: whoever sends an earlier state of a file again wants it back.
    """
    query = (
        _QUERY.where(change_set.c.source_id == source_id, change_set.c.title == title[:1000])
        .where(change_set.c.kind.in_(("import", "harvest")))
        .order_by(change_set.c.id.desc())
    )
    row = connection.execute(query.limit(1)).one_or_none()
    return _change_set(row) if row is not None and fingerprint and row.fingerprint == fingerprint else None


def advance(connection: Connection, number: int, position: int, counts: dict[str, int], state: str = STAGING) -> None:
    """Note how far the staging is, in the transaction that staged it."""
    values = {"position": position, "counts": json.dumps(counts), "state": state}
    connection.execute(update(change_set).where(change_set.c.id == number).values(values))


def reopen(store: Store, number: int) -> None:
    """Let a staged change set take in more: corrected records of its own. Raises RefusedError when it is published."""
    with store.write() as connection:
        require(connection, number, STAGING, STAGED)
        connection.execute(update(change_set).where(change_set.c.id == number).values(state=STAGING))


def recount(store: Store, number: int) -> None:
    """Count what the change set would do to records, and what it has refused, by what there is."""
    mine = effect.c.change_set_id == number
    born = effect.c.after.is_not(None) & effect.c.before.is_(None)
    changed = effect.c.after.is_not(None) & effect.c.before.is_not(None)
    tests = {"new": born, "changed": changed, "deleted": effect.c.after.is_(None)}
    waiting = (quarantine.c.change_set_id == number) & quarantine.c.settled.is_(None)
    with store.write() as connection:
        found = get(connection, number)
        fresh = {
            name: connection.execute(select(func.count()).select_from(effect).where(mine, test)).scalar_one()
            for name, test in tests.items()
        }
        refused = connection.execute(select(func.count()).select_from(quarantine).where(waiting)).scalar_one()
        advance(connection, number, found.position, {**found.counts, **fresh, "quarantined": refused}, found.state)


def discard(store: Store, number: int) -> ChangeSet:
    """Forget a change set that was never published: its versions and effects go, its line in the list stays.

    Raises RefusedError when it is published. Records that only it knew are removed; nobody has seen them.
    """
    with store.write() as connection:
        return forget(connection, number)


def forget(connection: Connection, number: int) -> ChangeSet:
    """`discard` within a transaction that writes, for who has more to commit with it."""
    found = require(connection, number, STAGING, STAGED)
    mine = select(version.c.id).where(version.c.change_set_id == number).scalar_subquery()
    connection.execute(delete(rendering).where(rendering.c.version_id.in_(mine)))
    touched = select(effect.c.record_id).where(effect.c.change_set_id == number)
    orphans = connection.scalars(
        select(record.c.id).where(
            record.c.id.in_(touched),
            record.c.status == 0,
            ~select(effect.c.record_id)
            .where(effect.c.record_id == record.c.id, effect.c.change_set_id != number)
            .exists(),
        )
    ).all()
    errands = select(errand.c.id).where(errand.c.change_set_id == number).scalar_subquery()
    connection.execute(delete(amended).where(amended.c.errand_id.in_(errands)))
    connection.execute(delete(remark).where(remark.c.change_set_id == number))
    connection.execute(delete(effect).where(effect.c.change_set_id == number))
    connection.execute(delete(version).where(version.c.change_set_id == number))
    for start in range(0, len(orphans), 5000):
        connection.execute(delete(record).where(record.c.id.in_(orphans[start : start + 5000])))
    connection.execute(update(change_set).where(change_set.c.id == number).values(state=DISCARDED))
    return found


def preview(store: Store, number: int, limit: int = 20) -> list[dict[str, Any]]:
    """The first records of a change set with what it does to each: local id and `new`, `changed` or `deleted`."""
    query = (
        select(record.c.local_id, record.c.identifier, effect.c.before, effect.c.after)
        .join(record, record.c.id == effect.c.record_id)
        .where(effect.c.change_set_id == number)
        .order_by(effect.c.record_id)
        .limit(limit)
    )
    with store.read() as connection:
        get(connection, number)
        return [
            {
                "local_id": row.local_id,
                "identifier": row.identifier,
                "effect": "deleted" if row.after is None else "new" if row.before is None else "changed",
            }
            for row in connection.execute(query)
        ]


def _change_set(row: Row[Any]) -> ChangeSet:
    return ChangeSet(
        number=row.id,
        source=row.source_id,
        library=row.code,
        kind=row.kind,
        state=row.state,
        title=row.title,
        position=row.position,
        counts=json.loads(row.counts),
        undoes=row.undoes,
        created=row.created,
        published=row.published,
        silent=bool(row.silent),
        announced=row.announced,
    )
