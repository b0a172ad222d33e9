"""Batches: imports of a library on their way to the public, with who waits for whom.

    staged ─▶ asked ─▶ approved (published)
                └────▶ declined ─▶ asked …

The state of a batch is that of its change set; while that is staged, the last opinion about it says whose turn it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select

from catalogue import batch_messages, changesets, errands, messages, publishing
from catalogue import undo as undoing
from catalogue.batch_tables import opinion
from catalogue.changesets import ChangeSet
from catalogue.errands import Errand
from catalogue.store import Store
from foundation.errors import LimitError, RefusedError
from foundation.limits import COMMENT_CHARACTERS

ASKED: Final = "asked"
APPROVED: Final = "approved"
DECLINED: Final = "declined"
SMALL: Final = 2_000
"""Records that are published while the person who asked waits; more are left to the background."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody said of a batch."""

    number: int
    change_set: int
    kind: str
    """`asked`, `approved` or `declined`."""
    who: str
    comment: str
    made: int


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch and whose turn it is."""

    change_set: ChangeSet
    opinion: Opinion | None = None
    """The last one, while it is not published."""

    @property
    def number(self) -> int:
        return self.change_set.number

    @property
    def library(self) -> str:
        """Code."""
        return self.change_set.library

    @property
    def state(self) -> str:
        """State of the change set; of a staged one that was sent for approval, `asked` or `declined`."""
        if self.change_set.state == changesets.STAGED and self.opinion and self.opinion.kind != APPROVED:
            return self.opinion.kind
        return self.change_set.state


def get(store: Store, number: int) -> Batch:
    """The batch `number`. Raises RefusedError when there is none."""
    with store.read() as connection:
        return Batch(changesets.get(connection, number), _last(connection, [number]).get(number))


def latest(store: Store, codes: Sequence[str], before: int = 0, limit: int = 50) -> list[Batch]:
    """The newest batches of these libraries, older than number `before` when it is given; undos stand with theirs."""
    with store.read() as connection:
        found = changesets.of_libraries(connection, codes, before, limit)
        last = _last(connection, [one.number for one in found])
    return [Batch(one, last.get(one.number)) for one in found]


def opinions(store: Store, number: int) -> list[Opinion]:
    """Everything that was said of a batch, oldest first."""
    with store.read() as connection:
        rows = connection.execute(select(opinion).where(opinion.c.change_set_id == number).order_by(opinion.c.id))
        return [_opinion(row) for row in rows]


def ask(store: Store, number: int, who: str, comment: str = "") -> Batch:
    """Send a staged batch to those who may publish it; asking twice is asking once. Raises RefusedError, LimitError."""
    _check(comment)
    with store.write() as connection:
        changesets.require(connection, number, changesets.STAGED)
        last = _last(connection, [number]).get(number)
        if last is None or last.kind != ASKED:
            _say(store, connection, number, ASKED, who, comment)
    return get(store, number)


def decline(store: Store, number: int, who: str, comment: str) -> Batch:
    """Give a batch that was sent for approval back with what has to be mended. Raises RefusedError, LimitError."""
    _check(comment)
    if not comment.strip():
        raise RefusedError(batch_messages.COMMENT_NEEDED)
    with store.write() as connection:
        changesets.require(connection, number, changesets.STAGED)
        last = _last(connection, [number]).get(number)
        if last is None or last.kind != ASKED:
            raise RefusedError(batch_messages.NOT_ASKED, number=number)
        _say(store, connection, number, DECLINED, who, comment)
    return get(store, number)


def publish(store: Store, number: int, who: str, comment: str = "") -> Errand:
    """Publish a batch; one that was sent for approval is approved by that. A large one is left to the background.

    Published twice, it is published once. Raises RefusedError when it is not staged, or something is still at work on
    it; LimitError for a comment that is too long.
    """
    _check(comment)
    published = [one for one in errands.of(store, number, [errands.PUBLISH]) if one.state != errands.FAILED]
    with store.read() as connection:
        found = changesets.get(connection, number)
    if published and found.state in (changesets.STAGED, changesets.PUBLISHED):
        return published[0]
    with store.write() as connection:
        changesets.require(connection, number, changesets.STAGED)
        last = _last(connection, [number]).get(number)
        if last is not None and last.kind == ASKED:
            _say(store, connection, number, APPROVED, who, comment)
    busy = [one for one in errands.under_way(store, number) if one.kind == errands.FIX]
    if busy:
        raise RefusedError(batch_messages.BATCH_BUSY, number=number, kind=busy[0].kind)
    errand = errands.put(store, number, errands.PUBLISH, who=who)
    if sum(found.counts.get(name, 0) for name in ("new", "changed", "deleted")) <= SMALL:
        run_publish(store, errand)
    return errands.get(store, errand.number) or errand


def run_publish(store: Store, errand: Errand) -> None:
    """Do an errand of the kind `publish`. Raises StoreError; then it is done at the next call."""
    with store.locks.hold(f"errand-{errand.number}", wait=60) as held:
        fresh = errands.get(store, errand.number)
        if not held or fresh is None or fresh.state not in errands.UNDER_WAY:
            return
        try:
            with store.read() as connection:
                state = changesets.get(connection, errand.change_set).state
            if state != changesets.PUBLISHED:  # killed between its commit and the word of it
                publishing.publish(store, errand.change_set)
        except RefusedError as error:
            errands.end(store, errand.number, errands.FAILED, error.problem)
        else:
            errands.end(store, errand.number)


def undo(store: Store, number: int, force: bool = False) -> int:
    """Undo a published batch; returns the number of the change set that undid it. Undone twice, it is undone once.

    Raises RefusedError when it is not published, or when later changes touched its records and `force` is not given.
    """
    with store.read() as connection:
        found = changesets.get(connection, number)
        done = changesets.undone_by(connection, number) if found.state == changesets.UNDONE else None
    return done if done is not None else undoing.undo(store, number, force)[0]


def redo(store: Store, number: int, force: bool = False) -> int:
    """Publish an undone batch again, by undoing its undoing; returns the number of the change set that did. Published
    again twice, it is published again once.

    Raises RefusedError when it was not undone, or when later changes touched its records and `force` is not given.
    """
    with store.read() as connection:
        found = changesets.get(connection, number)
        undone = changesets.undone_by(connection, number)
        again = None if undone is None else changesets.undone_by(connection, undone)
    if found.state == changesets.PUBLISHED and again is not None:
        return again
    if found.state != changesets.UNDONE or undone is None:
        raise RefusedError(
            messages.CHANGE_SET_STATE, number=number, state=found.state, wanted=changesets.UNDONE
        )  # fmt: skip
    try:
        return undoing.undo(store, undone, force)[0]
    except RefusedError as error:
        if error.problem.message is not messages.UNDO_CONFLICT:
            raise
        raise RefusedError(messages.REDO_CONFLICT, **{**error.problem.values, "number": number}) from error


def _check(comment: str) -> None:
    if len(comment) > COMMENT_CHARACTERS:
        raise LimitError(
            batch_messages.COMMENT_LONG, limit="COMMENT_CHARACTERS", seen=len(comment), allowed=COMMENT_CHARACTERS
        )


def _say(store: Store, connection: Connection, number: int, kind: str, who: str, comment: str) -> None:
    values: dict[str, Any] = {"change_set_id": number, "kind": kind, "who": who[:200], "comment": comment.strip()}
    connection.execute(insert(opinion).values(values | {"made": store.now(connection)}))


def _last(connection: Connection, numbers: Sequence[int]) -> dict[int, Opinion]:
    """The last opinion about each."""
    rows = connection.execute(select(opinion).where(opinion.c.change_set_id.in_(numbers)).order_by(opinion.c.id))
    return {row.change_set_id: _opinion(row) for row in rows}


def _opinion(row: Row[Any]) -> Opinion:
    return Opinion(row.id, row.change_set_id, row.kind, row.who, row.comment, row.made)
