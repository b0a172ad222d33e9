"""Which files about the feed were made, from which moment of it. The files themselves lie in the home directory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, insert, or_, select

from catalogue import clock, followers
from catalogue.renderings import BY_NAME, Format
from catalogue.store import Store
from catalogue.tables import EVERYTHING, LEAVING, LISTED, change, feed, feed_set, manifest

MANIFEST: Final = "manifest"
"""A list of what a set shows in a format; `part` is the format's bit."""
RESOURCES: Final = "resources"
"""A part of the ResourceSync resource list, of everything; `part` counts from 0."""

DUMPS: Final = "dump"
"""A package of the ResourceSync resource dump, of everything; `part` counts from 0."""


@dataclass(frozen=True, slots=True)
class Made:
    """One file. Times are seconds since 1970, UTC."""

    kind: str
    set_spec: str
    part: int
    file: str
    """Its name in the folder of such files."""
    seq: int
    """The last change that it knows of."""
    as_of: int
    made: int
    records: int
    """Entries in it, deleted ones included."""
    size: int
    """Bytes of the file."""
    sha256: str


def all_made(store: Store, kind: str) -> list[Made]:
    """Every file of a kind, by set and part."""
    query = (
        select(manifest, feed_set.c.spec)
        .join(feed_set, feed_set.c.id == manifest.c.set_id)
        .where(manifest.c.kind == kind)
        .order_by(feed_set.c.spec, manifest.c.format)
    )
    with store.read() as connection:
        return [
            Made(r.kind, r.spec, r.format, r.file, r.seq, r.as_of, r.made, r.records, r.size, r.sha256)
            for r in connection.execute(query)
        ]


@dataclass(frozen=True, slots=True)
class Shown:
    """What there can be manifests of, and how much each format knows of the change sequence."""

    sets: tuple[str, ...]
    """setSpecs; empty: everything. Those that are everything by another name are not among them."""
    known: dict[str, int]
    """Format → the last change that is in it: a format that is made after publication may be behind."""


def shown(store: Store) -> Shown:
    """What the feed has at this moment."""
    with store.read() as connection:
        here = or_(feed_set.c.id == EVERYTHING, feed_set.c.state.in_((LISTED, LEAVING)))
        specs = connection.scalars(select(feed_set.c.spec).where(here).order_by(feed_set.c.spec)).all()
        last, made = clock.read(connection).seq, followers.position(connection)
        known = {name: min(made, last) if one.followed else last for name, one in BY_NAME.items()}
        return Shown(tuple(specs), known)


def news(store: Store, since: int) -> set[str]:
    """The sets in which something changed behind the change `since`, everything among them."""
    moved = select(feed.c.set_id).join(change, change.c.record_id == feed.c.record_id).where(change.c.seq > since)
    with store.read() as connection:
        return set(connection.scalars(select(feed_set.c.spec).where(feed_set.c.id.in_(moved.distinct()))))


def stamped(store: Store, set_spec: str, chosen: Format, since: int) -> bool:
    """Whether something of a set was stamped in a format at the second `since` or later."""
    query = (
        select(feed.c.record_id)
        .join(feed_set, feed_set.c.id == feed.c.set_id)
        .where(feed_set.c.spec == set_spec, feed.c.datestamp >= since, feed.c.formats.bitwise_and(chosen.mask) != 0)
    )
    with store.read() as connection:
        return connection.execute(query.limit(1)).first() is not None


def forget(store: Store, sets: Collection[str]) -> None:
    """Let no manifest stand for anything but these sets."""
    with store.write() as connection:
        gone = select(feed_set.c.id).where(feed_set.c.spec.not_in(sets))
        connection.execute(delete(manifest).where(manifest.c.set_id.in_(gone), manifest.c.kind == MANIFEST))


def replace(store: Store, kind: str, set_spec: str, files: Sequence[Made], only: int | None = None) -> None:
    """Let `files` stand for a set from now on, instead of those of its kind that stood for it (`only`: of one part)."""
    with store.write() as connection:
        number = connection.execute(select(feed_set.c.id).where(feed_set.c.spec == set_spec)).scalar_one()
        stale = delete(manifest).where(manifest.c.set_id == number, manifest.c.kind == kind)
        connection.execute(stale if only is None else stale.where(manifest.c.format == only))
        now = store.now(connection)
        for one in files:
            values = {
                "set_id": number,
                "kind": kind,
                "format": one.part,
                "file": one.file,
                "seq": one.seq,
                "as_of": one.as_of,
                "made": now,
                "records": one.records,
                "size": one.size,
                "sha256": one.sha256,
            }
            connection.execute(insert(manifest).values(values))
