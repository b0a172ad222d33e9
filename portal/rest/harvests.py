"""Sources, and the runs that harvest them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from accounts.rights import Act
from catalogue import effects, runs, sources
from catalogue.runs import Run
from catalogue.sources import Source
from foundation.errors import LienThongError, Problem
from harvesting import desk, kinds, standing
from harvesting.schedule import parse
from portal import source_forms
from portal.rest import messages
from portal.rest.door import missing, number, permit, refuse
from portal.rest.operation import LIBRARY, PAGED, Answer, Call, Parameter, Rooms, Table, listed, page
from portal.rest.schema import flag, one_of, ref, text, thing
from portal.runs import row as run_row
from portal.sources import row as source_row
from portal.workshop import allowed, libraries, noted

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
_REMOVED: Final = Parameter("removed", flag(), "Những nguồn đã bỏ.", "Sources that were removed.")
_FORCE: Final = thing(force=flag())


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    table.group = "harvests"
    _sources(table, rooms)
    _turning(table, rooms)
    _runs(table, rooms)
    _steering(table, rooms)


def _sources(table: Table, rooms: Rooms) -> None:
    store, settings = rooms.store, rooms.settings

    @table.on(
        "GET",
        "/sources",
        "sources",
        Act.RUNS,
        "Các nguồn thu thập và tình trạng từng nguồn; `removed`: những nguồn đã bỏ, khôi phục được.",
        "Sources, and how each stands; `removed`: those that were removed and can be had back.",
        listed(ref("Source")),
        _REMOVED,
        *PAGED,
    )
    def listing(call: Call) -> Answer:
        codes, after = {one.code for one in libraries(Act.RUNS)}, number(call.after)
        if call.query.get("removed", False):
            every = [standing.source_standing(store, settings, one) for one in sources.removed(store)]
        else:
            every = standing.all_sources(store, settings)
        found = [one for one in every if one.source.library in codes]
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
        found = source_of(rooms, call.number)
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
        found = source_of(rooms, call.number)
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
            found = source_of(rooms, call.number)
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


def source_of(rooms: Rooms, wanted: int) -> Source:
    """The source of this number, for whom its library is theirs; 404 for all others."""
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
