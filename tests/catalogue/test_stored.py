"""Records and renderings by their numbers: what is shown now, whatever is remembered."""

from __future__ import annotations

import pytest

from catalogue import stored
from catalogue.followers import Follower
from catalogue.store import Store
from catalogue.stored import Recent
from tests.catalogue.conftest import Time, put, record
from tests.catalogue.sets_world import SITE

GONE = "00000dam a2200000 a 4500"


def numbers(store: Store) -> dict[str, int]:
    with store.read() as connection:
        rows = connection.exec_driver_sql("SELECT local_id, id FROM record").all()
    return {row[0]: row[1] for row in rows}


def test_records_come_with_their_numbers_and_without_the_deleted(store: Store, time: Time) -> None:
    put(store, record("1", "Một"), record("2", "Hai"))
    time.pass_()
    put(store, record("2", leader=GONE))
    known = numbers(store)
    found = stored.records(store, [known["2"], known["1"], 999])
    assert set(found) == {known["1"]}
    assert "Một" in found[known["1"]].text
    shown = stored.renderings(store, list(known.values()), "marcxml")
    assert set(shown) == {known["1"]}
    assert shown[known["1"]].identifier
    assert "Một".encode() in (shown[known["1"]].data or b"")


def test_a_format_that_is_not_made_yet_is_none(store: Store) -> None:
    put(store, record("1"))
    (number,) = numbers(store).values()
    assert stored.renderings(store, [number], "mods")[number].data is None


def test_what_is_remembered_is_given_up_when_something_is_published(
    store: Store, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "_LOOK_SECONDS", 0.0)
    put(store, record("1", "Cũ"))
    (number,) = numbers(store).values()
    recent = Recent(store, 1_000_000)
    first = recent.renderings([number], "marcxml")
    assert recent.renderings([number], "marcxml")[number] is first[number]
    time.pass_()
    put(store, record("1", "Mới"))
    assert "Mới".encode() in (recent.renderings([number], "marcxml")[number].data or b"")
    time.pass_()
    put(store, record("1", leader=GONE))
    assert recent.renderings([number], "marcxml") == {}


def test_a_form_made_after_publication_is_shown_as_soon_as_it_is_made(
    store: Store, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "_LOOK_SECONDS", 0.0)
    put(store, record("1", "Cũ"))
    assert Follower(store, SITE).follow()
    (number,) = numbers(store).values()
    recent = Recent(store, 1_000_000)
    recent.renderings([number], "mods")
    time.pass_()
    put(store, record("1", "Mới"))
    assert "Cũ".encode() in (recent.renderings([number], "mods")[number].data or b"")
    assert Follower(store, SITE).follow()
    assert "Mới".encode() in (recent.renderings([number], "mods")[number].data or b"")


def test_memory_is_bounded(store: Store) -> None:
    put(store, *(record(str(number), "x" * 500) for number in range(20)))
    recent = Recent(store, 5_000)
    wanted = list(numbers(store).values())
    assert len(recent.renderings(wanted, "marcxml")) == 20
    assert recent._size <= 5_000
    assert len(recent.renderings(wanted, "marcxml")) == 20
