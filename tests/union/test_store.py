"""The union in the store is what the records and the decisions make it, however they came."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from time import process_time

import pytest

from catalogue import libraries, united
from catalogue.libraries import Library
from catalogue.store import Store
from catalogue.undo import undo
from foundation.settings import Settings
from marc.record import Record
from tests.catalogue.conftest import Time
from tests.union.records import BOOK, record
from tests.union.store_world import (
    DRAWN,
    LIBRARIES,
    World,
    called,
    check,
    clusters,
    contribute,
    delete,
    follow,
    numbered,
    tables,
    use,
)
from union import reading, rebuilding, recall, standing
from union.decisions import Verdict
from union.follower import Follower
from union.rules import shipped
from union.writing import write


def book(control: str, **changes: str) -> Record:
    fields: dict[str, str | list[str]] = {f"t{tag}": text for tag, text in BOOK.items()}
    return record(control=control, **fields | changes)


@pytest.mark.parametrize("cap", [2, 4, 50])
@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_the_union_is_that_of_a_fresh_start(
    store: Store, time: Time, seed: int, cap: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = use(store, monkeypatch, cap)
    monkeypatch.setattr(recall, "PAIRS", 10 * cap)
    monkeypatch.setattr(recall, "DESCRIPTIONS", 5 * cap)
    chance = random.Random(seed * 100 + cap)
    world = World(store, time, chance)
    # Each remembers what it saw before the others went on.
    followers = [Follower(store, batch=size) for size in (1, 3, 1000)]
    for _ in range(25):
        world.step()
        if chance.random() < 0.6:
            assert chance.choice(followers).follow()
            check(store, rules)
    follow(store)
    check(store, rules)
    before = tables(store)
    assert rebuilding.now(store).changed == 0
    assert tables(store) == before


def test_books_that_only_a_block_brought_together_part_when_another_edition_crowds_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = use(store, monkeypatch, 2)
    second, third = "$aTái bản lần thứ 2", "$aTái bản lần thứ 3"
    contribute(store, "bk01", book("1", t250=second), book("2", t250=second, t300="$a215 tr. ;$c19 cm"))
    follow(store)
    assert [len(found) for found in clusters(store)] == [2]
    contribute(store, "bk02", book("7", t250=third))
    follow(store)
    assert [len(found) for found in clusters(store)] == [1, 1, 1]
    check(store, rules)
    delete(store, "bk02", "7")
    follow(store)
    assert [len(found) for found in clusters(store)] == [2]


def test_the_order_in_which_libraries_come_is_nothing(
    store: Store, tmp_path: Path, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = use(store, monkeypatch, 5)
    drawn = [(f"bk0{number % 2 + 1}", called(one, str(number))) for number, one in enumerate(DRAWN)]
    found = []
    for place, seed in enumerate((1, 2)):
        one = Store.open(Settings(home=tmp_path / str(place)), time)
        for code in LIBRARIES:
            libraries.add(one, Library(code, code))
        mixed = random.Random(seed).sample(drawn, len(drawn))
        for code, one_record in mixed:
            contribute(one, code, one_record)
            follow(one)
        check(one, rules)
        found.append(sorted(found.members for found in reading.everything(one)))
        one.close()
    assert found[0] == found[1]


def test_what_is_published_again_unchanged_moves_nothing(store: Store, time: Time) -> None:
    contribute(store, "bk01", *(called(one, str(number)) for number, one in enumerate(DRAWN)))
    follow(store)
    before = tables(store)
    time.pass_(50)
    number = delete(store, "bk01", "3")
    undo(store, number)
    follow(store)
    assert tables(store) == before


def test_a_cluster_that_lost_a_member_has_new_bytes_and_a_retired_one_names_its_heir(store: Store, time: Time) -> None:
    contribute(store, "bk01", book("1"), book("2", t300="$a215 tr. ;$c19 cm"))
    contribute(store, "bk02", book("7"))
    follow(store)
    whole = reading.find(store, "bk01/1")
    assert whole.members == ("bk01/1", "bk01/2", "bk02/7")
    at = time.pass_(100)
    delete(store, "bk02", "7")
    follow(store)
    less = reading.find(store, "bk01/1")
    assert (less.identifier, less.version, less.datestamp) == (whole.identifier, whole.version + 1, at)
    assert less.record is not None
    assert "bk02" not in less.record.text
    standing.decide(store, Verdict.DIFFERENT, [numbered(store)["bk01/1"], numbered(store)["bk01/2"]])
    follow(store)
    parts = {reading.find(store, f"bk01/{one}").identifier for one in "12"}
    assert len(parts) == 2
    standing.withdraw(store, 1)
    follow(store)
    (gone,) = [one for one in reading.everything(store, retired=True) if one.retired]
    heir = reading.find(store, "bk01/1")
    assert gone.leads_to == (heir.identifier,)
    assert heir.record is not None
    assert f"(LIENTHONG){gone.identifier}" in heir.record.text


def test_a_record_that_is_deleted_and_comes_back_has_its_old_number(store: Store, time: Time) -> None:
    contribute(store, "bk01", book("1"))
    follow(store)
    before = reading.find(store, "bk01/1")
    delete(store, "bk01", "1")
    follow(store)
    gone = reading.find(store, before.identifier)
    assert (gone.retired, gone.record, gone.leads_to) == (True, None, ())
    contribute(store, "bk01", book("1"))
    follow(store)
    back = reading.find(store, "bk01/1")
    assert (back.identifier, back.record, back.version) == (before.identifier, before.record, 3)


def test_a_library_that_changes_all_its_local_ids_keeps_its_union_records(store: Store, time: Time) -> None:
    contribute(store, "bk01", *(called(one, str(number)) for number, one in enumerate(DRAWN[:30])))
    contribute(store, "bk02", *(called(one, str(number)) for number, one in enumerate(DRAWN[:30])))
    follow(store)
    before = {one.identifier for one in reading.everything(store) if len(one.members) > 1}
    contribute(store, "bk02", *(called(one, f"new{number}") for number, one in enumerate(DRAWN[:30])))
    delete(store, "bk02", *map(str, range(30)))
    follow(store)
    after = {one.identifier: one.members for one in reading.everything(store)}
    assert before
    assert before <= after.keys()
    assert all(not name.startswith("bk02/") or "/new" in name for found in after.values() for name in found)


def test_a_member_that_dies_between_publication_and_matching_is_not_in_the_record(store: Store, time: Time) -> None:
    contribute(store, "bk01", book("1"), book("2"))
    delete(store, "bk01", "2")
    Follower(store, batch=1).step()  # sees the first change when the second record is gone already
    assert reading.find(store, "bk01/1").members == ("bk01/1",)
    follow(store)
    assert reading.find(store, "bk01/1").members == ("bk01/1",)


def test_a_hub_joins_nothing_that_is_apart(store: Store, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = use(store, monkeypatch, 50)
    volumes = [book(str(n), t245=f"$aTruyện cổ Tày.$nTập {n} /$cNông Văn An") for n in range(1, 30)]
    contribute(store, "bk01", *volumes)
    contribute(store, "bk02", book("hub"))
    follow(store)
    check(store, rules)
    assert max(len(one.members) for one in reading.everything(store)) <= 2


def test_ten_thousand_equal_titles_are_followed_in_the_time_of_others(
    settings: Settings, store: Store, time: Time
) -> None:
    if not store.sqlite:
        pytest.skip("the same rows, and an hour of the machine's time is dear")
    reports = [
        record(control=str(n), t245="$aBáo cáo tổng kết công tác năm", t260=f"$c{1990 + n % 30}", t300=f"$a{n} tr.")
        for n in range(10_000)
    ]
    started = process_time()
    contribute(store, "bk01", *reports)
    imported = process_time() - started
    follow(store)
    assert process_time() - started - imported < 15 * imported
    assert len(clusters(store)) > 1000


@pytest.mark.parametrize("written", [0, 2])
def test_a_follower_killed_in_its_commit_goes_on_where_it_was(
    settings: Settings, store: Store, root: Path, written: int
) -> None:
    contribute(store, "bk01", *(called(one, str(number)) for number, one in enumerate(DRAWN[:30])))
    environment = {**os.environ, "LIENTHONG_HOME": str(settings.home), "LIENTHONG_DATABASE": settings.database_url}
    command = [sys.executable, "-m", "tests.union.slow_follower", str(written)]
    with subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"read\n"
        process.kill()
    assert len([one for found in clusters(store) for one in found]) == 7 * written
    # PostgreSQL ends a session when it notices that its line is closed, which on a busy machine is a moment later.
    with store.locks.hold(rebuilding.LOCK, wait=60) as free:
        assert free
    follow(store)
    check(store, shipped())
    assert rebuilding.now(store).changed == 0


def test_of_two_followers_one_writes(store: Store, time: Time) -> None:
    contribute(store, "bk01", *(called(one, str(number)) for number, one in enumerate(DRAWN[:20])))
    with store.write() as connection:
        standing.begin(connection)
    follower = Follower(store)
    with store.read() as connection:
        state = standing.read(connection)
        assert state is not None
        found = follower._plan(connection, state)
    assert found is not None
    follow(store)
    before = tables(store)
    ready = united.ready(store, list(found[0].united.values()))
    with store.write() as connection:
        assert not write(store, connection, found[0], ready)
    assert tables(store) == before


def test_decisions_survive_a_new_harvest(store: Store, time: Time) -> None:
    contribute(store, "bk01", book("1"))
    contribute(store, "bk02", book("7"))
    numbers = numbered(store)
    standing.decide(store, Verdict.DIFFERENT, [numbers["bk01/1"], numbers["bk02/7"]], by="Lan")
    follow(store)
    assert len(clusters(store)) == 2
    delete(store, "bk02", "7")
    follow(store)
    contribute(store, "bk02", book("7", t500="$aBìa cứng"))
    follow(store)
    assert len(clusters(store)) == 2
