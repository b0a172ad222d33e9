"""Whether the index holds what the store shows: record by record and version by version, in flat memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from catalogue import changes, contents
from catalogue.store import Store
from search.index import BrokenIndexError, Index

_BLOCK: Final = 10_000
_NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class Verification:
    """What comparing found. Numbers are the store's own, at most twenty of each are named."""

    shown: int
    """Records the store shows."""
    indexed: int
    behind: int
    """Changes that the index has not followed yet; what differs may be among them."""
    missing: int
    stale: int
    """Found, but in an older version."""
    extra: int
    """Found, but not shown any more."""
    named: tuple[str, ...]
    """Library and local id of some that differ."""
    damage: str
    """What is wrong with the files; empty when nothing is."""

    @property
    def ok(self) -> bool:
        return not (self.missing or self.stale or self.extra or self.damage)


def verify(store: Store, index: Index, union: bool = True) -> Verification:
    """Compare `index` of union records, or of contributed ones, with `store`, and read every byte of it.

    Raises StoreError when the store fails.
    """
    damage = ""
    missing: list[int] = []
    stale: list[int] = []
    extra: list[int] = []
    indexed = seq = 0
    shown, last = contents.extent(store, union)
    try:
        index.examine()
        indexed, seq = index.count, index.last_seq
        for first in range(0, last + 1, _BLOCK):
            wanted = contents.versions(store, first, first + _BLOCK, union)
            held = index.held(first, first + _BLOCK)
            if wanted != held:
                missing += sorted(wanted.keys() - held.keys())
                extra += sorted(held.keys() - wanted.keys())
                stale += sorted(number for number in wanted.keys() & held.keys() if wanted[number] != held[number])
    except BrokenIndexError as error:
        damage = str(error.problem.values.get("reason", error))
    names = contents.names(store, [*missing[:_NAMED], *stale[:_NAMED], *extra[:_NAMED]])
    return Verification(
        shown,
        indexed,
        changes.count_behind(store, max(0, seq)),
        len(missing),
        len(stale),
        len(extra),
        tuple(names.values()),
        damage,
    )
