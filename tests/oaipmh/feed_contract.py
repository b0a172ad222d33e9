"""What every feed promises its provider. A feed is put to it by a class that inherits `FeedContract`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import pytest

from catalogue.feed import Cursor, Entry, Selection
from oaipmh.repository import Feed

MUCH = 1 << 30
ONE: dict[str, bytes | None] = {"oai_dc": b"<a>1</a>", "marcxml": b"<b>1</b>"}
TWO: dict[str, bytes | None] = {"oai_dc": b"<a>2</a>", "marcxml": b"<b>2</b>"}


class Store(Protocol):
    """A feed and what moves it; `publish` states an item anew, `tick` lets seconds pass on the store's clock."""

    now: int

    @property
    def feed(self) -> Feed: ...
    def within(self, spec: str) -> Feed: ...
    def tick(self, seconds: int = 1) -> None: ...
    def describe(self, spec: str, name_vi: str, name_en: str = "") -> None: ...
    def publish(self, identifier: str, renderings: Mapping[str, bytes | None], sets: tuple[str, ...] = ()) -> None: ...
    def delete(self, identifier: str) -> None: ...


def entries(feed: Feed, selection: Selection, limit: int = 100) -> list[Entry]:
    """The whole list, page by page."""
    found: list[Entry] = []
    with feed.snapshot() as snapshot:
        after = None
        while page := snapshot.page(selection, after, limit, MUCH, True):
            found += page
            after = Cursor(page[-1].datestamp, page[-1].record)
    return found


def names(store: Store, selection: Selection) -> list[str]:
    return [entry.identifier for entry in entries(store.feed, selection)]


def one(store: Store, identifier: str, name: str = "oai_dc") -> Entry:
    with store.feed.snapshot() as snapshot:
        entry = snapshot.entry(identifier, name)
    assert entry is not None
    return entry


class FeedContract:
    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError

    def fill(self, store: Store, count: int = 5) -> list[str]:
        for number in range(count):
            store.publish(f"w{number}", ONE)
            store.tick()
        return [f"w{number}" for number in range(count)]

    def test_a_list_is_in_the_order_of_change(self, store: Store) -> None:
        self.fill(store, 3)
        store.publish("w0", TWO)
        assert names(store, Selection("oai_dc")) == ["w1", "w2", "w0"]

    @pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
    def test_pages_put_together_are_the_list(self, store: Store, limit: int) -> None:
        expected = self.fill(store)
        assert [entry.identifier for entry in entries(store.feed, Selection("oai_dc"), limit)] == expected

    def test_records_of_one_second_are_told_apart_by_the_cursor(self, store: Store) -> None:
        for number in range(4):
            store.publish(f"w{number}", ONE)
        found = entries(store.feed, Selection("oai_dc"), 1)
        assert len({entry.record for entry in found}) == 4
        assert len({entry.datestamp for entry in found}) == 1

    def test_a_page_ends_before_it_has_too_many_bytes(self, store: Store) -> None:
        self.fill(store)
        with store.feed.snapshot() as snapshot:
            assert len(snapshot.page(Selection("oai_dc"), None, 100, 2 * len(b"<a>1</a>"), True)) == 2

    def test_a_page_has_a_record_however_large(self, store: Store) -> None:
        self.fill(store)
        with store.feed.snapshot() as snapshot:
            assert len(snapshot.page(Selection("oai_dc"), None, 100, 1, True)) == 1

    def test_headers_alone_carry_no_metadata_and_count_no_bytes(self, store: Store) -> None:
        self.fill(store)
        with store.feed.snapshot() as snapshot:
            page = snapshot.page(Selection("oai_dc"), None, 100, 0, False)
        assert [entry.metadata for entry in page] == [None] * 5

    def test_from_and_until_are_inclusive(self, store: Store) -> None:
        start = store.now
        self.fill(store)
        assert names(store, Selection("oai_dc", since=start + 1, until=start + 3)) == ["w1", "w2", "w3"]
        assert names(store, Selection("oai_dc", since=start + 2, until=start + 2)) == ["w2"]

    def test_from_after_until_selects_nothing(self, store: Store) -> None:
        self.fill(store)
        assert names(store, Selection("oai_dc", since=store.now, until=store.now - 3)) == []

    @pytest.mark.parametrize(("since", "until"), [(0, None), (None, 3), (1, 3), (9, None)])
    def test_total_is_the_length_of_the_list(self, store: Store, since: int | None, until: int | None) -> None:
        start = store.now
        self.fill(store)
        bounds = (None if bound is None else start + bound for bound in (since, until))
        selection = Selection("oai_dc", "", *bounds)
        with store.feed.snapshot() as snapshot:
            assert snapshot.total(selection) == len(names(store, selection))

    def test_the_same_state_again_moves_nothing(self, store: Store) -> None:
        self.fill(store, 2)
        before = entries(store.feed, Selection("oai_dc"))
        store.publish("w0", ONE)
        assert entries(store.feed, Selection("oai_dc")) == before

    def test_a_format_moves_without_the_others(self, store: Store) -> None:
        start = store.now
        self.fill(store, 1)
        store.publish("w0", ONE | {"oai_dc": b"<a>3</a>"})
        assert one(store, "w0", "oai_dc").datestamp == start + 1
        assert one(store, "w0", "marcxml").datestamp == start

    def test_a_format_is_listed_for_those_who_have_it(self, store: Store) -> None:
        store.publish("w0", {"oai_dc": b"<a/>"})
        store.publish("w1", ONE)
        assert names(store, Selection("marcxml")) == ["w1"]
        with store.feed.snapshot() as snapshot:
            assert snapshot.entry("w0", "marcxml") is None
            assert snapshot.formats("w0") == ["oai_dc"]
            assert sorted(snapshot.formats("w1") or []) == ["marcxml", "oai_dc"]

    def test_nothing_is_known_of_an_unknown_item(self, store: Store) -> None:
        with store.feed.snapshot() as snapshot:
            assert snapshot.entry("w9", "oai_dc") is None
            assert snapshot.formats("w9") is None

    def test_a_deleted_item_stays_with_a_new_datestamp(self, store: Store) -> None:
        self.fill(store, 2)
        store.delete("w0")
        assert names(store, Selection("oai_dc")) == ["w1", "w0"]
        entry = one(store, "w0")
        assert (entry.deleted, entry.metadata, entry.datestamp) == (True, None, store.now)

    def test_a_deleted_item_has_the_formats_it_had(self, store: Store) -> None:
        self.fill(store, 1)
        store.delete("w0")
        with store.feed.snapshot() as snapshot:
            assert sorted(snapshot.formats("w0") or []) == ["marcxml", "oai_dc"]

    def test_an_item_comes_back_with_a_new_datestamp(self, store: Store) -> None:
        self.fill(store, 1)
        store.delete("w0")
        store.tick()
        store.publish("w0", ONE)
        entry = one(store, "w0")
        assert (entry.deleted, entry.metadata, entry.datestamp) == (False, b"<a>1</a>", store.now)

    def test_a_set_has_what_is_in_the_sets_below_it(self, store: Store) -> None:
        store.publish("w0", ONE, ("lib:bk",))
        store.publish("w1", ONE, ("lib:cd",))
        store.publish("w2", ONE, ("library",))
        assert names(store, Selection("oai_dc", "lib")) == ["w0", "w1"]
        assert names(store, Selection("oai_dc", "lib:bk")) == ["w0"]

    def test_an_unknown_set_has_nothing(self, store: Store) -> None:
        self.fill(store, 1)
        assert names(store, Selection("oai_dc", "nowhere")) == []

    def test_who_leaves_a_set_is_deleted_in_it_and_moves_everywhere(self, store: Store) -> None:
        store.publish("w0", ONE, ("lib:bk",))
        store.tick()
        store.publish("w0", ONE, ("lib:cd",))
        (left,) = entries(store.feed, Selection("oai_dc", "lib:bk"))
        assert (left.deleted, left.metadata, left.datestamp) == (True, None, store.now)
        for spec in ("", "lib", "lib:cd"):
            (entry,) = entries(store.feed, Selection("oai_dc", spec))
            assert (entry.deleted, entry.datestamp, entry.sets) == (False, store.now, ("lib:cd",))

    def test_who_returns_to_a_set_is_whole_in_it(self, store: Store) -> None:
        for sets in (("lib:bk",), (), ("lib:bk",)):
            store.publish("w0", ONE, sets)
            store.tick()
        (entry,) = entries(store.feed, Selection("oai_dc", "lib:bk"))
        assert not entry.deleted

    def test_earliest_counts_deleted_items(self, store: Store) -> None:
        start = store.now
        self.fill(store, 2)
        with store.feed.snapshot() as snapshot:
            assert snapshot.earliest == start
        store.delete("w0")
        store.publish("w1", TWO)
        with store.feed.snapshot() as snapshot:
            assert snapshot.earliest == store.now

    def test_earliest_of_an_empty_store_is_now(self, store: Store) -> None:
        with store.feed.snapshot() as snapshot:
            assert snapshot.earliest == snapshot.response_date

    def test_no_stamp_falls_behind_an_answered_response_date(self, store: Store) -> None:
        with store.feed.snapshot() as snapshot:
            answered = snapshot.response_date
        store.publish("w0", ONE)
        assert one(store, "w0").datestamp >= answered

    def test_a_snapshot_does_not_see_what_comes_after_it(self, store: Store) -> None:
        self.fill(store, 1)
        with store.feed.snapshot() as snapshot:
            first = snapshot.total(Selection("oai_dc"))
            store.publish("w9", ONE)
            assert snapshot.total(Selection("oai_dc")) == first

    def test_a_rendering_that_failed_is_an_entry_without_metadata(self, store: Store) -> None:
        store.publish("w0", {"oai_dc": None})
        (entry,) = entries(store.feed, Selection("oai_dc"))
        assert (entry.deleted, entry.metadata) == (False, None)

    def test_sets_are_described_in_both_languages(self, store: Store) -> None:
        store.describe("lib:bk", "Thư viện tỉnh", "Provincial library")
        with store.feed.snapshot() as snapshot:
            found = {entry.spec: (entry.name_vi, entry.name_en) for entry in snapshot.sets()}
        assert found["lib:bk"] == ("Thư viện tỉnh", "Provincial library")

    def test_a_library_is_a_feed_of_its_own(self, store: Store) -> None:
        store.publish("w0", ONE, ("lib:cd",))
        store.tick()
        store.publish("w1", ONE, ("lib:bk",))
        feed = store.within("lib:bk")
        assert [entry.identifier for entry in entries(feed, Selection("oai_dc"))] == ["w1"]
        with feed.snapshot() as snapshot:
            assert snapshot.total(Selection("oai_dc")) == 1
            assert snapshot.earliest == store.now
            assert snapshot.entry("w0", "oai_dc") is None
            assert snapshot.formats("w0") is None
