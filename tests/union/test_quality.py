"""How good the shipped rules are, on catalogues they were not trained on; and on real pairs where these are at hand."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

from fixtures import noise, province_files, province_folder
from marc import readers
from union import evaluation, features
from union.evaluation import Figures
from union.memory import Union
from union.rules import shipped


def pairwise(union: Union, truth: Mapping[str, object]) -> Figures:
    """Figures over all pairs of records of one cluster, found and true."""
    true = sum(count * (count - 1) // 2 for count in Counter(truth.values()).values())
    found = right = 0
    for cluster in union.clusters():
        found += len(cluster) * (len(cluster) - 1) // 2
        right += sum(n * (n - 1) // 2 for n in Counter(truth.get(name, name) for name in cluster).values())
    return Figures(right, found - right, true - right, 0)


def test_noisy_records_of_another_seed() -> None:
    union, truth = Union(), {}
    for number, (one, edition) in enumerate(noise.generate(6_000, seed=909)):
        truth[f"r{number}"] = edition
        union.put(f"r{number}", features.read(one))
    figures = pairwise(union, truth)
    assert figures.precision >= 0.985
    assert figures.f1 >= 0.97


def test_the_demonstration_province() -> None:
    union = Union()
    for code, path in province_files():
        with path.open("rb") as stream:
            for number, reading in enumerate(readers.read(stream, path.name)):
                assert reading.record is not None
                union.put(f"{code}/{reading.record.control('001') or number}", features.read(reading.record))
    truth = {f"{row['library']}/{row['local_id']}": row["cluster"] for row in table("duplicates.csv")}
    figures = pairwise(union, truth)
    assert figures.precision >= 0.985
    assert figures.f1 >= 0.97
    merged = {pair for cluster in union.clusters() for pair in combinations(cluster, 2)}
    siblings = [
        tuple(sorted((f"{row['a_library']}/{row['a_local_id']}", f"{row['b_library']}/{row['b_local_id']}")))
        for row in table("siblings.csv")
    ]
    assert sum(pair in merged for pair in siblings) <= len(siblings) // 100


def table(name: str) -> list[dict[str, str]]:
    with (province_folder() / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_real_labelled_pairs_judged_by_rules_that_never_saw_them_in_their_fold(shared: Path) -> None:
    """The five-fold figure is written into the rules when they are made; here the rules are held to their own pairs."""
    assert shipped().trained["five_folds"]["f1"] >= 0.985
    (archive,) = (shared / "data" / "matching").glob("*.zip")
    (labelled,) = (shared / "data" / "matching").glob("*.csv")
    pairs = evaluation.labels(labelled.read_text(encoding="utf-8").splitlines())[::4]
    wanted = {name for pair in pairs for name in pair[:2]}
    records = {}
    with archive.open("rb") as stream:
        for reading in readers.read(stream, archive.name):
            if reading.record and reading.record.control("001") in wanted:
                records[reading.record.control("001")] = features.read(reading.record)
    assert evaluation.evaluate(records, pairs, shipped()).f1 >= 0.983
