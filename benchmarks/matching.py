"""How well and how fast records are matched, beside the published rules of others, on the same pairs in one run.

    python -m benchmarks.matching [RECORDS]

The rivals are written here from the descriptions of their rules: RecordManager's (keys, then title, author, year,
pages), Reservoir's Gold Rush key, Open Library's points. All judge single pairs; ours goes through keys, scores and
clusters. Real labelled pairs are used when they are beside the repository. Figures on them are those of the five
folds, written when the rules were made: the rules shown here have seen these pairs.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Self

from benchmarks.starting import read, tree
from fixtures import noise
from fixtures.generator import generate
from marc import readers
from marc.record import Record
from union import evaluation, features
from union.batch import cluster
from union.evaluation import Figures, Label
from union.features import Features
from union.keys import keys
from union.memory import Union
from union.rules import shipped
from union.words import likeness, words

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "matching"
SEED = 20_260
COUNT = 8_000
SPEED = 1_000
GIGABYTES = 3

Pair = Callable[[Features, Features], bool]


def recordmanager(a: Features, b: Features) -> bool:
    """NatLibFi RecordManager, DedupHandler: a common ISBN or identifier, else title within 10 %, author, year,
    pages."""
    if set(a.isbns) & set(b.isbns) or set(a.identifiers) & set(b.identifiers):
        return True
    if a.kind != b.kind or (a.issns and b.issns and not set(a.issns) & set(b.issns)):
        return False
    if a.years and b.years and a.years[0] != b.years[0]:
        return False
    if a.pages and b.pages and abs(a.pages - b.pages) > 10:
        return False
    ours, theirs = (f"{one.title} {one.rest} {one.statement}".strip() for one in (a, b))
    if not ours or likeness(ours, theirs) < 0.9:
        return False
    if bool(a.names) != bool(b.names):
        return False
    return not a.names or a.names[0].startswith(b.names[0]) or likeness(a.names[0], b.names[0]) >= 0.8


def goldrush(one: Features) -> str:
    """Reservoir's Gold Rush key: title 70, year, pagination of four digits, edition 3, publisher 5, type, author 5."""
    pages = re.search(r"\d{4}", str(one.pages))
    parts = [f"{one.title}{one.rest}{one.part}".replace(" ", "")[:70], str(one.years[0]) if one.years else "0000"]
    parts += [pages[0] if pages else "0000", str(one.ordinal or 1), one.publisher.replace(" ", "")[:5], one.kind]
    return "|".join([*parts, one.volume, one.names[0].replace(" ", "")[:5] if one.names else "", one.carrier])


def open_library(a: Features, b: Features) -> bool:
    """Open Library, catalog/add_book/match.py: points for title, date, ISBN, pages, publisher, author; 875 match."""
    points = 450 if a.title[:25] == b.title[:25] else 0
    full = [set(words(f"{one.title} {one.rest}")) for one in (a, b)]
    shared = len(full[0] & full[1]) / (max(map(len, full)) or 1)
    points += 600 if f"{a.title} {a.rest}" == f"{b.title} {b.rest}" else int(shared * 600) if shared > 0.6 else -600
    if a.years and b.years:
        gap = abs(a.years[0] - b.years[0])
        points += 200 if gap == 0 else -25 if gap <= 2 else -800
    if a.isbns and b.isbns:
        points += 85 if set(a.isbns) & set(b.isbns) else -225
    if a.pages and b.pages:
        points += 100 if a.pages == b.pages else 50 if abs(a.pages - b.pages) < 10 else -225
    if a.publisher and b.publisher:
        points += 100 if a.publisher in b.publisher or b.publisher in a.publisher else -51
    if a.names and b.names:
        points += 125 if likeness(a.names[0], b.names[0]) > 0.85 else -200
    if a.country and b.country:
        points += 40 if a.country == b.country else -205
    return points >= 875


RIVALS: dict[str, Pair] = {
    "RecordManager": recordmanager,
    "Gold Rush": lambda a, b: goldrush(a) == goldrush(b),
    "Open Library": open_library,
}


def shown(name: str, figures: Figures) -> None:
    print(f"  {name:22} P {figures.precision:.4f}  R {figures.recall:.4f}  F1 {figures.f1:.4f}")


def over_pairs(known: dict[str, Features], pairs: list[Label], rule: Pair) -> Figures:
    counts = Counter((same, rule(known[a], known[b])) for a, b, same in pairs)
    return Figures(counts[True, True], counts[False, True], counts[True, False], counts[False, False])


def closed(known: dict[str, Features], candidates: set[tuple[str, str]], rule: Pair) -> Iterator[list[str]]:
    """The clusters of a rule that is applied to candidates and closed."""
    parent = {name: name for name in known}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for a, b in candidates:
        if root(a) != root(b) and rule(known[a], known[b]):
            parent[root(a)] = root(b)
    found: dict[str, list[str]] = defaultdict(list)
    for name in known:
        found[root(name)].append(name)
    yield from found.values()


def pairwise(clusters: Iterator[list[str]] | list[list[str]], truth: dict[str, int]) -> Figures:
    true = sum(n * (n - 1) // 2 for n in Counter(truth.values()).values())
    found = right = 0
    for members in clusters:
        found += len(members) * (len(members) - 1) // 2
        right += sum(n * (n - 1) // 2 for n in Counter(truth[name] for name in members).values())
    return Figures(right, found - right, true - right, 0)


def real() -> None:
    archives, labels = list(DATA.glob("*.zip")), list(DATA.glob("*.csv"))
    if not archives or not labels:
        print("real pairs: not measured, they are not beside the repository")
        return
    pairs = evaluation.labels(labels[0].read_text(encoding="utf-8").splitlines())
    with archives[0].open("rb") as stream:
        read = [one.record for one in readers.read(stream, archives[0].name) if one.record]
    known = {one.control("001"): features.read(one) for one in read}
    print(f"{len(pairs):,} labelled real pairs")
    for name, rule in RIVALS.items():
        shown(name, over_pairs(known, pairs, rule))
    shown("ours, its own pairs", evaluation.evaluate(known, pairs, shipped()))
    folds = shipped().trained["five_folds"]["f1"]
    print(f"matching_real_five_fold_f1: {folds} (target 0.985) {'ok' if folds >= 0.985 else 'short'}")


def invented(count: int) -> None:
    read = [(f"r{number:06d}", one, edition) for number, (one, edition) in enumerate(noise.generate(count, SEED))]
    start = time.process_time()
    known = {name: features.read(one) for name, one, _ in read}
    featured = time.process_time() - start
    truth = {name: edition for name, _, edition in read}
    blocks: dict[str, list[str]] = defaultdict(list)
    for name, one in known.items():
        for key in keys(one):
            blocks[key].append(name)
    candidates = {two for block in blocks.values() if len(block) <= 100 for two in combinations(block, 2)}
    print(
        f"{len(read):,} invented records of {len(set(truth.values())):,} editions, {len(candidates):,} candidate pairs"
    )
    for name, rule in RIVALS.items():
        shown(name, pairwise(closed(known, candidates, rule), truth))
    start = time.process_time()
    union = Union()
    for name, features_ in known.items():
        union.put(name, features_)
    seconds = time.process_time() - start
    figures = pairwise(union.clusters(), truth)
    shown("ours", figures)
    start = time.process_time()
    for a, b in candidates:
        union.scorer.candidate(known[a], known[b], 0.0)
    scored = (time.process_time() - start) / len(candidates)
    print(f"  features {featured / len(read) * 1e6:.0f} us a record, scoring {scored * 1e6:.1f} us a candidate pair")
    good = figures.f1 >= 0.97 and figures.precision >= 0.985
    print(f"matching_invented_f1: {figures.f1:.4f} (target 0.97 with precision 0.985) {'ok' if good else 'short'}")
    speed = len(read) / (seconds + featured)
    print(f"matching_upserts_per_cpu_second: {speed:.0f} (target {SPEED}) {'ok' if speed >= SPEED else 'short'}")


def whole(count: int) -> None:
    def records() -> Iterator[tuple[str, Record]]:
        for number, one in enumerate(generate(count, seed=SEED)):
            yield f"g{number}", one

    with tempfile.TemporaryDirectory() as folder, Peaks() as peaks:
        start = time.monotonic()
        found = cluster(records(), shipped(), Path(folder))
        seconds = time.monotonic() - start
    memory = peaks.memory()
    speed = count / seconds
    print(
        f"{count:,} records from nothing in {seconds:.0f} s: "
        f"{len(found.clusters):,} clusters, {len(found.crowds)} crowds"
    )
    verdict = "ok" if speed >= 1_000_000 / 600 else "short"
    print(
        f"matching_batch_memory_gigabytes: {memory:.2f} in {len(peaks.found)} processes (target {GIGABYTES} for a "
        f"million) {'ok' if memory <= GIGABYTES else 'short'}"
    )
    print(f"matching_batch_records_per_second: {speed:.0f} (target {1_000_000 // 600}) {verdict}")


class Peaks:
    """The most memory that this process and those that it starts have had while it is entered (Linux: VmHWM). What
    several share is counted with each, so that their sum is more than was ever used."""

    def __init__(self) -> None:
        self.found: dict[int, int] = {}
        """Number of the process → kB."""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def memory(self) -> float:
        """Gigabytes of all of them together."""
        return sum(self.found.values()) * 1024 / 1e9

    def _watch(self) -> None:
        while True:
            for process in tree(os.getpid()):
                words = read(process, "status").partition("VmHWM:")[2].split()[:1]
                self.found[process] = max([self.found.get(process, 0), *map(int, words)])
            if self._over.wait(0.1):
                return


def main() -> None:
    # First, so that what the others hold is not counted with it.
    whole(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
    real()
    invented(COUNT)


if __name__ == "__main__":
    main()
