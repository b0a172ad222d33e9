"""Records put into a collection by people, and taken out again.

What is said of a record here is not in its bytes: it gets a version like the one before, with other collections beside
it (`version.collections`, as an import names them). So it stays through every later import and harvest, its library's
feed moves no datestamp, and the act is undone like any change set. What the union shows follows by itself.

A union record stands for the records that libraries contributed to it: all of them are put in, so that it stays in the
collection when they part. Those that a collection's query or their own text puts in cannot be taken out by hand.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, select, tuple_

from catalogue import bulk, changesets, set_messages, sets
from catalogue.membership import COLLECTION
from catalogue.publishing import show
from catalogue.store import Store
from catalogue.tables import (
    LIVE,
    UNION,
    change_set,
    defined_set,
    effect,
    library,
    record,
    rendering,
    source,
    version,
)
from catalogue.undo import undo
from catalogue.union_tables import union_cluster, union_member
from foundation.errors import LimitError, RefusedError
from foundation.limits import COLLECTION_RECORDS

COLLECT: Final = "collect"
"""change_set.kind: put into a collection or taken out of it."""
_AT_ONCE: Final = 500
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9]{1,64}")
_LOCAL: Final = re.compile(r"([A-Za-z0-9-]{1,40})/(\S.*)")
_COPIED: Final = (
    "original", "content", "dictionary", "normalised", "formats", "problems", "provenance", "correction", "sets",
    "epoch",
)  # fmt: skip


class Placed(NamedTuple):
    """What was done."""

    act: int | None
    """Its number, by which it is undone; None: nothing had to be done."""
    titles: int
    """Of what was named: put in, or taken out."""
    same: int
    """Put in already; or, when taking out, not put in by anybody."""
    foreign: int
    """Of other libraries than the one whose collection it is."""
    unknown: tuple[str, ...]
    """Names that nothing shown has."""
    change_sets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """One time that records were put in or taken out."""

    number: int
    inside: bool
    """Whether they were put in."""
    at: int
    """Seconds since 1970."""
    records: int
    """Contributed records, not titles."""
    undone: bool
    change_sets: tuple[int, ...]


class Undone(NamedTuple):
    """What an undo did, in contributed records."""

    records: int
    kept: int
    """Changed since: they stay as they are."""


def named(text: str) -> list[str]:
    """What a pasted list names, each once: identifiers, OAI identifiers, addresses of record pages, CODE/NUMBER.

    A line is a name; commas, semicolons and tabs part several (a column of a spreadsheet is pasted as lines).
    """
    parts = (one.strip(" \t\"'") for one in re.split(r"[\n\r,;\t]+", text))
    return list(dict.fromkeys(filter(None, parts)))


def put(store: Store, slug: str, names: Sequence[str]) -> Placed:
    """Put what is named into the collection, in one commit. Raises RefusedError, LimitError, StoreError."""
    return _move(store, slug, names, True)


def take(store: Store, slug: str, names: Sequence[str]) -> Placed:
    """Take what is named out of it, in one commit. Raises RefusedError, LimitError, StoreError."""
    return _move(store, slug, names, False)


def acts(store: Store, slug: str, limit: int = 20) -> list[Act]:
    """The latest acts on a collection, newest first. Raises RefusedError for a collection there is none of."""
    with store.read() as connection:
        found = sets.number_of(connection, COLLECTION, slug)
        mine = (change_set.c.kind == COLLECT, change_set.c.fingerprint.startswith(f"{found}:"))
        query = select(change_set.c.id, change_set.c.fingerprint).where(*mine).order_by(change_set.c.id.desc())
        grouped: dict[str, list[int]] = {}
        for number, fingerprint in connection.execute(query):
            if fingerprint not in grouped and len(grouped) == limit:
                break
            grouped.setdefault(fingerprint, []).append(number)
        return [_act(fingerprint, _made(connection, numbers)) for fingerprint, numbers in grouped.items()]


def take_back(store: Store, slug: str, number: int) -> Undone:
    """Undo one act. Records that changed since stay as they are and are counted.

    Raises RefusedError when the collection has no such act, or when it is undone already. Stopped between two of its
    change sets, it goes on when it is asked for again.
    """
    with store.read() as connection:
        begin = f"{sets.number_of(connection, COLLECTION, slug)}:"
        query = select(change_set.c.fingerprint).where(change_set.c.id == number, change_set.c.kind == COLLECT)
        said = connection.execute(query).scalar() or ""
        if not said.startswith(begin):
            raise RefusedError(set_messages.COLLECTION_ACT, slug=slug, number=number)
        same = (change_set.c.kind == COLLECT) & (change_set.c.fingerprint == said)
        some = select(change_set.c.id).where(same, change_set.c.state == changesets.PUBLISHED)
        waiting = connection.scalars(some.order_by(change_set.c.id)).all()
    if not waiting:
        raise RefusedError(set_messages.COLLECTION_ACT_UNDONE, number=number)
    records = kept = 0
    for one in waiting:
        undoing, done = undo(store, one, force=True)
        records += done.changed + done.same
        with store.read() as connection:
            kept += changesets.get(connection, undoing).counts.get("kept", 0)
    return Undone(records, kept)


# --- in the store ---------------------------------------------------------------------------------------------
def _move(store: Store, slug: str, names: Sequence[str], inside: bool) -> Placed:
    wanted = list(dict.fromkeys(names))
    if not wanted:
        raise RefusedError(set_messages.COLLECTION_NOTHING)
    if len(wanted) > COLLECTION_RECORDS:
        seen, allowed = len(wanted), COLLECTION_RECORDS
        raise LimitError(set_messages.COLLECTION_AT_ONCE, limit="COLLECTION_RECORDS", seen=seen, allowed=allowed)
    with store.read() as connection:
        number = sets.number_of(connection, COLLECTION, slug)
        meant = _meant(connection, wanted)
    asked = list(dict.fromkeys(one for some in meant.values() for one in some))
    numbers = store.reserve("version", len(asked)) if asked else range(0)
    with store.write() as connection:
        sets.number_of(connection, COLLECTION, slug)
        owner = connection.execute(
            select(library.c.code)
            .join(defined_set, defined_set.c.library_id == library.c.id)
            .where(defined_set.c.set_id == number)
        ).scalar()
        rows = [row for row in _shown(connection, asked) if owner is None or row.code == owner]
        moving = {row.record_id: row for row in rows if (str(number) in row.collections.split()) != inside}
        made = _publish(store, connection, number, slug, moving, numbers, inside)
    mine = {row.record_id for row in rows}
    done = sum(any(one in moving for one in some) for some in meant.values())
    foreign = sum(bool(some) and not any(one in mine for one in some) for some in meant.values())
    known = sum(map(bool, meant.values()))
    unknown = tuple(name for name, some in meant.items() if not some)
    return Placed(next(iter(made), None), done, known - done - foreign, foreign, unknown, tuple(made))


def _publish(
    store: Store,
    connection: Connection,
    number: int,
    slug: str,
    moving: Mapping[int, Any],
    numbers: Sequence[int],
    inside: bool,
) -> list[int]:
    """New versions for the records, under one change set for each source, shown in this transaction."""
    by_source: dict[int, list[Any]] = {}
    for row in moving.values():
        by_source.setdefault(row.source_id, []).append(row)
    free, made = iter(numbers), []
    fingerprint = f"{number}:{secrets.token_hex(8)}"
    for source_id, rows in sorted(by_source.items()):
        title = f"{'＋' if inside else '－'} {COLLECTION}:{slug}"
        one = changesets.create(connection, store.now(connection), source_id, COLLECT, title, fingerprint)
        versions, effects = [], []
        copies: dict[int, int] = {}
        for row in rows:
            fresh = next(free)
            held = {*map(int, row.collections.split())}
            held = held | {number} if inside else held - {number}
            copied = (getattr(row, name) for name in _COPIED)
            versions.append((fresh, row.record_id, one, *copied, " ".join(map(str, sorted(held)))))
            effects.append((one, row.record_id, row.id, fresh))
            copies[row.id] = fresh
        columns = f"id record_id change_set_id {' '.join(_COPIED)} collections"
        bulk.insert(connection, version, columns, versions)
        for some in _some(copies):
            query = select(rendering).where(rendering.c.version_id.in_(some))
            kept = [(copies[row[0]], *row[1:]) for row in connection.execute(query)]
            bulk.insert(connection, rendering, "version_id format hash dictionary bytes", kept)
        bulk.insert(connection, effect, "change_set_id record_id before after", effects)
        changesets.advance(connection, one, len(rows), {"changed": len(rows)}, changesets.STAGED)
        show(store, connection, one)
        made.append(one)
    return made


def _meant(connection: Connection, names: Sequence[str]) -> dict[str, list[int]]:
    """Name → numbers of the contributed records that it means; none for one that is not known or not shown."""
    found: dict[str, list[int]] = {name: [] for name in names}
    plain: dict[str, list[str]] = {}
    local: dict[tuple[str, str], str] = {}
    for name in names:
        identifier = _identifier(name)
        if identifier:
            plain.setdefault(identifier, []).append(name)
        elif pair := _LOCAL.fullmatch(name):
            local[pair[1], pair[2]] = name
    clusters: dict[str, str] = {}
    for some in _some(plain):
        query = select(record.c.id, record.c.identifier, record.c.source_id)
        for row in connection.execute(query.where(record.c.identifier.in_(some), record.c.status == LIVE)):
            for name in plain[row.identifier]:
                if row.source_id == UNION:
                    clusters[row.identifier] = name
                else:
                    found[name].append(row.id)
    for some in _some(clusters):
        members = select(union_cluster.c.identifier, union_member.c.record_id).join(
            union_member, union_member.c.cluster == union_cluster.c.number
        )
        for identifier, number in connection.execute(members.where(union_cluster.c.identifier.in_(some))):
            for name in plain[identifier]:
                found[name].append(number)
    pairs = (
        select(library.c.code, record.c.local_id, record.c.id)
        .join(source, source.c.id == record.c.source_id)
        .join(library, library.c.id == source.c.library_id)
    )
    for some in _some(local):
        shown = (tuple_(library.c.code, record.c.local_id).in_(some), record.c.status == LIVE)
        for code, local_id, number in connection.execute(pairs.where(*shown)):
            found[local[code, local_id]].append(number)
    return found


def _identifier(name: str) -> str:
    """The opaque identifier in a name: by itself, in an OAI identifier, in an address of a record page; else empty."""
    if name.startswith("oai:"):
        name = name.rpartition(":")[2]
    elif name.startswith(("http://", "https://")):
        name = unquote(urlsplit(name).path.rpartition("/")[2]).partition(".")[0]
    return name if _IDENTIFIER.fullmatch(name) else ""


def _shown(connection: Connection, numbers: Iterable[int]) -> Iterator[Any]:
    """The versions that these contributed records show."""
    query = (
        select(version, record.c.source_id, library.c.code)
        .join(record, record.c.version_id == version.c.id)
        .join(source, source.c.id == record.c.source_id)
        .join(library, library.c.id == source.c.library_id)
        .where(record.c.status == LIVE)
    )
    for some in _some(numbers):
        yield from connection.execute(query.where(record.c.id.in_(some))).all()


def _some(values: Iterable[Any]) -> Iterator[list[Any]]:
    listed = list(values)
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))


def _made(connection: Connection, numbers: Iterable[int]) -> list[changesets.ChangeSet]:
    return [changesets.get(connection, one) for one in sorted(numbers)]


def _act(fingerprint: str, made: list[changesets.ChangeSet]) -> Act:
    first = made[0]
    return Act(
        first.number,
        first.title.startswith("＋"),
        first.published or first.created,
        sum(one.counts.get("changed", 0) for one in made),
        all(one.state == changesets.UNDONE for one in made),
        tuple(one.number for one in made),
    )
