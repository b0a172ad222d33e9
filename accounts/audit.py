"""The audit trail: who did what, to what, from where, with which change set. Rows are added, never changed.

Each row's hash is the SHA-256 of the row before and of everything this one says; the newest hash stands in a row of its
own. So a row that was altered, taken out, put in or cut off at the end shows (`verify`). Who can write to the database
can also write the whole trail anew: who fears that notes the newest hash elsewhere, and compares.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, insert, select, update

from accounts.access import Who
from accounts.rights import Act
from catalogue.accounts_tables import audit, audit_head

_NOTHING: Final = bytes(32)
DETAIL_CHARACTERS: Final = 2_000
DRAFT_OF: Final = "draft of "
"""How the detail of a publication begins that names the writer."""
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done. `moment`: seconds since 1970, UTC."""

    number: int
    moment: int
    actor: str
    act: str
    object: str
    library: str
    detail: str
    change_set: int | None
    address: str


class Maker(NamedTuple):
    """Who made a change set, as the trail calls them."""

    actor: str
    writer: str
    """Who had written what the actor published, when that was somebody else."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What `verify` found."""

    entries: int
    head: str
    """The newest hash, in hexadecimal."""
    broken: int | None
    """Number of the first entry that is not as it was written, or that is missing; None: all are there."""


def note(
    connection: Connection, now: int, who: Who, act: str, what: str = "", *,
    library: str = "", detail: str = "", change_set: int | None = None, address: str = "",
) -> int:  # fmt: skip
    """Write down what is done in this transaction, wholly or not at all with it; the number of the entry.

    `act`: a value of `rights.Act`, or a word of the sign-in door such as `sign_in`. `what`: what it was done to.
    """
    head = connection.execute(select(audit_head).where(audit_head.c.id == 1).with_for_update()).one()
    entry = Entry(
        head.last + 1, now, who.actor[:120], str(act)[:40], what[:300], library[:40], detail[:DETAIL_CHARACTERS],
        change_set, address[:64],
    )  # fmt: skip
    digest = _digest(bytes(head.hash), entry)
    connection.execute(insert(audit).values(**_values(entry), hash=digest))
    connection.execute(update(audit_head).where(audit_head.c.id == 1).values(last=entry.number, hash=digest))
    return entry.number


def entries(
    connection: Connection, *, before: int | None = None, count: int | None = None,
    reach: Sequence[str] | None = None, **wanted: str,
) -> Iterator[Entry]:  # fmt: skip
    """Entries, the newest first. `wanted`: what columns must be (`actor`, `act`, `library`); `before`: a number;
    `reach`: only what concerns these libraries."""
    query = select(audit).order_by(audit.c.id.desc())
    for column, value in wanted.items():
        query = query.where(audit.c[column] == value)
    if reach is not None:
        query = query.where(audit.c.library.in_(list(reach)))
    if before is not None:
        query = query.where(audit.c.id < before)
    if count is not None:
        query = query.limit(count)
    for row in connection.execute(query):
        yield _entry(row)


def makers(connection: Connection, change_sets: Mapping[int, int | None]) -> dict[int, Maker]:
    """Number of a change set → who made it: the one who let it be seen, and whose draft that was.

    `change_sets`: number → the one that it undoes. One that nobody's hand made, such as a harvest by its schedule, is
    left out.
    """
    wanted = sorted({*change_sets, *(one for one in change_sets.values() if one is not None)})
    made: dict[int, Maker] = {}
    undone: dict[int, Maker] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(audit).where(audit.c.change_set.in_(wanted[start : start + _AT_ONCE])).order_by(audit.c.id)
        for entry in map(_entry, connection.execute(query)):
            writer = entry.detail.removeprefix(DRAFT_OF) if entry.detail.startswith(DRAFT_OF) else ""
            # An undo may be noted under what it undoes, or under itself.
            (undone if entry.act == Act.UNDO else made)[entry.change_set or 0] = Maker(entry.actor, writer)
    found = {number: made.get(number) if undoes is None else undone.get(number) or undone.get(undoes)
             for number, undoes in change_sets.items()}  # fmt: skip
    return {number: maker for number, maker in found.items() if maker is not None}


def verify(connection: Connection) -> Proof:
    """Walk the whole trail and compare every hash."""
    last, number = _NOTHING, 0
    query = select(audit).order_by(audit.c.id).execution_options(yield_per=1000)
    with connection.execute(query) as rows:
        for row in rows:
            number += 1
            if row.id != number or bytes(row.hash) != _digest(last, _entry(row)):
                return Proof(number, last.hex(), number)
            last = bytes(row.hash)
    head = connection.execute(select(audit_head).where(audit_head.c.id == 1)).one()
    whole = (head.last, bytes(head.hash)) == (number, last)
    return Proof(number, last.hex(), None if whole else number + 1)


def _digest(before: bytes, entry: Entry) -> bytes:
    """JSON parts the fields from each other, so that nothing can move from one into the next unseen."""
    said = json.dumps(list(_values(entry).values()), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(before + said.encode("utf-8", "surrogatepass")).digest()


def _values(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.number, "moment": entry.moment, "actor": entry.actor, "act": entry.act, "object": entry.object,
        "library": entry.library, "detail": entry.detail, "change_set": entry.change_set, "address": entry.address,
    }  # fmt: skip


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        row.id, row.moment, row.actor, row.act, row.object, row.library, row.detail, row.change_set, row.address
    )  # fmt: skip
