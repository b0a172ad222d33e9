"""The parts of the catalogue that can be looked at by themselves, libraries and collections, and their names."""

from __future__ import annotations

import threading
import time
from typing import Final, NamedTuple

from sqlalchemy import select

from catalogue.membership import COLLECTION
from catalogue.store import Store
from catalogue.tables import LISTED, UNION, feed_set, library

KEPT_SECONDS: Final = 2.0
LIBRARY: Final = "library"


class Part(NamedTuple):
    """A library or a collection."""

    kind: str
    """`library` or `collection`."""
    code: str
    """Code of the library, slug of the collection."""
    name_vi: str
    name_en: str
    email: str = ""
    about_vi: str = ""
    about_en: str = ""
    """Of a collection: what it is, as its page says it."""


class Parts:
    """The parts as the store has them, at most KEPT_SECONDS old: they are asked for at every search."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._read = -KEPT_SECONDS
        self._parts: tuple[Part, ...] = ()
        self._named: dict[str, Part] = {}

    def all(self) -> tuple[Part, ...]:
        """Libraries in the order of their codes, then collections. Raises StoreError."""
        self._refresh()
        return self._parts

    def find(self, code: str) -> Part | None:
        """The part with this code or slug, in letters of any case; a library goes before a collection."""
        self._refresh()
        return self._named.get(code.lower())

    def collection(self, slug: str) -> Part | None:
        """The collection of this slug."""
        self._refresh()
        return next((part for part in self._parts if (part.kind, part.code) == (COLLECTION, slug)), None)

    def _refresh(self) -> None:
        if time.monotonic() - self._read < KEPT_SECONDS:
            return
        with self._lock:
            if time.monotonic() - self._read < KEPT_SECONDS:
                return
            self._parts = _read(self._store)
            self._named = {part.code.lower(): part for part in reversed(self._parts)}
            self._read = time.monotonic()


def _read(store: Store) -> tuple[Part, ...]:
    begin = f"{COLLECTION}:"
    columns = (library.c.code, library.c.name_vi, library.c.name_en, library.c.email)
    told = (feed_set.c.name_vi, feed_set.c.name_en, feed_set.c.about_vi, feed_set.c.about_en)
    collected = select(feed_set.c.spec, *told).where(feed_set.c.spec.startswith(begin), feed_set.c.state == LISTED)
    with store.read() as connection:
        libraries = [
            Part(LIBRARY, *row)
            for row in connection.execute(select(*columns).where(library.c.id != UNION).order_by(library.c.code))
        ]
        for spec, vi, en, *about in connection.execute(collected.order_by(feed_set.c.spec)):
            libraries.append(Part(COLLECTION, spec.removeprefix(begin), vi, en, "", *about))
    return tuple(libraries)
