"""The gateway: a search that comes in at one of our doors and goes out to other catalogues.

The database `gateway` is all of them one behind the other, `gateway/NAME` one. What was found is fetched when somebody
pages to it, and held for a while, bounded by its bytes; a record that was given up is fetched again.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate, count
from time import monotonic
from typing import Final, NamedTuple

from foundation.errors import InputError, LienThongError, Problem
from foundation.limits import GATEWAY_BYTES, GATEWAY_SEARCHES
from marc.record import Record
from search.query import Field, Query
from z3950_bridge import origin_messages, peer_query, sru_client, together
from z3950_bridge.asking import SaidError, Stop
from z3950_bridge.origin import Said
from z3950_bridge.peer import SRU, Peer
from z3950_bridge.peer_records import Taken
from z3950_bridge.together import Counted, Ended

NAME: Final = "gateway"
FIRST_NUMBER: Final = 1 << 40
"""Numbers of records from here on are the gateway's; a store never has so many."""
_FIRST: Final = 10
"""Records that are fetched from each with the search."""
_AHEAD: Final = 20
_KNOWN_SECONDS: Final = 5.0
_SEARCH_SECONDS: Final = 300.0
_SEARCHES_KEPT: Final = 64
_OVERHEAD: Final = 200
Values = tuple[tuple[str, int], ...]
"""Of a facet, with their numbers."""


class Failure(Exception):  # noqa: N818 - a value with an answer; the door makes its diagnostic of it
    """None of the catalogues could be asked."""

    def __init__(self, problem: Problem, said: Said | None = None, *, busy: bool = False) -> None:
        super().__init__(problem.code)
        self.problem, self.said, self.busy = problem, said, busy


class Shelf:
    """Records of others, by numbers of the gateway's own; those not asked for longest are given up."""

    def __init__(self, most_bytes: int = GATEWAY_BYTES) -> None:
        self._most, self._size = most_bytes, 0
        self._records: OrderedDict[int, Record | None] = OrderedDict()
        self._numbers = count(FIRST_NUMBER)
        self._lock = threading.Lock()

    def __contains__(self, number: int) -> bool:
        return number in self._records

    def put(self, record: Record | None, number: int = 0) -> int:
        """Keeps a record, None for one that cannot be read; its number."""
        with self._lock:
            number = number or next(self._numbers)
            if number not in self._records:
                self._records[number] = record
                self._size += _weight(record)
            while self._size > self._most and len(self._records) > 1:
                self._size -= _weight(self._records.popitem(last=False)[1])
            return number

    def get(self, number: int) -> Record | None:
        with self._lock:
            if number in self._records:
                self._records.move_to_end(number)
            return self._records.get(number)


def _weight(record: Record | None) -> int:
    return _OVERHEAD + (4 * len(record.text) if record is not None else 0)


class _Share(NamedTuple):
    """What one catalogue has of the hits."""

    peer: Peer
    hits: int

    @property
    def reach(self) -> int:
        return min(self.hits, self.peer.maximum)


class Found:
    """`z3950_bridge.port.Hits` of other catalogues, one behind the other in the order of their names."""

    def __init__(self, query: Query, shares: Sequence[_Share], first: Sequence[Taken], shelf: Shelf) -> None:
        self.count = sum(share.hits for share in shares)
        self.reach = sum(share.reach for share in shares)
        self.size = 500 + 16 * self.reach
        self._query, self._shares, self._shelf = query, list(shares), shelf
        self._starts = [0, *accumulate(share.reach for share in shares)]
        self._numbers: dict[int, int] = {}
        self._lock = threading.Lock()
        starts = {share.peer.name: start for share, start in zip(shares, self._starts, strict=False)}
        for one in first:
            if one.peer in starts:
                self._numbers[starts[one.peer] + one.position - 1] = shelf.put(one.record)

    def page(self, start: int, stop: int) -> Sequence[int]:
        """The numbers of these records, fetched where they are not here. Raises Failure."""
        with self._lock:
            stop = min(stop, self.reach)
            for place in range(start, stop):
                number = self._numbers.get(place)
                if number is None or number not in self._shelf:
                    self._fetch(place, stop)
            return [self._numbers[place] for place in range(start, stop)]

    def _fetch(self, place: int, stop: int) -> None:
        """The record at `place` and those behind it, as far as one catalogue has them."""
        at = bisect_right(self._starts, place) - 1
        share, begin = self._shares[at], self._starts[at]
        number = min(max(stop - place, _AHEAD), share.reach - (place - begin))
        given = set()
        try:
            until = Stop(share.peer.name, share.peer.timeout)
            for one in together.fetch(share.peer, self._query, place - begin + 1, number, until):
                if isinstance(one, Taken):
                    there = begin + one.position - 1
                    self._numbers[there] = self._shelf.put(one.record, self._numbers.get(there, 0))
                    given.add(there)
        except LienThongError as error:
            raise Failure(error.problem, error.said if isinstance(error, SaidError) else None) from error
        for there in {*range(place, place + number)} - given:  # it had fewer than it said
            self._numbers[there] = self._shelf.put(None, self._numbers.get(there, 0))


class Gateway:
    """The catalogues that may be searched through our own doors."""

    def __init__(self, peers: Callable[[], Sequence[Peer]], seconds: float) -> None:
        """`peers`: those that are enabled for it, asked now and then; `seconds`: the most that one search may take."""
        self._ask, self._seconds = peers, seconds
        self._peers: tuple[float, dict[str, Peer]] = (float("-inf"), {})
        self._turns = threading.BoundedSemaphore(GATEWAY_SEARCHES)
        self._kept: OrderedDict[tuple[tuple[str, ...], Query], tuple[float, Found]] = OrderedDict()
        self._lock = threading.Lock()
        self.shelf = Shelf()

    def names(self) -> list[str]:
        """The databases there are."""
        return [NAME, *(f"{NAME}/{name}" for name in self._current())] if self._current() else []

    def has(self, database: str) -> bool:
        """Whether there is such a database, by its name in small letters."""
        return database in self.names()

    def title(self, database: str) -> str:
        """What people call it."""
        found = self._current().get(database.removeprefix(f"{NAME}/"))
        return found.title or found.name if found is not None else ""

    def askable(self, database: str) -> frozenset[Field]:
        """The fields for which one at least of a database's catalogues can be asked."""
        return frozenset().union(*map(peer_query.askable, self._among([database])))

    def lists_all(self, database: str) -> bool:
        """Whether one at least of a database's catalogues can be asked for every record."""
        return any(peer.protocol == SRU for peer in self._among([database]))

    def counts(self, database: str) -> bool:
        """Whether a database is one catalogue that counts facets: what several of them cut off cannot be added up."""
        among = self._among([database])
        return len(among) == 1 and among[0].protocol == SRU and among[0].sru_version == "2.0"

    def facets(self, database: str, query: Query, wanted: Sequence[tuple[Field, int]]) -> list[Values]:
        """The most frequent values of each field, so many of each, in a database that `counts`. Raises Failure."""
        (peer,) = self._among([database])
        try:
            with self._turn():
                return sru_client.facets(peer, query, wanted, Stop(peer.name, self._bounded(peer)))
        except LienThongError as error:
            raise Failure(error.problem, error.said if isinstance(error, SaidError) else None) from error

    def search(self, databases: Sequence[str], query: Query) -> Found:
        """Searches all of them at the same time; those that do not answer in time are left out, unless that is all.

        Raises Failure.
        """
        peers = [replace(peer, timeout=self._bounded(peer)) for peer in self._among(databases)]
        key = (tuple(peer.name for peer in peers), query)
        with self._lock:
            at, found = self._kept.get(key, (float("-inf"), None))
            if found is not None and monotonic() - at < _SEARCH_SECONDS:
                return found
        with self._turn():
            found, whole = self._searched(peers, query)
        if whole:
            with self._lock:
                self._kept[key] = (monotonic(), found)
                while len(self._kept) > _SEARCHES_KEPT:
                    self._kept.popitem(last=False)
        return found

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Around what goes out: so many at a time. Raises Failure when none is free soon."""
        if not self._turns.acquire(timeout=self._seconds / 4):
            raise Failure(Problem(origin_messages.BUSY, values={"allowed": GATEWAY_SEARCHES}), busy=True)
        try:
            yield
        finally:
            self._turns.release()

    def _searched(self, peers: Sequence[Peer], query: Query) -> tuple[Found, bool]:
        """What was found, and whether everybody had answered."""
        counts: dict[str, int] = {}
        first: list[Taken] = []
        failed: list[Ended] = []
        for event in together.search(peers, query, _FIRST):
            if isinstance(event, Counted):
                counts[event.peer] = event.hits
            elif isinstance(event, Taken):
                first.append(event)
            elif event.problem is not None:
                failed.append(event)
        if not counts:
            none = Problem(origin_messages.NO_TARGET, values={"name": NAME, "known": "–"})
            raise Failure(failed[0].problem or none, failed[0].said) if failed else Failure(none)
        shares = [_Share(peer, counts[peer.name]) for peer in peers if peer.name in counts]
        return Found(query, shares, first, self.shelf), not failed

    def _among(self, databases: Sequence[str]) -> list[Peer]:
        """The catalogues that some databases stand for, in the order of their names."""
        current = self._current()
        wanted = list(current) if NAME in databases else [one.removeprefix(f"{NAME}/") for one in databases]
        return [current[name] for name in sorted(wanted) if name in current]

    def _bounded(self, peer: Peer) -> int:
        return max(1, min(peer.timeout, int(self._seconds)))

    def _current(self) -> dict[str, Peer]:
        asked, found = self._peers
        if monotonic() - asked > _KNOWN_SECONDS:
            try:
                found = {peer.name: peer for peer in self._ask()}
            except InputError:  # settings that an older version wrote
                found = {}
            self._peers = (monotonic(), found)
        return found
