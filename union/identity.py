"""Stable numbers of clusters: which new group is which old cluster, what retired, where it went, what split.

The group that keeps most records of a cluster keeps its number; of equals the oldest number wins. A number that is
given up leads on: to one cluster when all its records went there, to all of them when they went apart. Numbers are
never given twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import NamedTuple


class Change(Enum):
    """What happened to a cluster."""

    NEW = "new"
    JOIN = "join"
    LEAVE = "leave"
    MERGE = "merge"
    """`cluster` took in what was `other`."""
    SPLIT = "split"
    """Records of `cluster` are now in `other`."""
    RETIRE = "retire"
    """`cluster` is no more; `other` is where most of it went, 0 for nowhere."""
    REVIVE = "revive"


class Event(NamedTuple):
    """One entry of the log. Order matters; a log replayed from nothing gives the clusters."""

    change: Change
    cluster: int
    other: int = 0
    record: str = ""


class Register:
    """The clusters in force and the memory of those that were."""

    def __init__(self) -> None:
        self.members: dict[int, set[str]] = {}
        self.cluster_of: dict[str, int] = {}
        self.became: dict[int, tuple[int, ...]] = {}
        """Retired number → the clusters its records went to, most of them first."""
        self._last: dict[str, int] = {}
        self._next = 1

    @classmethod
    def resumed(
        cls,
        members: Mapping[int, set[str]],
        last: Mapping[str, int],
        became: Mapping[int, tuple[int, ...]],
        next_number: int,
    ) -> Register:
        """A part of a register that was kept elsewhere: clusters, the last ones of records that are gone, retired
        numbers among these, the next number to give."""
        made = cls()
        made.members = dict(members)
        made.cluster_of = {record: number for number, found in members.items() for record in found}
        made.became, made._last, made._next = dict(became), dict(last), next_number
        return made

    @property
    def next(self) -> int:
        """The number that the next new cluster gets."""
        return self._next

    def regroup(self, groups: Iterable[Sequence[str]], gone: Iterable[str] = ()) -> list[Event]:
        """Make `groups` the clusters of their records; `gone` are records that exist no longer. The events, in order.

        The groups together hold every record (but those gone) of every cluster that any of them had been in.
        """
        left = list(gone)
        wanted = sorted([sorted(found) for found in groups])
        old = {self.cluster_of[record] for found in wanted for record in found if record in self.cluster_of}
        old |= {self.cluster_of[record] for record in left if record in self.cluster_of}
        keeps = self._kept(wanted)
        events: list[Event] = []
        for record in left:
            if record in self.cluster_of:
                events += self._left(record, self.cluster_of[record])
        flows: Counter[tuple[int, int]] = Counter()
        for place, found in enumerate(wanted):
            number = keeps.get(place) or self._number(found, events)
            for record in found:
                before = self.cluster_of.get(record, 0)
                if before == number:
                    flows[before, number] += 1
                    continue
                if before:
                    flows[before, number] += 1
                    self.members[before].discard(record)
                    events.append(Event(Change.LEAVE, before, record=record))
                self.members[number].add(record)
                self.cluster_of[record] = number
                events.append(Event(Change.JOIN, number, record=record))
        return events + self._closed(old, flows)

    def join(self, record: str, number: int) -> list[Event]:
        """A record that is in no cluster joins one, and nothing else moves."""
        self.members[number].add(record)
        self.cluster_of[record] = number
        return [Event(Change.JOIN, number, record=record)]

    def leave(self, record: str) -> list[Event]:
        """A record is gone and the others of its cluster stay together."""
        number = self.cluster_of[record]
        return self.regroup([], [record]) if len(self.members[number]) == 1 else self._left(record, number)

    def _left(self, record: str, number: int) -> list[Event]:
        del self.cluster_of[record]
        self.members[number].discard(record)
        self._last[record] = number
        return [Event(Change.LEAVE, number, record=record)]

    def where(self, number: int) -> tuple[int, ...]:
        """The clusters in force that a number leads to: itself, or what it became; empty when nothing is left."""
        seen: set[int] = set()
        found: list[int] = []
        waiting = [number]
        while waiting:
            at = waiting.pop(0)
            if at in seen:
                continue
            seen.add(at)
            if at in self.members:
                found.append(at)
            else:
                waiting += self.became.get(at, ())
        return tuple(found)

    def _kept(self, wanted: list[list[str]]) -> dict[int, int]:
        """Place of a group → the number it keeps."""
        claims = []
        for place, found in enumerate(wanted):
            overlaps = Counter([self.cluster_of[record] for record in found if record in self.cluster_of])
            claims += [(-count, number, found[0], place) for number, count in overlaps.items()]
        keeps: dict[int, int] = {}
        taken: set[int] = set()
        for _, number, _, place in sorted(claims):
            if place not in keeps and number not in taken:
                keeps[place] = number
                taken.add(number)
        return keeps

    def _number(self, found: list[str], events: list[Event]) -> int:
        """A number for a group that keeps none: the one its record had before it was deleted, or a new one."""
        for record in found:
            last = self._last.get(record, 0)
            if last and last not in self.members and not self.became.get(last):
                self.members[last] = set()
                self.became.pop(last, None)
                events.append(Event(Change.REVIVE, last))
                return last
        number = self._next
        self._next += 1
        self.members[number] = set()
        events.append(Event(Change.NEW, number))
        return number

    def _closed(self, old: set[int], flows: Counter[tuple[int, int]]) -> list[Event]:
        """Splits and retirements of the clusters that were there before."""
        events: list[Event] = []
        goes: dict[int, list[tuple[int, int]]] = {}
        for (at, to), count in flows.items():
            goes.setdefault(at, []).append((-count, to))
        for number in sorted(old):
            heirs = tuple([to for _, to in sorted(goes.get(number, ()))])
            if self.members[number]:
                events += [Event(Change.SPLIT, number, heir) for heir in heirs if heir != number]
                continue
            del self.members[number]
            self.became[number] = heirs
            if len(heirs) == 1:
                events.append(Event(Change.MERGE, heirs[0], number))
            events += [Event(Change.SPLIT, number, heir) for heir in heirs] if len(heirs) > 1 else []
            events.append(Event(Change.RETIRE, number, heirs[0] if heirs else 0))
        return events
