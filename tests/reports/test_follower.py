"""Whatever happens to the records, the counts are those of counting them all at once."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from datetime import UTC

import pytest
from sqlalchemy import select

from catalogue import publishing
from catalogue.figure_tables import trait, trait_count
from catalogue.store import Store
from catalogue.tables import LIVE, library, source, version
from catalogue.tables import record as record_table
from catalogue.undo import undo
from foundation.errors import Problem, RefusedError
from foundation.settings import Settings
from marc import messages as reading
from marc import rules
from marc.record import Field, Record
from reports import shelf
from reports.follower import BATCH, Follower, behind
from reports.shelf import Place
from reports.traits import ALL, BY_CODE, CLEAN, ERRORS, FEATURES, HERITAGE, HERITAGE_DIGITISED, Judge, is_listed
from tests.catalogue.conftest import LEADER, Time, put, readings, stage
from union.follower import Follower as Union

GONE = "00000dam a2200000 a 4500"
JUDGE = Judge(Settings())


def follow(store: Store, batch: int = BATCH, judge: Judge = JUDGE) -> int:
    seen = [0]
    Follower(store, judge, UTC, batch=batch).follow(seen.append)
    return seen[-1]


def faulty(local_id: str, *more: Field, title: str = "Hồ Ba Bể") -> Record:
    """Without a class number's form, with a wrong ISBN."""
    fields = [Field("001", value=local_id), Field("020", "  ", (("a", "9786049448060"),)), *more]
    return Record.build(LEADER, [*fields, Field("245", "00", (("a", title),))])


def counted_at_once(store: Store) -> tuple[dict[tuple[str, str], int], set[tuple[str, int]]]:
    """(library, code) → records, and (code, record) of the lists, from the records themselves."""
    counts: dict[tuple[str, str], int] = {}
    listed = set()
    query = (
        select(record_table.c.id, library.c.code, version.c.dictionary, version.c.normalised, version.c.problems)
        .join(source, source.c.id == record_table.c.source_id)
        .join(library, library.c.id == source.c.library_id)
        .join(version, version.c.id == record_table.c.version_id)
        .where(record_table.c.status == LIVE)
    )
    with store.read() as connection:
        for number, owner, dictionary, blob, problems in connection.execute(query).all():
            text = store.compression.decompress(connection, dictionary, blob).decode()
            for code in JUDGE.codes(Record(text), problems):
                counts[owner, code] = counts.get((owner, code), 0) + 1
                if is_listed(code):
                    listed.add((code, number))
    return counts, listed


def check(store: Store) -> None:
    counts, listed = counted_at_once(store)
    found = {(owner, code): records for owner, some in shelf.counts(store).items() for code, records in some.items()}
    assert found == counts
    with store.read() as connection:
        kept = {(code, number) for code, number in connection.execute(select(trait.c.code, trait.c.record_id))}
        assert kept == listed
        assert all(count > 0 for count in connection.scalars(select(trait_count.c.records)))


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_the_counts_are_those_of_the_records(store: Store, time: Time, seed: int) -> None:
    chance = random.Random(seed)
    sets: list[int] = []
    for _ in range(12):
        time.pass_(chance.choice([1, 3_000_000]))
        number = f"n{chance.randrange(8)}"
        made = faulty(number, title=chance.choice(["Hồ Ba Bể", "HỒ BA BỂ", "Lượn"]))
        if chance.random() < 0.3:
            made = Record.build(GONE, made.fields)
        elif chance.random() < 0.4:
            made = Record.build(LEADER, [field for field in made.fields if field.tag != "020"])
        if sets and chance.random() < 0.2:
            with suppress(RefusedError):  # later changes would be lost
                undo(store, sets.pop())
        else:
            sets.append(put(store, made, library=chance.choice(["bk01", "bk02"]))[0])
        if chance.random() < 0.6:
            follow(store, chance.choice([1, 3, 500]))
            check(store)
    follow(store)
    check(store)
    assert behind(store) == 0


def test_a_record_is_looked_at_once(store: Store) -> None:
    put(store, *(faulty(f"n{number}") for number in range(7)))
    assert behind(store) == 7
    assert follow(store, 3) == 7
    assert follow(store) == 0
    put(store, faulty("n1", title="khác"))
    assert behind(store) == 1
    assert follow(store) == 1


def test_a_killed_follower_goes_on_where_it_was(book: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(book, *(faulty(f"n{number}") for number in range(7)))

    def killed(seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Follower(book, JUDGE, UTC, rest=killed, batch=3).follow()
    assert behind(book) == 4
    follow(book)
    check(book)


def test_other_rules_count_anew_and_only_then(book: Store) -> None:
    put(book, *(faulty(f"n{number}") for number in range(5)))
    follow(book)
    before = shelf.counts(book)["bk01"]
    assert before["isbn"] == 5
    strict = Judge(Settings(quality_profile="gpo"))
    assert "control_agency" not in strict.codes(faulty("x"), None)
    assert follow(book, 2, strict) == 5
    assert "control_agency" not in shelf.counts(book)["bk01"]
    assert follow(book, 2, strict) == 0
    follow(book)
    assert shelf.counts(book)["bk01"] == before


def test_what_the_reader_repaired_is_counted(book: Store) -> None:
    (one,) = readings(faulty("n1"))
    broken = one._replace(problems=(Problem(reading.BYTES_LOST, values={"count": 2, "text": "H\ufffd"}),))
    publishing.publish(book, stage(book, [broken]))
    follow(book)
    assert shelf.counts(book)["bk01"]["replacement"] == 1


def test_heritage_follows_the_year_of_the_settings(book: Store) -> None:
    old = Field("008", value="200101s1950    vm            000 0 vie d")
    web = Field("856", "40", (("u", "https://sohoa.example.vn/1"),))
    put(book, faulty("n1", old, web), faulty("n2", old))
    follow(book)
    assert HERITAGE not in shelf.counts(book)["bk01"]
    follow(book, judge=Judge(Settings(heritage_before=1954)))
    found = shelf.counts(book)["bk01"]
    assert (found[HERITAGE], found[HERITAGE_DIGITISED], found["heritage-waiting"]) == (2, 1, 1)


def test_months_end_as_they_ended_and_quiet_ones_as_the_one_before(store: Store, time: Time) -> None:
    assert shelf.months(store, [ALL], 202601, 202712) == {ALL: {}}
    time.now = 1_772_323_200  # 2026-03-01
    put(store, faulty("n1"), faulty("n2"))
    put(store, faulty("n1"), library="bk02")
    follow(store)
    time.now = 1_777_593_600  # 2026-05-01
    put(store, Record.build(GONE, faulty("n1").fields))
    follow(store)
    found = shelf.months(store, [ALL, "isbn"], 202602, 202606)
    assert found[ALL] == {202603: 3, 202604: 3, 202605: 2, 202606: 2}
    assert found["isbn"] == found[ALL]
    assert shelf.months(store, [ALL], 202604, 202606, ["bk01"])[ALL] == {202604: 2, 202605: 1, 202606: 1}


def test_a_library_that_comes_to_nothing_ends_at_nothing(book: Store, time: Time) -> None:
    time.now = 1_772_323_200
    put(book, faulty("n1"))
    follow(book)
    time.now = 1_777_593_600
    put(book, Record.build(GONE, faulty("n1").fields))
    follow(book)
    assert shelf.counts(book) == {}
    assert shelf.months(book, [ALL], 202603, 202605)[ALL] == {202603: 1, 202604: 1, 202605: 0}


@pytest.mark.parametrize("size", [1, 2, 100])
def test_lists_are_paged_without_holes(store: Store, size: int) -> None:
    for code in ("bk02", "bk01"):
        put(store, *(faulty(f"n{number}") for number in range(3)), library=code)
    follow(store)
    for owners, wanted in ((None, 6), (["bk02"], 3), (["bk09"], 0), (["bk01", "bk02"], 6)):
        after: Place | None = None
        seen = []
        while page := shelf.listed(store, "isbn", owners, after, size):
            assert len(page) <= size
            after = page[-1].place
            seen += page
        assert len({one.identifier for one in seen}) == len(seen) == wanted
        assert [one.place for one in seen] == sorted(one.place for one in seen)


def test_codes_are_few_and_fit_and_every_record_is_one_of_three() -> None:
    assert not FEATURES.keys() & BY_CODE.keys()
    assert max(map(len, [*FEATURES, *BY_CODE])) <= trait.c.code.type.length
    clean = JUDGE.codes(faulty("n1"), None)
    assert ERRORS in clean
    assert CLEAN not in clean
    assert {code for code in clean if code in BY_CODE} == {one.rule.code for one in rules.check(faulty("n1"))}


def test_the_signature_follows_what_decides() -> None:
    base = Settings()
    others = (base, replace(base, heritage_before=1900), replace(base, quality_profile="gpo"))
    found = {Judge(one).signature for one in others}
    assert len(found) == 3
    assert all(0 <= one < 1 << 31 for one in found)
    assert Judge(base).signature == JUDGE.signature


def test_what_libraries_contributed_is_counted_and_nothing_of_the_union(store: Store) -> None:
    put(store, faulty("1"), faulty("2", title="Hồ Thang Hen"))
    follow(store)
    before = shelf.counts(store)
    Union(store).follow()
    follow(store)
    assert (shelf.counts(store), behind(store)) == (before, 0)
    follow(store, judge=Judge(replace(Settings(), heritage_before=1900)))
    assert [some[ALL] for some in shelf.counts(store).values()] == [2]
