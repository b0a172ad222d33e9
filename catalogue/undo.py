"""Undo: a change set whose effects bring back what a published change set replaced."""

from __future__ import annotations

from sqlalchemy import insert, literal, select

from catalogue import changesets, messages
from catalogue.publishing import Published, publish
from catalogue.store import Store
from catalogue.tables import UNION, effect, record
from foundation.errors import RefusedError


def undo(store: Store, number: int, force: bool = False) -> tuple[int, Published]:
    """Undo change set `number` and publish that; returns the undoing change set's number and what it did.

    Raises RefusedError when it is not published, when it is one of the union, or when a later change set has touched
    some of its records; with `force` those records stay as they are and the others are undone.
    """
    with store.write() as connection:
        found = changesets.require(connection, number, changesets.PUBLISHED)
        if found.source == UNION:
            raise RefusedError(messages.UNDO_UNION, number=number)
        mine = effect.c.change_set_id == number
        joined = effect.join(record, record.c.id == effect.c.record_id)
        later = record.c.version_id.is_distinct_from(effect.c.after)
        touched = connection.scalars(select(record.c.local_id).select_from(joined).where(mine, later)).all()
        if touched and not force:
            sample = ", ".join(touched[:5]) + (" …" if len(touched) > 5 else "")
            raise RefusedError(messages.UNDO_CONFLICT, number=number, count=len(touched), sample=sample)
        undoing = changesets.create(
            connection, store.now(connection), found.source, "undo", f"↶ {found.title}", undoes=number
        )
        connection.execute(
            insert(effect).from_select(
                ["change_set_id", "record_id", "before", "after"],
                select(literal(undoing), effect.c.record_id, effect.c.after, effect.c.before)
                .select_from(joined)
                .where(mine, ~later),
            )
        )
        changesets.advance(connection, undoing, 0, {"kept": len(touched)}, changesets.STAGED)
    return undoing, publish(store, undoing)
