"""`/workshop/system`: how the whole server stands, its jobs, index, backups and settings, and the log of alarms."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from accounts.rights import Act
from catalogue import alarms, backup, jobs
from catalogue.store import Store, iso
from foundation import settings_told
from foundation.errors import LienThongError
from foundation.settings import Settings
from harvesting import chores, system
from harvesting.opening import agent
from portal.telling import done, refused
from portal.twins import twin, values
from portal.wording import coded, many
from portal.workshop import language, noted, required
from search.generations import both

_ALARMS: Final = 200
JOBS: Final[dict[str, tuple[str, str]]] = {
    "import": ("nhập tệp", "import"),
    chores.BACKUP: ("sao lưu", "backup"),
    chores.EXAMINE: ("kiểm tra toàn bộ kho", "looking the store through"),
    "index": ("lập lại chỉ mục tìm kiếm", "building the search index"),
}


def create(store: Store, settings: Settings) -> Blueprint:
    """The blueprint of these pages."""
    pages = Blueprint("system", __name__, url_prefix="/workshop/system")
    _showing(pages, store, settings)
    _acting(pages, store, settings)
    return pages


def _showing(pages: Blueprint, store: Store, settings: Settings) -> None:
    @pages.get("")
    @required(Act.SYSTEM)
    def home() -> Response | str:
        found = system.examine(store, settings)
        if request.args.get("format") == "json":
            return values({"ok": all(one.ok for one in found), "findings": [asdict(one) for one in found]})
        backups = backup.kept(backup.place(settings)) if store.sqlite else []
        with store.read() as connection:
            now = store.now(connection)
        return render_template(
            "system/home.html", found=found, whole=chores.examined(store), jobs=jobs.latest(store), kinds=JOBS,
            backups=backups, sqlite=store.sqlite, place=backup.place(settings), product=agent(settings), now=now,
            asked={kind: chores.asked(store, kind) for kind in chores.KINDS},
            rebuilding=any(one.rebuild_asked for one in both(settings)), wrong=sum(not one.ok for one in found),
            settings=settings,
        )  # fmt: skip

    @pages.get("/settings")
    @required(Act.SYSTEM)
    def in_force() -> Response | str:
        found = system.settings_in_force(settings)
        meant = settings_told.told()
        rows = [asdict(one) | {"meaning": meant[one.name].text(language())} for one in found]
        return twin(rows, "settings") or render_template(
            "system/settings.html", found={one.name: one for one in found}, groups=settings_told.GROUPS, meant=meant,
            coded=coded, language=language(), settings=settings,
            changed=[one.name for one in found if one.origin != "default"],
        )  # fmt: skip

    @pages.get("/alarms")
    @required(Act.SYSTEM)
    def log() -> Response | str:
        found = alarms.latest(store, limit=_ALARMS)[::-1]
        answer = twin([_alarm(one) for one in found], "alarms")
        return answer or render_template("system/alarms.html", found=found, settings=settings)

    @pages.get("/jobs")
    @required(Act.SYSTEM)
    def work() -> Response | str:
        found = jobs.latest(store, 200)
        answer = twin([asdict(one) for one in found], "jobs")
        with store.read() as connection:
            now = store.now(connection)
        return answer or render_template("system/jobs.html", found=found, kinds=JOBS, now=now, settings=settings)


def _acting(pages: Blueprint, store: Store, settings: Settings) -> None:
    @pages.post("/<any(backup, examine):kind>")
    @required(Act.SYSTEM)
    def ask(kind: str) -> Response:
        chores.ask(store, kind)
        noted(Act.SYSTEM, kind)
        return done(url_for("system.home"), _("Bộ phận chạy nền sẽ làm việc này trong ít giây nữa."))

    @pages.post("/index")
    @required(Act.SYSTEM)
    def rebuild() -> Response:
        for generations in both(settings):
            generations.ask_rebuild()
        noted(Act.SYSTEM, "index rebuild")
        return done(
            url_for("system.home"),
            _("Chỉ mục sẽ được lập lại. Chỉ mục cũ vẫn trả lời cho đến khi xong."),
        )

    @pages.post("/backups/<name>/verify")
    @required(Act.SYSTEM)
    def verify(name: str) -> Response:
        here = url_for("system.home")
        known = {one.name for one in backup.kept(backup.place(settings))}
        try:
            found = backup.verify(backup.place(settings) / (name if name in known else "-"))
        except LienThongError as error:
            return refused(here, error)
        told = many("Bản sao lưu %(name)s nguyên vẹn: %(count)s biểu ghi.", name=name, count=found.records)
        return done(here, told)


def _alarm(one: alarms.Alarm) -> dict[str, Any]:
    return {
        "number": one.number,
        "source": one.name,
        "library": one.library,
        "kind": one.kind,
        "vi": one.reason_vi,
        "en": one.reason_en,
        "raised": iso(one.raised),
        "cleared": None if one.cleared is None else iso(one.cleared),
        "told": list(one.told),
    }
