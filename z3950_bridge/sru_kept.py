"""Whole answers of SRU that were given lately: who copies a book, and all who look for the same, ask the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Final

from z3950_bridge.sru import Answer

_OVERHEAD: Final = 1_000
"""Bytes of an entry besides its body and the request, about."""
_LARGEST: Final = 16
"""No answer takes more than this part of the memory: one of 500 records would push out those of everybody else."""


class Kept:
    """Answers of one process, bounded by their bytes.

    Each is good for one state of its database, read before the answer was made: what was published since, and what was
    published while it was made, gives another state, and the answer is made anew.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._size = 0
        self._answers: OrderedDict[Hashable, tuple[Hashable, Answer, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, state: Hashable) -> Answer | None:
        """The answer to a request, if it is still good."""
        with self._lock:
            kept = self._answers.get(key)
            if kept is None or kept[0] != state:
                return None
            self._answers.move_to_end(key)
            return kept[1]

    def put(self, key: Hashable, state: Hashable, answer: Answer, letters: int) -> None:
        """Keeps an answer whose request has so many letters, in the place of an older one."""
        size = _OVERHEAD + letters + len(answer.body)
        if size * _LARGEST > self._most:
            return
        with self._lock:
            before = self._answers.pop(key, None)
            self._size += size - (before[2] if before else 0)
            self._answers[key] = state, answer, size
            while self._size > self._most:
                self._size -= self._answers.popitem(last=False)[1][2]
