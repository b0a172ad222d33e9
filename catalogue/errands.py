"""Errands: long work on a batch that somebody asked for, done in the background and gone on with after a restart.

    waiting ─▶ running ─▶ done | failed           (a fix that was undone: done ─▶ undone)

What an errand does is in the room that owns it: `check` and `fix` in `catalogue`, `match` in `union`. Here is only
what everybody needs to see: how far it is, who asked for it, how it ended.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from catalogue.batch_tables import errand
from catalogue.store import Store
from foundation.errors import Problem

CHECK: Final = "check"
"""Look at every record by the rules, and note what is wrong."""
MATCH: Final = "match"
"""Look for every record in the union."""
FIX: Final = "fix"
"""One change for many records alike."""
EDIT: Final = "edit"
"""One record as a person wrote it."""
MEND: Final = "mend"
"""Corrected records put into a batch, by whoever brings them; what is left of one whose process died is let go."""
PUBLISH: Final = "publish"
UNDO: Final = "undo"

WAITING: Final = "waiting"
RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
UNDONE: Final = "undone"
UNDER_WAY: Final = (WAITING, RUNNING)


@dataclass(frozen=True, slots=True)
class Errand:
    """One of them. Times are seconds since 1970, UTC."""

    number: int
    change_set: int
    kind: str
    state: str
    arguments: dict[str, Any]
    position: int
    """The last record that it is done with."""
    done: int
    changed: int
    who: str
    reason_vi: str
    reason_en: str
    created: int
    heartbeat: int

    def reason(self, language: str) -> str:
        """Why it failed, empty when it did not."""
        return self.reason_en if language == "en" else self.reason_vi


def put(store: Store, change_set: int, kind: str, arguments: dict[str, Any] | None = None, who: str = "") -> Errand:
    """Ask for an errand. The same one that waits or runs already is not asked for twice."""
    text = json.dumps(arguments or {}, ensure_ascii=False, sort_keys=True)
    with store.write() as connection:
        same = (errand.c.change_set_id == change_set) & (errand.c.kind == kind) & (errand.c.arguments == text)
        query = select(errand).where(same, errand.c.state.in_(UNDER_WAY))
        row = connection.execute(query).first()
        if row is None:
            now = store.now(connection)
            values = {"change_set_id": change_set, "kind": kind, "state": WAITING, "arguments": text, "who": who[:200]}
            made = insert(errand).values(values | {"created": now, "heartbeat": now}).returning(errand)
            row = connection.execute(made).one()
        return _errand(row)


def get(store: Store, number: int) -> Errand | None:
    """The errand `number`, None when there is none."""
    with store.read() as connection:
        row = connection.execute(select(errand).where(errand.c.id == number)).one_or_none()
    return None if row is None else _errand(row)


def of(store: Store, change_set: int, kinds: Sequence[str] = ()) -> list[Errand]:
    """The errands of a batch, the newest first."""
    query = select(errand).where(errand.c.change_set_id == change_set).order_by(errand.c.id.desc())
    if kinds:
        query = query.where(errand.c.kind.in_(kinds))
    with store.read() as connection:
        return [_errand(row) for row in connection.execute(query.limit(200))]


def under_way(store: Store, change_set: int | None = None) -> list[Errand]:
    """Errands that wait or run, of one batch or of all, in the order in which they were asked for."""
    query = select(errand).where(errand.c.state.in_(UNDER_WAY)).order_by(errand.c.id)
    if change_set is not None:
        query = query.where(errand.c.change_set_id == change_set)
    with store.read() as connection:
        return [_errand(row) for row in connection.execute(query.limit(200))]


def advance(connection: Connection, number: int, now: int, position: int, done: int, changed: int = 0) -> None:
    """Note how far it is, in the transaction that brought it there. `done` and `changed` are added to what was."""
    values = {"state": RUNNING, "position": position, "heartbeat": now}
    grown = {"done": errand.c.done + done, "changed": errand.c.changed + changed}
    connection.execute(update(errand).where(errand.c.id == number).values(**values, **grown))


def end(store: Store, number: int, state: str = DONE, problem: Problem | None = None) -> None:
    """Note how it ended."""
    said = {} if problem is None else {"reason_vi": problem.text("vi"), "reason_en": problem.text("en")}
    with store.write() as connection:
        values = {"state": state, "heartbeat": store.now(connection), **said}
        connection.execute(update(errand).where(errand.c.id == number).values(values))


def _errand(row: Row[Any]) -> Errand:
    return Errand(
        number=row.id,
        change_set=row.change_set_id,
        kind=row.kind,
        state=row.state,
        arguments=json.loads(row.arguments),
        position=row.position,
        done=row.done,
        changed=row.changed,
        who=row.who,
        reason_vi=row.reason_vi,
        reason_en=row.reason_en,
        created=row.created,
        heartbeat=row.heartbeat,
    )
