"""What searches found lately, and which searches are so quick that nobody has to wait in a thread for them."""

from __future__ import annotations

import time
from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final, NamedTuple, TypeVar

from search.analysis import has_mask, masked
from search.query import And, Not, Or, Query, Term

_TERMS: Final = 16
_LETTERS: Final = 1000
_OVERHEAD: Final = 1000
"""Bytes of an entry besides its numbers and letters, about: its query as values."""
_SPENT_SECONDS: Final = 0.005
_CLOCK_SECONDS: Final = 0.1
_DISTRUST: Final = 16
_Given = TypeVar("_Given")


class Answer(NamedTuple):
    """How many records a search found, and the numbers of the first of them."""

    hits: int
    numbers: array[int]


class Shape(NamedTuple):
    """What is seen of a query before it is asked."""

    letters: int
    """Of its terms."""
    small: bool
    """Whether it is worth being remembered."""
    plain: bool
    """Few words that stand in the index as they are: neither masks nor ranges, for which it is gone through."""


def shape(query: Query) -> Shape:
    """The shape of a query; whoever is small is looked at whole."""
    terms = letters = 0
    plain = True
    ahead = [query]
    while ahead and terms <= _TERMS and letters <= _LETTERS:
        match ahead.pop():
            case And(parts) | Or(parts):
                ahead += parts
            case Not(kept, taken):
                ahead += (kept, taken)
            case Term(text=text):
                letters += len(text)
                plain = plain and not has_mask(masked(text[:_LETTERS]))
            case _:
                plain = False
        terms += 1
    small = not ahead and terms <= _TERMS and letters <= _LETTERS
    return Shape(letters, small, plain and small)


class Answers:
    """Answers of searches, bounded by their bytes, for every session of a process.

    They are good for one state of the index, `stamp`: when anything was committed to it, all are given up.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._size = 0
        self._stamp: Hashable = None
        self._found: OrderedDict[Hashable, tuple[Answer, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, stamp: Hashable) -> Answer | None:
        with self._lock:
            if stamp != self._stamp:
                self._found.clear()
                self._size, self._stamp = 0, stamp
            kept = self._found.get(key)
            if kept is None:
                return None
            self._found.move_to_end(key)
            return kept[0]

    def put(self, key: Hashable, stamp: Hashable, answer: Answer, letters: int) -> None:
        """Keeps what was found, if the index still was as at `stamp`, read before it was asked."""
        size = _OVERHEAD + 4 * letters + 8 * len(answer.numbers)
        with self._lock:
            if stamp != self._stamp or key in self._found:
                return
            self._found[key] = answer, size
            self._size += size
            while self._size > self._most:
                _, (_, given_up) = self._found.popitem(last=False)
                self._size -= given_up


class Pace:
    """Whether work of one kind is quick, as it was the last times."""

    def __init__(self) -> None:
        self._distrust = 0
        self._doubted = False

    def trusted(self) -> bool:
        """Asked once before each piece of work."""
        if self._distrust:
            self._distrust -= 1
            return False
        return True

    def measured(self, work: Callable[[], _Given]) -> _Given:
        """What the work gives. After some that was slow, the next few are not trusted.

        By processor time, or whatever waits for its turn on a busy machine would be taken for slow, and be handed to a
        thread that waits for its turn as well. By the clock only what must have waited for a disk or a network. Asking
        for processor time is dear, so it is done behind work that took long by the clock.
        """
        clock = time.perf_counter()
        spent = time.thread_time() if self._doubted else 0.0
        given = work()
        took = time.perf_counter() - clock
        if took > _CLOCK_SECONDS or (self._doubted and time.thread_time() - spent > _SPENT_SECONDS):
            self._distrust = _DISTRUST
        self._doubted = took > _SPENT_SECONDS
        return given
