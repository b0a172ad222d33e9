"""The result sets of one session (Z39.50-2003, 3.2.2.1.3 and 3.1.6): bounded in number and in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from foundation.limits import Z3950_NAME_BYTES, Z3950_RESULT_BYTES, Z3950_RESULT_SETS
from search.query import Query, SortKey
from z3950_bridge.diagnostics import Bib1, Refused, shortened
from z3950_bridge.port import Hits


@dataclass(frozen=True, slots=True)
class ResultSet:
    """What one search found."""

    databases: tuple[str, ...]
    """As the catalogue calls them."""
    shown: str
    """The database as the client called it: the name of every record that comes of this set."""
    query: Query
    order: tuple[SortKey, ...]
    hits: Hits


class Budget:
    """Memory that the result sets of all sessions of a process share."""

    def __init__(self, most_bytes: int) -> None:
        self._left = most_bytes
        self._lock = Lock()

    def take(self, size: int) -> bool:
        """Whether there was as much left; if so it is taken. A negative size gives back."""
        with self._lock:
            if size > self._left:
                return False
            self._left -= size
            return True


class ResultSets:
    """By name. The one that was not used for longest is given up for a new one, and remembered as given up."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._sets: OrderedDict[str, ResultSet] = OrderedDict()
        self._given_up: OrderedDict[str, None] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self._sets)

    def __contains__(self, name: str) -> bool:
        return name in self._sets

    def get(self, name: str) -> ResultSet:
        """Raises Refused: 30 for a set that never was, 27 for one that was given up."""
        found = self._sets.get(name)
        if found is None:
            raise Refused(Bib1.SET_GIVEN_UP if name in self._given_up else Bib1.SET_UNKNOWN, shortened(name))
        self._sets.move_to_end(name)
        return found

    @staticmethod
    def check(name: str) -> None:
        """Raises Refused (128) for a name that no set can have."""
        if not name or len(name.encode("utf-8", "surrogateescape")) > Z3950_NAME_BYTES:
            raise Refused(Bib1.SET_NAME, shortened(name))

    def put(self, name: str, found: ResultSet) -> None:
        """Raises Refused: 112 when there are Z3950_RESULT_SETS others already, 31 when there
        is no memory for it."""
        if found.hits.size > Z3950_RESULT_BYTES:
            raise Refused(Bib1.RESOURCES_NO_RESULTS, f"Z3950_RESULT_BYTES {Z3950_RESULT_BYTES}")
        if name not in self._sets and len(self._sets) >= Z3950_RESULT_SETS:
            raise Refused(Bib1.TOO_MANY_SETS, f"Z3950_RESULT_SETS {Z3950_RESULT_SETS}")
        self.delete(name)
        self._given_up.pop(name, None)
        while self._size + found.hits.size > Z3950_RESULT_BYTES:
            oldest = next(iter(self._sets))
            self.delete(oldest)
            self._given_up[oldest] = None
            while len(self._given_up) > Z3950_RESULT_SETS:
                self._given_up.popitem(last=False)
        if not self._budget.take(found.hits.size):
            raise Refused(Bib1.RESOURCES_NO_RESULTS, "Z3950_RESULTS_BYTES")
        self._sets[name] = found
        self._size += found.hits.size

    def delete(self, name: str) -> bool:
        """Whether there was one."""
        found = self._sets.pop(name, None)
        if found is None:
            return False
        self._size -= found.hits.size
        self._budget.take(-found.hits.size)
        return True

    def names(self) -> list[str]:
        return list(self._sets)

    def queries(self) -> Mapping[str, Query]:
        """What each set was found by: how a set becomes an operand of a query."""
        return {name: found.query for name, found in self._sets.items()}
