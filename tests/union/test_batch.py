"""A catalogue from nothing gives what record after record gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures import noise
from fixtures.generator import generate
from marc.record import Record
from union import features
from union.batch import cluster
from union.memory import Union
from union.rules import Rules, shipped


def records() -> list[tuple[str, Record]]:
    found = [one for one, _ in noise.generate(1_500, seed=3)] + list(generate(700, seed=3))
    return [(f"r{number:05d}", one) for number, one in enumerate([*found, *found[:50]])]


@pytest.mark.parametrize(("block", "most"), [(100, 200), (4, 5)])
def test_the_same_clusters_as_one_by_one(tmp_path: Path, block: int, most: int) -> None:
    own = shipped()
    rules = Rules(own.version, own.thresholds, block, most, own.vetoes, own.tables, own.trained)
    union = Union(rules)
    for name, one in records():
        union.put(name, features.read(one))
    found = cluster(records(), rules, tmp_path)
    assert found.clusters == union.clusters()
    assert found.crowds == sorted(size for _, size in union.crowds())


def test_nothing_gives_nothing(tmp_path: Path) -> None:
    assert cluster([], shipped(), tmp_path).clusters == []
