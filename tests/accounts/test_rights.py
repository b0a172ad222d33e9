"""The one table of rights, and the one check that reads it."""

from __future__ import annotations

import pytest

from accounts import people
from accounts.access import NOBODY, Duty, Who, may, reach, shell
from accounts.rights import ACTS, EVERYBODY, RIGHTS, ROLES, SCOPES, SIGNED_IN, WHOLE, Act, Role
from catalogue import libraries
from catalogue.libraries import Library
from catalogue.store import Store
from tests.catalogue.conftest import Time

_CATALOGUES = "import publish undo runs quarantine decide edit copy export quality statistics"
# Written out once more: a right that changes has to be changed here too.
HELD = {
    Role.PROVINCIAL_CATALOGUER: f"{_CATALOGUES} sources collections targets",
    Role.LIBRARY_MANAGER: f"{_CATALOGUES} sources people tokens audit libraries push match",
    Role.LIBRARY_CATALOGUER: _CATALOGUES,
    Role.CONTRIBUTOR: "import edit copy export quality",
    Role.PARTNER_PROGRAMME: f"{_CATALOGUES} push match sources libraries people tokens audit "
    "union_rules collections targets system",
}


def holder(role: Role, library: str, below: tuple[str, ...] = (), top: bool = False) -> Who:
    return Who("person", 1, "anh", "Anh", (Duty(role, library, frozenset((library, *below)), top),))


@pytest.mark.parametrize("role", HELD)
def test_a_role_may_what_is_written_here_and_nothing_else(role: Role) -> None:
    assert {str(act) for act in RIGHTS[role]} == set(HELD[role].split())


def test_the_administrator_may_everything_everywhere() -> None:
    who = Who("person", 1, duties=(Duty(Role.ADMINISTRATOR),))
    assert all(may(who, act, library) for act in Act for library in (None, "bk01", "anything"))
    assert all(may(shell("root"), act, "bk01") for act in Act)


@pytest.mark.parametrize("act", Act)
def test_nobody_may_what_is_public_and_nothing_else(act: Act) -> None:
    assert bool(may(NOBODY, act, "bk01")) == (act in EVERYBODY)
    assert bool(may(Who("person", 1, "anh"), act, "bk01")) == (act in EVERYBODY | SIGNED_IN)


@pytest.mark.parametrize("role", HELD)
@pytest.mark.parametrize("act", sorted(set(Act) - EVERYBODY - SIGNED_IN))
def test_a_role_counts_at_its_library_and_below_and_nowhere_else(role: Role, act: Act) -> None:
    who = holder(role, "bk00", ("bk01",))
    here = act in RIGHTS[role] and act not in WHOLE
    assert [bool(may(who, act, code)) for code in ("bk00", "bk01", "bk02", "", None)] == [
        here,
        here,
        False,
        False,
        here,
    ]


@pytest.mark.parametrize("act", sorted(WHOLE))
def test_what_concerns_the_whole_needs_a_library_with_none_above(act: Act) -> None:
    assert not may(holder(Role.PROVINCIAL_CATALOGUER, "bk01"), act)
    top = may(holder(Role.PROVINCIAL_CATALOGUER, "bk00", top=True), act)
    assert bool(top) == (act in RIGHTS[Role.PROVINCIAL_CATALOGUER])


def test_a_refusal_says_what_and_where_in_both_languages() -> None:
    who = holder(Role.LIBRARY_CATALOGUER, "bk01")
    elsewhere, never = may(who, Act.IMPORT, "bk02").reason, may(who, Act.PEOPLE, "bk01").reason
    assert elsewhere is not None
    assert never is not None
    assert "bk02" in elsewhere.text("vi")
    assert ACTS[Act.IMPORT].vi in elsewhere.text("vi")
    assert ACTS[Act.PEOPLE].en in never.text("en")


def test_every_act_and_role_has_its_words() -> None:
    assert set(ACTS) == set(Act)
    assert set(ROLES) == set(RIGHTS) == set(Role)
    assert set(SCOPES.values()) == RIGHTS[Role.PARTNER_PROGRAMME]


def test_a_circle_of_libraries_ends() -> None:
    assert reach({"a": "b", "b": "a", "c": "a", "d": ""}, "a") == {"a", "b", "c"}


# --- of people in the store ----------------------------------------------------------------------------------


def asked(store: Store, act: Act, library: str | None) -> bool:
    with store.read() as connection:
        now = store.now(connection)
        found = people.who(connection, people.find(connection, "anh").number, now)
        return found is not None and bool(may(found, act, library))


@pytest.fixture
def given(store: Store) -> Store:
    libraries.add(store, Library("xa01", "Thư viện xã", kind="commune", parent="bk01"))
    people.add(store, "anh", "Ngọc Anh")
    return store


def give(store: Store, role: str, library: str, **when: int) -> int:
    with store.write() as connection:
        number = people.find(connection, "anh").number
        return people.give(connection, store.now(connection), number, role, library, "test", **when)


def test_a_role_reaches_the_libraries_below_as_they_are_now(given: Store) -> None:
    give(given, "library_cataloguer", "bk01")
    assert asked(given, Act.EDIT, "xa01")
    with given.write() as connection:
        libraries.change(connection, "xa01", name_vi="Thư viện xã", name_en="", email="", parent="bk02", kind="commune")
    assert not asked(given, Act.EDIT, "xa01")
    assert asked(given, Act.EDIT, "bk01")


def test_a_delegation_begins_and_ends_by_the_clock(given: Store, time: Time) -> None:
    give(given, "library_manager", "bk01", begins=time.now + 10, ends=time.now + 20)
    seen = []
    for _ in range(25):
        seen.append(asked(given, Act.PUBLISH, "bk01"))
        time.pass_()
    assert seen == [False] * 10 + [True] * 10 + [False] * 5


def test_a_role_that_is_taken_away_is_gone_at_once_and_stays_in_the_history(given: Store) -> None:
    number = give(given, "library_manager", "bk01")
    assert asked(given, Act.PUBLISH, "bk01")
    with given.write() as connection:
        people.take(connection, given.now(connection), number)
    assert not asked(given, Act.PUBLISH, "bk01")
    with given.read() as connection:
        assert [one.role for one in people.duties(connection)] == ["library_manager"]


def test_who_is_locked_is_nobody(given: Store) -> None:
    give(given, "administrator", "")
    with given.write() as connection:
        people.lock(connection, given.now(connection), people.find(connection, "anh").number)
    assert not asked(given, Act.ACCOUNT, None)
    with given.write() as connection:
        people.unlock(connection, people.find(connection, "anh").number)
    assert asked(given, Act.SYSTEM, None)
