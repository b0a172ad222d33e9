"""Drafts: nobody's typing is lost, nobody's work is overwritten; edits on both databases."""

from __future__ import annotations

import pytest

from catalogue import drafts, editing, history
from catalogue.store import Store
from foundation.errors import LimitError, RefusedError
from foundation.limits import DRAFT_BYTES, DRAFTS
from marc.record import Record
from tests.catalogue.conftest import LEADER, Time, put, record


def test_an_edit_is_published_corrected_and_protected(store: Store, time: Time) -> None:
    put(store, record("a1"))
    with store.read() as connection:
        identifier = connection.exec_driver_sql("SELECT identifier FROM record").scalar_one()
    seen = history.subject(store, identifier)
    assert seen.version is not None
    edited = Record("\x1e".join([LEADER, "001a1", "24500\x1faHồ Ba Bể mùa thu"]))
    draft = drafts.begin(store, "bk01", "hoa", "=245", of=(seen.number, seen.version))
    assert (draft.identifier, draft.base) == (identifier, seen.version)
    editing.save(store, seen, edited, based_on=seen.version)
    with pytest.raises(RefusedError):
        editing.save(store, seen, edited, based_on=seen.version)
    now = history.subject(store, identifier)
    assert now.correction is not None
    assert now.received is not None
    assert now.received.parts() == ["001a1", "24500\x1faHồ Ba Bể a1"]
    assert [one.kind for one in history.versions(store, now.number)] == ["edit", "import"]


def test_a_draft_lives_through_its_states(store: Store) -> None:
    draft = drafts.begin(store, "bk01", "hoa", "=245  00$aA", title="A", kind="book", original=b"x", origin="loc")
    draft = drafts.keep(store, draft.number, "=245  00$aB", draft.revision, title="B")
    assert (draft.text, draft.title, draft.kind, draft.original) == ("=245  00$aB", "B", "book", b"x")
    drafts.send(store, draft.number)
    assert [one.number for one in drafts.waiting(store, ["bk01"])] == [draft.number]
    assert drafts.waiting(store, ["bk02"]) == []
    with pytest.raises(RefusedError):
        drafts.keep(store, draft.number, "x", draft.revision)
    returned = drafts.give_back(store, draft.number, "thiếu năm")
    assert (returned.state, returned.note) == ("returned", "thiếu năm")
    drafts.drop(store, draft.number)
    with pytest.raises(RefusedError):
        drafts.get(store, draft.number)


def test_two_windows_make_two_drafts(store: Store) -> None:
    draft = drafts.begin(store, "bk01", "hoa", "một")
    drafts.keep(store, draft.number, "hai", draft.revision)
    other = drafts.keep(store, draft.number, "ba", draft.revision)
    assert other.number != draft.number
    assert sorted(one.text for one in drafts.mine(store, "hoa")) == ["ba", "hai"]


def test_keeping_the_same_again_changes_nothing(store: Store) -> None:
    draft = drafts.begin(store, "bk01", "hoa", "một")
    kept = drafts.keep(store, draft.number, "một", 99)
    assert (kept.number, kept.revision) == (draft.number, draft.revision)


def test_who_else_is_at_the_same_record(store: Store) -> None:
    put(store, record("a1"))
    with store.read() as connection:
        number, version = connection.exec_driver_sql("SELECT id, version_id FROM record").one()
    drafts.begin(store, "bk01", "hoa", "x", of=(number, version))
    assert drafts.others(store, number, "lan") == ["hoa"]
    assert drafts.others(store, number, "hoa") == []
    assert drafts.begun(store, "lan", number) is None
    found = drafts.begun(store, "hoa", number)
    assert found is not None
    assert drafts.rebase(store, found.number, version + 1, "y").base == version + 1


def test_drafts_are_bounded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LimitError, match="DRAFT_BYTES"):
        drafts.begin(store, "bk01", "hoa", "ư" * DRAFT_BYTES)
    monkeypatch.setattr(drafts, "DRAFTS", 2)
    for _ in range(2):
        drafts.begin(store, "bk01", "hoa", "x")
    with pytest.raises(LimitError, match="DRAFTS"):
        drafts.begin(store, "bk01", "hoa", "x")
    assert drafts.begin(store, "bk01", "lan", "x").number
    assert DRAFTS > 2


def test_a_number_is_never_given_twice(store: Store) -> None:
    old = drafts.begin(store, "bk01", "hoa", "x").number
    drafts.drop(store, old)
    assert drafts.begin(store, "bk01", "hoa", "x").number != old
