"""People: who holds which role, inviting them, giving and ending roles, locking accounts.

A token gives what its scopes hold, at its own library, for no longer than itself (`accounts.delegation`).
"""

from __future__ import annotations

from typing import Any, Final

from accounts import delegation, invitations, people
from accounts.invitations import Invitation
from accounts.people import Given
from accounts.rights import Act, Role
from catalogue.store import iso
from portal import people as screens
from portal.rest.door import number
from portal.rest.operation import LIBRARY, PAGED, Answer, Call, Parameter, Rooms, Table, listed, page
from portal.rest.schema import one_of, ref, text, thing
from portal.workshop import address, who

_ROLES: Final = one_of(*(role for role in Role if role is not Role.PARTNER_PROGRAMME))
_NARROWED: Final = (
    *PAGED,
    LIBRARY,
    Parameter("q", text(100), "Chữ trong tên hoặc thư điện tử.", "Letters of the name or the mail address."),
)
_DAY: Final = text(10, 10, "[0-9]{4}-[0-9]{2}-[0-9]{2}")


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    table.group = "administration"
    _inviting(table, rooms)
    _roles(table, rooms)
    _accounts(table, rooms)


def _inviting(table: Table, rooms: Rooms) -> None:
    store, site = rooms.store, screens.Site(rooms.store, rooms.settings, rooms.base_url)

    @table.on(
        "GET",
        "/invitations",
        "invitations",
        Act.PEOPLE,
        "Lời mời chưa nhận và chưa hết hạn.",
        "Invitations that nobody has accepted and that are still good.",
        listed(ref("Invitation")),
        *_NARROWED,
    )
    def every(call: Call) -> Answer:
        codes, words = screens.reached(call.query.get("library", "")), call.query.get("q", "")
        with store.read() as connection:
            now, before = store.now(connection), number(call.after)
            found = invitations.waiting(connection, now, codes, words=words, before=before, limit=call.limit + 1)
        return page(found, call.limit, _invitation, lambda one: one.number)

    @table.on(
        "POST",
        "/libraries/{library}/invitations",
        "invite",
        Act.PEOPLE,
        "Mời một người giữ vai trò ở thư viện. `link` chỉ hiện một lần; có máy chủ thư thì được gửi luôn.",
        "Invite somebody to a role at the library. `link` is shown once, and mailed where there is a mail server.",
        ref("Link"),
        status=201,
        secret=True,
        body=thing("role name", role=_ROLES, name=text(200, 1), email=text(200), until=_DAY),
    )
    def invite(call: Call) -> Answer:
        said = call.body
        ends = people.end_of_day(said.get("until", ""), rooms.settings.timezone)
        with store.write() as connection:
            secret = invitations.invite(
                connection, store.now(connection), who(), said["role"], call.library, name=said["name"],
                email=said.get("email", ""), ends=ends, address=address(),
            )  # fmt: skip
        return Answer(_linked(site, secret, said.get("email", "").strip(), invitations.INVITE))

    @table.on(
        "POST",
        "/invitations/{number}/revoke",
        "revoke_invitation",
        Act.PEOPLE,
        "Thu hồi lời mời.",
        "Let an invitation open nothing.",
        None,
    )
    def revoke(call: Call) -> Answer:
        with store.write() as connection:
            invitations.revoke(connection, store.now(connection), who(), call.number, address())
        return Answer()


def _roles(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "GET",
        "/people",
        "people",
        Act.PEOPLE,
        "Ai đang giữ vai trò gì ở thư viện nào.",
        "Who holds which role at which library.",
        listed(ref("Person")),
        *_NARROWED,
        Parameter("role", _ROLES, "Chỉ vai trò này.", "Only this role."),
    )
    def every(call: Call) -> Answer:
        codes = screens.reached(call.query.get("library", ""))
        reach = None if codes is None else tuple(codes)
        wanted = people.Wanted(reach, call.query.get("role", ""), call.query.get("q", ""))
        with store.read() as connection:
            now, after = store.now(connection), number(call.after)
            found = people.current(connection, now, wanted, after=after, limit=call.limit + 1)
        return page(found, call.limit, _given, lambda one: one.number)

    @table.on(
        "POST",
        "/libraries/{library}/people/{login}/roles",
        "give_role",
        Act.PEOPLE,
        "Cấp vai trò ở thư viện cho người đã có tài khoản; không rộng hơn, không lâu hơn quyền của khoá.",
        "Give somebody with an account a role at the library; no more than the token holds, nor for longer.",
        ref("Person"),
        status=201,
        body=thing("role", role=_ROLES, until=_DAY),
    )
    def give(call: Call) -> Answer:
        ends = people.end_of_day(call.body.get("until", ""), rooms.settings.timezone)
        with store.write() as connection:
            now = store.now(connection)
            screens.governed(connection, call.path["login"], now)
            made = delegation.give(
                connection, now, who(), call.path["login"], call.body["role"], call.library, ends=ends,
                address=address(),
            )  # fmt: skip
            found = next(one for one in people.duties(connection) if one.number == made)
        return Answer(_given(found))

    @table.on(
        "POST",
        "/roles/{number}/end",
        "end_role",
        Act.PEOPLE,
        "Thu hồi một vai trò; có hiệu lực ngay.",
        "End a role, from now on.",
        None,
    )
    def end(call: Call) -> Answer:
        with store.write() as connection:
            delegation.take(connection, store.now(connection), who(), call.number, address())
        return Answer()


def _accounts(table: Table, rooms: Rooms) -> None:
    store, site = rooms.store, screens.Site(rooms.store, rooms.settings, rooms.base_url)
    acts: dict[str, tuple[str, str]] = {
        "lock": ("Khoá tài khoản; mọi phiên đăng nhập kết thúc.", "Lock an account; all its sessions end."),
        "unlock": ("Mở khoá tài khoản.", "Let somebody in again."),
        "codes-off": ("Thôi hỏi mã dùng một lần của tài khoản này.", "Ask this account for no one-time code any more."),
    }
    for what, (vi, en) in acts.items():

        def act(call: Call, what: str = what) -> Answer:
            screens.act_on(store, call.path["login"], what)
            return Answer()

        name = f"{what.replace('-', '_')}_person"
        table.put("POST", f"/people/{{login}}/{what}", name, Act.PEOPLE, vi, en, None, do=act)

    @table.on(
        "POST",
        "/people/{login}/reset",
        "reset_person",
        Act.PEOPLE,
        "Cho người này đặt mật khẩu mới; `link` chỉ hiện một lần.",
        "Let somebody choose a new password; `link` is shown once.",
        ref("Link"),
        status=201,
        secret=True,
    )
    def reset(call: Call) -> Answer:
        with store.write() as connection:
            now = store.now(connection)
            person = screens.governed(connection, call.path["login"], now)
            secret = invitations.reset(connection, now, who(), person, address())
        return Answer(_linked(site, secret, person.email, invitations.RESET))


def _linked(site: screens.Site, secret: str, email: str, kind: str) -> dict[str, Any]:
    link, sent, trouble = screens.link_of(site, secret, email)
    return {"link": link, "days": invitations.DAYS[kind], "sent": sent, "trouble": trouble}


def _invitation(one: Invitation) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": one.name,
        "email": one.email,
        "role": one.role,
        "library": one.library,
        "ends": None if one.ends is None else iso(one.ends),
        "giver": one.giver,
        "created": iso(one.created),
        "expires": iso(one.expires),
    }


def _given(one: Given) -> dict[str, Any]:
    return {
        "number": one.number,
        "login": one.login,
        "name": one.name,
        "role": str(one.role),
        "library": one.library,
        "giver": one.giver,
        "begins": iso(one.begins),
        "ends": None if one.ends is None else iso(one.ends),
    }
