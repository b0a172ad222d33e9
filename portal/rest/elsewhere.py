"""The catalogues of other libraries: searched all at once, and what was found taken over as a batch."""

from __future__ import annotations

from typing import Any, Final

from accounts.rights import Act
from catalogue import lookups
from catalogue.lookups import Hit, Lookup
from foundation.errors import InputError, RefusedError
from foundation.limits import PEER_RECORDS
from harvesting import copying, elsewhere
from harvesting.copying import Rule
from marc.record import Record
from portal.copying import FIELDS, drafted
from portal.rest import messages
from portal.rest.door import missing, permit
from portal.rest.operation import Answer, Call, Rooms, Table
from portal.rest.records import marc
from portal.rest.schema import array, flag, one_of, ref, text, thing, whole
from portal.workshop import language, noted, who
from z3950_bridge.peer_records import Taken

_ASKED: Final = thing(
    "query",
    query=text(500, 1),
    field=one_of(*FIELDS),
    targets=array(text(40, 1), 50),
    limit=whole(1, PEER_RECORDS),
)
_TAKEN: Final = thing("hits", hits=array(whole(), 1_000, 1), local=flag(), holdings=flag(), publish=flag())


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    table.group = "elsewhere"
    _searching(table, rooms)
    _taking(table, rooms)


def _searching(table: Table, rooms: Rooms) -> None:
    store, targets = rooms.store, rooms.targets

    @table.on(
        "GET",
        "/targets",
        "targets",
        Act.COPY,
        "Những mục lục khác có thể tìm.",
        "Other catalogues to search.",
        thing("*", items=array(ref("Target"))),
    )
    def every(call: Call) -> Answer:
        found = [(one, made) for one, made in targets.every() if one.enabled]
        return Answer(
            {
                "items": [
                    {"name": one.name, "title": made.title or one.name, "protocol": one.kind} for one, made in found
                ]
            }
        )

    @table.on(
        "POST",
        "/lookups",
        "look_up",
        Act.COPY,
        "Tìm ở nhiều mục lục cùng lúc; kết quả đến dần ở địa chỉ Location.",
        "Search several catalogues at once; what is found comes in at the Location.",
        ref("Lookup"),
        status=202,
        body=_ASKED,
    )
    def begin(call: Call) -> Answer:
        words, field = call.body["query"].strip(), call.body.get("field", "")
        if not words:
            raise InputError(copying.NO_WORDS)
        peers = targets.enabled(*dict.fromkeys(call.body.get("targets", ())))
        if not peers:
            raise RefusedError(copying.NO_TARGETS)
        asked, limit = copying.asked(words, field), call.body.get("limit", 20)
        wanted = elsewhere.begin(store, who().actor, peers, asked, (words, field), limit, rooms.finder)
        return Answer(_shown(rooms, _mine(rooms, wanted)), location=f"/lookups/{wanted}")

    @table.on(
        "GET",
        "/lookups/{number}",
        "lookup",
        Act.COPY,
        "Kết quả đến lúc này; `complete` khi mọi nơi đã trả lời.",
        "What was found so far; `complete` when all have answered.",
        ref("Lookup"),
    )
    def one(call: Call) -> Answer:
        return Answer(_shown(rooms, _mine(rooms, call.number)))


def _taking(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "GET",
        "/lookups/{number}/hits/{hit}",
        "hit",
        Act.COPY,
        "Một kết quả, cả biểu ghi.",
        "One hit in full.",
        ref("Hit"),
    )
    def hit(call: Call) -> Answer:
        found = lookups.one(store, _mine(rooms, call.number).number, call.path["hit"])
        if found is None:
            missing()
        record = None if found.text is None else marc(Record(found.text))
        return Answer({"number": found.number, "target": found.peer, "record": record, "problems": _problems(found)})

    @table.on(
        "POST",
        "/libraries/{library}/copies/{number}",
        "copy_hits",
        Act.COPY,
        "Chép những kết quả này của lần tìm vào thư viện, thành một lô; `publish` cần thêm quyền `publish`.",
        "Copy these hits of the search into the library, as a batch; `publish` needs that scope too.",
        thing("*", change_set=whole(), state=text()),
        status=201,
        body=_TAKEN,
    )
    def copy(call: Call) -> Answer:
        lookup, publish = _mine(rooms, call.number), call.body.get("publish", False)
        if publish:
            permit(Act.PUBLISH, call.library)
        found = [lookups.one(store, lookup.number, one) for one in dict.fromkeys(call.body["hits"])]
        chosen = [one for one in found if one is not None and one.text is not None]
        if not chosen:
            raise RefusedError(messages.NOTHING_CHOSEN)
        taken = [Taken(one.peer, one.position, Record(one.text or ""), one.original) for one in chosen]
        rule = Rule(local=call.body.get("local", False), holdings=call.body.get("holdings", False))
        done = copying.save(store, call.library, taken, preview=not publish, rule=rule)
        noted(Act.COPY, f"{len(taken)} records", done.state, done.change_set, library=call.library)
        return Answer({"change_set": done.change_set, "state": done.state}, location=f"/batches/{done.change_set}")

    @table.on(
        "POST",
        "/libraries/{library}/copies/{number}/{hit}/draft",
        "copy_into_draft",
        (Act.COPY, Act.EDIT),
        "Chép một kết quả thành bản nháp; `into`: đè lên biểu ghi của mình mà nó mô tả.",
        "Copy one hit into a draft; `into`: onto the record of one's own that it describes.",
        thing("*", draft=whole()),
        status=201,
        body=thing(into=flag(), local=flag(), holdings=flag()),
    )
    def draft(call: Call) -> Answer:
        found = lookups.one(store, _mine(rooms, call.number).number, call.path["hit"])
        if found is None or found.text is None:
            raise RefusedError(messages.NOTHING_CHOSEN)
        rule = Rule(local=call.body.get("local", False), holdings=call.body.get("holdings", False))
        made = drafted(store, call.library, found, rule, into=call.body.get("into", False))
        return Answer({"draft": made.number}, location=f"/drafts/{made.number}")


def _mine(rooms: Rooms, wanted: int) -> Lookup:
    return lookups.get(rooms.store, wanted, who().actor) or missing()


def _shown(rooms: Rooms, found: Lookup) -> dict[str, Any]:
    with rooms.store.read() as connection:
        over = found.finished is not None or rooms.store.now(connection) > found.until
    return {
        "number": found.number,
        "query": found.query,
        "field": found.field,
        "complete": over,
        "targets": found.targets,
        "items": [_row(one) for one in lookups.hits(rooms.store, found.number)],
    }


def _row(one: Hit) -> dict[str, Any]:
    title, author, year = copying.described(Record(one.text)) if one.text is not None else ("", "", "")
    return {
        "number": one.number,
        "target": one.peer,
        "position": one.position,
        "title": title,
        "author": author,
        "year": year,
        "same_as": one.same_as or None,
        "problems": _problems(one),
    }


def _problems(one: Hit) -> list[str]:
    return [en if language() == "en" else vi for vi, en in one.problems]
