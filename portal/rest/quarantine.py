"""What could not be read and was kept aside: looked at, read again, discarded, taken back."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any, Final

from accounts.rights import Act
from catalogue import changesets, quarantine
from catalogue.changesets import ChangeSet
from catalogue.quarantine import Group, Quarantined
from foundation.errors import LienThongError
from harvesting import quarantine as reading
from portal import quarantine as screens
from portal.rest.door import missing, number
from portal.rest.operation import PAGED, Answer, Call, Parameter, Rooms, Table, listed, page
from portal.rest.schema import array, flag, ref, text, thing, whole
from portal.workshop import allowed, language, libraries, noted

_CODE: Final = Parameter("code", text(60), "Chỉ những mẩu bị giữ vì lý do này.", "Only pieces with this reason.")
_GONE: Final = Parameter("discarded", flag(), "Những gì đã bỏ.", "What was discarded.")


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    table.group = "harvests"
    _showing(table, rooms)
    _looking(table, rooms)
    _settling(table, rooms)


def _showing(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "GET",
        "/quarantine",
        "quarantine",
        Act.QUARANTINE,
        "Những gì bị cách ly, theo đợt và lý do; `discarded`: những gì đã bỏ.",
        "What is kept aside, by change set and reason; `discarded`: what nobody wants any more.",
        thing("*", items=array(ref("QuarantineGroup"))),
        _GONE,
    )
    def every(call: Call) -> Answer:
        codes, gone = [one.code for one in libraries(Act.QUARANTINE)], call.query.get("discarded", False)
        return Answer({"items": [_group(one) for one in quarantine.groups(store, codes, discarded=gone)]})

    @table.on(
        "GET",
        "/quarantine/{number}",
        "quarantined",
        Act.QUARANTINE,
        "Từng mẩu bị cách ly của một đợt thay đổi.",
        "The pieces that a change set left.",
        listed(ref("Quarantined")),
        _CODE,
        _GONE,
        *PAGED,
    )
    def one(call: Call) -> Answer:
        found = _set(rooms, call.number)
        some = quarantine.page(
            store,
            found.number,
            call.query.get("code", ""),
            discarded=call.query.get("discarded", False),
            after=number(call.after),
            limit=call.limit + 1,
        )
        return page(some, call.limit, _piece, lambda one: one.number)


def _looking(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "GET",
        "/quarantine/{number}/again",
        "look_again",
        Act.QUARANTINE,
        "Đọc lại bây giờ thì được bao nhiêu; chưa nhận gì.",
        "What reading again would come to now; nothing is taken in.",
        thing("*", readable=whole(), proposed=whole(), outdated=whole(), unreadable=whole()),
    )
    def again(call: Call) -> Answer:
        counts = screens.looked_again(store, _set(rooms, call.number).number)[0]
        outcomes = (reading.READABLE, reading.PROPOSED, reading.OUTDATED, reading.UNREADABLE)
        names = ("readable", "proposed", "outdated", "unreadable")
        return Answer({name: counts[kind] for name, kind in zip(names, outcomes, strict=True)})

    @table.on(
        "GET",
        "/quarantine/{number}/letter",
        "quarantine_letter",
        Act.QUARANTINE,
        "Thư cho người phụ trách nguồn về những gì không đọc được.",
        "A letter to the people of the source on what could not be read.",
        thing("*", text=text()),
    )
    def letter(call: Call) -> Answer:
        return Answer({"text": screens.letter_of(store, _set(rooms, call.number))})


def _settling(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "POST",
        "/quarantine/{number}/retry",
        "retry",
        Act.QUARANTINE,
        "Đọc lại; `repair` nhận cả những mẩu phải sửa mới đọc được.",
        "Read again; `repair`: also what needs a repair.",
        ref("Counted"),
        body=thing(repair=flag()),
    )
    def retry(call: Call) -> Answer:
        found, repair = _set(rooms, call.number), call.body.get("repair", False)
        done = reading.retry_set(store, found.number, repair)
        taken = done.counts[reading.READABLE] + (done.counts[reading.PROPOSED] if repair else 0)
        noted(Act.QUARANTINE, f"#{found.number}", f"retry: {taken}", done.change_set, library=found.library)
        return Answer({"count": taken, "change_set": done.change_set})

    ways = {
        "discard": (
            quarantine.discard,
            "Bỏ những mẩu đang chờ; nguyên bản vẫn còn.",
            "Want no more of them; the bytes stay.",
        ),
        "take-back": (quarantine.take_back, "Lấy lại những mẩu đã bỏ.", "Let discarded pieces wait again."),
    }
    for what, (do, vi, en) in ways.items():

        def settle(call: Call, what: str = what, do: Callable[..., int] = do) -> Answer:
            found, code = _set(rooms, call.number), call.body.get("code", "")
            count = do(store, found.number, code)
            noted(Act.QUARANTINE, f"#{found.number}", f"{what} {code}: {count}", library=found.library)
            return Answer({"count": count, "change_set": None})

        table.put(
            "POST",
            f"/quarantine/{{number}}/{what}",
            what.replace("-", "_"),
            Act.QUARANTINE,
            vi,
            en,
            ref("Counted"),
            body=thing(code=text(60)),
            do=settle,
        )


def _set(rooms: Rooms, wanted: int) -> ChangeSet:
    try:
        with rooms.store.read() as connection:
            found = changesets.get(connection, wanted)
    except LienThongError:
        missing()
    return found if allowed(Act.QUARANTINE, found.library) else missing()


def _group(one: Group) -> dict[str, Any]:
    return {
        "change_set": one.change_set,
        "run": one.run,
        "source": one.source,
        "library": one.library,
        "code": one.code,
        "count": one.count,
        "says": one.reason_en if language() == "en" else one.reason_vi,
    }


def _piece(one: Quarantined) -> dict[str, Any]:
    return {
        "number": one.number,
        "identifier": one.name,
        "record": one.record,
        "line": one.line,
        "code": one.code,
        "says": one.reason_en if language() == "en" else one.reason_vi,
        "bytes": len(one.data),
        "data": b64encode(one.data).decode(),
    }
