"""Sources, the runs that harvest them, and what was kept aside."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any, Final

from accounts.rights import Act
from catalogue import changesets, effects, quarantine, runs, sources
from catalogue.changesets import ChangeSet
from catalogue.quarantine import Group, Quarantined
from catalogue.runs import Run
from catalogue.sources import Source
from foundation.errors import LienThongError, Problem
from harvesting import desk, kinds, standing
from harvesting import quarantine as reading
from harvesting.schedule import parse
from portal import source_forms
from portal.rest import messages
from portal.rest.door import missing, number, permit, refuse
from portal.rest.operation import LIBRARY, PAGED, Answer, Call, Parameter, Rooms, Table, listed, page
from portal.rest.schema import array, flag, one_of, ref, text, thing
from portal.runs import row as run_row
from portal.sources import row as source_row
from portal.workshop import allowed, language, libraries, noted

_SOURCE: Final = Parameter("source", text(200), "Tên nguồn.", "Name of a source.")
_STATE: Final = Parameter(
    "state",
    one_of(runs.RUNNING, runs.PAUSED, runs.WAITING, runs.STOPPED, runs.DONE, runs.FAILED, runs.CUT),
    "Trạng thái.",
    "State.",
)
_EFFECT: Final = Parameter(
    "effect", one_of("new", "changed", "deleted"), "Mới, sửa hay xoá.", "New, changed or deleted.", required=True
)
_CODE: Final = Parameter("code", text(60), "Chỉ những mẩu bị giữ vì lý do này.", "Only pieces with this reason.")
_FORCE: Final = thing(force=flag())


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    table.group = "harvests"
    _sources(table, rooms)
    _turning(table, rooms)
    _runs(table, rooms)
    _steering(table, rooms)
    _quarantine(table, rooms)


def _sources(table: Table, rooms: Rooms) -> None:
    store, settings = rooms.store, rooms.settings

    @table.on(
        "GET",
        "/sources",
        "sources",
        Act.RUNS,
        "Các nguồn thu thập và tình trạng từng nguồn.",
        "Sources, and how each stands.",
        listed(ref("Source")),
        *PAGED,
    )
    def every(call: Call) -> Answer:
        codes, after = {one.code for one in libraries(Act.RUNS)}, number(call.after)
        found = [one for one in standing.all_sources(store, settings) if one.source.library in codes]
        found = sorted((one for one in found if one.source.number > after), key=lambda one: one.source.number)
        return page(found[: call.limit + 1], call.limit, source_row, lambda one: one.source.number)

    @table.on(
        "GET",
        "/sources/{number}",
        "source",
        Act.RUNS,
        "Một nguồn và những gì đã đặt cho nó.",
        "One source, and its settings.",
        ref("SourceInFull"),
    )
    def one(call: Call) -> Answer:
        found = _mine(rooms, call.number)
        said = {name: value for name, value in found.settings.items() if name != "password"}
        return Answer({"source": source_row(standing.source_standing(store, settings, found)), "settings": said})

    @table.on(
        "POST",
        "/libraries/{library}/sources",
        "add_source",
        Act.SOURCES,
        "Thêm nguồn; `settings` như ở docs/sources.md. Mạng hoặc ổ đĩa riêng cần thêm quyền `system`.",
        "Add a source; `settings` as in docs/sources.md. A private network or disk needs the scope `system` too.",
        ref("SourceInFull"),
        status=201,
        body=thing(
            "name kind settings",
            name=text(100, 1),
            kind=one_of(*kinds.KINDS),
            settings={"type": "object"},
            password=text(10_000),
        ),
    )
    def make(call: Call) -> Answer:
        kind, name, said = call.body["kind"], call.body["name"], call.body["settings"]
        said = {name: value for name, value in said.items() if name != "password"}
        kinds.kind(kind).check(said)
        if (kind == kinds.FOLDER or source_forms.guarded(kind, said, {})) and not allowed(Act.SYSTEM):
            refuse(403, Problem(messages.SYSTEM_NEEDED))
        if said.get("schedule"):
            parse(said["schedule"])
        made = desk.add(store, settings, call.library, name, said, call.body.get("password", ""), kind)
        noted(Act.SOURCES, name, f"+ {said.get('url') or said.get('folder', '')}", library=call.library)
        kept = {name: value for name, value in made.settings.items() if name != "password"}
        value = {"source": source_row(standing.source_standing(store, settings, made)), "settings": kept}
        return Answer(value, location=f"/sources/{made.number}")


def _turning(table: Table, rooms: Rooms) -> None:
    store, settings = rooms.store, rooms.settings

    def answered(found: Source, act: Act, what: str) -> Answer:
        noted(act, found.name, what, library=found.library)
        return Answer(source_row(standing.source_standing(store, settings, sources.get(store, found.number))))

    @table.on(
        "POST",
        "/sources/{number}/run",
        "run_source",
        Act.RUNS,
        "Thu thập nguồn này ngay.",
        "Harvest this source now.",
        ref("Source"),
        status=202,
        body=thing(kind=one_of("due", "full", "compare", "new")),
    )
    def run(call: Call) -> Answer:
        found = _mine(rooms, call.number)
        kind = call.body.get("kind", desk.DUE)
        desk.ask(store, found.name, kind)
        return answered(found, Act.RUNS, f"run {kind}")

    turns: dict[str, tuple[Callable[..., Source], str, str]] = {
        "rest": (desk.rest, "Cho nguồn nghỉ.", "Let the source rest."),
        "wake": (desk.wake, "Cho nguồn chạy lại theo lịch.", "Let the source run by its schedule again."),
        "remove": (
            desk.remove,
            "Bỏ nguồn khỏi danh sách; biểu ghi giữ nguyên.",
            "Remove the source; its records stay.",
        ),
        "restore": (desk.restore, "Khôi phục nguồn đã bỏ.", "Bring a removed source back."),
    }
    for what, (do, vi, en) in turns.items():

        def turn(call: Call, what: str = what, do: Callable[..., Source] = do) -> Answer:
            found = _mine(rooms, call.number)
            permit(Act.SOURCES, found.library)
            do(store, found.name)
            return answered(found, Act.SOURCES, what)

        path = f"/sources/{{number}}/{what}"
        table.put("POST", path, f"{what}_source", (Act.RUNS, Act.SOURCES), vi, en, ref("Source"), do=turn)


def _runs(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "GET",
        "/runs",
        "runs",
        Act.RUNS,
        "Các phiên thu thập, mới nhất trước.",
        "Runs, the newest first.",
        listed(ref("Run")),
        LIBRARY,
        _SOURCE,
        _STATE,
        *PAGED,
    )
    def every(call: Call) -> Answer:
        codes = [one.code for one in libraries(Act.RUNS)]
        if "library" in call.query:
            permit(Act.RUNS, call.query["library"])
            codes = [call.query["library"]]
        states = (call.query["state"],) if "state" in call.query else ()
        found = runs.page(
            store,
            codes,
            name=call.query.get("source", ""),
            states=states,
            before=number(call.after),
            limit=call.limit + 1,
        )
        return page(found, call.limit, run_row, lambda one: one.number)

    @table.on(
        "GET",
        "/runs/{number}",
        "run",
        Act.RUNS,
        "Một phiên và những gì nó gặp.",
        "One run, and what it met.",
        ref("RunInFull"),
    )
    def one(call: Call) -> Answer:
        found = _run(rooms, call.number)
        promised = standing.run_standing(found).promised
        return Answer(
            {"run": run_row(found), "said": found.said, "promised": promised, "pages": found.position.get("pages", 0)}
        )

    @table.on(
        "GET",
        "/runs/{number}/effects",
        "effects",
        Act.RUNS,
        "Phiên làm gì với từng biểu ghi.",
        "What the run does to each record.",
        listed(ref("Effect")),
        _EFFECT,
        *PAGED,
    )
    def effect(call: Call) -> Answer:
        found, after = _run(rooms, call.number), number(call.after, -1)
        some = (
            []
            if found.change_set is None
            else effects.page(store, found.change_set, call.query["effect"], after, call.limit + 1)
        )
        return page(some, call.limit, lambda one: one._asdict(), lambda one: one.record)


def _steering(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    def steer(call: Call, what: str, do: Callable[[], object], act: Act = Act.RUNS) -> Answer:
        found = _run(rooms, call.number)
        permit(act, found.library)
        do()
        noted(act, f"{found.name} #{found.number}", what, found.change_set, library=found.library)
        return Answer(run_row(runs.get(store, found.number)))

    @table.on("POST", "/runs/{number}/pause", "pause_run", Act.RUNS, "Tạm dừng phiên.", "Let the run rest.", ref("Run"))
    def pause(call: Call) -> Answer:
        return steer(call, "pause", lambda: desk.pause(store, call.number))

    @table.on(
        "POST",
        "/runs/{number}/resume",
        "resume_run",
        Act.RUNS,
        "Đi tiếp phiên.",
        "Go on with the run.",
        ref("Run"),
        status=202,
    )
    def resume(call: Call) -> Answer:
        return steer(call, "resume", lambda: desk.resume(store, call.number))

    @table.on(
        "POST",
        "/runs/{number}/discard",
        "discard_run",
        Act.RUNS,
        "Bỏ phiên và những gì nó đã lấy mà chưa công bố.",
        "Drop the run and what it took and nobody has seen.",
        ref("Run"),
    )
    def discard(call: Call) -> Answer:
        return steer(call, "stop", lambda: desk.stop(store, call.number))

    @table.on(
        "POST",
        "/runs/{number}/release",
        "release_run",
        (Act.RUNS, Act.PUBLISH),
        "Công bố những gì phanh đã giữ lại.",
        "Publish what the brake held.",
        ref("Run"),
    )
    def release(call: Call) -> Answer:
        return steer(call, "release", lambda: desk.release(store, call.number), Act.PUBLISH)

    @table.on(
        "POST",
        "/runs/{number}/undo",
        "undo_run",
        (Act.RUNS, Act.UNDO),
        "Hoàn tác những gì phiên đã đem về.",
        "Undo what the run brought.",
        ref("Run"),
        body=_FORCE,
    )
    def undo(call: Call) -> Answer:
        return steer(call, "undo", lambda: desk.undo_run(store, call.number, call.body.get("force", False)), Act.UNDO)


def _quarantine(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "GET",
        "/quarantine",
        "quarantine",
        Act.QUARANTINE,
        "Những gì bị cách ly, theo đợt và lý do.",
        "What is kept aside, by change set and reason.",
        thing("*", items=array(ref("QuarantineGroup"))),
    )
    def every(call: Call) -> Answer:
        codes = [one.code for one in libraries(Act.QUARANTINE)]
        return Answer({"items": [_group(one) for one in quarantine.groups(store, codes)]})

    @table.on(
        "GET",
        "/quarantine/{number}",
        "quarantined",
        Act.QUARANTINE,
        "Từng mẩu bị cách ly của một đợt thay đổi.",
        "The pieces that a change set left.",
        listed(ref("Quarantined")),
        _CODE,
        *PAGED,
    )
    def one(call: Call) -> Answer:
        found = _set(rooms, call.number)
        some = quarantine.page(
            store, found.number, call.query.get("code", ""), after=number(call.after), limit=call.limit + 1
        )
        return page(some, call.limit, _piece, lambda one: one.number)

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


def _mine(rooms: Rooms, wanted: int) -> Source:
    try:
        found = sources.get(rooms.store, wanted)
    except LienThongError:
        missing()
    return found if allowed(Act.RUNS, found.library) else missing()


def _run(rooms: Rooms, wanted: int) -> Run:
    try:
        found = runs.get(rooms.store, wanted)
    except LienThongError:
        missing()
    return found if allowed(Act.RUNS, found.library) else missing()


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
