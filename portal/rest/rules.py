"""How sure the union is; rules of matching tried before they hold; its clusters as a list."""

from __future__ import annotations

from typing import Any, Final

from accounts.rights import Act
from catalogue.store import iso
from portal.rest.door import number
from portal.rest.operation import PAGED, Answer, Call, Parameter, Rooms, Table, listed, page
from portal.rest.schema import ref, text, thing, whole
from portal.union_rules import Figures
from portal.workshop import noted, who
from union import questions, rebuilding, trials

_LEAST: Final = Parameter(
    "records", whole(1, 10**6), "Có ít nhất bấy nhiêu biểu ghi.", "With at least so many records."
)
_HELD: Final = Parameter(
    "libraries", whole(1, 10**6), "Ở đúng bấy nhiêu thư viện.", "Held by exactly so many libraries."
)


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    table.group = "union"
    _figures(table, rooms)
    _trials(table, rooms)


def _figures(table: Table, rooms: Rooms) -> None:
    store, figures = rooms.store, Figures(rooms.store)

    @table.on(
        "GET",
        "/sureness",
        "sureness",
        Act.DECIDE,
        "Mục lục liên hợp chắc chắn đến đâu, từng con số.",
        "How sure the union is, figure by figure.",
        ref("Figures"),
    )
    def sure(call: Call) -> Answer:
        return Answer(rebuilding.counts(store) | figures.now().document())

    @table.on(
        "GET",
        "/clusters",
        "clusters",
        Act.DECIDE,
        "Các cụm biểu ghi của mục lục liên hợp.",
        "The clusters of the union.",
        listed(thing("*", number=whole(), records=whole(), libraries=whole())),
        _LEAST,
        _HELD,
        *PAGED,
    )
    def every(call: Call) -> Answer:
        least, held = call.query.get("records", 0), call.query.get("libraries", 0)
        found = questions.clusters(store, least, held, number(call.after), call.limit + 1)
        names = ("number", "records", "libraries")
        return page(found, call.limit, lambda one: dict(zip(names, one, strict=True)), lambda one: one[0])


def _trials(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "GET",
        "/union-rules",
        "union_rules",
        Act.UNION_RULES,
        "Các bảng quy tắc đã gửi thử, mới nhất trước.",
        "The tables of rules that were handed in, the newest first.",
        listed(ref("RulesTrial")),
        *PAGED,
    )
    def every(call: Call) -> Answer:
        found = trials.latest(store, call.limit + 1, number(call.after))
        return page(found, call.limit, _row, lambda one: one.number)

    @table.on(
        "POST",
        "/union-rules",
        "try_union_rules",
        Act.UNION_RULES,
        "Gửi một bảng quy tắc để thử; bỏ trống `rules` là bảng đi kèm phần mềm. Chưa có gì thay đổi.",
        "Hand in a table of rules to be tried; without `rules` the one that comes with the program. Nothing changes.",
        ref("RulesTrial"),
        status=202,
        body=thing(rules=text(1_000_000), note=text(2_000)),
    )
    def submit(call: Call) -> Answer:
        note = call.body.get("note", "").strip()
        made = trials.submit(store, call.body.get("rules", ""), who().actor, note)
        noted(Act.UNION_RULES, f"trial {made}", note[:200])
        return Answer(_row(trials.get(store, made)), location=f"/union-rules/{made}")

    @table.on(
        "GET",
        "/union-rules/{number}",
        "union_rules_trial",
        Act.UNION_RULES,
        "Bảng quy tắc ấy sẽ gộp gì, tách gì; `state` là ready khi đã biết.",
        "What that table would join and split; `state` is ready when that is known.",
        ref("RulesTrialInFull"),
    )
    def one(call: Call) -> Answer:
        found = trials.get(store, call.number)
        return Answer({"trial": _row(found), "rules": found.document, "result": found.result})

    @table.on(
        "POST",
        "/union-rules/{number}/publish",
        "publish_union_rules",
        Act.UNION_RULES,
        "Cho bảng quy tắc đã thử có hiệu lực; mục lục liên hợp được gộp lại ở phía sau.",
        "Put a table that was tried in force; the union is made anew behind the scenes.",
        ref("RulesTrial"),
        status=202,
    )
    def publish(call: Call) -> Answer:
        trials.approve(store, call.number)
        noted(Act.UNION_RULES, f"trial {call.number} published")
        return Answer(_row(trials.get(store, call.number)))

    @table.on(
        "POST",
        "/union-rules/{number}/drop",
        "drop_union_rules",
        Act.UNION_RULES,
        "Bỏ một lần thử chưa có hiệu lực.",
        "Let a trial go that is not in force.",
        ref("RulesTrial"),
    )
    def drop(call: Call) -> Answer:
        trials.drop(store, call.number)
        noted(Act.UNION_RULES, f"trial {call.number} dropped")
        return Answer(_row(trials.get(store, call.number)))


def _row(one: trials.Trial) -> dict[str, Any]:
    return {
        "number": one.number,
        "state": one.state,
        "note": one.note,
        "person": one.person,
        "created": iso(one.created),
        "finished": None if one.finished is None else iso(one.finished),
        "done": one.done,
        "total": one.total,
    }
