"""`/workshop/runs`: harvests as they go, what the brake holds, and what each came to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from accounts.rights import Act
from catalogue import changesets, effects, runs
from catalogue.runs import Run
from catalogue.store import Store, iso
from foundation.errors import LienThongError, RefusedError
from foundation.settings import Settings
from harvesting import desk, standing
from harvesting.schedule import zone
from portal import run_charts
from portal.small_charts import progress
from portal.telling import done, refused
from portal.twins import twin, values
from portal.workshop import allowed, libraries, missing, noted, require, required

PAGE: Final = 50
REFRESH_SECONDS: Final = 3
"""After so long the page of a run that goes on is loaded again."""
_COLUMNS: Final = 30


def create(store: Store, settings: Settings) -> Blueprint:
    """The blueprint of these pages."""
    pages = Blueprint("runs", __name__, url_prefix="/workshop/runs")
    _showing(pages, store, settings)
    _steering(pages, store)
    return pages


def _showing(pages: Blueprint, store: Store, settings: Settings) -> None:
    """The list, one run, and what it does to each record."""

    @pages.get("")
    @required(Act.RUNS)
    def every() -> Response | str:
        codes = [one.code for one in libraries(Act.RUNS)]
        name, state = request.args.get("source", ""), request.args.get("state", "")
        before = request.args.get("before", 0, type=int)
        found = runs.page(store, codes, name=name, states=(state,) if state else (), before=before, limit=PAGE)
        older = found[-1].number if len(found) == PAGE else 0
        answer = twin([row(one) for one in found], "runs", next=older or None)
        if answer is not None:
            return answer
        chart = run_charts.history(found[:_COLUMNS][::-1], zone(settings.timezone)) if name else ""
        return render_template(
            "runs/list.html", found=found, name=name, state=state, states=standing.STATES, standing=standing,
            older=older, chart=chart, settings=settings,
        )  # fmt: skip

    @pages.get("/<int:number>")
    @required(Act.RUNS)
    def one(number: int) -> Response | str:
        found = _mine(store, number)
        stands = standing.run_standing(found)
        if request.args.get("format") == "json":
            said = {"said": found.said, "promised": stands.promised, "pages": found.position.get("pages", 0)}
            return values(row(found) | said)
        with store.read() as connection:
            now = store.now(connection)
            batch = None if found.change_set is None else changesets.get(connection, found.change_set)
        ended = found.finished or (found.heartbeat if found.state != runs.RUNNING else now)
        counts = effects.counted(store, found.change_set) if found.change_set and found.state == runs.WAITING else {}
        held = effects.page(store, found.change_set, effects.DELETED, limit=20) if counts and found.change_set else []
        return render_template(
            "runs/run.html", run=found, stands=stands, standing=standing, batch=batch, took=ended - found.started,
            silent=now - found.heartbeat, percent=progress(stands.received, stands.promised),
            rate=run_charts.rate(found), chart=run_charts.speed(found), counts=counts, held=held,
            refresh=REFRESH_SECONDS if found.state == runs.RUNNING else 0,
            may_steer=allowed(Act.RUNS, found.library), may_undo=allowed(Act.UNDO, found.library), settings=settings,
        )  # fmt: skip

    @pages.get("/<int:number>/<any(new, changed, deleted):kind>")
    @required(Act.RUNS)
    def effect(number: int, kind: str) -> Response | str:
        found = _mine(store, number)
        after = request.args.get("after", -1, type=int)
        shown = [] if found.change_set is None else effects.page(store, found.change_set, kind, after, PAGE)
        following = shown[-1].record if len(shown) == PAGE else None
        answer = twin([one._asdict() for one in shown], f"run-{number}-{kind}", next=following)
        if answer is not None:
            return answer
        return render_template(
            "runs/effects.html", run=found, kind=kind, shown=shown, following=following, settings=settings
        )


def _steering(pages: Blueprint, store: Store) -> None:
    """What a person does to a run."""

    def act(number: int, what: str, do: Callable[[Store, int], object], told: str) -> Response:
        found = _mine(store, number)
        here = url_for("runs.one", number=number)
        try:
            do(store, number)
        except LienThongError as error:
            return refused(here, error)
        noted(Act.RUNS, f"{found.name} #{number}", what, found.change_set, library=found.library)
        return done(here, told)

    @pages.post("/<int:number>/pause")
    @required(Act.RUNS)
    def pause(number: int) -> Response:
        return act(number, "pause", desk.pause, _("Đợt tạm dừng, hoặc sẽ dừng sau trang đang lấy."))

    @pages.post("/<int:number>/resume")
    @required(Act.RUNS)
    def resume(number: int) -> Response:
        return act(number, "resume", desk.resume, _("Bộ phận chạy nền sẽ đi tiếp đợt này trong ít giây nữa."))

    @pages.post("/<int:number>/stop")
    @required(Act.RUNS)
    def stop(number: int) -> Response:
        return act(
            number, "stop", desk.stop, _("Đã bỏ đợt này (hoặc sẽ bỏ sau trang đang lấy). Chưa ai thấy gì của nó.")
        )

    @pages.post("/<int:number>/release")
    @required(Act.RUNS)
    def release(number: int) -> Response:
        found = _mine(store, number)
        require(Act.PUBLISH, found.library)
        return act(number, "release", desk.release, _("Đã công bố. Nếu nhầm, hoàn tác ngay ở dưới."))

    @pages.post("/<int:number>/undo")
    @required(Act.UNDO)
    def undo(number: int) -> Response:
        found = _mine(store, number)
        require(Act.UNDO, found.library)
        force = "force" in request.form
        return act(number, "undo", lambda store, number: desk.undo_run(store, number, force), _("Đã hoàn tác đợt này."))


def row(one: Run) -> dict[str, Any]:
    """A run for programs and spreadsheets."""
    return {
        "run": one.number,
        "source": one.name,
        "library": one.library,
        "kind": one.kind,
        "state": one.state,
        "started": iso(one.started),
        "heartbeat": iso(one.heartbeat),
        "finished": None if one.finished is None else iso(one.finished),
        "change_set": one.change_set,
        **{name: one.counts.get(name, 0) for name in standing.COUNTS},
    }


def _mine(store: Store, number: int) -> Run:
    """The run, for whom its library is theirs; 404 for all others."""
    try:
        found = runs.get(store, number)
    except RefusedError:
        missing()
    if not allowed(Act.RUNS, found.library):
        missing()
    return found
