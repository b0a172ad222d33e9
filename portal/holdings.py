"""Where a title is: the copies each library reports, from the records that the libraries contributed."""

from __future__ import annotations

from typing import Final, NamedTuple

from catalogue import items
from catalogue.items import Item
from catalogue.store import Store
from dublin_core.copies import Copy, copies
from union.kin import Contributor, Kin

_READ: Final = 50
"""Contributed records whose copies are looked up for one page; behind them libraries are named alone."""


class Holding(NamedTuple):
    """What one contributed record says of its library's copies."""

    owner: Contributor
    copies: tuple[Copy, ...]


def of(store: Store, item: Item, related: Kin) -> list[Holding]:
    """The holdings of a record, in the order of the libraries; of a contributed one, its own. Raises StoreError."""
    if item.library:
        owner = Contributor(item.identifier, item.library, item.library_vi, item.library_en, item.local_id)
        return [Holding(owner, _copies(item))]
    return [
        Holding(one, _copies(items.get(store, one.identifier)) if place < _READ else ())
        for place, one in enumerate(related.contributors)
    ]


def _copies(item: Item | None) -> tuple[Copy, ...]:
    return () if item is None or item.record is None else tuple(copies(item.record))
