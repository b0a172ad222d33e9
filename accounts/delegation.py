"""Who may give which role to whom. Nobody gives more than they hold themselves, elsewhere, or for longer."""

from __future__ import annotations

from sqlalchemy import Connection

from accounts import audit, messages, people
from accounts.access import Who, may
from accounts.people import Person
from accounts.rights import RIGHTS, Act, Role
from foundation.errors import RefusedError


def grantable(who: Who, role: Role, library: str, ends: int | None = None) -> bool:
    """Whether `who` may give `role` over the library (empty: everything) until `ends` (None: without end)."""
    if role is Role.PARTNER_PROGRAMME:
        return False
    longest = [
        duty
        for duty in who.duties
        if duty.allows(Act.PEOPLE, library or None)
        and (not duty.library or library)
        and RIGHTS[role] <= (RIGHTS[duty.role] if duty.acts is None else duty.acts)
        and not duty.wide  # what a token gives would reach the libraries below, which it does not
        and (duty.ends is None or (ends is not None and ends <= duty.ends))
    ]
    return bool(longest)


def roles(who: Who, library: str) -> list[Role]:
    """The roles that `who` may give over a library, for as long as they hold theirs."""
    held = [duty.ends for duty in who.duties if duty.allows(Act.PEOPLE, library or None)]
    ends = None if None in held else max((end for end in held if end is not None), default=None)
    return [role for role in Role if grantable(who, role, library, ends)]


def governs(connection: Connection, who: Who, person: Person, now: int) -> bool:
    """Whether `who` may lock a person, unlock them or let them choose a new password.

    They must be able to give everything that the person holds now: else a manager could come in as an administrator who
    also helps out at the library. A person without any duty is governed by administrators, and by nobody else.
    """
    held = [one for one in people.duties(connection, of=person.number) if one.revoked is None and _lasts(one.ends, now)]
    if not held:
        return bool(may(who, Act.SYSTEM))
    return all(grantable(who, one.role, one.library, one.ends) for one in held)


def governed(connection: Connection, who: Who, now: int) -> frozenset[str]:
    """The logins of all that hold some duty now and that `who` governs: whose pages a list may lead to."""
    free: dict[str, bool] = {}
    for one in people.duties(connection):
        if one.revoked is None and _lasts(one.ends, now):
            free[one.login] = free.get(one.login, True) and grantable(who, one.role, one.library, one.ends)
    return frozenset(login for login, all_of_it in free.items() if all_of_it)


def _lasts(ends: int | None, now: int) -> bool:
    return ends is None or now < ends


def give(
    connection: Connection, now: int, who: Who, login: str, role: str, library: str, *,
    ends: int | None = None, address: str = "",
) -> int:  # fmt: skip
    """Give the person with this login a role, and write it down; the duty's number.

    Raises RefusedError for a role, a library or a person that there is not, and for what `who` may not give.
    """
    person = people.find(connection, login)
    made = people.give(connection, now, person.number, role, library, who.actor, ends=ends)
    if not grantable(who, Role(role), library, ends):
        raise RefusedError(messages.ROLE_REFUSED)
    detail = role if ends is None else f"{role} ≤ {ends}"
    audit.note(
        connection, now, who, Act.PEOPLE, f"role:{person.login}", library=library, detail=detail, address=address
    )
    return made


def take(connection: Connection, now: int, who: Who, number: int, address: str = "") -> None:
    """End a duty, and write it down.

    Raises RefusedError when `who` could not give it, it is their own, or there is none; and for the last administrator.
    """
    found = next((one for one in people.duties(connection) if one.number == number and one.revoked is None), None)
    if found is None or not grantable(who, found.role, found.library, found.ends):
        raise RefusedError(messages.ROLE_REFUSED)
    if who.kind == "person" and found.login == who.login:
        raise RefusedError(messages.ROLE_SELF)
    if found.role is Role.ADMINISTRATOR and not found.library:
        _administered(connection, now, who, found.login)
    people.take(connection, now, number)
    audit.note(
        connection, now, who, Act.PEOPLE, f"role:{found.login}", library=found.library, detail=f"-{found.role}",
        address=address,
    )  # fmt: skip


def lock(connection: Connection, now: int, who: Who, person: Person) -> None:
    """Lock an account that `who` governs. Raises RefusedError for one's own, and for that of the last administrator."""
    if who.kind == "person" and person.number == who.number:
        raise RefusedError(messages.LOCK_SELF)
    held = people.duties(connection, of=person.number)
    if any(one.role is Role.ADMINISTRATOR and not one.library and one.good(now) for one in held):
        _administered(connection, now, who, person.login)
    people.lock(connection, now, person.number)


def _administered(connection: Connection, now: int, who: Who, without: str) -> None:
    """Raises RefusedError when there would be no administrator but this one: two may dismiss each other in the same
    moment. Whoever sits at the machine may do it all the same, for there another one can be made."""
    if who.kind != "shell" and not people.administrators(connection, now) - {without}:
        raise RefusedError(messages.LAST_ADMINISTRATOR, login=without)
