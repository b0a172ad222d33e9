"""Collections and saved queries: the sets of the feed that people make. And telling partners records anew."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from accounts.rights import Act
from catalogue import announcing, sets
from catalogue.announcing import Announcement
from catalogue.membership import COLLECTION
from catalogue.sets import DefinedSet
from catalogue.store import iso
from foundation.limits import API_PAGE, SET_QUERY_CHARACTERS
from portal.announcing import choice, told
from portal.rest.operation import PAGED, Answer, Call, Parameter, Rooms, Table, listed, page
from portal.rest.schema import array, flag, one_of, ref, text, thing, whole
from portal.workshop import noted
from vietnamese.text import fold

_QUERY: Final = text(SET_QUERY_CHARACTERS)
_NAMES: Final[dict[str, Any]] = {
    "name_vi": text(300, 1), "name_en": text(300), "about_vi": text(5_000), "about_en": text(5_000),
    "query": _QUERY, "library": text(40), "called": array(text(300, 1), 50),
}  # fmt: skip
_KIND: Final = Parameter("kind", one_of("collection", "query"), "Loại bộ.", "Kind of the sets.")
_WORDS: Final = Parameter("q", text(100), "Chữ trong tên, có dấu hay không.", "Letters of the name, marks or none.")
_CHOICE: Final[dict[str, Any]] = {
    "records": array(text(100, 1), API_PAGE), "set": text(300), "library": text(40), "since": text(20),
    "change_set": whole(1), "touched": whole(1), "format": text(40),
}  # fmt: skip


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    table.group = "sets"
    _sets(table, rooms)
    _announcing(table, rooms)


def _sets(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    def one(kind: str, slug: str) -> dict[str, Any]:
        return row(next(found for found in sets.defined(store, kind) if (found.kind, found.slug) == (kind, slug)))

    @table.on(
        "GET",
        "/sets",
        "sets",
        Act.COLLECTIONS,
        "Bộ sưu tập và bộ theo câu chọn, cùng số biểu ghi của mỗi bộ.",
        "Collections and saved queries, with how many records are in each.",
        listed(ref("Set")),
        _KIND,
        _WORDS,
        *PAGED,
    )
    def every(call: Call) -> Answer:
        words = fold(call.query.get("q", ""))
        found = [
            one
            for one in sets.defined(store, call.query.get("kind", ""))
            if one.spec > call.after and words in fold(f"{one.slug} {one.name_vi} {one.name_en}")
        ]
        return page(found[: call.limit + 1], call.limit, row, lambda one: one.spec)

    @table.on(
        "PUT",
        "/sets/{kind}/{slug}",
        "put_set",
        Act.COLLECTIONS,
        "Lập bộ, hoặc thay bộ đã có; máy chủ xếp biểu ghi vào bộ ở phía sau.",
        "Make a set, or change the one that is there; records are sorted into it behind the scenes.",
        ref("Set"),
        status=202,
        body=thing("name_vi", **_NAMES),
    )
    def put(call: Call) -> Answer:
        kind, slug, said = call.path["kind"], call.path["slug"], dict(call.body)
        if kind == COLLECTION:
            said["called"] = tuple(said.get("called", ()))
        else:
            for name in ("library", "called"):
                said.pop(name, None)
        sets.add(store, DefinedSet(kind, slug, **said), replace=True)
        noted(Act.COLLECTIONS, f"{kind}:{slug}", f"= {said['name_vi']}")
        return Answer(one(kind, slug))

    @table.on(
        "DELETE",
        "/sets/{kind}/{slug}",
        "drop_set",
        Act.COLLECTIONS,
        "Bỏ bộ; biểu ghi vẫn còn, nơi thu thập được báo là chúng đã ra khỏi bộ.",
        "Take a set away; its records stay, and harvesters are told that they left it.",
        None,
    )
    def drop(call: Call) -> Answer:
        sets.remove(store, call.path["kind"], call.path["slug"])
        noted(Act.COLLECTIONS, f"{call.path['kind']}:{call.path['slug']}", "-")
        return Answer()

    @table.on(
        "POST",
        "/sets/trial",
        "try_set",
        Act.COLLECTIONS,
        "Xem một câu chọn lấy được những biểu ghi nào; không thay đổi gì.",
        "What a query would hold; nothing changes.",
        ref("SetTrial"),
        body=thing("query", query=_QUERY),
    )
    def attempt(call: Call) -> Answer:
        found = asdict(sets.preview(store, call.body["query"]))
        found["samples"] = [{"identifier": name, "title": title} for name, title in found["samples"]]
        return Answer(found)


def _announcing(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "POST",
        "/announcements/trial",
        "try_announcement",
        Act.SYSTEM,
        "Báo lại sẽ chạm đến bao nhiêu biểu ghi; chưa có gì thay đổi.",
        "How many records would be told anew; nothing changes.",
        ref("Announcement"),
        body=thing(**_CHOICE),
    )
    def attempt(call: Call) -> Answer:
        return Answer(_announced(announcing.preview(store, choice(call.body))))

    @table.on(
        "POST",
        "/announcements",
        "announce",
        Act.SYSTEM,
        "Báo lại biểu ghi cho nơi thu thập, với dấu thời gian mới. Không hoàn tác được; `many` khi đúng là nhiều.",
        "Tell harvesters records anew, with a new datestamp. It cannot be undone; `many`: so many are meant.",
        ref("Announcement"),
        body=thing(**_CHOICE, many=flag()),
    )
    def announce(call: Call) -> Answer:
        return Answer(_announced(told(store, choice(call.body), call.body.get("many", False))))


def row(found: DefinedSet) -> dict[str, Any]:
    """A set as it is told."""
    return asdict(found) | {"called": list(found.called), "spec": found.spec}


def _announced(done: Announcement) -> dict[str, Any]:
    return {
        "records": done.records,
        "shown": done.shown,
        "stamp": None if done.stamp is None else iso(done.stamp),
        "change_sets": list(done.change_sets),
        "unknown": list(done.unknown),
        "many": done.many,
    }
