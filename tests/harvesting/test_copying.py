"""Copy cataloguing: the list, the marks, what is saved; targets and their passwords."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue import contents, libraries, targets
from catalogue.libraries import Library
from catalogue.store import Store
from catalogue.undo import undo
from foundation.errors import InputError, RefusedError, StoreError
from foundation.settings import Settings
from foundation.vault import Vault
from harvesting import copying
from harvesting.copying import Merged
from harvesting.targets import Targets, known
from marc.record import Record
from z3950_bridge.peer import peer
from z3950_bridge.peer_records import Taken

LEADER = "00000nam a2200000 a 4500"


def record(*fields: tuple[str, str]) -> Record:
    return Record("\x1e".join([LEADER, *(tag + value.replace("$", "\x1f") for tag, value in fields)]))


BOOK = (
    ("001", "x 12"), ("003", "DLC"), ("008", "200101s2015    vm ||||||||||||||||||vie||"),
    ("020", "  $a9786045708378"), ("040", "  $aDLC$beng$cDLC"), ("100", "1 $aNguyễn Du"), ("245", "10$aTruyện Kiều /"),
)  # fmt: skip


def taken(made: Record | None, name: str = "loc", position: int = 1) -> Taken:
    return Taken(name, position, made, b"as it came")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.open(Settings(home=tmp_path))
    libraries.add(made, Library("bk", "Bắc Kạn"))
    return made


# --- what a copy is ------------------------------------------------------------------------------------------------


def values(made: Record, tag: str) -> list[str]:
    return [one.value or "".join(f"${code}{text}" for code, text in one.subfields) for one in made.select(tag)]


def test_the_incoming_number_moves_to_035_and_040_says_who_copied() -> None:
    made = copying.copy(record(*BOOK), "bk", "loc")
    assert values(made, "001") == ["loc-x-12"]
    assert values(made, "003") == ["bk"]
    assert values(made, "035") == ["$a(DLC)x 12"]
    assert values(made, "040") == ["$aDLC$beng$cDLC$dbk"]
    assert values(made, "245") == ["$aTruyện Kiều /"]


def test_a_copy_of_a_copy_adds_nothing_twice() -> None:
    once = copying.copy(record(*BOOK), "bk", "loc")
    again = copying.copy(record(*BOOK, ("035", "  $a(DLC)x 12")), "bk", "loc")
    assert values(again, "035") == ["$a(DLC)x 12"]
    assert values(copying.copy(once, "bk", "loc"), "040") == ["$aDLC$beng$cDLC$dbk"]


def test_a_record_without_003_and_040_is_named_by_its_target() -> None:
    made = copying.copy(record(("001", "7"), ("245", "10$aSách")), "bk", "loc")
    assert values(made, "035") == ["$a(loc)7"]
    assert values(made, "040") == ["$aloc$cbk"]
    assert [one.tag for one in made.fields] == ["001", "003", "035", "040", "245"]


def test_a_record_without_a_number_gets_one_that_stays() -> None:
    made = [copying.copy(record(("245", "10$aSách")), "bk", "loc").control("001") for _ in range(2)]
    assert made[0] == made[1]
    assert made[0].startswith("loc-")


# --- the list ------------------------------------------------------------------------------------------------------


def test_the_same_book_of_two_targets_is_marked() -> None:
    merged = Merged()
    first = merged.add(taken(record(*BOOK)))
    other = merged.add(taken(record(("020", "  $a604570837X"), ("245", "10$aKiều")), "bnf"))
    again = merged.add(taken(record(("020", "  $a978-604-57-0837-8"), ("245", "10$aKiều")), "bnf"))
    by_title = merged.add(taken(record(*(one for one in BOOK if one[0] != "020")), "dnb"))
    assert [line.same_as for line in (first, other, again, by_title)] == [0, 0, 1, 1]


def test_titles_that_say_little_do_not_make_two_books_one() -> None:
    short = (("100", "1 $aA"), ("245", "10$aBáo cáo"))
    merged = Merged()
    assert [merged.add(taken(record(*short))).same_as for _ in range(2)] == [0, 0]


def test_what_cannot_be_read_is_a_line_too() -> None:
    assert Merged().add(taken(None)).number == 1


# --- saving --------------------------------------------------------------------------------------------------------


def test_saved_records_are_a_change_set_that_can_be_undone(store: Store) -> None:
    done = copying.save(store, "bk", [taken(record(*BOOK)), taken(None)])
    assert (done.state, done.counts["new"]) == ("published", 1)
    assert contents.extent(store, union=False)[0] == 1
    undo(store, done.change_set, False)
    assert contents.extent(store, union=False)[0] == 0


def test_saving_the_same_record_again_makes_no_second_one(store: Store) -> None:
    copying.save(store, "bk", [taken(record(*BOOK))])
    assert copying.save(store, "bk", [taken(record(*BOOK))]).counts["unchanged"] == 1
    changed = copying.save(store, "bk", [taken(record(*BOOK, ("500", "  $aThêm")))])
    assert changed.counts["changed"] == 1
    assert contents.extent(store, union=False)[0] == 1


def test_a_preview_publishes_nothing(store: Store) -> None:
    assert copying.save(store, "bk", [taken(record(*BOOK))], preview=True).state == "staged"
    assert contents.extent(store, union=False)[0] == 0


def test_an_unknown_library_is_refused(store: Store) -> None:
    with pytest.raises(RefusedError):
        copying.save(store, "nowhere", [taken(record(*BOOK))])


# --- targets -------------------------------------------------------------------------------------------------------


def test_a_password_is_kept_encrypted_and_given_back_to_ask_with(store: Store, tmp_path: Path) -> None:
    mine = Targets(store, Vault(tmp_path / "vault.key"))
    mine.add(peer("koha", "z3950", {"host": "x.example", "user": "u", "password": "bí mật"}), enabled=True)
    assert "bí mật" not in str(targets.get(store, "koha"))
    assert mine.get("koha").password == "bí mật"
    with pytest.raises(StoreError):
        Targets(store, Vault(tmp_path / "other.key")).get("koha")


def test_only_enabled_targets_are_asked(store: Store, tmp_path: Path) -> None:
    mine = Targets(store, Vault(tmp_path / "vault.key"))
    mine.add(peer("a", "z3950", {"host": "x.example"}), enabled=False)
    mine.add(peer("b", "z3950", {"host": "x.example", "user": "u"}), enabled=True)
    assert [one.name for one in mine.enabled()] == ["b"]
    assert mine.gateway() == []
    with pytest.raises(RefusedError, match="b"):
        mine.enabled("a")
    mine.enable("a", True)
    assert [one.name for one in mine.gateway()] == ["a"]
    mine.remove("a")
    with pytest.raises(RefusedError):
        mine.get("a")


def test_a_name_is_taken_once(store: Store, tmp_path: Path) -> None:
    mine = Targets(store, Vault(tmp_path / "vault.key"))
    mine.add(peer("a", "z3950", {"host": "x.example"}), enabled=True)
    with pytest.raises(RefusedError):
        mine.add(peer("a", "z3950", {"host": "y.example"}), enabled=True)


def test_known_targets_are_whole_and_none_is_enabled(store: Store, tmp_path: Path) -> None:
    mine = Targets(store, Vault(tmp_path / "vault.key"))
    assert {"loc", "loc-sru", "dnb", "bnf", "k10plus"} <= set(known())
    assert all(entry.source for entry in known().values())
    assert mine.enabled() == []
    mine.enable("loc", True)
    assert mine.get("loc").host == "lx2.loc.gov"


@pytest.mark.parametrize("name", ["", "LOC", "a/b", "x" * 41])
def test_a_name_that_would_be_no_database_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        peer(name, "z3950", {"host": "x.example"})
