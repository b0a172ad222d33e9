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
    copies: tuple[Copy, ...] = ()


def of(store: Store, item: Item, related: Kin) -> list[Holding]:
    """The holdings of a record, in the order of the libraries; of a contributed one, its own. Raises StoreError."""
    if item.library:
        owner = Contributor(item.identifier, item.library, item.library_vi, item.library_en, item.local_id)
        return [Holding(owner, () if item.record is None else tuple(copies(item.record)))]
    told = items.texts(store, [one.identifier for one in related.contributors[:_READ]])
    return [
        Holding(one, tuple(copies(told[one.identifier]))) if one.identifier in told else Holding(one)
        for one in related.contributors
    ]
