"""Write `union/rules.json`: `python -m tools.union_rules RECORDS LABELS`, the records and labels of real pairs.

Monographs learn from the real pairs and from one in ten of the invented ones (seed 101 of `fixtures.noise`), which show
what the real ones lack: ISBN, volumes, translations. Vietnamese books, serials, maps, recordings and online editions
have no real labels yet; they start from the monographs and learn from invented pairs. Numbers and vetoes that no pair
shows are set here by hand.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

from fixtures import noise
from marc import readers
from union import evaluation, features, keys, learning, rules, training
from union.comparison import NAMES, levels
from union.features import Features
from union.scoring import Scorer
from union.training import Levels

SEED = 101
RECORDS = 12_000
SHARE = 0.1
BELIEVED = {
    "isbn": {"equal": 4.0, "shared": 2.5, "differ": -1.5},
    "issn": {"equal": 5.0},
    "identifier": {"equal": 4.0, "differ": -1.5},
    "marks": {"partly": -1.5, "differ": -4.0},
    "volume": {
        "differ": -3.0, "part_differs": -3.0, "equal": 0.5, "one_missing": -0.5, "one_missing_other_pages": -2.0,
        "part_missing": -0.5,
    },
    "title": {"replaced_one": -1.5, "replaced": -2.0, "unlike": -2.0, "different": -3.0},
    "host": {"equal": 1.0, "differ": -3.0},
    "carrier": {"differ": -3.0},
}  # fmt: skip
PART = {"like": "book", "host": {"equal": 2.0, "differ": -4.0}, "publisher": {"missing": 0.5}, "pages": {"equal": 2.0}}
"""Component parts: without labels, but the host and the pages in it say more than for a book."""


def start() -> dict[str, Any]:
    """The rules without learnt weights."""
    return {
        "version": 1,
        "thresholds": {"link": 0.2, "join": 0.0, "review": -2.0, "sure": 4.0},
        "caps": {"block": 50, "cluster": 200},
        # a restricted copy of a book is still the book, unless a library says otherwise; years of serials run on
        "vetoes": {"access": False, "year": {"serial": False}},
        "tables": {"book": BELIEVED, "part": PART},
    }


def invented() -> dict[str, list[Levels]]:
    """Kind → levels and answers of the candidate pairs among invented records that no veto forbids."""
    scorer = Scorer(rules.read(json.dumps(start()).encode()))
    known: list[tuple[Features, int]] = [
        (features.read(one), edition) for one, edition in noise.generate(RECORDS, SEED)
    ]
    blocks: dict[str, list[int]] = defaultdict(list)
    for number, (one, _) in enumerate(known):
        for key in keys.keys(one):
            blocks[key].append(number)
    cap = scorer.rules.block_cap
    pairs = {two for block in blocks.values() if len(block) <= cap for two in combinations(block, 2)}
    found: dict[str, list[Levels]] = defaultdict(list)
    for left, right in sorted(pairs):
        (a, of_a), (b, of_b) = known[left], known[right]
        if not scorer.forbidden(a, b):
            found[scorer.kind(a, b)].append((levels(a, b), of_a == of_b))
    return found


def tables(real: list[Levels], made: dict[str, list[Levels]]) -> dict[str, Any]:
    """The table of every kind."""
    some = Random(1).sample(made["book"], int(len(made["book"]) * SHARE))  # noqa: S311
    book = learning.fit([*real, *some], NAMES, BELIEVED)
    others = {kind: learning.fit(pairs, NAMES, book) for kind, pairs in sorted(made.items()) if kind != "book"}
    return {"book": book, **others, "part": PART}


def main() -> None:
    records_file, labels_file = map(Path, sys.argv[1:3])
    with records_file.open("rb") as stream:
        records = {
            one.record.control("001"): features.read(one.record)
            for one in readers.read(stream, records_file.name)
            if one.record
        }
    pairs = evaluation.labels(labels_file.read_text(encoding="utf-8").splitlines())
    made = invented()

    def document(chosen: list[evaluation.Label]) -> dict[str, Any]:
        real = [one for found in training.compared(records, chosen).values() for one in found]
        return start() | {"tables": tables(real, made), "trained": {"real": len(real), "invented": SEED}}

    figures = []
    parts = evaluation.folds(pairs)
    for place, part in enumerate(parts):
        judged = rules.read(json.dumps(document(evaluation.rest(parts, place))).encode())
        named = sorted({record for pair in part for record in pair[:2]})
        figures.append(evaluation.evaluate({record: records[record] for record in named}, part, judged))
    whole = evaluation.total(figures)
    print(f"five folds: P {whole.precision:.4f} R {whole.recall:.4f} F1 {whole.f1:.4f}")  # noqa: T201
    final = document(pairs)
    final["trained"]["five_folds"] = {
        "precision": round(whole.precision, 4),
        "recall": round(whole.recall, 4),
        "f1": round(whole.f1, 4),
    }
    out = Path(rules.__file__).with_name("rules.json")
    out.write_text(json.dumps(final, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
