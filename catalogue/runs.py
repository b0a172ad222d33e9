"""Runs: each harvest of a source, how far it is, what it was told, and what a person wishes of it.

    running ─▶ done | failed | stopped
       ├─▶ paused (by a person) ─▶ running
       ├─▶ cut (the line broke) ─▶ running
       └─▶ waiting (the brake: a person has to look) ─▶ done | stopped

A run whose process died stays `running`; the next one of the same source goes on with it, as with one that was cut.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from catalogue import bulk, changesets, messages
from catalogue.harvest_tables import run, seen
from catalogue.provenance import Provenance
from catalogue.store import Store
from catalogue.tables import LIVE, change_set, effect, library, record, source, version
from foundation.errors import Problem, RefusedError
from foundation.limits import LOCAL_ID_CHARACTERS

RUNNING: Final = "running"
PAUSED: Final = "paused"
WAITING: Final = "waiting"
STOPPED: Final = "stopped"
DONE: Final = "done"
FAILED: Final = "failed"
CUT: Final = "cut"
OPEN: Final = (RUNNING, PAUSED, CUT)
"""States in which a run can go on."""
PAUSE: Final = "pause"
STOP: Final = "stop"
RESUME: Final = "resume"
"""Asked of a run that was paused; a worker goes on with it."""
_IN_WORDS: Final = {
    RUNNING: messages.RUN_RUNNING, PAUSED: messages.RUN_PAUSED, CUT: messages.RUN_CUT, WAITING: messages.RUN_WAITING,
    DONE: messages.RUN_DONE, FAILED: messages.RUN_FAILED, STOPPED: messages.RUN_STOPPED,
}  # fmt: skip
TRACES: Final = 120
"""Points by which it is kept how fast a run was."""
_SAID: Final = 200
"""What one run keeps of what it was told; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Run:
    """One harvest of one source. Times are seconds since 1970, UTC."""

    number: int
    source: int
    name: str
    """Of the source."""
    library: str
    change_set: int | None
    kind: str
    """`full`, `new` (since the last one) or `compare`."""
    state: str
    wish: str
    """What a person asked of it while it ran: `pause`, `stop` or nothing."""
    position: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    said: list[dict[str, Any]] = field(default_factory=list)
    """Problems as `catalogue.ingest.describe` writes them, with how often."""
    started: int = 0
    heartbeat: int = 0
    finished: int | None = None
    undone: bool = False
    """What it brought was taken back."""


_QUERY = (
    select(run, source.c.name, library.c.code, change_set.c.state.label("came_to"))
    .join(source, source.c.id == run.c.source_id)
    .join(library, library.c.id == source.c.library_id)
    .outerjoin(change_set, change_set.c.id == run.c.change_set_id)
)


def start(
    store: Store,
    source_id: int,
    kind: str,
    title: str,
    position: dict[str, Any],
    fingerprint: str = "",
    rests: Run | None = None,
) -> Run:
    """A new run in state `running`, with the change set that it fills: both are there, or neither.

    `rests`: the run that goes on as this one, which had no change set yet.
    """
    with store.write() as connection:
        now = store.now(connection)
        filled = changesets.create(connection, now, source_id, "harvest", title, fingerprint)
        values = {"source_id": source_id, "kind": kind, "state": RUNNING, "change_set_id": filled}
        number = _write(connection, now, rests, values, position)
    return get(store, number)


def empty(
    store: Store,
    source_id: int,
    kind: str,
    state: str,
    position: dict[str, Any],
    said: Sequence[Problem] = (),
    rests: Run | None = None,
) -> Run:
    """A run in which there was nothing to take, as it ended or rests, and what is said of that. `rests`: as `start`."""
    with store.write() as connection:
        now = store.now(connection)
        values = {"source_id": source_id, "kind": kind, "state": state, "finished": _finished(state, now)}
        values["said"] = _told([] if rests is None else rests.said, said)
        number = _write(connection, now, rests, values, position)
    return get(store, number)


def get(store: Store, number: int) -> Run:
    """The run `number`. Raises RefusedError when there is none."""
    with store.read() as connection:
        row = connection.execute(_QUERY.where(run.c.id == number)).one_or_none()
    if row is None:
        raise RefusedError(messages.RUN_UNKNOWN, number=number)
    return _run(row)


def unfinished(store: Store, source_id: int) -> Run | None:
    """The newest run of a source if it can go on, or waits for a person."""
    found = latest(store, source_id, 1)
    return found[0] if found and found[0].state in (*OPEN, WAITING) else None


def last_ended(store: Store, source_id: int) -> Run | None:
    """The newest run of a source that came to an end, good or bad; it says where each list goes on."""
    query = (
        _QUERY.where(run.c.source_id == source_id, run.c.state.in_((DONE, FAILED))).order_by(run.c.id.desc()).limit(1)
    )
    with store.read() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else _run(row)


def resume(store: Store, number: int) -> Run:
    """A run that rested runs again."""
    with store.write() as connection:
        values = {"state": RUNNING, "wish": "", "heartbeat": store.now(connection)}
        connection.execute(update(run).where(run.c.id == number).values(values))
    return get(store, number)


def latest(store: Store, source_id: int | None = None, limit: int = 20) -> list[Run]:
    """The newest runs, of one source or of all, newest first."""
    query = _QUERY.order_by(run.c.id.desc()).limit(limit)
    if source_id is not None:
        query = query.where(run.c.source_id == source_id)
    with store.read() as connection:
        return [_run(row) for row in connection.execute(query)]


def page(
    store: Store,
    libraries: Collection[str] | None = None,
    *,
    name: str = "",
    states: Collection[str] = (),
    before: int = 0,
    limit: int = 50,
) -> list[Run]:
    """Runs older than number `before` (0: the newest), newest first, as far as they are asked for.

    `libraries`: codes of those whose runs they are (None: all); `name`: of the source; `states`: any of these.
    """
    query = _QUERY.order_by(run.c.id.desc()).limit(limit)
    if libraries is not None:
        query = query.where(library.c.code.in_(libraries))
    if name:
        query = query.where(source.c.name == name)
    if states:
        query = query.where(run.c.state.in_(states))
    if before:
        query = query.where(run.c.id < before)
    with store.read() as connection:
        return [_run(row) for row in connection.execute(query)]


def ended_between(store: Store, since: int, until: int) -> list[Run]:
    """The runs of all sources that ended after `since` and not after `until`, oldest first."""
    query = _QUERY.where(run.c.finished > since, run.c.finished <= until).order_by(run.c.id)
    with store.read() as connection:
        return [_run(row) for row in connection.execute(query)]


def note(connection: Connection, number: int, position: dict[str, Any], counts: dict[str, int], now: int) -> str:
    """Keep how far a run is, in the transaction that kept its page; returns what a person wishes of it."""
    values = {"position": json.dumps(position), "counts": json.dumps(counts), "heartbeat": now}
    changed = update(run).where(run.c.id == number).values(values).returning(run.c.wish)
    return str(connection.execute(changed).scalar_one())


def trace(position: dict[str, Any], seconds: int, received: int) -> None:
    """Keep in the position of a run that it had received so many records after so many seconds, and one page more.

    At most TRACES points are kept, each second one of them dropped when there are more: the shape stays.
    """
    position["pages"] = int(position.get("pages", 0)) + 1
    points: list[list[int]] = position.setdefault("trace", [])
    if points and points[-1][0] == seconds:
        points[-1][1] = received
    else:
        points.append([seconds, received])
    if len(points) > TRACES:
        del points[1:-1:2]


def tell(store: Store, number: int, problems: Sequence[Problem]) -> None:
    """Keep what the other side or our own said, the same sentence once with its count."""
    if not problems:
        return
    with store.write() as connection:
        kept = json.loads(connection.execute(select(run.c.said).where(run.c.id == number)).scalar_one())
        connection.execute(update(run).where(run.c.id == number).values(said=_told(kept, problems)))


def end(store: Store, number: int, state: str) -> None:
    """Note how a run ended, or that it rests."""
    with store.write() as connection:
        now = store.now(connection)
        finished = _finished(state, now)
        values = {"state": state, "wish": "", "heartbeat": now, "finished": finished}
        connection.execute(update(run).where(run.c.id == number).values(values))
        if finished is not None:
            connection.execute(delete(seen).where(seen.c.run_id == number))


def wish(store: Store, number: int, what: str) -> Run:
    """Ask a run to pause or stop at its next page. Raises RefusedError when it does not run."""
    with store.write() as connection:
        mine = (run.c.id == number) & run.c.state.in_(OPEN)
        changed = connection.execute(update(run).where(mine).values(wish=what)).rowcount
    if not changed:
        raise refused(get(store, number))
    return get(store, number)


def brought(found: Run) -> bool:
    """Whether it has brought anything that was not there."""
    return any(found.counts.get(name) for name in ("new", "changed", "deleted"))


def refused(found: Run) -> RefusedError:
    """That a run is not in a state for what was asked."""
    state = Problem(_IN_WORDS[found.state])
    return RefusedError(messages.RUN_STATE, number=found.number, state=state)


# --- what a full run has met --------------------------------------------------------------------------------


def meet(connection: Connection, number: int, names: Sequence[str]) -> None:
    """Keep that a run has met these local ids."""
    # A longer one is never a record's (it is quarantined).
    rows = [(number, name) for name in dict.fromkeys(names) if len(name) <= LOCAL_ID_CHARACTERS]
    bulk.insert(connection, seen, "run_id local_id", rows, "ON CONFLICT (run_id, local_id) DO NOTHING")


def met(store: Store, number: int, names: Sequence[str]) -> set[str]:
    """Those of these local ids that a run has met."""
    query = select(seen.c.local_id).where(seen.c.run_id == number)
    with store.read() as connection:
        return set(connection.scalars(query.where(bulk.among(connection, seen.c.local_id, names))))


def unmet(store: Store, number: int, source_id: int, after: str = "", limit: int = 1000) -> list[str]:
    """Local ids of live records of the source that the run has not met, in order, behind `after`."""
    met = select(seen.c.local_id).where(seen.c.run_id == number, seen.c.local_id == record.c.local_id).exists()
    query = (
        select(record.c.local_id)
        .where(record.c.source_id == source_id, record.c.status == LIVE, record.c.local_id > after, ~met)
        .order_by(record.c.local_id)
        .limit(limit)
    )
    with store.read() as connection:
        return list(connection.scalars(query))


def stamps(store: Store, source_id: int, names: Sequence[str]) -> dict[str, str]:
    """Of those local ids that are live: the datestamp under which each was harvested, as its repository wrote it."""
    query = (
        select(record.c.local_id, version.c.provenance)
        .join(version, version.c.id == record.c.version_id)
        .where(record.c.source_id == source_id, record.c.status == LIVE)
    )
    with store.read() as connection:
        rows = connection.execute(query.where(bulk.among(connection, record.c.local_id, names)))
        return {name: Provenance.unpack(packed).datestamp if packed else "" for name, packed in rows}


def deletions(store: Store, change_set: int, source_id: int) -> tuple[int, int]:
    """How many live records of the source a change set would delete, and how many there are."""
    live = (record.c.source_id == source_id) & (record.c.status == LIVE)
    gone = (
        select(func.count())
        .select_from(effect.join(record, record.c.id == effect.c.record_id))
        .where(effect.c.change_set_id == change_set, effect.c.after.is_(None), live)
    )
    with store.read() as connection:
        every = connection.execute(select(func.count()).select_from(record).where(live)).scalar_one()
        return connection.execute(gone).scalar_one(), every


def _write(
    connection: Connection, now: int, rests: Run | None, values: dict[str, Any], position: dict[str, Any]
) -> int:
    values |= {"position": json.dumps(position), "heartbeat": now, "wish": ""}
    if rests is not None:
        connection.execute(update(run).where(run.c.id == rests.number).values(values))
        return rests.number
    number: int = connection.execute(insert(run).values(values | {"started": now}).returning(run.c.id)).scalar_one()
    return number


def _finished(state: str, now: int) -> int | None:
    return None if state in (*OPEN, WAITING) else now


def _told(kept: list[dict[str, Any]], problems: Sequence[Problem]) -> str:
    """`kept` and these, as a run keeps them."""
    known = {entry["vi"]: entry for entry in kept}
    for problem in problems:
        vi = problem.text("vi")
        if vi in known:
            known[vi]["count"] += 1
        elif len(known) < _SAID:
            known[vi] = {"code": problem.code, "vi": vi, "en": problem.text("en"), "count": 1}
    return json.dumps(list(known.values()), ensure_ascii=False)


def _run(row: Row[Any]) -> Run:
    return Run(
        number=row.id,
        source=row.source_id,
        name=row.name,
        library=row.code,
        change_set=row.change_set_id,
        kind=row.kind,
        state=row.state,
        wish=row.wish,
        position=json.loads(row.position),
        counts=json.loads(row.counts),
        said=json.loads(row.said),
        started=row.started,
        heartbeat=row.heartbeat,
        finished=row.finished,
        undone=row.came_to == changesets.UNDONE,
    )
