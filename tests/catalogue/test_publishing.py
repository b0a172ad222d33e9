"""Publishing and undoing: what the feed shows afterwards, and when it says it changed."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from catalogue import changesets, clock, tables
from catalogue.feed import Selection
from catalogue.publishing import publish
from catalogue.snapshot import Feed
from catalogue.store import Store
from catalogue.undo import undo
from foundation.errors import RefusedError, StoreError
from marc.record import Field, Record
from tests.catalogue.conftest import NOW, Time, counts, put, readings, record, stage
from tests.catalogue.follow import Harvester, everything, pages, unite

GONE = "00000dam a2200000 a 4500"


def titles(store: Store, set_spec: str = "") -> list[str]:
    """Local titles of the live records, as oai_dc shows them."""
    found = [entry.metadata or b"" for entry in everything(store, set_spec)["oai_dc"] if not entry.deleted]
    return [data.split(b"<dc:title>")[1].split(b"<")[0].decode() for data in found]


def test_a_changed_record_moves_behind_the_others(store: Store, time: Time) -> None:
    put(store, record("1", "Một"), record("2", "Hai"))
    later = time.pass_(10)
    put(store, record("1", "Một mới"))
    assert titles(store) == ["Hai", "Một mới"]
    assert [entry.datestamp for entry in everything(store)["oai_dc"]] == [NOW, later]


def test_only_the_format_whose_bytes_changed_moves(store: Store, time: Time) -> None:
    put(store, record("1"))
    later = time.pass_(10)
    # Field 005 stands in MARCXML and has no place in Dublin Core.
    one = record("1")
    put(
        store,
        Record.build(one.leader, [Field("001", value="1"), Field("005", value="20260101000000.0"), *one.fields[1:]]),
    )
    found = everything(store)
    assert [entry.datestamp for entry in found["oai_dc"]] == [NOW]
    assert [entry.datestamp for entry in found["marcxml"]] == [later]


def test_a_deletion_is_shown_for_ever_and_a_return_is_news(store: Store, time: Time) -> None:
    put(store, record("1"))
    time.pass_()
    put(store, record("1", leader=GONE))
    assert [entry.deleted for entry in everything(store)["marcxml"]] == [True]
    back = time.pass_()
    put(store, record("1"))
    assert [(entry.deleted, entry.datestamp) for entry in everything(store)["marcxml"]] == [(False, back)]


def test_libraries_have_sets_and_feeds_of_their_own(store: Store) -> None:
    put(store, record("1", "Pác Nặm"), library="bk01")
    put(store, record("1", "Ba Bể"), library="bk02")
    assert sorted(titles(store)) == ["Ba Bể", "Pác Nặm"]
    assert titles(store, "library:bk02") == ["Ba Bể"]
    assert everything(store, union=True)["marcxml"] == []
    unite(store)
    assert [entry.sets for entry in everything(store, "library:bk01", union=True)["marcxml"]] == [
        ("library:bk01", "material:book", "language:und")
    ]
    with Feed(store, "library:bk01").snapshot() as snapshot:
        entries = snapshot.page(Selection("oai_dc"), None, 10, 1000, metadata=False)
        assert [(entry.sets, entry.metadata) for entry in entries] == [((), None)]
        assert snapshot.sets() == []
        assert snapshot.total(Selection("oai_dc")) == 1


def test_an_undo_brings_back_what_was_and_can_be_undone(store: Store, time: Time) -> None:
    put(store, record("1", "Một"), record("2", "Hai"), record("3", "Ba"))
    time.pass_()
    number, _ = put(store, record("1", "Một sai"), record("2", leader=GONE), record("4", "Bốn sai"))
    assert sorted(titles(store)) == ["Ba", "Bốn sai", "Một sai"]
    time.pass_()
    undoing, done = undo(store, number)
    assert (done.created, done.changed, done.deleted) == (1, 1, 1)
    assert sorted(titles(store)) == ["Ba", "Hai", "Một"]
    with store.read() as connection:
        assert changesets.get(connection, number).state == changesets.UNDONE
    time.pass_()
    undo(store, undoing)
    assert sorted(titles(store)) == ["Ba", "Bốn sai", "Một sai"]
    with store.read() as connection:
        assert changesets.get(connection, number).state == changesets.PUBLISHED


def test_an_undo_refuses_what_was_changed_since_and_names_it(store: Store) -> None:
    number, _ = put(store, record("1", "Một"), record("2", "Hai"))
    put(store, record("2", "Hai mới"))
    before = everything(store)
    with pytest.raises(RefusedError, match="2"):
        undo(store, number)
    assert everything(store) == before
    undoing, done = undo(store, number, force=True)
    assert done.deleted == 1
    assert counts(store, undoing)["kept"] == 1
    assert titles(store) == ["Hai mới"]


def test_an_undo_restores_what_was_there_when_the_change_set_was_published(store: Store) -> None:
    """Two previews of the same record: the second to be published replaces the first, and its undo brings that back."""
    put(store, record("1", "Một"))
    first = stage(store, readings(record("1", "Bản A")))
    second = stage(store, readings(record("1", "Bản B")))
    publish(store, second)
    publish(store, first)
    assert titles(store) == ["Bản A"]
    undo(store, first)
    assert titles(store) == ["Bản B"]


@pytest.mark.parametrize("state", ["staging", "published", "discarded"])
def test_only_what_is_staged_can_be_published(store: Store, state: str) -> None:
    number = stage(store, readings(record("1")))
    with store.write() as connection:
        connection.execute(update(tables.change_set).values(state=state))
    with pytest.raises(RefusedError, match=state):
        publish(store, number)


def test_stamps_never_go_back_when_the_clock_does(store: Store, time: Time) -> None:
    put(store, record("1"))
    time.pass_(-86_400)
    follower = Harvester(store)
    follower.visit()
    put(store, record("2"))
    assert [entry.datestamp for entry in everything(store)["oai_dc"]] == [NOW, NOW]
    follower.visit()
    assert len(follower.copy) == 2


def test_a_clock_far_ahead_is_refused_until_a_person_confirms_it(store: Store, time: Time) -> None:
    put(store, record("1"))
    time.pass_(10 * 365 * 86_400)
    number = stage(store, readings(record("2")))
    with pytest.raises(StoreError, match="CLOCK_LEAP_DAYS"):
        publish(store, number)
    assert len(everything(store)["oai_dc"]) == 1
    clock.accept(store)
    publish(store, number)
    assert len(everything(store)["oai_dc"]) == 2


def test_while_a_publisher_is_at_work_answers_promise_nothing_new(store: Store, time: Time) -> None:
    put(store, record("1"))
    time.pass_(50)
    with store.write() as connection:
        stamp, _ = clock.take(store, connection)
        time.pass_(5)
        with Feed(store, "library:bk01").snapshot() as snapshot:
            assert snapshot.response_date == NOW <= stamp
    time.pass_()
    with Feed(store, "library:bk01").snapshot() as snapshot:
        assert snapshot.response_date == time.now


def test_a_stamp_is_never_behind_an_answer_even_when_the_clock_is_set_back_meanwhile(store: Store, time: Time) -> None:
    put(store, record("1"))
    answered = time.pass_(1000)
    with Feed(store, "library:bk01").snapshot() as snapshot:
        assert snapshot.response_date == answered
    time.pass_(-900)
    _, done = put(store, record("2"))
    assert done.stamp == answered


def test_an_answer_that_cannot_be_noted_names_an_earlier_time(store: Store, time: Time) -> None:
    """Whoever stops the note (here: another writer) costs the harvester a few records twice, never one record."""
    put(store, record("1"))
    time.pass_(10)
    with store.write() as connection:
        connection.execute(update(tables.clock).values(seq=tables.clock.c.seq))
        with Feed(store, "library:bk01").snapshot() as snapshot:
            assert snapshot.response_date == NOW


def test_the_change_sequence_has_one_line_for_each_change_in_commit_order(store: Store, time: Time) -> None:
    put(store, record("1"), record("2"))
    put(store, record("1", "Khác"), record("2"), record("3"))
    time.pass_()
    put(store, record("1", leader=GONE))
    with store.read() as connection:
        rows = connection.execute(select(tables.change).order_by(tables.change.c.seq)).all()
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5]
    assert [(row.record_id, row.deleted) for row in rows] == [
        (rows[0].record_id, 0),
        (rows[1].record_id, 0),
        (rows[0].record_id, 0),
        (rows[3].record_id, 0),
        (rows[0].record_id, 1),
    ]


def test_pages_of_every_size_put_together_are_the_list(store: Store, time: Time) -> None:
    for number in range(9):
        put(store, record(str(number), f"Nhan đề {number}"))
        time.pass_(number % 2)
    whole = pages(store, Selection("marcxml"), 100)
    assert [entry.identifier for entry in whole] == [e.identifier for e in pages(store, Selection("marcxml"), 1)]
    with Feed(store, "library:bk01").snapshot() as snapshot:
        some = snapshot.page(Selection("marcxml"), None, 100, 1, metadata=True)
        assert len(some) == 1, "a page has one record however large it is"
        assert snapshot.total(Selection("marcxml", since=NOW + 1)) == sum(e.datestamp > NOW for e in whole)
