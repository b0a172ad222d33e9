"""Who did what: the audit trail, its proof; and who may do what."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from accounts import audit
from accounts.audit import Entry
from accounts.rights import ACTS, EVERYBODY, RIGHTS, SIGNED_IN, WHOLE, Act, Role
from catalogue.store import iso
from portal.rest.door import number
from portal.rest.operation import LIBRARY, PAGED, Answer, Call, Parameter, Rooms, Table, listed, page
from portal.rest.schema import array, flag, maybe, ref, table, text, thing, whole
from portal.workshop import allowed, libraries

_ACTOR: Final = Parameter("actor", text(120), "Ai làm.", "Who did it.")
_ACT: Final = Parameter("act", text(40), "Việc gì.", "What was done.")


def add(rows: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    store = rooms.store
    rows.group = "administration"

    @rows.on(
        "GET",
        "/audit",
        "audit",
        Act.AUDIT,
        "Nhật ký: ai làm gì, với cái gì, từ đâu; mới nhất trước.",
        "The audit trail: who did what, to what, from where; the newest first.",
        listed(ref("Entry")),
        _ACTOR,
        _ACT,
        LIBRARY,
        *PAGED,
    )
    def log(call: Call) -> Answer:
        wanted = {name: call.query[name] for name in ("actor", "act", "library") if call.query.get(name)}
        reach = None if allowed(Act.SYSTEM) else [one.code for one in libraries(Act.AUDIT)]
        before = number(call.after) or None
        with store.read() as connection:
            found = list(audit.entries(connection, before=before, count=call.limit + 1, reach=reach, **wanted))
        return page(found, call.limit, _entry, lambda one: one.number)

    @rows.on(
        "GET",
        "/audit/proof",
        "verify_audit",
        (Act.AUDIT, Act.SYSTEM),
        "Nhật ký còn nguyên vẹn không: tính lại từng mắt xích.",
        "Whether the trail is as it was written: every hash is made again.",
        thing("*", entries=whole(), head=text(), broken=maybe(whole())),
    )
    def proof(call: Call) -> Answer:
        with store.read() as connection:
            return Answer(asdict(audit.verify(connection)))

    @rows.on(
        "GET",
        "/rights",
        "rights",
        Act.READ,
        "Vai trò nào được làm việc gì.",
        "Which role may do what.",
        thing(
            "*",
            items=array(
                thing("*", act=text(), vi=text(), en=text(), whole=flag(), everybody=flag(), roles=table(flag()))
            ),
        ),
    )
    def rights(call: Call) -> Answer:
        return Answer({"items": [_right(act) for act in Act]})


def _right(act: Act) -> dict[str, Any]:
    open_ = act in EVERYBODY or act in SIGNED_IN
    held = {str(role): act in RIGHTS[role] or act in EVERYBODY for role in Role}
    return {"act": str(act), "vi": ACTS[act].vi, "en": ACTS[act].en, "whole": act in WHOLE, "everybody": open_,
            "roles": held}  # fmt: skip


def _entry(one: Entry) -> dict[str, Any]:
    return asdict(one) | {"moment": iso(one.moment)}
