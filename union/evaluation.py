"""How well the rules do on labelled pairs: through keys, scores and clusters, exactly as in production.

A labelled pair counts as matched when both its records end in one cluster. Records are read by their control number.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import NamedTuple

from foundation.errors import FormatError
from union import messages
from union.features import Features
from union.memory import Union
from union.rules import Rules
from union.scoring import Scorer

FOLDS = 5
_SEED = 7
_WORDS = {"1": True, "0": False, "true": True, "false": False, "same": True, "different": False}


class Label(NamedTuple):
    """Two records by their ids, and whether a person says that they describe one edition."""

    a: str
    b: str
    same: bool


class Figures(NamedTuple):
    """Pairs: rightly matched, wrongly matched, missed, rightly kept apart."""

    right: int
    wrong: int
    missed: int
    apart: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        both = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / both if both else 0.0


def labels(lines: Iterable[str]) -> list[Label]:
    """The labels of a CSV: id1,id2,label, with or without a heading. Raises FormatError that names the line."""
    found: list[Label] = []
    reader = csv.reader(lines)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row[:3]]
            if not any(cells):
                continue
            if len(cells) == 3 and cells[2].lower() in _WORDS and cells[0] and cells[1]:
                found.append(Label(cells[0], cells[1], _WORDS[cells[2].lower()]))
            elif found or reader.line_num > 1:
                raise FormatError(messages.LABELS_SHAPE, line=reader.line_num, reason=",".join(row)[:80])
    except csv.Error as error:
        raise FormatError(messages.LABELS_SHAPE, line=reader.line_num, reason=str(error)[:80]) from error
    return found


def evaluate(records: Mapping[str, Features], pairs: Sequence[Label], rules: Rules) -> Figures:
    """The figures of `pairs` when all `records` are clustered by `rules`."""
    union = Union(rules)
    for record, features in records.items():
        union.put(record, features)
    cluster = union.register.cluster_of
    return _figures(pairs, [a in cluster and cluster[a] == cluster.get(b) for a, b, _ in pairs])


def by_pairs(records: Mapping[str, Features], pairs: Sequence[Label], rules: Rules) -> Figures:
    """The figures when each pair is judged alone: without keys, without clusters."""
    scorer, link = Scorer(rules), rules.thresholds.link
    return _figures(
        pairs,
        [
            a in records and b in records and scorer.candidate(records[a], records[b], link) is not None
            for a, b, _ in pairs
        ],
    )


def _figures(pairs: Sequence[Label], matched: Sequence[bool]) -> Figures:
    counts: dict[tuple[bool, bool], int] = defaultdict(int)
    for pair, found in zip(pairs, matched, strict=True):
        counts[pair.same, found] += 1
    return Figures(counts[True, True], counts[False, True], counts[True, False], counts[False, False])


def folds(pairs: Sequence[Label], count: int = FOLDS, seed: int = _SEED) -> list[list[Label]]:
    """The pairs in `count` parts, whole clusters to one part.

    Parts share no record as long as the components of all labelled pairs are small. Where one of them is larger than a
    part (labels in long chains), only pairs of one edition are kept together, and `rest` sees to the others.
    """
    found = _parts(pairs, pairs, count, seed)
    if max(map(len, found)) * count > 3 * len(pairs):
        found = _parts(pairs, [pair for pair in pairs if pair.same], count, seed)
    return found


def rest(parts: Sequence[Sequence[Label]], place: int) -> list[Label]:
    """What part `place` may be judged by: the pairs of the others that share no record with it."""
    seen = {record for pair in parts[place] for record in pair[:2]}
    others = [pair for other, found in enumerate(parts) if other != place for pair in found]
    return [pair for pair in others if seen.isdisjoint(pair[:2])]


def _parts(pairs: Sequence[Label], together: Sequence[Label], count: int, seed: int) -> list[list[Label]]:
    parent: dict[str, str] = {}

    def root(record: str) -> str:
        while parent.setdefault(record, record) != record:
            record = parent[record]
        return record

    for a, b, _ in together:
        parent[root(a)] = root(b)
    roots = sorted({root(pair.a) for pair in pairs})
    Random(seed).shuffle(roots)  # noqa: S311 - the same parts every time is what is wanted
    part = {component: place % count for place, component in enumerate(roots)}
    found: list[list[Label]] = [[] for _ in range(count)]
    for pair in pairs:
        found[part[root(pair.a)]].append(pair)
    return found


def total(figures: Iterable[Figures]) -> Figures:
    """Figures of several parts together."""
    return Figures(*[sum(column) for column in zip(*figures, strict=True)])
