"""Rules that are tried before they hold: a table is handed in, a worker finds out what it would do, a person decides.

    waiting ─▶ running ─▶ ready ─▶ publishing ─▶ published
        │         │          └───▶ dropped
        └─────────┴─▶ dropped      failed: the table, or the machine, would not have it

A trial whose process died stays `running`; whoever looks next for work begins it again.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import insert, or_, select, update

from catalogue.pulse import Pulse
from catalogue.store import Store
from catalogue.union_tables import union_trial
from foundation.errors import LienThongError, RefusedError
from union import messages, rebuilding
from union import rules as union_rules

WAITING: Final = "waiting"
RUNNING: Final = "running"
READY: Final = "ready"
APPROVED: Final = "approved"
"""A person wants it in force; a worker has not begun to."""
PUBLISHING: Final = "publishing"
PUBLISHED: Final = "published"
DROPPED: Final = "dropped"
FAILED: Final = "failed"
OPEN: Final = (WAITING, RUNNING, READY, APPROVED, PUBLISHING)
_SILENT: Final = 120
"""Seconds without a sign of life after which a trial is taken for abandoned."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One table of rules on its way. Times are seconds since 1970, UTC."""

    number: int
    state: str
    document: str
    """The table as JSON; empty: the one that comes with the program."""
    note: str
    person: str
    created: int
    heartbeat: int
    finished: int | None
    done: int
    total: int
    result: dict[str, Any] = field(default_factory=dict)
    """Of a finished one what `rebuilding.Preview` has; of a failed one `vi` and `en`: why."""


def submit(store: Store, document: str, person: str, note: str = "") -> int:
    """Hand in a table of rules (empty: the shipped one); its number.

    Raises FormatError for one that is none, LimitError for a huge one, RefusedError while another trial is open.
    """
    if document:
        union_rules.read(document.encode())
    with store.write() as connection:
        open_ = connection.execute(select(union_trial.c.id).where(union_trial.c.state.in_(OPEN))).scalar()
        if open_ is not None:
            raise RefusedError(messages.TRIAL_OPEN, number=open_)
        now = store.now(connection)
        row = {"state": WAITING, "document": document, "note": note, "person": person[:200]}
        made = insert(union_trial).values(row | {"created": now, "heartbeat": now}).returning(union_trial.c.id)
        number: int = connection.execute(made).scalar_one()
    return number


def get(store: Store, number: int) -> Trial:
    """One trial. Raises RefusedError when there is none."""
    with store.read() as connection:
        row = connection.execute(select(union_trial).where(union_trial.c.id == number)).one_or_none()
    if row is None:
        raise RefusedError(messages.TRIAL_UNKNOWN, number=number)
    return _trial(row)


def latest(store: Store, limit: int = 20, before: int = 0) -> list[Trial]:
    """The newest trials, newest first. `before`: only those of lower numbers."""
    query = select(union_trial).order_by(union_trial.c.id.desc()).limit(limit)
    with store.read() as connection:
        rows = connection.execute(query.where(union_trial.c.id < before) if before else query).all()
    return [_trial(row) for row in rows]


def approve(store: Store, number: int) -> None:
    """Put the rules of a trial that is ready in force; a worker makes the union anew by them. Raises RefusedError."""
    _move(store, number, (READY,), APPROVED)


def drop(store: Store, number: int) -> None:
    """Let a trial go that is not in force. One that runs stops at its next sign of life. Raises RefusedError."""
    _move(store, number, (WAITING, RUNNING, READY, APPROVED), DROPPED)


def _move(store: Store, number: int, states: tuple[str, ...], to: str) -> None:
    with store.write() as connection:
        mine = update(union_trial).where(union_trial.c.id == number, union_trial.c.state.in_(states))
        if not connection.execute(mine.values(state=to, heartbeat=store.now(connection))).rowcount:
            raise RefusedError(messages.TRIAL_STATE, number=number)


# --- the work -------------------------------------------------------------------------------------------------------


class _DroppedError(Exception):
    """A person let the trial go while it ran."""


def work(store: Store) -> bool:
    """Do the next step of the open trial, if it is one for a worker; whether there was one. Raises StoreError."""
    found = _taken(store)
    if found is None:
        return False
    try:
        if found.state == RUNNING:
            rules = union_rules.read(found.document.encode()) if found.document else union_rules.shipped()
            preview = rebuilding.preview(store, rules, lambda done, total: _alive(store, found, done, total))
            _end(store, found, READY, preview._asdict())
        else:
            rebuilding.publish(store, found.document, lambda done: _alive(store, found, done, found.total))
            _end(store, found, PUBLISHED, found.result)
    except _DroppedError:
        return True
    except LienThongError as error:
        if error.problem.code == messages.UNION_BUSY.code:
            _end(store, found, APPROVED, found.result)  # the follower is at it: once more in a while
            return False
        _end(store, found, FAILED, {"vi": error.text("vi"), "en": error.text("en")})
    return True


def follow(store: Store, stop: threading.Event, every: float = 2.0) -> None:
    """Work on trials as they come until `stop`."""
    pulse = Pulse(store)
    while not stop.wait(every):
        try:
            if pulse.still():
                continue
            while work(store) and not stop.is_set():
                pass
            pulse.rest()
        except LienThongError:
            stop.wait(every)  # the store is not there just now; whoever runs it is told by every other part


def _taken(store: Store) -> Trial | None:
    """The trial that somebody should work on, now in the state of being worked on."""
    with store.write() as connection:
        now = store.now(connection)
        abandoned = union_trial.c.state.in_((RUNNING, PUBLISHING)) & (union_trial.c.heartbeat < now - _SILENT)
        wanted = or_(union_trial.c.state.in_((WAITING, APPROVED)), abandoned)
        row = connection.execute(select(union_trial).where(wanted).order_by(union_trial.c.id).limit(1)).one_or_none()
        if row is None:
            return None
        state = RUNNING if row.state in (WAITING, RUNNING) else PUBLISHING
        values = {"state": state, "heartbeat": now, "done": 0}
        connection.execute(update(union_trial).where(union_trial.c.id == row.id).values(values))
    return get(store, row.id)


def _alive(store: Store, found: Trial, done: int, total: int) -> None:
    with store.write() as connection:
        mine = update(union_trial).where(union_trial.c.id == found.number, union_trial.c.state == found.state)
        values = {"done": done, "total": total, "heartbeat": store.now(connection)}
        if not connection.execute(mine.values(values)).rowcount:
            raise _DroppedError


def _end(store: Store, found: Trial, state: str, result: dict[str, Any]) -> None:
    with store.write() as connection:
        now = store.now(connection)
        mine = update(union_trial).where(union_trial.c.id == found.number, union_trial.c.state == found.state)
        values = {"state": state, "result": json.dumps(result, ensure_ascii=False), "heartbeat": now}
        connection.execute(mine.values(values | ({} if state == APPROVED else {"finished": now})))


def _trial(row: Any) -> Trial:
    result = json.loads(row.result) if row.result else {}
    return Trial(
        row.id, row.state, row.document, row.note, row.person, row.created, row.heartbeat, row.finished,
        row.done, row.total, result,
    )  # fmt: skip
