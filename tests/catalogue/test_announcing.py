"""Silent changes and records told anew: what incremental and full harvesters hold afterwards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from catalogue import announcing, changesets, followers, publishing
from catalogue.announcing import Choice
from catalogue.feed import Selection
from catalogue.followers import Follower
from catalogue.restamp import FeedRow, announce
from catalogue.segments import START, Filling, Hole, keep
from catalogue.snapshot import Feed
from catalogue.store import Store
from catalogue.tables import DELETED, LEFT, LIVE, change, segment
from catalogue.undo import undo
from foundation.errors import RefusedError
from foundation.settings import Settings
from marc.record import Field, Record
from oaipmh.repositories import whole_repository
from oaipmh.segments import write
from tests.catalogue.conftest import NOW, Time, put, readings, record, stage
from tests.catalogue.follow import Harvester, everything, put_united, unite
from tests.catalogue.sets_world import SITE

GONE = "00000dam a2200000 a 4500"


def silently(store: Store, *records: Record) -> int:
    number = stage(store, readings(*records))
    publishing.publish(store, number, silent=True)
    return number


def shown(store: Store, format_name: str = "marcxml") -> list[tuple[str, int, bool]]:
    return [(one.identifier, one.datestamp, one.deleted) for one in everything(store)[format_name]]


def test_a_silent_change_moves_no_stamp_and_is_shown_to_whoever_comes_new(store: Store, time: Time) -> None:
    put(store, record("1", "Sai"), record("2"))
    time.pass_()  # `from` is inclusive: what was stamped in the second of the answer would come again
    old = Harvester(store, "marcxml")
    old.visit()
    time.pass_(10)
    silently(store, record("1", "Đúng"))
    old.visit()
    new = Harvester(store, "marcxml")
    new.visit()
    assert {at for _, at, _ in shown(store)} == {NOW}
    assert sum(b"Sai" in data for data in old.copy.values()) == 1
    assert sum("Đúng".encode() in data for data in new.copy.values()) == 1


@pytest.mark.parametrize("followed_late", [False, True])
def test_what_the_union_makes_of_a_silent_change_is_silent_until_that_is_announced(
    store: Store, time: Time, followed_late: bool
) -> None:
    put_united(store, record("1", "Sai"), record("2"))
    time.pass_()
    old = Harvester(store, "marcxml", union=True)
    old.visit()
    time.pass_(10)
    number = silently(store, record("1", "Đúng"))
    if not followed_late:
        unite(store)
        old.visit()
        new = Harvester(store, "marcxml", union=True)
        new.visit()
        assert {one.datestamp for one in everything(store, union=True)["marcxml"]} == {NOW}
        assert sum(b"Sai" in data for data in old.copy.values()) == 1
        assert sum("Đúng".encode() in data for data in new.copy.values()) == 1
    assert [one.number for one in announcing.unannounced(store)] == [number]
    time.pass_(10)
    announcing.tell_anew(store, Choice(change_set=number))
    unite(store)
    old.visit()
    assert sum("Đúng".encode() in data for data in old.copy.values()) == 1
    assert sorted(one.datestamp for one in everything(store, union=True)["marcxml"]) == [NOW, NOW + 21]


def test_an_announced_silent_change_reaches_every_incremental_harvester(store: Store, time: Time) -> None:
    put(store, record("1", "Sai"), record("2"))
    time.pass_()  # `from` is inclusive: what was stamped in the second of the answer would come again
    old = Harvester(store, "marcxml")
    old.visit()
    time.pass_(10)
    number = silently(store, record("1", "Đúng"))
    assert [one.number for one in announcing.unannounced(store)] == [number]
    time.pass_(10)
    done = announcing.tell_anew(store, Choice(change_set=number))
    old.visit()
    assert done.records == 1
    assert sum("Đúng".encode() in data for data in old.copy.values()) == 1
    assert sorted(at for _, at, _ in shown(store)) == [NOW, NOW + 21]
    assert announcing.unannounced(store) == []
    with pytest.raises(RefusedError):
        announcing.tell_anew(store, Choice(change_set=number))


def test_only_the_formats_a_silent_change_changed_are_announced(store: Store, time: Time) -> None:
    put(store, record("1"))
    time.pass_()
    one = record("1")
    number = silently(
        store, type(one).build(one.leader, [*one.fields, type(one.fields[0])("900", "  ", (("a", "x"),))])
    )
    later = time.pass_()
    announcing.tell_anew(store, Choice(change_set=number))
    assert [at for _, at, _ in shown(store, "marcxml")] == [later]
    assert [at for _, at, _ in shown(store, "oai_dc")] == [NOW]


def follow(store: Store) -> None:
    assert Follower(store, SITE).follow()


def test_a_silent_change_moves_no_stamp_in_the_formats_made_later(store: Store, time: Time) -> None:
    put(store, record("1", "Sai"), record("2"))
    follow(store)
    before = {name: [(one.identifier, one.datestamp) for one in found] for name, found in everything(store).items()}
    time.pass_(10)
    number = silently(store, record("1", "Đúng"))
    time.pass_(10)
    follow(store)
    after = everything(store)
    assert {name: [(one.identifier, one.datestamp) for one in found] for name, found in after.items()} == before
    for name in ("mods", "qdc", "dim", "marc21_withholdings"):
        assert sum("Đúng".encode() in (one.metadata or b"") for one in after[name]) == 1, name
    assert [one.number for one in announcing.unannounced(store)] == [number]


@pytest.mark.parametrize("made", [True, False], ids=["made", "not yet made"])
def test_an_announcement_tells_the_formats_made_later_that_changed(store: Store, time: Time, made: bool) -> None:
    with_link = record("1", "Sai")
    with_link = Record.build(with_link.leader, [*with_link.fields, Field("856", "40", (("u", "http://vidu.vn/a"),))])
    put(store, with_link, record("2"))
    follow(store)
    time.pass_()
    olds = {name: Harvester(store, name) for name in ("mods", "qdc", "edm", "dim", "marc21_withholdings")}
    for one in olds.values():
        one.visit()
    time.pass_(10)
    fields = [*with_link.fields, Field("984", "  ", (("a", "nội bộ"),))]
    number = silently(store, Record.build(with_link.leader, fields))
    if made:
        follow(store)
    later = time.pass_(10)
    announcing.tell_anew(store, Choice(change_set=number))
    follow(store)
    time.pass_()
    for name, one in olds.items():
        one.visit()
        assert one.copy == {entry.identifier: entry.metadata for entry in everything(store)[name]}, name
    # A field of this library's own is in no format but these.
    told = [name for name in olds if later in [at for _, at, _ in shown(store, name)]]
    assert told == ["marc21_withholdings"]


def test_a_format_made_later_that_changed_again_since_is_not_announced_twice(store: Store, time: Time) -> None:
    put(store, record("1", "a"), record("2", "a"))
    follow(store)
    time.pass_()
    number = silently(store, record("1", "b"), record("2", "b"))
    follow(store)
    time.pass_()
    put(store, record("1", "c"))
    later = time.pass_()
    follow(store)
    last = time.pass_()
    assert announcing.tell_anew(store, Choice(change_set=number)).records == 1
    follow(store)
    assert sorted(at for _, at, _ in shown(store, "mods")) == [later, last]


def test_a_change_that_is_told_behind_a_silent_one_is_told_in_every_format(
    store: Store, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "BATCH", 1)  # the two changes come in two batches
    monkeypatch.setattr(followers, "ENOUGH", 1)
    put(store, record("1", "a"))
    follow(store)
    time.pass_()
    old = Harvester(store, "mods")
    old.visit()
    time.pass_()
    silently(store, record("1", "b"))
    put(store, record("1", "c"))
    time.pass_()
    follow(store)
    old.visit()
    assert [b">c<" in data for data in old.copy.values()] == [True]


def test_a_format_made_later_can_be_told_anew_where_there_is_one(store: Store, time: Time) -> None:
    one = record("1")
    put(store, Record.build(one.leader, [*one.fields, Field("856", "40", (("u", "http://vidu.vn/a"),))]), record("2"))
    follow(store)
    later = time.pass_()
    assert announcing.preview(store, Choice(library="bk01", format="edm")).records == 1
    assert announcing.tell_anew(store, Choice(library="bk01", format="edm")).records == 1
    assert [at for _, at, _ in shown(store, "edm")] == [later]
    assert {at for _, at, _ in shown(store, "mods")} == {NOW}


def test_what_changed_again_since_is_not_announced_twice(store: Store, time: Time) -> None:
    put(store, record("1", "a"), record("2", "a"))
    time.pass_()
    number = silently(store, record("1", "b"), record("2", "b"))
    later = time.pass_()
    put(store, record("1", "c"))
    time.pass_()
    assert announcing.tell_anew(store, Choice(change_set=number)).records == 1
    assert sorted(at for _, at, _ in shown(store)) == [later, later + 1]


def test_new_and_deleted_records_are_never_silent(store: Store, time: Time) -> None:
    put(store, record("1"), record("2"))
    old = Harvester(store)
    old.visit()
    time.pass_()
    silently(store, record("1", leader=GONE), record("3"))
    old.visit()
    fresh = Harvester(store)
    fresh.visit()
    assert old.copy == fresh.copy
    assert len(old.copy) == 2


def test_the_change_sequence_tells_of_silent_changes_and_marks_them(store: Store, time: Time) -> None:
    put(store, record("1", "a"))
    time.pass_()
    number = silently(store, record("1", "b"), record("2"))
    with store.read() as connection:
        found = connection.execute(
            select(change.c.silent).where(change.c.change_set_id == number).order_by(change.c.seq)
        )
        assert sorted(found.scalars()) == [0, 1]
        assert changesets.get(connection, number).silent


def test_a_silent_change_takes_away_the_segment_that_shows_the_old_bytes(store: Store, time: Time) -> None:
    put(store, record("1", "Sai"))
    repository = whole_repository(Settings())
    with Feed(store, "library:bk01").snapshot() as snapshot:
        selection = Selection("marcxml")
        page = snapshot.page(selection, None, 10, 10_000_000, metadata=True)
        shelf = snapshot.shelf("k", selection)
        sequence = snapshot.sequence
    assert shelf is not None
    assert keep(store, shelf, sequence, [Filling(Hole(START, None), [write(repository, page, START)], None)])
    silently(store, record("1", "Đúng"))
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(segment)).scalar() == 0


def test_undoing_a_silent_change_is_told(store: Store, time: Time) -> None:
    put(store, record("1", "a"))
    time.pass_()
    number = silently(store, record("1", "b"))
    during = Harvester(store)
    during.visit()
    time.pass_()
    undo(store, number)
    during.visit()
    assert [b">a<" in data for data in during.copy.values()] == [True]


def test_records_told_anew_come_with_the_next_incremental_harvest(store: Store, time: Time) -> None:
    put(store, record("1"), record("2"), record("3", leader=GONE))
    put(store, record("2", leader=GONE))
    old = Harvester(store, "marcxml")
    old.visit()
    lost = dict(old.copy)
    old.copy.clear()
    time.pass_()
    before = shown(store)
    done = announcing.tell_anew(store, Choice(library="bk01"))
    old.visit()
    assert old.copy == lost
    assert done.stamp == NOW + 1
    assert [(name, state) for name, _, state in shown(store)] == [(name, state) for name, _, state in before]
    assert {at for _, at, _ in shown(store)} == {NOW + 1}


def test_one_format_alone_can_be_told_anew(store: Store, time: Time) -> None:
    put(store, record("1"))
    time.pass_()
    [(name, _, _)] = shown(store)
    announcing.tell_anew(store, Choice(identifiers=(f"oai:x:{name}",), format="oai_dc"))
    assert shown(store, "oai_dc")[0][1] == NOW + 1
    assert shown(store, "marcxml")[0][1] == NOW


def test_a_large_announcement_is_refused_until_it_is_meant(store: Store, time: Time) -> None:
    put(store, *(record(str(number)) for number in range(announcing.FEW + 1)))
    before = shown(store)
    time.pass_()
    assert announcing.preview(store, Choice(library="bk01")).many
    with pytest.raises(RefusedError, match="--many"):
        announcing.tell_anew(store, Choice(library="bk01"))
    assert shown(store) == before
    assert announcing.tell_anew(store, Choice(library="bk01"), many=True).records == announcing.FEW + 1


@pytest.mark.parametrize(
    "choice",
    [
        Choice(),
        Choice(set_spec="library:none"),
        Choice(library="none"),
        Choice(library="bk01", format="none"),
        Choice(change_set=1),
        Choice(change_set=99),
    ],
)
def test_what_the_store_does_not_know_is_refused(store: Store, choice: Choice) -> None:
    put(store, record("1"))
    with pytest.raises(RefusedError):
        announcing.preview(store, choice)


def test_an_announcement_cannot_be_undone(store: Store, time: Time) -> None:
    put(store, record("1"))
    [number] = announcing.tell_anew(store, Choice(library="bk01")).change_sets
    with pytest.raises(RefusedError):
        undo(store, number)


ROWS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 5), st.sampled_from([LIVE, DELETED, LEFT]), st.integers(1, 7)),
    max_size=6,
)


@given(ROWS, st.integers(0, 7))
def test_announcing_keeps_every_bit_and_moves_the_chosen_ones(rows: list[tuple[int, int, int, int]], bits: int) -> None:
    held = [FeedRow(*row) for row in {row[:3]: row for row in rows}.values()]

    def told(found: list[FeedRow]) -> set[tuple[int, int, int]]:
        return {(row.set_id, row.status, bit) for row in found for bit in range(3) if row.formats >> bit & 1}

    after = announce(held, 9, bits)
    assert told(after) == told(held)
    for row in after:
        assert row.datestamp == 9 or not row.formats & bits
        assert row.datestamp != 9 or not row.formats & ~bits
