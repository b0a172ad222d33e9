"""Edits as change sets: published, refused when something moved, undone, and made again on what a source gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue import (
    amending,
    corrections,
    editing,
    history,
    imports,
    items,
    libraries,
    messages,
    sources,
    staged,
)
from catalogue.changesets import create
from catalogue.corrections import Correction
from catalogue.history import Subject
from catalogue.ingest import Staging, original_digest
from catalogue.publishing import publish
from catalogue.store import Store
from catalogue.undo import undo
from foundation.errors import LimitError, RefusedError, StoreError
from foundation.limits import LOCAL_ID_CHARACTERS
from foundation.settings import Settings
from marc import iso2709
from marc.reading import Reading
from marc.record import Field, Record
from tests.catalogue.conftest import LEADER, Time, put, readings, record, stage


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """SQLite alone; test_drafts.py asks PostgreSQL too."""
    return Settings(home=tmp_path / "home")


TITLE, AUTHOR, NOTE = "24500\x1faHồ Ba Bể a1", "1001 \x1faNông Quốc Chấn", "500  \x1faBản in 1960"


def made(*parts: str) -> Record:
    return Record("\x1e".join([LEADER, *parts]))


def subject(store: Store, local_id: str) -> Subject:
    with store.read() as connection:
        rows = connection.exec_driver_sql("SELECT local_id, identifier FROM record").all()
    return history.subject(store, dict(tuple(row) for row in rows)[local_id])


def edit(store: Store, local_id: str, edited: Record) -> editing.Saved:
    found = subject(store, local_id)
    assert found.version is not None
    return editing.save(store, found, edited, based_on=found.version)


def again(store: Store, *records: Record) -> dict[str, int]:
    """The counts of importing these as a file that comes again."""
    number = stage(store, readings(*records))
    publish(store, number)
    with store.read() as connection:
        return imports.changesets.get(connection, number).counts


def shown(store: Store, local_id: str) -> list[str]:
    found = subject(store, local_id).record
    return [] if found is None else found.parts()


# --- the pure part -------------------------------------------------------------------------------------------------

OLD, NEW = "24500\x1faCu", "24500\x1faMoi"


@pytest.mark.parametrize(
    ("before", "edited", "incoming", "wanted", "overtaken"),
    [
        ((OLD,), (NEW,), (OLD,), (NEW,), ()),
        ((OLD, NOTE), (OLD,), (OLD, NOTE), (OLD,), ()),
        ((OLD,), (OLD, NOTE), (OLD, AUTHOR), (OLD, AUTHOR, NOTE), ()),
        ((OLD,), (NEW,), (NEW,), (NEW,), ()),
        ((OLD,), (OLD, NOTE), (OLD, NOTE), (OLD, NOTE), ()),
        ((OLD,), (NEW, NOTE), ("24500\x1faKhac",), ("24500\x1faKhac", NOTE), ("245",)),
        ((NOTE, NOTE), (NOTE,), (NOTE, NOTE), (NOTE,), ()),
        (("001a", "0051", OLD), ("001b", "0052", NEW), ("001a", "0053", OLD), ("001a", "0053", NEW), ()),
    ],
    ids=["same", "removed", "added", "taken over", "added there too", "overtaken", "one of two", "theirs"],
)
def test_a_correction_is_made_again(
    before: tuple[str, ...],
    edited: tuple[str, ...],
    incoming: tuple[str, ...],
    wanted: tuple[str, ...],
    overtaken: tuple[str, ...],
) -> None:
    correction = corrections.between(made(*before), made(*edited))
    found = corrections.apply(made(*incoming), correction)
    assert sorted(found.record.parts()) == sorted(wanted)
    assert found.overtaken == overtaken


def test_a_correction_is_kept_as_text_and_taken_back() -> None:
    before, edited = made("001x", OLD, NOTE), Record(made("001x", NEW, AUTHOR).text.replace("nam", "cam", 1))
    correction = Correction.unpack(corrections.between(before, edited).pack())
    assert corrections.alike(corrections.apply(before, correction).record, edited)
    assert corrections.alike(corrections.received(edited, correction), before)


# --- in the store --------------------------------------------------------------------------------------------------


def test_a_new_record_gets_a_number_and_a_time(store: Store) -> None:
    saved = editing.create(store, "bk01", made(TITLE))
    item = items.get(store, saved.identifier)
    assert item is not None
    assert item.record is not None
    assert item.record.control("001") == item.local_id
    assert item.record.control("005") == "20270115080000.0"
    assert history.subject(store, saved.identifier).born_here


def test_a_number_that_is_taken_is_refused(store: Store) -> None:
    put(store, record("a1"))
    with pytest.raises(RefusedError, match="a1"):
        editing.create(store, "bk01", made("001a1", TITLE))


def test_an_edit_is_published_and_undone(store: Store, time: Time) -> None:
    put(store, record("a1"))
    time.pass_()
    saved = edit(store, "a1", made("001a1", NEW))
    assert shown(store, "a1") == ["001a1", NEW]
    assert subject(store, "a1").correction == Correction((TITLE,), (NEW,))
    time.pass_()
    undo(store, saved.change_set)
    assert shown(store, "a1") == ["001a1", TITLE]
    assert subject(store, "a1").correction is None


def test_what_moved_meanwhile_is_not_overwritten(store: Store, time: Time) -> None:
    put(store, record("a1"))
    seen = subject(store, "a1")
    assert seen.version is not None
    edit(store, "a1", made("001a1", NEW))
    with pytest.raises(RefusedError) as refused:
        editing.save(store, seen, made("001a1", OLD), based_on=seen.version)
    assert refused.value.problem.code == "edit.moved"
    assert shown(store, "a1") == ["001a1", NEW]
    with store.read() as connection:
        states = connection.exec_driver_sql("SELECT state FROM change_set WHERE kind = 'edit' ORDER BY id").all()
    assert [row[0] for row in states] == ["published", "discarded"]


def test_an_edit_keeps_the_control_number(store: Store) -> None:
    put(store, record("a1"))
    edit(store, "a1", made("001b2", "001c3", NEW))
    assert shown(store, "a1") == ["001a1", NEW]


def test_an_edit_that_changes_nothing_is_refused(store: Store) -> None:
    put(store, record("a1"))
    with pytest.raises(RefusedError):
        edit(store, "a1", made("001a1", TITLE))


def test_the_same_file_again_leaves_an_edit(store: Store, time: Time) -> None:
    put(store, record("a1"))
    edit(store, "a1", made("001a1", NOTE, NEW))
    version = subject(store, "a1").version
    time.pass_()
    assert again(store, record("a1"))["unchanged"] == 1
    assert subject(store, "a1").version == version


def test_a_changed_file_brings_its_change_and_keeps_the_edit(store: Store, time: Time) -> None:
    put(store, record("a1"))
    edit(store, "a1", made("001a1", TITLE, NOTE))
    time.pass_()
    assert again(store, made("001a1", AUTHOR, TITLE))["changed"] == 1
    assert shown(store, "a1") == ["001a1", AUTHOR, TITLE, NOTE]
    time.pass_()
    assert again(store, made("001a1", AUTHOR, TITLE))["unchanged"] == 1


def test_where_the_source_changed_the_same_field_it_is_followed_and_said(store: Store, time: Time) -> None:
    put(store, record("a1"))
    edit(store, "a1", made("001a1", NEW))
    time.pass_()
    again(store, made("001a1", OLD))
    assert shown(store, "a1") == ["001a1", OLD]
    with store.read() as connection:
        problems = connection.exec_driver_sql("SELECT problems FROM version ORDER BY id DESC LIMIT 1").scalar_one()
    assert "record.correction_overtaken" in problems


def test_a_second_edit_adds_to_the_first(store: Store, time: Time) -> None:
    put(store, record("a1"))
    edit(store, "a1", made("001a1", NEW))
    edit(store, "a1", made("001a1", NEW, NOTE))
    assert subject(store, "a1").correction == Correction((TITLE,), (NEW, NOTE))
    edit(store, "a1", made("001a1", TITLE))
    assert subject(store, "a1").correction == Correction()


def test_a_correction_is_kept_when_the_staged_record_is_amended(store: Store, time: Time) -> None:
    put(store, record("a1"))
    edit(store, "a1", made("001a1", NEW))
    time.pass_()
    number = stage(store, readings(made("001a1", AUTHOR, TITLE)))
    [staged_record] = staged.page(store, number)
    amending.edit(store, number, staged_record.number, made("001a1", AUTHOR, NEW, NOTE))
    publish(store, number)
    assert subject(store, "a1").correction == Correction((TITLE,), (NEW, NOTE))
    time.pass_()
    assert again(store, made("001a1", AUTHOR, TITLE))["unchanged"] == 1
    again(store, made("001a1", TITLE))
    assert shown(store, "a1") == ["001a1", NEW, NOTE]


DELETED = LEADER[:5] + "d" + LEADER[6:]


def test_a_record_that_calls_itself_deleted_is_no_edit(store: Store) -> None:
    put(store, record("a1"))
    with pytest.raises(RefusedError, match="05"):
        edit(store, "a1", Record("\x1e".join([DELETED, "001a1", NEW])))
    with pytest.raises(RefusedError, match="05"):
        editing.create(store, "bk01", Record("\x1e".join([DELETED, "001a2", NEW])))
    number = stage(store, readings(made("001a1", AUTHOR, TITLE)))
    [one] = staged.page(store, number)
    with pytest.raises(RefusedError, match="05"):
        amending.edit(store, number, one.number, Record("\x1e".join([DELETED, "001a1", NEW])))
    assert shown(store, "a1") == ["001a1", TITLE]


def test_a_number_that_is_too_long_is_refused_by_name_and_nothing_is_left(store: Store) -> None:
    with pytest.raises(LimitError, match="LOCAL_ID_CHARACTERS"):
        editing.create(store, "bk01", made("001" + "x" * (LOCAL_ID_CHARACTERS + 1), TITLE))
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM change_set").scalar_one() == 0


def test_of_two_new_records_with_one_number_the_second_is_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    editing.create(store, "bk01", made("001a1", TITLE))
    monkeypatch.setattr(editing, "_known", lambda *_: None)  # as whoever looked before the first was published
    with pytest.raises(RefusedError):
        editing.create(store, "bk01", made("001a1", NEW))
    assert shown(store, "a1")[-1] == TITLE


def test_an_edit_that_cannot_be_staged_leaves_no_change_set_open(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreError(messages.STORE_FULL, reason="full")

    monkeypatch.setattr(Staging, "stage", full)
    with pytest.raises(StoreError):
        editing.create(store, "bk01", made("001a1", TITLE))
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT state FROM change_set").scalars().all() == ["discarded"]


def test_a_record_that_was_born_here_is_replaced_by_a_file(store: Store, time: Time) -> None:
    saved = editing.create(store, "bk01", made("001n1", TITLE))
    edit(store, "n1", made("001n1", NEW))
    assert history.subject(store, saved.identifier).correction is None
    time.pass_()
    again(store, made("001n1", OLD))
    assert shown(store, "n1") == ["001n1", OLD]


def test_deleting_and_undoing(store: Store, time: Time) -> None:
    put(store, record("a1"))
    found = subject(store, "a1")
    assert found.version is not None
    gone = editing.remove(store, found, based_on=found.version)
    assert shown(store, "a1") == []
    time.pass_()
    undo(store, gone.change_set)
    assert shown(store, "a1") == ["001a1", TITLE]


def test_a_version_comes_back(store: Store, time: Time) -> None:
    put(store, record("a1"))
    first = subject(store, "a1").version
    assert first is not None
    edit(store, "a1", made("001a1", NEW))
    time.pass_()
    found = subject(store, "a1")
    assert found.version is not None
    editing.bring_back(store, found, first, based_on=found.version)
    assert shown(store, "a1") == ["001a1", TITLE]
    kinds = [(one.kind, one.current) for one in history.versions(store, found.number)]
    assert kinds == [("edit", True), ("edit", False), ("import", False)]


def test_only_versions_of_the_record_come_back(store: Store) -> None:
    put(store, record("a1"), record("a2"))
    other = subject(store, "a2").version
    found = subject(store, "a1")
    assert other is not None
    assert found.version is not None
    with pytest.raises(RefusedError):
        editing.bring_back(store, found, other, based_on=found.version)


# --- sources that give their records again ---------------------------------------------------------------------------


def harvested(store: Store, source: int, one: Record) -> dict[str, int]:
    with store.write() as connection:
        number = create(connection, store.now(connection), source, "harvest", "đợt")
    staging = Staging(store, number)
    data = iso2709.write(one)
    same = staging.same({"oai:x:1": original_digest(data)})
    staging.stage([] if same else [Reading(1, -1, data, one, name="oai:x:1")], lambda counts: None)
    publish(store, number)
    return staging.counts


def test_a_harvest_leaves_an_edit_until_its_source_changes_the_field(store: Store, time: Time) -> None:
    source = sources.add(store, "bk01", "oai", "oai", {}).number
    harvested(store, source, made("001a1", TITLE))
    edit(store, "oai:x:1", made("001a1", NEW))
    time.pass_()
    assert harvested(store, source, made("001a1", TITLE))["read"] == 0
    assert shown(store, "oai:x:1") == ["001a1", NEW]
    time.pass_()
    harvested(store, source, made("001a1", TITLE, NOTE))
    assert shown(store, "oai:x:1") == ["001a1", NEW, NOTE]
    time.pass_()
    harvested(store, source, made("001a1", OLD, NOTE))
    assert shown(store, "oai:x:1") == ["001a1", OLD, NOTE]


def test_a_harvested_record_is_deleted_at_its_source_alone(store: Store) -> None:
    source = sources.add(store, "bk01", "kho-oai", "oai", {}).number
    harvested(store, source, made("001a1", TITLE))
    found = subject(store, "oai:x:1")
    assert found.version is not None
    assert found.harvested
    with pytest.raises(RefusedError, match="kho-oai"):
        editing.remove(store, found, based_on=found.version)


def test_a_record_of_nobody_is_unknown(store: Store) -> None:
    for identifier in ("khong-co", "a\x00b", "bcdfghjkmnpqrs"):
        with pytest.raises(RefusedError):
            history.subject(store, identifier)


def test_an_unknown_library_is_refused(store: Store) -> None:
    with pytest.raises(RefusedError):
        editing.create(store, "nowhere", made(TITLE))
    assert libraries.get(store, "nowhere") is None


def test_the_order_of_control_fields_is_kept(store: Store) -> None:
    new = editing.with_control(made("001a", "008x", TITLE), "005", "t")
    assert [field.tag for field in new.fields] == ["001", "005", "008", "245"]
    assert editing.with_control(made("001a", TITLE), "001", "b").fields[0] == Field("001", value="b")
