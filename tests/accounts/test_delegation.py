"""Nobody gives more than they hold: roles, invitations, new passwords."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accounts import audit, delegation, invitations, people
from accounts.access import Duty, Who, may, shell
from accounts.rights import RIGHTS, Act, Role
from catalogue import libraries
from catalogue.libraries import Library
from catalogue.store import Store
from foundation.errors import RefusedError
from tests.catalogue.conftest import NOW, Time

ADMINISTRATOR = Who("person", 1, "quantri", duties=(Duty(Role.ADMINISTRATOR),))
MANAGER = Who("person", 2, "phutrach", duties=(Duty(Role.LIBRARY_MANAGER, "bk01", frozenset(("bk01", "xa01"))),))
GIVEN = tuple(role for role in Role if role is not Role.PARTNER_PROGRAMME)


@pytest.mark.parametrize("role", GIVEN)
@pytest.mark.parametrize("library", ["", "bk01", "xa01", "bk02"])
def test_a_manager_gives_at_their_libraries_what_they_hold(role: Role, library: str) -> None:
    wanted = library in ("bk01", "xa01") and RIGHTS[role] <= RIGHTS[Role.LIBRARY_MANAGER]
    assert delegation.grantable(MANAGER, role, library) == wanted
    assert delegation.grantable(ADMINISTRATOR, role, library)


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.LIBRARY_CATALOGUER, Role.PROVINCIAL_CATALOGUER])
def test_who_may_not_look_after_people_gives_nothing(role: Role) -> None:
    who = Who("person", 3, duties=(Duty(role, "bk01", frozenset(("bk01",)), top=True),))
    assert [one for one in Role if delegation.grantable(who, one, "bk01")] == []


def test_nobody_gives_for_longer_than_they_hold() -> None:
    held = replace(MANAGER, duties=(replace(MANAGER.duties[0], ends=NOW + 100),))
    assert [delegation.grantable(held, Role.CONTRIBUTOR, "bk01", ends) for ends in (NOW + 100, NOW + 101, None)] == [
        True, False, False,
    ]  # fmt: skip


def test_nobody_makes_a_programme_of_a_person() -> None:
    assert not delegation.grantable(ADMINISTRATOR, Role.PARTNER_PROGRAMME, "bk01")


@pytest.fixture
def house(store: Store) -> Store:
    """An administrator, a manager of bk01, and an administrator who also helps out at bk01."""
    libraries.add(store, Library("xa01", "Thư viện xã", kind="commune", parent="bk01"))
    for login, roles in {
        "quantri": [("administrator", "")],
        "phutrach": [("library_manager", "bk01")],
        "giup": [("administrator", ""), ("contributor", "bk01")],
        "bienmuc": [("library_cataloguer", "bk01")],
        "khac": [("library_cataloguer", "bk02")],
        "trong": [],
    }.items():
        people.add(store, login, f"Người {login}")
        with store.write() as connection:
            for role, library in roles:
                number = people.find(connection, login).number
                people.give(connection, NOW, number, role, library, "test")
    return store


def who(store: Store, login: str) -> Who:
    with store.read() as connection:
        found = people.who(connection, people.find(connection, login).number, store.now(connection))
        assert found is not None
        return found


@pytest.mark.parametrize(("governor", "governed"), [
    ("quantri", ["bienmuc", "giup", "khac", "phutrach", "quantri", "trong"]),
    ("phutrach", ["bienmuc", "phutrach"]),
    ("bienmuc", []),
])  # fmt: skip
def test_who_governs_whom(house: Store, governor: str, governed: list[str]) -> None:
    asker = who(house, governor)
    with house.read() as connection:
        found = [one.login for one in people.listed(connection) if delegation.governs(connection, asker, one, NOW)]
    assert found == governed


def test_nobody_takes_their_own_role_away(house: Store) -> None:
    for login in ("quantri", "phutrach"):
        asker = who(house, login)
        with house.read() as connection:
            [mine] = people.duties(connection, of=people.find(connection, login).number)
        with pytest.raises(RefusedError) as caught, house.write() as connection:
            delegation.take(connection, NOW, asker, mine.number)
        assert caught.value.problem.code == "role.self"
        with pytest.raises(RefusedError), house.write() as connection:
            delegation.lock(connection, NOW, asker, people.find(connection, login))
        assert who(house, login).duties == asker.duties


@pytest.mark.parametrize("way", ["take", "lock"])
def test_two_administrators_who_dismiss_each_other_at_once_leave_one(house: Store, way: str) -> None:
    askers = [who(house, login) for login in ("quantri", "giup")]

    def dismiss(asker: Who, login: str) -> None:
        with house.write() as connection:
            person = people.find(connection, login)
            if way == "lock":
                delegation.lock(connection, NOW, asker, person)
                return
            held = people.duties(connection, of=person.number)
            [one] = [one for one in held if one.role is Role.ADMINISTRATOR]
            delegation.take(connection, NOW, asker, one.number)

    dismiss(askers[0], "giup")
    with pytest.raises(RefusedError) as caught:
        dismiss(askers[1], "quantri")
    assert caught.value.problem.code == "role.last_administrator"
    with house.read() as connection:
        assert people.administrators(connection, NOW) == {"quantri"}
    dismiss(shell("root"), "quantri")
    with house.read() as connection:
        assert people.administrators(connection, NOW) == set()


def test_a_link_for_a_new_password_is_not_given_by_who_does_not_govern(house: Store) -> None:
    asker = who(house, "phutrach")
    with pytest.raises(RefusedError), house.write() as connection:
        invitations.reset(connection, NOW, asker, people.find(connection, "giup"))


# --- invitations ---------------------------------------------------------------------------------------------


def invite(store: Store, by: Who, role: str = "contributor", library: str = "bk01", **more: int) -> str:
    with store.write() as connection:
        return invitations.invite(connection, store.now(connection), by, role, library, name="Mới", **more)


def accept(store: Store, secret: str, login: str = "moi") -> None:
    with store.write() as connection:
        invitations.accept(connection, store.now(connection), secret, login=login, name="Người mới", hashed="x")


def test_an_invitation_gives_its_role_once(house: Store) -> None:
    secret = invite(house, who(house, "phutrach"), ends=NOW + 1000)
    accept(house, secret)
    found = who(house, "moi")
    assert [(duty.role, duty.library, duty.ends) for duty in found.duties] == [("contributor", "bk01", NOW + 1000)]
    with pytest.raises(RefusedError):
        accept(house, secret, "nua")
    with house.read() as connection:
        assert "nua" not in [one.login for one in people.listed(connection)]


def test_an_invitation_is_too_old_after_a_week(house: Store, time: Time) -> None:
    secret = invite(house, who(house, "phutrach"))
    time.pass_(7 * 86_400)
    with pytest.raises(RefusedError):
        accept(house, secret)


def test_an_invitation_dies_with_the_right_of_who_gave_it(house: Store) -> None:
    secret = invite(house, who(house, "phutrach"))
    with house.write() as connection:
        for duty in people.duties(connection, of=people.find(connection, "phutrach").number):
            people.take(connection, NOW, duty.number)
    with pytest.raises(RefusedError):
        accept(house, secret)


def test_a_revoked_invitation_opens_nothing(house: Store) -> None:
    asker = who(house, "phutrach")
    secret = invite(house, asker)
    with house.write() as connection:
        [one] = invitations.every(connection)
        with pytest.raises(RefusedError):
            invitations.revoke(connection, NOW, who_of(connection, "bienmuc"), one.number)
        invitations.revoke(connection, NOW, asker, one.number)
    with pytest.raises(RefusedError):
        accept(house, secret)


def who_of(connection: object, login: str) -> Who:
    found = people.who(connection, people.find(connection, login).number, NOW)  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize(("role", "library"), [
    ("administrator", ""), ("administrator", "bk01"), ("contributor", "bk02"), ("provincial_cataloguer", "bk01"),
    ("partner_programme", "bk01"), ("king", "bk01"), ("contributor", "nowhere"), ("contributor", ""),
])  # fmt: skip
def test_a_manager_invites_to_nothing_else(house: Store, role: str, library: str) -> None:
    with pytest.raises(RefusedError):
        invite(house, who(house, "phutrach"), role, library)
    with house.read() as connection:
        assert invitations.every(connection) == []


def test_an_invitation_is_no_link_for_a_password_and_the_other_way_round(house: Store) -> None:
    secret = invite(house, who(house, "phutrach"))
    with pytest.raises(RefusedError), house.write() as connection:
        invitations.choose(connection, NOW, secret, "x")
    with house.write() as connection:
        reset = invitations.reset(connection, NOW, who_of(connection, "quantri"), people.find(connection, "bienmuc"))
    with pytest.raises(RefusedError):
        accept(house, reset)


def test_a_second_link_for_a_password_ends_the_first(house: Store) -> None:
    asker = who(house, "quantri")
    with house.write() as connection:
        person = people.find(connection, "bienmuc")
        first, second = (invitations.reset(connection, NOW, asker, person) for _ in range(2))
    with pytest.raises(RefusedError), house.write() as connection:
        invitations.choose(connection, NOW, first, "x")
    with house.write() as connection:
        assert invitations.choose(connection, NOW, second, "x").login == "bienmuc"


def test_the_first_administrator_comes_in_by_the_newest_link_while_there_is_nobody(store: Store) -> None:
    with store.write() as connection:
        old, new = (invitations.first(connection, NOW, shell("root")) for _ in range(2))
    assert old
    assert new
    with pytest.raises(RefusedError):
        accept(store, old)
    accept(store, new)
    assert may(who(store, "moi"), Act.SYSTEM)
    with store.write() as connection:
        assert invitations.first(connection, NOW, shell("root")) is None


def test_the_store_never_holds_the_secret_of_a_link(house: Store) -> None:
    from catalogue.accounts_tables import audit as trail  # noqa: PLC0415
    from catalogue.accounts_tables import invitation  # noqa: PLC0415

    secret = invite(house, who(house, "phutrach"))
    with house.read() as connection:
        kept = repr(connection.execute(invitation.select()).all()) + repr(connection.execute(trail.select()).all())
    assert secret not in kept


def test_giving_and_taking_are_written_down_with_who_did_it(house: Store) -> None:
    asker = who(house, "phutrach")
    with house.write() as connection:
        number = delegation.give(connection, NOW, asker, "bienmuc", "contributor", "xa01", address="10.0.0.1")
        delegation.take(connection, NOW, asker, number)
        with pytest.raises(RefusedError):
            delegation.take(connection, NOW, asker, number)
    with house.read() as connection:
        newest = list(audit.entries(connection, count=2))
    assert [(one.actor, one.object, one.library, one.detail) for one in newest] == [
        ("phutrach", "role:bienmuc", "xa01", "-contributor"),
        ("phutrach", "role:bienmuc", "xa01", "contributor"),
    ]


def test_a_role_that_may_not_be_given_is_not_given(house: Store) -> None:
    asker = who(house, "phutrach")
    with pytest.raises(RefusedError), house.write() as connection:
        delegation.give(connection, NOW, asker, "bienmuc", "administrator", "")
    assert not may(who(house, "bienmuc"), Act.SYSTEM)
