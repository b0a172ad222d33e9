"""Long work, so that everybody can see what runs, how far it is and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from catalogue.store import Store
from catalogue.tables import job

RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work. Times are seconds since 1970, UTC."""

    number: int
    kind: str
    state: str
    change_set: int | None
    done: int
    message: str
    started: int
    heartbeat: int
    """Last sign of life; a running job silent for minutes was killed, and running its command again continues it."""
    finished: int | None


def start(store: Store, kind: str, change_set: int | None = None) -> int:
    """Note that work of `kind` begins; returns its number."""
    with store.write() as connection:
        now = store.now(connection)
        values = {"kind": kind, "state": RUNNING, "change_set_id": change_set, "started": now, "heartbeat": now}
        number: int = connection.execute(insert(job).values(values).returning(job.c.id)).scalar_one()
        return number


def advance(connection: Connection, number: int, done: int, now: int) -> None:
    """Note progress, in the transaction that made it."""
    connection.execute(update(job).where(job.c.id == number).values(done=done, heartbeat=now))


def finish(store: Store, number: int, state: str = DONE, message: str = "") -> None:
    """Note how the work ended."""
    with store.write() as connection:
        now = store.now(connection)
        values = {"state": state, "message": message, "heartbeat": now, "finished": now}
        connection.execute(update(job).where(job.c.id == number).values(values))


def latest(store: Store, limit: int = 20) -> list[Job]:
    """The newest jobs, newest first."""
    with store.read() as connection:
        return [_job(row) for row in connection.execute(select(job).order_by(job.c.id.desc()).limit(limit))]


def _job(row: Row[Any]) -> Job:
    return Job(
        number=row.id,
        kind=row.kind,
        state=row.state,
        change_set=row.change_set_id,
        done=row.done,
        message=row.message,
        started=row.started,
        heartbeat=row.heartbeat,
        finished=row.finished,
    )
