"""Records put into collections by people and taken out again, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from catalogue import changesets, collecting, contents, set_members, set_sweep, sets
from catalogue.publishing import publish
from catalogue.sets import DefinedSet
from catalogue.store import Store
from catalogue.tables import UNION, feed, record
from foundation import limits
from foundation.errors import LimitError, RefusedError
from marc.record import Record
from tests.catalogue.conftest import Time, put, readings, stage
from tests.union.records import BOOK
from tests.union.records import record as described
from union.follower import Follower


def book(control: str, title: str = "") -> Record:
    """A book that two libraries' records of are known for one."""
    fields: dict[str, str | list[str]] = {f"t{tag}": text for tag, text in BOOK.items()}
    fields |= {"t245": f"$a{title or f'Hồ Ba Bể {control}'} /$cBàn Văn {control}", "t020": f"$a978604695166{control}"}
    return described(control=control, **fields | {"t100": f"$aBàn Văn {control}", "t260": f"$c200{control}"})


def prepared(store: Store, **more: str) -> Store:
    """A collection, and four books of two libraries, one of which both have."""
    sets.add(store, DefinedSet("collection", "dia-chi", "Địa chí", **more))
    put(store, book("1"), book("2"), book("3"))
    put(store, book("1"), book("4"), library="bk02")
    settle(store)
    return store


def settle(store: Store) -> None:
    assert Follower(store).follow()
    set_sweep.run(store)


def inside(store: Store) -> dict[str, bool]:
    """Title → whether it was put in, of the records in the collection."""
    return {
        one.title.partition(" / ")[0]: one.placed for one in set_members.page(store, "collection", "dia-chi", -1, 100)
    }


def shared(store: Store, title: str) -> str:
    """The identifier of the union record with this title."""
    with store.read() as connection:
        numbers = list(connection.scalars(select(record.c.id).where(record.c.source_id == UNION)))
    return next(one.identifier for one in contents.shown(store, numbers) if title in one.record.text)


def stamps(store: Store, union: bool) -> set[int]:
    """The datestamps of union records, or of those that libraries contributed."""
    source = record.c.source_id == UNION if union else record.c.source_id != UNION
    with store.read() as connection:
        rows = connection.execute(select(feed.c.datestamp).join(record, record.c.id == feed.c.record_id).where(source))
        return set(rows.scalars())


def test_a_union_record_is_put_in_by_all_its_libraries_and_taken_out_again(store: Store) -> None:
    prepared(store)
    name = shared(store, "Hồ Ba Bể 1")
    done = collecting.put(store, "dia-chi", [name])
    settle(store)
    assert (done.titles, done.same, len(done.change_sets)) == (1, 0, 2)
    assert inside(store) == {"Hồ Ba Bể 1": True}
    out = collecting.take(store, "dia-chi", [name])
    settle(store)
    assert (out.titles, len(out.change_sets), inside(store)) == (1, 2, {})


def test_what_is_in_already_is_counted_and_nothing_is_written(store: Store) -> None:
    prepared(store)
    collecting.put(store, "dia-chi", ["bk01/2"])
    again = collecting.put(store, "dia-chi", ["bk01/2"])
    assert (again.act, again.titles, again.same, again.change_sets) == (None, 0, 1, ())


@pytest.mark.parametrize("way", ["{0}", "oai:x.vn:{0}", "https://lib.example/record/{0}.html?lang=vi", "bk01/2"])
def test_a_record_is_named_in_the_ways_that_people_copy(store: Store, way: str) -> None:
    prepared(store)
    name = way.format(shared(store, "Hồ Ba Bể 2"))
    assert collecting.put(store, "dia-chi", [name]).titles == 1


def test_names_that_nothing_has_are_told_and_the_others_go_in(store: Store) -> None:
    prepared(store)
    done = collecting.put(store, "dia-chi", ["khong-co", "bk09/1", "bk01/3", "chẳng là gì"])
    assert (done.titles, done.unknown) == (1, ("khong-co", "bk09/1", "chẳng là gì"))


def test_a_collection_of_a_library_takes_only_its_records(store: Store) -> None:
    prepared(store, library="bk02")
    done = collecting.put(store, "dia-chi", [shared(store, "Hồ Ba Bể 1"), "bk01/3"])
    settle(store)
    assert (done.titles, done.foreign, len(done.change_sets)) == (1, 1, 1)
    assert inside(store) == {"Hồ Ba Bể 1": True}


def test_what_a_query_holds_cannot_be_taken_out_by_hand(store: Store) -> None:
    prepared(store, query='title~"ba bể 2"')
    collecting.put(store, "dia-chi", ["bk01/3"])
    settle(store)
    assert inside(store) == {"Hồ Ba Bể 2": False, "Hồ Ba Bể 3": True}
    assert collecting.take(store, "dia-chi", ["bk01/2"]).same == 1


def test_the_library_s_own_feed_moves_no_datestamp_and_the_set_s_does(store: Store, time: Time) -> None:
    prepared(store)
    before = stamps(store, union=False)
    time.pass_(60)
    collecting.put(store, "dia-chi", ["bk01/2"])
    settle(store)
    assert stamps(store, union=False) == before
    assert max(stamps(store, union=True)) >= max(before) + 60


def test_it_is_undone_as_a_whole_and_once(store: Store) -> None:
    prepared(store)
    done = collecting.put(store, "dia-chi", ["bk01/2", "bk02/4"])
    assert done.act is not None
    back = collecting.take_back(store, "dia-chi", done.act)
    settle(store)
    assert (back.records, back.kept, inside(store)) == (2, 0, {})
    assert [one.undone for one in collecting.acts(store, "dia-chi")] == [True]
    with pytest.raises(RefusedError):
        collecting.take_back(store, "dia-chi", done.act)


def test_an_undo_leaves_what_changed_since(store: Store) -> None:
    prepared(store)
    done = collecting.put(store, "dia-chi", ["bk01/2", "bk01/3"])
    put(store, book("2", "Hồ Ba Bể 2, sửa"))
    assert done.act is not None
    assert collecting.take_back(store, "dia-chi", done.act) == (1, 1)


def test_an_act_of_another_collection_is_not_undone(store: Store) -> None:
    prepared(store)
    sets.add(store, DefinedSet("collection", "khac", "Khác"))
    done = collecting.put(store, "dia-chi", ["bk01/2"])
    assert done.act is not None
    with pytest.raises(RefusedError):
        collecting.take_back(store, "khac", done.act)


def test_it_stays_through_imports_staged_before_and_after(store: Store) -> None:
    prepared(store)
    before = stage(store, readings(book("2", "Hồ Ba Bể 2, bản một")))
    collecting.put(store, "dia-chi", ["bk01/2"])
    publish(store, before)
    put(store, book("2", "Hồ Ba Bể 2, bản hai"))
    settle(store)
    assert inside(store) == {"Hồ Ba Bể 2, bản hai": True}


def test_a_collection_that_was_taken_away_comes_back_with_its_records(store: Store) -> None:
    prepared(store, query='title~"ba bể 4"', about_vi="Sách về quê hương")
    collecting.put(store, "dia-chi", ["bk01/2"])
    settle(store)
    before = sets.get(store, "collection", "dia-chi")
    sets.remove(store, "collection", "dia-chi")
    settle(store)
    assert (sets.defined(store), sets.get(store, "collection", "dia-chi")) == ([], None)
    assert [one.slug for one in sets.defined(store, removed=True)] == ["dia-chi"]
    sets.restore(store, "collection", "dia-chi")
    settle(store)
    assert sets.get(store, "collection", "dia-chi") == before
    assert inside(store) == {"Hồ Ba Bể 2": True, "Hồ Ba Bể 4": False}
    with pytest.raises(RefusedError):
        sets.restore(store, "collection", "dia-chi")


def test_too_many_at_once_are_refused_with_the_way_on(store: Store) -> None:
    prepared(store)
    with pytest.raises(LimitError, match="COLLECTION_RECORDS"):
        collecting.put(store, "dia-chi", [f"bk01/{n}" for n in range(limits.COLLECTION_RECORDS + 1)])
    with pytest.raises(RefusedError):
        collecting.put(store, "dia-chi", [])


def test_pages_of_members_follow_one_another(store: Store) -> None:
    prepared(store)
    collecting.put(store, "dia-chi", ["bk01/1", "bk01/2", "bk01/3", "bk02/4"])
    settle(store)
    first = set_members.page(store, "collection", "dia-chi", -1, 3)
    rest = set_members.page(store, "collection", "dia-chi", first[-1].number, 3)
    assert (len(first), len(rest)) == (3, 1)
    assert len({one.identifier for one in (*first, *rest)}) == 4


def test_a_pasted_list_names_each_once() -> None:
    assert collecting.named(' abc\r\n"def",ghi;\n\nabc\t bk01/x 1 ') == ["abc", "def", "ghi", "bk01/x 1"]


def test_the_change_sets_are_named_after_what_they_did(store: Store) -> None:
    prepared(store)
    done = collecting.put(store, "dia-chi", ["bk01/2"])
    with store.read() as connection:
        found = changesets.get(connection, done.change_sets[0])
    assert (found.kind, found.title, found.state) == ("collect", "＋ collection:dia-chi", "published")
