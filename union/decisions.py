"""What people decided, and whose word holds when they disagree.

A decision names records, not clusters, so it survives a new harvest. Decisions are never erased: the latest of one
person about one pair replaces his earlier ones, a wider library's word (province over district) replaces a narrower
one's, and two libraries of one rank that contradict each other leave the pair to the rules until the province has
spoken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from foundation.errors import InputError
from union import messages

Pair = tuple[str, str]


class Verdict(Enum):
    """What was decided."""

    SAME = "same"
    DIFFERENT = "different"
    SAME_WORK = "same_work"
    """Another edition or translation of the same work: never one cluster, always one work."""
    PIN = "pin"
    """`a` leads the record of its cluster; `b` is empty."""
    FREEZE = "freeze"
    """The records of `group` are one cluster, and nothing else joins it."""
    ALL_DIFFERENT = "all_different"
    """What only shares a title is not asked about (`union.alikes`); about no records, so it moves none."""
    WITHDRAWN = "withdrawn"
    """What the same person had said of this pair no longer holds."""


class Decision(NamedTuple):
    """One decision. `rank` is the width of who decided: 0 a library, 1 the province, 2 the nation. `at` orders them."""

    verdict: Verdict
    a: str
    b: str = ""
    by: str = ""
    library: str = ""
    rank: int = 0
    at: int = 0
    note: str = ""
    group: tuple[str, ...] = ()


class Conflict(NamedTuple):
    """Decisions that cannot all hold; the rules decide, or the earlier must-link does, until somebody wider speaks."""

    a: str
    b: str
    decisions: tuple[Decision, ...]


@dataclass(frozen=True)
class Settled:
    """What holds. Pairs have the smaller record id first."""

    same: frozenset[Pair] = frozenset()
    different: frozenset[Pair] = frozenset()
    same_work: frozenset[Pair] = frozenset()
    pins: frozenset[str] = frozenset()
    frozen: tuple[frozenset[str], ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def records(self) -> frozenset[str]:
        """Every record that some decision in force is about."""
        pairs = self.same | self.different
        return frozenset({one for pair in pairs for one in pair}.union(self.pins, *self.frozen))


def pair(a: str, b: str) -> Pair:
    """Both ids in order. Raises InputError when they are one."""
    if a == b:
        raise InputError(messages.DECISION_SELF, record=a)
    return (a, b) if a < b else (b, a)


def settle(decisions: Iterable[Decision]) -> Settled:
    """What holds of all decisions; the same whatever their order, `at` alone says which is later.

    Raises InputError for a decision about one record and itself.
    """
    by_pair: dict[Pair, dict[tuple[str, str], Decision]] = defaultdict(dict)
    single: dict[tuple[str, ...], dict[tuple[str, str], Decision]] = defaultdict(dict)
    for decision in sorted(decisions, key=_order):
        if decision.verdict is Verdict.ALL_DIFFERENT:
            continue
        if decision.b:
            by_pair[pair(decision.a, decision.b)][decision.library, decision.by] = decision
        else:
            single[decision.group or (decision.a,)][decision.library, decision.by] = decision
    same, different, works, conflicts = set(), set(), set(), []
    for two, said in by_pair.items():
        held = _widest(said.values())
        verdicts = {decision.verdict for decision in held}
        if len(verdicts) > 1 and verdicts != {Verdict.DIFFERENT, Verdict.SAME_WORK}:
            conflicts.append(Conflict(*two, tuple(held)))
            continue
        if Verdict.SAME in verdicts:
            same.add(two)
        if verdicts & {Verdict.DIFFERENT, Verdict.SAME_WORK}:
            different.add(two)
        if Verdict.SAME_WORK in verdicts:
            works.add(two)
    pins, frozen, wholly = _singles(single)
    return Settled(frozenset(same), frozenset(different), frozenset(works), pins, frozen, (*conflicts, *wholly))


def _order(decision: Decision) -> tuple[int, str, str, str, str, tuple[str, ...], str, str]:
    verdict = decision.verdict.value
    return decision.at, decision.library, decision.by, decision.a, decision.b, decision.group, verdict, decision.note


def _widest(said: Iterable[Decision]) -> list[Decision]:
    held = [decision for decision in said if decision.verdict is not Verdict.WITHDRAWN]
    widest = max([decision.rank for decision in held], default=0)
    return [decision for decision in held if decision.rank == widest]


def _singles(
    single: dict[tuple[str, ...], dict[tuple[str, str], Decision]],
) -> tuple[frozenset[str], tuple[frozenset[str], ...], list[Conflict]]:
    """Pins and frozen groups; of two frozen groups that share a record the wider, then the earlier one holds."""
    pins: set[str] = set()
    frozen: list[Decision] = []
    conflicts: list[Conflict] = []
    for held in map(_widest, (said.values() for said in single.values())):
        pins.update([decision.a for decision in held if decision.verdict is Verdict.PIN])
        frozen += [decision for decision in held[:1] if decision.verdict is Verdict.FREEZE and decision.group]
    groups: list[frozenset[str]] = []
    for decision in sorted(frozen, key=lambda decision: (-decision.rank, _order(decision))):
        members = frozenset(decision.group)
        if any(members & group for group in groups):
            conflicts.append(Conflict(min(members), max(members), (decision,)))
        else:
            groups.append(members)
    return frozenset(pins), tuple(groups), conflicts
