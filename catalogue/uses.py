"""How often what was used, by month, door and library: counts and nothing else.

Whoever counts adds to what is there, so several processes and hosts count into the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, select

from catalogue import bulk
from catalogue.figure_tables import use_count
from catalogue.store import Store

WEB: Final = "web"
OAI: Final = "oai"
SRU: Final = "sru"
Z3950: Final = "z3950"
"""Doors."""

SEARCH: Final = "search"
VIEW: Final = "view"
DOWNLOAD: Final = "download"
RECORDS: Final = "records"
"""Kinds of use: a search, a record page, a record in a format, records given to a program."""
ROBOT: Final = "robot"
REPEAT: Final = "repeat"
"""What was left out: requests of robots, and second clicks."""

_DETAIL: Final = 100


class Use(NamedTuple):
    """One way in which something is used."""

    door: str
    kind: str
    library: str = ""
    """Code of the library whose it is; empty: of all together."""
    detail: str = ""
    """The format of a download, the partner who harvests."""


class Counted(NamedTuple):
    """How often that happened in a month (202611)."""

    month: int
    use: Use
    times: int


def month_of(seconds: float, zone: tzinfo = UTC) -> int:
    """The month of a moment (seconds since 1970) where the clocks of `zone` hang: 202611."""
    moment = datetime.fromtimestamp(seconds, zone)
    return moment.year * 100 + moment.month


def add(connection: Connection, counts: Mapping[tuple[int, Use], int]) -> None:
    """Add to the counts, in a transaction that writes. In the order of the keys, so that two never wait crosswise."""
    rows = [
        (month, use.door, use.kind, use.library, use.detail[:_DETAIL], count)
        for (month, use), count in sorted(counts.items())
        if count
    ]
    more = "ON CONFLICT (month, door, kind, library, detail) DO UPDATE SET count = use_count.count + excluded.count"
    bulk.insert(connection, use_count, "month door kind library detail count", rows, more)


def between(store: Store, first: int, last: int, library: str | None = None) -> Sequence[Counted]:
    """The counts of these months, both included; of one library, if one is named."""
    query = select(use_count).where(use_count.c.month >= first, use_count.c.month <= last)
    if library is not None:
        query = query.where(use_count.c.library == library)
    order: tuple[Any, ...] = (use_count.c.month, use_count.c.door, use_count.c.kind, use_count.c.library)
    with store.read() as connection:
        rows = connection.execute(query.order_by(*order, use_count.c.detail)).all()
    return [Counted(row[0], Use(*row[1:5]), int(row[5])) for row in rows]


def first_month(store: Store) -> int | None:
    """The month from which there are counts; None while there are none."""
    with store.read() as connection:
        found: int | None = connection.execute(select(use_count.c.month).order_by(use_count.c.month).limit(1)).scalar()
    return found
