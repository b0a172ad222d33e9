"""Where an item is at home in the feed: union records in the set of everything, contributed ones in a library's own.

Every record stands in exactly one home, in all of its formats and for good; so the home is where it is looked up when
its datestamp or its formats are asked for. What a contributed record shows of itself outside of its library's own
repository is the union record it became part of (docs/decisions/016).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from catalogue.tables import COLLECTIONS, EVERYTHING, OWN


def own(library: int) -> int:
    """The set of what the library with this number contributed."""
    return OWN + library


def is_home(set_id: int) -> bool:
    """Whether the set is the home of records."""
    return set_id == EVERYTHING or OWN <= set_id < COLLECTIONS


def at_home(column: Any) -> ColumnElement[bool]:
    """The rows of a record that stand in its home. Written as a sum so that SQLite looks them up by their record."""
    there = column + 0
    found: ColumnElement[bool] = or_(there == EVERYTHING, and_(there >= OWN, there < COLLECTIONS))
    return found
