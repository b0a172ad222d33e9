"""The union in the store is what the records and the decisions make it, however they came."""

from __future__ import annotations

import random

import pytest

from catalogue.store import Store
from tests.catalogue.conftest import Time
from tests.union.store_world import World, check, follow, tables, use
from union import rebuilding


@pytest.mark.parametrize("cap", [2, 4, 50])
@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_the_union_is_that_of_a_fresh_start(
    store: Store, time: Time, seed: int, cap: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = use(store, monkeypatch, cap)
    chance = random.Random(seed * 100 + cap)
    world = World(store, time, chance)
    for _ in range(25):
        world.step()
        if chance.random() < 0.6:
            follow(store, chance.choice([1, 3, 1000]))
            check(store, rules)
    follow(store)
    check(store, rules)
    before = tables(store)
    assert rebuilding.now(store).changed == 0
    assert tables(store) == before
