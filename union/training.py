"""Weights from what people decided: the tables of every kind that has enough labels, and honest figures beside them.

Training starts from the weights there are and moves them as far as the labels ask. The figures come from five folds
that share no record: each fold is clustered by rules that never saw it.
"""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from foundation.errors import InputError
from union import learning, messages, rules
from union.comparison import NAMES, levels
from union.evaluation import Figures, Label, evaluate, folds, rest
from union.features import Features
from union.scoring import Scorer

LEAST = 50
"""Pairs of each answer that a training needs, and that a kind needs for a table of its own."""

Levels = tuple[tuple[str, ...], bool]


def compared(records: Mapping[str, Features], pairs: Sequence[Label]) -> dict[str, list[Levels]]:
    """Kind → levels and answer of its pairs; pairs of records that are not there are left out."""
    scorer = Scorer(rules.shipped())
    found: dict[str, list[Levels]] = defaultdict(list)
    for a, b, same in pairs:
        if a in records and b in records:
            left, right = records[a], records[b]
            found[scorer.kind(left, right)].append((levels(left, right), same))
    return found


def train(labelled: Mapping[str, Sequence[Levels]], document: Mapping[str, Any]) -> dict[str, Any]:
    """The rules of `document` with weights moved towards the labels of every kind that has enough of them.

    Raises InputError when no kind has.
    """
    changed = copy.deepcopy(dict(document))
    tables = rules.read(json.dumps(document).encode()).tables
    trained: dict[str, int] = {}
    for kind, pairs in sorted(labelled.items()):
        if min(sum(same for _, same in pairs), sum(not same for _, same in pairs)) >= LEAST:
            changed["tables"][kind] = learning.fit(pairs, NAMES, tables[kind])
            trained[kind] = len(pairs)
    if not trained:
        same = sum(same for pairs in labelled.values() for _, same in pairs)
        different = sum(map(len, labelled.values())) - same
        raise InputError(messages.LABELS_FEW, same=same, different=different, needed=LEAST)
    changed["version"] = int(changed["version"]) + 1
    changed["trained"] = {"pairs": trained}
    return changed


def cross_validated(
    records: Mapping[str, Features], pairs: Sequence[Label], document: Mapping[str, Any]
) -> Iterator[Figures]:
    """The figures of each fold, judged by rules trained on the other folds; `evaluation.total` adds them up."""
    parts = folds(pairs)
    for place, part in enumerate(parts):
        others = rest(parts, place)
        found = rules.read(json.dumps(train(compared(records, others), document)).encode())
        named = {record for pair in part for record in pair[:2]}
        yield evaluate({record: records[record] for record in sorted(named) if record in records}, part, found)
