"""Who harvests what: partners, the lists they follow, names for those that are known."""

from __future__ import annotations

from typing import Any

from accounts.rights import Act
from catalogue import partners
from catalogue.partners import Partner, Walk
from catalogue.store import iso
from foundation.limits import API_PAGE
from portal import announcing as screens
from portal.rest.door import missing, number
from portal.rest.operation import PAGED, Answer, Call, Rooms, Table, listed, page
from portal.rest.schema import array, ref, text, thing


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    table.group = "administration"
    store = rooms.store

    @table.on(
        "GET",
        "/partners",
        "partners",
        Act.SYSTEM,
        "Ai đang thu thập, đến đâu, lỗi gì. Không giữ địa chỉ máy, chỉ giữ mạng.",
        "Who harvests, since when, with which errors. Networks are kept and no addresses.",
        listed(ref("Partner")),
        *PAGED,
    )
    def every(call: Call) -> Answer:
        behind = number(call.after)
        found = sorted(screens.matching(store, ""), key=lambda one: one.number)
        found = [one for one in found if one.number > behind]
        return page(found[: call.limit + 1], call.limit, _partner, lambda one: one.number)

    @table.on(
        "GET",
        "/partners/{number}/lists",
        "partner_lists",
        Act.SYSTEM,
        "Những danh sách mà đối tác này thu thập, mới nhất trước.",
        "The lists that this partner harvests, the latest first.",
        thing("*", items=array(ref("PartnerList"))),
    )
    def lists(call: Call) -> Answer:
        if all(one.number != call.number for one in screens.matching(store, "")):
            missing()
        return Answer({"items": [_list(one) for one in partners.walks(store, call.number, API_PAGE)]})

    @table.on(
        "POST",
        "/partners",
        "name_partner",
        Act.SYSTEM,
        "Đặt tên cho đối tác, theo mạng, chương trình hoặc thư điện tử của họ.",
        "Give a partner a name, by their network, program or mail.",
        None,
        body=thing("name", name=text(100, 1), network=text(60), agent=text(200), mail=text(200)),
    )
    def name(call: Call) -> Answer:
        said = call.body
        screens.called(store, said["name"].strip(), *(said.get(one, "") for one in ("network", "agent", "mail")))
        return Answer()


def _partner(one: Partner) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": one.name,
        "named": one.named,
        "network": one.network,
        "agent": one.agent,
        "mail": one.mail,
        "first": iso(one.first),
        "last": iso(one.last),
        "requests": one.requests,
        "errors": one.errors,
    }


def _list(one: Walk) -> dict[str, Any]:
    return {
        "library": one.repository,
        "verb": one.verb,
        "format": one.format,
        "set": one.set_spec,
        "since": None if one.since < 0 else iso(one.since),
        "started": iso(one.started),
        "last": iso(one.last),
        "requests": one.requests,
        "delivered": one.delivered,
        "total": one.total,
        "complete": bool(one.complete),
    }
