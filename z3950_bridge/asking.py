"""What asking another catalogue gives, over Z39.50 and SRU alike, and how it is stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import NamedTuple

from foundation.errors import LienThongError, PeerError
from z3950_bridge import origin_messages
from z3950_bridge.diagnostics import BIB1_DIAGNOSTICS
from z3950_bridge.origin import Given, Said
from z3950_bridge.sru_diagnostics import DIAGNOSTICS, URI

_BIB1_WORDS = {
    1: "Permanent system error", 2: "Temporary system error", 3: "Unsupported search",
    13: "Present request out of range", 14: "System error in presenting records",
    25: "Specified element set name not valid",
    31: "Resources exhausted", 100: "Unspecified error", 101: "Access-control failure", 107: "Query type not supported",
    108: "Malformed query", 109: "Database unavailable", 114: "Unsupported Use attribute",
    117: "Unsupported Relation attribute", 118: "Unsupported Structure attribute",
    119: "Unsupported Position attribute", 120: "Unsupported Truncation attribute",
    121: "Unsupported Attribute Set", 122: "Unsupported Completeness attribute",
    123: "Unsupported attribute combination", 125: "Malformed search term", 235: "Database does not exist",
    236: "Access to specified database denied", 238: "Record not available in requested syntax",
    239: "Record syntax not supported", 1011: "Bad userid/password",
}  # fmt: skip


class Count(NamedTuple):
    """What the search found, first of all."""

    hits: int
    diagnostics: tuple[Said, ...] = ()
    """Of a search that failed, or did only in part."""


class Row(NamedTuple):
    """One record, or the diagnostic that stands in its place."""

    position: int
    """Among all that was found, from 1."""
    given: Given | Said


class SaidError(PeerError):
    """The other side said no, in the words of its protocol."""

    def __init__(self, name: str, said: Said) -> None:
        self.said = said
        super().__init__(
            origin_messages.DIAGNOSED,
            name=name,
            words=words(said),
            condition=said.condition or said.diagnostic_set,
            addinfo=said.addinfo,
        )


def words(said: Said) -> str:
    """The standard's sentence for a diagnostic."""
    if said.diagnostic_set == URI:
        return DIAGNOSTICS.get(said.condition, ("Diagnostic",))[0]
    if said.diagnostic_set in (BIB1_DIAGNOSTICS, ""):
        return _BIB1_WORDS.get(said.condition, "Diagnostic")
    return said.diagnostic_set or "Diagnostic"


class Stop:
    """The end of one conversation, by its time or by whoever asked: then its connection is cut, wherever it waits."""

    def __init__(self, name: str, seconds: float) -> None:
        self.name = name
        self._seconds = seconds
        self._end = monotonic() + seconds
        self._lock = threading.Lock()
        self._stopped = False
        self._cut: Callable[[], None] | None = None

    def left(self) -> float:
        """Seconds that are left. Raises PeerError where there are none, or it was stopped."""
        seconds = self._end - monotonic()
        if self._stopped or seconds <= 0:
            raise self.reason()
        return seconds

    @property
    def over(self) -> bool:
        return self._stopped or monotonic() >= self._end

    def reason(self) -> LienThongError:
        """Why it is over."""
        if self._stopped:
            return PeerError(origin_messages.STOPPED, name=self.name)
        return PeerError(origin_messages.TOO_LATE, name=self.name, seconds=self._seconds)

    def stop(self) -> None:
        """End it now, from any thread."""
        with self._lock:
            self._stopped = True
            if self._cut is not None:
                self._cut()

    @contextmanager
    def cutting(self, cut: Callable[[], None]) -> Iterator[None]:
        """While this lasts, `stop` calls `cut`, which must not raise nor wait."""
        with self._lock:
            if self._stopped:
                raise self.reason()
            self._cut = cut
        try:
            yield
        finally:
            with self._lock:
                self._cut = None
