"""Formats made behind publication, and sets that people define: whoever follows any list ends with what is there."""

from __future__ import annotations

import random
import subprocess
import sys
import time as clock_time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from catalogue import changesets, followers, libraries, set_sweep, sets, tables, united
from catalogue.feed import Selection
from catalogue.followers import Follower
from catalogue.ingest import Staging
from catalogue.membership import COLLECTION, QUERY, Membership
from catalogue.publishing import publish
from catalogue.renderings import BY_NAME, FOLLOWED, FORMATS, STAGED
from catalogue.sets import DefinedSet
from catalogue.snapshot import Feed
from catalogue.store import Store
from catalogue.undo import undo
from dublin_core.edm import Showing
from foundation.errors import LimitError, RefusedError
from foundation.settings import Settings
from marc.record import Field, Record
from oaipmh import segments
from oaipmh.segments import Filler
from tests.catalogue.conftest import NOW, WALKS, Time, put, readings, record, stage
from tests.catalogue.follow import Harvester, everything, pages, unite
from tests.catalogue.sets_world import SITE, World, crosswalks
from tests.oaipmh.segment_world import WHOLE, check

GONE = "00000dam a2200000 a 4500"
TAY = Field("041", "07", (("a", "tyz"), ("2", "iso639-3")))


def of(local_id: str, title: str = "Hồ Ba Bể", *more: Field) -> Record:
    one = record(local_id, title)
    return Record.build(one.leader, [*one.fields, *more])


def follow(store: Store) -> None:
    assert Follower(store, SITE).follow()


def stamps(store: Store, name: str, spec: str = "") -> list[tuple[int, bool]]:
    return [(entry.datestamp, entry.deleted) for entry in pages(store, Selection(name, spec))]


@WALKS
def test_every_harvester_of_every_set_and_format_has_what_is_there(
    store: Store, time: Time, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(store, time, random.Random(seed))
    filler = Filler(store, WHOLE)
    monkeypatch.setattr(segments, "RECORDS", 2)
    with crosswalks(world, monkeypatch):
        for number in range(30):
            world.step()
            check(store)
            if number % 4 == 0:
                filler.fill()
        world.finish()
        world.check()
        assert followers.behind(store) == (0, 0, ())


def test_a_format_enters_the_feed_when_it_is_ready(store: Store, time: Time) -> None:
    put(store, record("1"))
    assert stamps(store, "mods") == []
    ready = time.pass_(20)
    follow(store)
    assert stamps(store, "mods") == [(ready, False)]
    assert stamps(store, "oai_dc") == [(NOW, False)]
    assert b"<mods " in (pages(store, Selection("mods"))[0].metadata or b"")
    with Feed(store, "library:bk01").snapshot() as snapshot:
        identifier = pages(store, Selection("mods"))[0].identifier
        assert snapshot.formats(identifier) == [one.name for one in FORMATS if one.name != "edm"]
        assert snapshot.entry(identifier, "mods") is not None
        assert snapshot.entry(identifier, "edm") is None


def test_a_publication_announces_no_deletion_of_what_is_made_later(store: Store, time: Time) -> None:
    put(store, record("1"))
    follow(store)
    made = stamps(store, "mods")
    time.pass_(9)
    put(store, record("1", "Khác"))
    assert stamps(store, "mods") == made
    later = time.pass_(9)
    follow(store)
    assert stamps(store, "mods") == [(later, False)]


def test_the_same_again_moves_nothing(store: Store, time: Time) -> None:
    put(store, record("1"), record("2"))
    follow(store)
    before = everything(store)
    time.pass_(50)
    with store.write() as connection:
        followers.ask(connection, sum(entry.mask for entry in FORMATS))
    follow(store)
    assert everything(store) == before


def test_a_deletion_is_one_in_every_format_at_once_and_the_bytes_go(store: Store, time: Time) -> None:
    put(store, record("1"))
    follow(store)
    gone = time.pass_()
    put(store, record("1", leader=GONE))
    assert [stamps(store, name) for name in ("oai_dc", "mods", "dim")] == [[(gone, True)]] * 3
    follow(store)
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(tables.followed)).scalar() == 0


def test_an_undo_brings_the_formats_back(store: Store, time: Time) -> None:
    put(store, record("1", "Một"))
    follow(store)
    first = pages(store, Selection("mods"))[0].metadata
    number, _ = put(store, record("1", "Hai"))
    follow(store)
    assert pages(store, Selection("mods"))[0].metadata != first
    undo(store, number)
    follow(store)
    assert pages(store, Selection("mods"))[0].metadata == first


@pytest.mark.parametrize("name", ["mods", "oai_dc"])
def test_a_corrected_crosswalk_moves_the_records_it_changes_in_that_format_alone(
    store: Store, time: Time, name: str
) -> None:
    put(store, record("1", "Một"), record("2", "Hai"))
    follow(store)
    before = everything(store)
    entry = BY_NAME[name]
    old = entry.render

    def corrected(one: Record, showing: Showing) -> bytes:
        return (old(one, showing) or b"").replace(b"Hai", b"Haai")

    object.__setattr__(entry, "render", corrected)
    try:
        later = time.pass_(30)
        with store.write() as connection:
            followers.ask(connection, entry.mask)
        follow(store)
    finally:
        object.__setattr__(entry, "render", old)
    after = everything(store)
    assert after[name][0] == before[name][0]
    assert (after[name][1].datestamp, b"Haai" in (after[name][1].metadata or b"")) == (later, True)
    assert {n: e for n, e in after.items() if n != name} == {n: e for n, e in before.items() if n != name}


def test_an_undo_brings_no_mistake_of_an_old_crosswalk_back(store: Store, time: Time) -> None:
    entry = BY_NAME["oai_dc"]
    right = entry.render
    object.__setattr__(entry, "render", lambda one, showing: b"<sai/>")
    try:
        put(store, record("1", "Một"))
    finally:
        object.__setattr__(entry, "render", right)
    number, _ = put(store, record("1", "Hai"))
    undo(store, number)
    assert pages(store, Selection("oai_dc"))[0].metadata == b"<sai/>"
    follow(store)
    assert b"M\xe1\xbb\x99t" in (pages(store, Selection("oai_dc"))[0].metadata or b"")


def test_a_record_that_cannot_be_made_is_told_and_stops_nobody(store: Store, time: Time) -> None:
    entry = BY_NAME["mods"]
    old = entry.render

    def fail(one: Record, showing: object) -> bytes:
        if "Hỏng" in one.text:
            raise ValueError("không tạo được")
        return b"<mods/>"

    object.__setattr__(entry, "render", fail)
    try:
        put(store, record("1", "Hỏng"), record("2", "Lành"))
        follow(store)
        assert len(stamps(store, "mods")) == 1
        found = followers.problems(store)
        assert [(one.local_id, one.format, one.library) for one in found] == [("1", "mods", "bk01")]
        assert "không tạo được" in found[0].reason
        put(store, record("1", "Lành lại"))
        follow(store)
        assert followers.problems(store) == []
        put(store, record("2", "Hỏng"))
        follow(store)
        assert sorted(deleted for _, deleted in stamps(store, "mods")) == [False, True]
    finally:
        object.__setattr__(entry, "render", old)


def test_a_format_of_a_newer_release_is_made_for_all(store: Store, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, record("1"))
    fewer = tuple(entry for entry in FOLLOWED if entry.name != "dim")
    with monkeypatch.context() as older:
        older.setattr(followers, "FOLLOWED", fewer)
        older.setattr(followers, "FOLLOWED_MASK", sum(entry.mask for entry in fewer))
        follow(store)
        assert stamps(store, "dim") == []
    follow(store)
    assert len(stamps(store, "dim")) == 1


def test_a_killed_follower_is_continued(store: Store, settings: Settings, root: Path) -> None:
    store.close()
    live = Store.open(settings)
    records = [of(str(n), f"Nhan đề {n}", *([TAY] if n % 3 else [])) for n in range(240)]
    put(live, *records)
    unite(live)
    sets.add(live, DefinedSet(QUERY, "tay", "Tiếng Tày", query="language=tyz"))
    harvesters = [Harvester(live, entry.name, spec) for entry in FORMATS for spec in ("", "query:tay")]
    harvesters += [Harvester(live, entry.name, union=True) for entry in FORMATS]
    chance = random.Random(3)
    command = [sys.executable, "-m", "tests.catalogue.slow_follower", settings.database_url, str(settings.home)]
    killed = 0
    while followers.behind(live).changes or set_sweep.left(live):
        process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE)
        assert process.stdout is not None
        for _ in range(chance.randint(3, 12)):
            if not process.stdout.readline():
                break
        clock_time.sleep(chance.uniform(0, 0.03))
        killed += process.poll() is None
        process.kill()
        process.communicate(timeout=60)
        for harvester in harvesters:
            harvester.visit()
    assert killed > 2
    for harvester in harvesters:
        harvester.visit()
        truth = pages(live, harvester.selection, 100, harvester.union)
        assert harvester.copy == {entry.identifier: entry.metadata for entry in truth if not entry.deleted}
    assert {len(one.copy) for one in harvesters if one.selection.set_spec} == {0, 160}, "edm has none"
    assert len(pages(live, Selection("mods"), 100)) == len(pages(live, Selection("mods"), 100, union=True)) == 240
    live.close()


def test_two_followers_do_not_disturb_each_other(store: Store) -> None:
    put(store, *[record(str(n)) for n in range(5)])
    one, two = Follower(store, SITE), Follower(store, SITE)
    one._begin()
    with store.read() as connection:
        made = two._render(connection, tables.record.c.id > 0, lambda number: FOLLOWED)
    assert one._catch_up() == 5
    before = everything(store)
    two._keep(followers.CHANGES, (0, sum(entry.mask for entry in FOLLOWED)), 5, made)
    assert everything(store) == before
    with store.locks.hold(followers.LOCK, wait=0) as held:
        assert held
        assert not two.follow()


# --- sets that people define ------------------------------------------------------------------------------------


def test_a_set_is_filled_and_emptied_with_an_announcement(store: Store, time: Time) -> None:
    put(store, of("1", "Lượn", TAY), of("2", "Sách"))
    unite(store)
    follower = Harvester(store, "oai_dc", "query:tay")
    sets.add(store, DefinedSet(QUERY, "tay", "Tiếng Tày", "Tày", "language=tyz"))
    entered = time.pass_(5)
    assert set_sweep.run(store)
    assert stamps(store, "oai_dc", "query:tay") == [(entered, False)]
    assert stamps(store, "oai_dc", "query") == [(entered, False)]
    assert {entry.sets[-1] for entry in pages(store, Selection("oai_dc"), union=True)} == {"language:und", "query:tay"}
    follower.visit()
    assert len(follower.copy) == 1
    left = time.pass_(5)
    sets.remove(store, QUERY, "tay")
    assert set_sweep.run(store)
    assert stamps(store, "oai_dc", "query:tay") == [(left, True)]
    follower.visit()
    assert follower.copy == {}
    with Feed(store).snapshot() as snapshot:
        assert "query:tay" not in [one.spec for one in snapshot.sets()]
    assert all("query:tay" not in entry.sets for entry in pages(store, Selection("oai_dc"), union=True))


def test_a_header_that_changes_within_one_second_is_not_told_from_before(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "RECORDS", 2)
    put(store, of("1", "Lượn", TAY), of("2", "Sách"))
    unite(store)
    assert Filler(store, WHOLE).fill()
    assert check(store) > 0
    sets.add(store, DefinedSet(QUERY, "tay", "Tiếng Tày", query="language=tyz"))
    assert set_sweep.run(store)
    check(store)


def test_a_record_published_in_the_middle_of_the_job_stays_where_it_belongs(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, of("1", "Lượn", TAY), of("2", "Sách"))
    unite(store)
    sets.add(store, DefinedSet(QUERY, "tay", "Tiếng Tày", query="language=tyz"))
    missing = Membership.missing

    def publish_meanwhile(*given: Any) -> set[str]:
        monkeypatch.setattr(Membership, "missing", missing)
        put(store, of("1", "Lượn"), of("2", "Sách", TAY))
        unite(store)
        return missing(*given)

    monkeypatch.setattr(Membership, "missing", publish_meanwhile)
    assert set_sweep.run(store)
    titles = [entry.metadata or b"" for entry in pages(store, Selection("oai_dc", "query:tay")) if not entry.deleted]
    assert [b"S\xc3\xa1ch" in data for data in titles] == [True]


def test_a_union_record_made_while_a_definition_changed_is_decided_when_it_is_published(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, of("1", "Lượn", TAY))
    ready = united.ready

    def defined_meanwhile(*given: Any) -> united.Ready:
        made = ready(*given)
        sets.add(store, DefinedSet(QUERY, "tay", "Tiếng Tày", query="language=tyz"))
        return made

    monkeypatch.setattr(united, "ready", defined_meanwhile)
    unite(store)
    assert len(stamps(store, "oai_dc", "query:tay")) == 1


def test_a_record_joins_a_collection_by_import_by_name_or_by_query(store: Store) -> None:
    sets.add(store, DefinedSet(COLLECTION, "dia-chi", "Địa chí", called=("12345/7",), query="245a~=bắc"))
    named = of("1", "Một", Field("773", "0 ", (("o", "12345/7"),)))
    put(store, named, of("2", "Bắc Kạn"), of("3", "Ba"), of("4", "Bạc"))
    unite(store)
    assert len(stamps(store, "oai_dc", "collection:dia-chi")) == 2
    number = sets.collection_number(store, "dia-chi", "bk01")
    with store.write() as connection:
        source = libraries.uploads(connection, "bk01")
        change = changesets.create(connection, 0, source, "import", "thử")
    Staging(store, change, 10, [number]).stage(readings(of("3", "Ba")), lambda counts: None)
    publish(store, change)
    unite(store)
    assert len(stamps(store, "oai_dc", "collection:dia-chi")) == 3
    put(store, of("3", "Ba mới"))
    unite(store)
    assert len([1 for _, gone in stamps(store, "oai_dc", "collection:dia-chi") if not gone]) == 3
    undo(store, change, force=True)
    put(store, of("3", "Ba mới nữa"))
    unite(store)
    assert len([1 for _, gone in stamps(store, "oai_dc", "collection:dia-chi") if not gone]) == 3


def test_a_collection_of_one_library_takes_no_other_records(store: Store) -> None:
    sets.add(store, DefinedSet(COLLECTION, "rieng", "Riêng", query="245 exists", library="bk02"))
    put(store, record("1"))
    put(store, record("1", "Khác hẳn"), library="bk02")
    unite(store)
    assert len(stamps(store, "oai_dc", "collection:rieng")) == 1
    with pytest.raises(RefusedError, match="bk02"):
        sets.collection_number(store, "rieng", "bk01")


def test_whoever_is_below_is_above(store: Store) -> None:
    with pytest.raises(RefusedError, match="query:dan-toc"):
        sets.add(store, DefinedSet(QUERY, "dan-toc:tay", "Tày", query="language=tyz"))
    sets.add(store, DefinedSet(QUERY, "dan-toc", "Dân tộc", query="653~tày"))
    sets.add(store, DefinedSet(QUERY, "dan-toc:tay", "Tày", query="language=tyz"))
    put(store, of("1", "Lượn", TAY))
    unite(store)
    assert [len(stamps(store, "oai_dc", spec)) for spec in ("query", "query:dan-toc", "query:dan-toc:tay")] == [1, 1, 1]
    assert pages(store, Selection("oai_dc"), union=True)[0].sets[-1] == "query:dan-toc:tay", "the deepest alone"
    with pytest.raises(RefusedError, match="dan-toc:tay"):
        sets.remove(store, QUERY, "dan-toc")


@pytest.mark.parametrize("slug", ["Tày", "a b", "", "a:", "-a", "a" * 60, "A"])
def test_a_slug_that_no_set_spec_can_have_is_refused(store: Store, slug: str) -> None:
    with pytest.raises(RefusedError, match="60"):
        sets.add(store, DefinedSet(QUERY, slug, "Tên", query="year>1"))


def test_there_is_an_end_to_the_sets(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sets, "SETS_DEFINED", 2)
    for slug in ("a", "b"):
        sets.add(store, DefinedSet(QUERY, slug, "Tên", query="year>1"))
    with pytest.raises(RefusedError, match="query:a"):
        sets.add(store, DefinedSet(QUERY, "a", "Tên", query="year>1"))
    sets.add(store, DefinedSet(QUERY, "a", "Tên", query="year>2"), replace=True)
    with pytest.raises(LimitError, match="SETS_DEFINED"):
        sets.add(store, DefinedSet(QUERY, "c", "Tên", query="year>1"))


def test_a_preview_counts_and_changes_nothing(store: Store) -> None:
    put(store, of("1", "Lượn", TAY), of("2", "Sách"))
    unite(store)
    before = everything(store, union=True)
    found = sets.preview(store, "language=tyz")
    assert (found.looked, found.members, found.libraries) == (2, 1, {"bk01": 1})
    assert [title for _, title in found.samples] == ["Lượn"]
    assert everything(store, union=True) == before


def test_only_sets_that_had_a_member_and_sets_that_were_defined_are_listed(store: Store) -> None:
    number = stage(store, readings(of("1", "Lượn", TAY)))
    with Feed(store).snapshot() as snapshot:
        assert [one.spec for one in snapshot.sets()] == ["library", "library:bk01", "library:bk02"]
    publish(store, number)
    unite(store)
    sets.add(store, DefinedSet(QUERY, "rong", "Rỗng", "Empty", "year>3000", "Chưa có gì.", "Nothing yet."))
    with Feed(store).snapshot() as snapshot:
        listed = {one.spec: one for one in snapshot.sets()}
    assert list(listed) == [
        "language", "language:tyz", "library", "library:bk01", "library:bk02", "material", "material:book", "query",
        "query:rong",
    ]  # fmt: skip
    assert (listed["language:tyz"].name_vi, listed["language:tyz"].name_en) == ("Tài liệu tiếng Tày", "Tày")
    assert listed["query:rong"].about_vi == "Chưa có gì."


def test_staged_formats_come_first() -> None:
    assert [entry.bit for entry in FORMATS] == list(range(len(FORMATS)))
    assert [entry.name for entry in STAGED] == ["oai_dc", "marcxml"]
