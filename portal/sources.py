"""`/workshop/sources`: where records come from, how each source stands, adding one after a trial, letting it rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from accounts.rights import Act
from catalogue import runs, sources
from catalogue.sources import Source
from catalogue.store import Store, iso
from foundation.errors import InputError, LienThongError, RefusedError
from foundation.settings import Settings
from harvesting import desk, kinds, messages, standing, trial, trials
from harvesting.address_forms import cleaned
from harvesting.schedule import parse, zone
from harvesting.standing import SourceStanding
from harvesting.trial import Wish
from portal import run_charts, source_forms
from portal.source_forms import KINDS, of_kind, shown
from portal.telling import done, refused, scheduled
from portal.twins import twin, values
from portal.workshop import allowed, language, libraries, missing, noted, require, required, who

_RUNS: Final = 30
_REFRESH: Final = 10
"""Seconds after which a page of what is at work is worth another look."""


def create(store: Store, settings: Settings) -> Blueprint:
    """The blueprint of these pages."""
    pages = Blueprint("sources", __name__, url_prefix="/workshop/sources")
    _showing(pages, store, settings)
    _adding(pages, store, settings)
    _changing(pages, store, settings)
    return pages


def _showing(pages: Blueprint, store: Store, settings: Settings) -> None:
    """The list, and one source."""

    @pages.get("")
    @required(Act.RUNS)
    def every() -> Response | str:
        codes = {one.code for one in libraries(Act.RUNS)}
        found = [one for one in standing.all_sources(store, settings) if one.source.library in codes]
        answer = twin([row(one) for one in found], "sources")
        if answer is not None:
            return answer
        gone = [one for one in sources.removed(store) if one.library in codes]
        return render_template(
            "sources/list.html", found=found, gone=gone, kinds=KINDS, health=standing.health_in_words,
            may_add=allowed(Act.SOURCES), settings=settings,
        )  # fmt: skip

    @pages.get("/<int:number>")
    @required(Act.RUNS)
    def one(number: int) -> Response | str:
        source = _mine(store, number, Act.RUNS)
        found = standing.source_standing(store, settings, source)
        latest = runs.page(store, name=source.name, limit=_RUNS)
        if request.args.get("format") == "json":
            return values(row(found) | {"settings": _public(source.settings)})
        chart = run_charts.history(latest[::-1], zone(settings.timezone))
        return render_template(
            "sources/source.html", one=found, source=source, runs=latest[:10], fields=of_kind(source.kind),
            shown=shown(source.kind, source.settings), kind=KINDS.get(source.kind, (source.kind, source.kind)),
            health=standing.health_in_words(found), standing=standing, chart=chart,
            may_change=allowed(Act.SOURCES, source.library), has_password=bool(source.settings.get("password")),
            settings=settings, refresh=_REFRESH if _soon(store, found) else 0,
        )  # fmt: skip


def _soon(store: Store, found: SourceStanding) -> bool:
    """Whether a run is at work, or about to be: the page is then worth another look in a moment."""
    with store.read() as connection:
        now = store.now(connection)
    due = found.next is not None and found.next <= now + _REFRESH
    return due or (found.last is not None and found.last.state == "running")


def _adding(pages: Blueprint, store: Store, settings: Settings) -> None:
    """A trial, and the form behind it."""

    @pages.get("/new")
    @required(Act.SOURCES)
    def new() -> str:
        return render_template(
            "sources/new.html", libraries=libraries(Act.SOURCES), administrator=allowed(Act.SYSTEM), settings=settings,
            given={name: request.args.get(name, "")[:2000] for name in ("library", "address")},
        )  # fmt: skip

    @pages.post("/try")
    @required(Act.SOURCES)
    def attempt() -> Response:
        library, address = request.form.get("library", ""), request.form.get("address", "").strip()
        require(Act.SOURCES, library)
        try:
            number = begin_trial(
                store, settings, library, address, private="allow_private" in request.form,
                password=source_forms.secret(request.form),
                **{name: request.form.get(name, "") for name in ("prefix", "user", "host_key")},
            )  # fmt: skip
        except LienThongError as error:
            return refused(url_for("sources.new"), error)
        return redirect(url_for("sources.tried", trial=number), 303)

    @pages.post("/try/<trial>/accept")
    @required(Act.SOURCES)
    def accept(trial: str) -> Response:
        """Try again, now that a person said that the key which an SFTP server showed is its own."""
        kept = trials.get(store, trial, who().actor)
        if kept is None or kept.found is None:
            missing()
        require(Act.SOURCES, kept.wish["library"])
        asked = {name: kept.wish[name] for name in ("url", "library", "allow_private", "user")}
        if asked["allow_private"]:
            require(Act.SYSTEM)
        wish = Wish(
            **asked, password=trials.password(settings, kept), host_key=str(kept.found["settings"].get("host_key", ""))
        )
        number = trials.begin(store, settings, who().actor, wish)
        return redirect(url_for("sources.tried", trial=number), 303)

    @pages.get("/try/<trial>")
    @required(Act.SOURCES)
    def tried(trial: str) -> Response | str:
        found = trials.get(store, trial, who().actor)
        if found is None:
            missing()
        if request.args.get("format") == "json":
            return values({"over": found.over, "at": found.at, "trial": found.found, "error": found.error})
        return page(found)

    def page(found: trials.Kept, error: LienThongError | None = None) -> str:
        """What a trial found, and the form behind it; with an error, as the form was sent."""
        made = found.found or {}
        kind, proposed = made.get("kind", kinds.OAI), _proposed(found)
        name = _free_name(store, made.get("url") or found.wish["url"])
        return render_template(
            "sources/tried.html", kept=found, trial=made, silent=trials.silent(store, found), fields=of_kind(kind),
            kind=KINDS.get(made.get("kind", ""), ("", "")), administrator=allowed(Act.SYSTEM), settings=settings,
            shown=proposed if error is None else source_forms.typed(kind, proposed, request.form),
            name=name if error is None else request.form.get("name", ""), chosen=request.form.getlist("sets"),
            at_once=error is None or "at_once" in request.form, wrong=error.text(language()) if error else "",
        )  # fmt: skip

    @pages.post("")
    @required(Act.SOURCES)
    def add() -> Response | tuple[str, int]:
        kept = trials.get(store, request.form.get("trial", ""), who().actor)
        if kept is None or kept.found is None:
            missing()
        library, kind, name = kept.wish["library"], str(kept.found["kind"]), request.form.get("name", "").strip()
        require(Act.SOURCES, library)
        try:
            given = source_forms.read(kind, request.form)
            if kept.wish["allow_private"] and kind != kinds.FOLDER:
                given["allow"] = [*dict.fromkeys([*given.get("allow", []), *_private(given["url"])])]
            _guard(kind, given, {})
            secret = source_forms.secret(request.form) or (
                trials.password(settings, kept) if _same_place(str(given.get("url", "")), kept) else ""
            )
            made = desk.add(store, settings, library, name, given, secret, kind)
            if "at_once" in request.form:
                desk.ask(store, name)
        except LienThongError as error:
            return page(kept, error), 400
        noted(Act.SOURCES, name, f"+ {given.get('url') or given.get('folder', '')}", library=library)
        return done(url_for("sources.one", number=made.number), _("Đã thêm nguồn %(name)s.", name=name))


def _changing(pages: Blueprint, store: Store, settings: Settings) -> None:
    """What is done to a source that is there."""

    @pages.get("/<int:number>/change")
    @required(Act.SOURCES)
    def form(number: int) -> str:
        return page(_mine(store, number))

    def page(source: Source, error: LienThongError | None = None) -> str:
        before = shown(source.kind, source.settings)
        return render_template(
            "sources/change.html", source=source, fields=of_kind(source.kind),
            shown=before if error is None else source_forms.typed(source.kind, before, request.form),
            has_password=bool(source.settings.get("password")), administrator=allowed(Act.SYSTEM), settings=settings,
            wrong=error.text(language()) if error else "",
        )  # fmt: skip

    @pages.post("/<int:number>/change")
    @required(Act.SOURCES)
    def change(number: int) -> Response | tuple[str, int]:
        source = _mine(store, number)
        try:
            given = source_forms.read(source.kind, request.form)
            secret = source_forms.secret(request.form)
            change_settings(store, settings, source, given, secret)
        except LienThongError as error:
            return page(source, error), 400
        return done(url_for("sources.one", number=number), _("Đã đổi nguồn %(name)s.", name=source.name))

    @pages.post("/<int:number>/run")
    @required(Act.RUNS)
    def run(number: int) -> Response:
        source = _mine(store, number, Act.RUNS)
        kind = request.form.get("kind", "")
        try:
            desk.ask(store, source.name, kind if kind in ("full", "compare", "new") else desk.DUE)
        except LienThongError as error:
            return refused(url_for("sources.one", number=number), error)
        noted(Act.RUNS, source.name, f"run {kind}".strip(), library=source.library)
        return done(
            url_for("sources.one", number=number),
            _("Bộ phận chạy nền sẽ thu thập nguồn này trong ít giây nữa. Tải lại trang để theo dõi."),
        )

    @pages.post("/<int:number>/<any(rest, wake, remove, restore):what>")
    @required(Act.SOURCES)
    def turn(number: int, what: str) -> Response:
        source = _mine(store, number)
        here = url_for("sources.one", number=number)
        try:
            {"rest": desk.rest, "wake": desk.wake, "remove": desk.remove, "restore": desk.restore}[what](
                store, source.name
            )
        except LienThongError as error:
            return refused(here, error)
        noted(Act.SOURCES, source.name, what, library=source.library)
        told = {
            "rest": _("Nguồn nghỉ: không chạy theo lịch nữa cho đến khi được gọi."),
            "wake": _("Nguồn lại chạy theo lịch."),
            "remove": _("Đã xoá nguồn khỏi danh sách. Biểu ghi của nó vẫn giữ nguyên; có thể khôi phục ở đây."),
            "restore": _("Nguồn đã trở lại và đang nghỉ."),
        }
        return done(here, told[what])


def _mine(store: Store, number: int, act: Act = Act.SOURCES) -> Source:
    """The source, for whom its library is theirs; 404 for all others."""
    try:
        found = sources.get(store, number)
    except RefusedError:
        missing()
    if not allowed(Act.RUNS, found.library):
        missing()
    require(act, found.library)
    return found


def begin_trial(
    store: Store, settings: Settings, library: str, address: str, *, private: bool, prefix: str, user: str,
    password: str, host_key: str = "",
) -> str:  # fmt: skip
    """Try an address, or a folder of this machine, which only who may change the system itself may name; the trial.

    Raises InputError, RefusedError.
    """
    here = address.startswith("/") or address[1:3] == ":\\"
    if private or here:
        require(Act.SYSTEM)
    wish = Wish(
        address, library=library, allow_private=private, prefix=prefix, user=user, password=password, host_key=host_key
    )
    return trials.begin(store, settings, who().actor, wish, address if here else "")


def change_settings(store: Store, settings: Settings, source: Source, given: dict[str, Any], secret: str) -> Source:
    """Give settings of a source other values, and note which. Raises InputError, RefusedError."""
    kinds.kind(source.kind).check(source.settings | given)  # before it is looked at what they reach into
    _guard(source.kind, given, source.settings)
    if not secret and _elsewhere(source.settings, given):
        given = given | {"password": ""}  # it belongs to the old address, and goes to no other
    made = desk.change(store, settings, source.name, given, secret)
    changed = sorted(name for name, value in given.items() if value != source.settings.get(name))
    noted(Act.SOURCES, source.name, ", ".join(changed), library=source.library)
    return made


def row(found: SourceStanding) -> dict[str, Any]:
    """A source for programs and spreadsheets; no setting is in it."""
    health = standing.health_in_words(found)
    return {
        "number": found.source.number,
        "name": found.source.name,
        "library": found.source.library,
        "kind": found.source.kind,
        "state": found.source.state,
        "light": found.light,
        "records": found.records,
        "last_run": None if found.last is None else found.last.number,
        "last_begun": None if found.last is None else iso(found.last.started),
        "next": None if found.next is None else iso(found.next),
        "health_vi": health[0],
        "health_en": health[1],
    }


def _public(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name != "password"}


def _guard(kind: str, given: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Only who may change the system itself lets a source reach into this machine or its network."""
    if source_forms.guarded(kind, given, before):
        require(Act.SYSTEM)
    if given.get("schedule"):
        parse(given["schedule"])


def _private(url: str) -> list[str]:
    """The private addresses that the URL leads to now."""
    require(Act.SYSTEM)
    return list(desk.private_addresses(url))


def _same_place(url: str, kept: trials.Kept) -> bool:
    """Whether a password that was typed for the trial may go there: to the host it was typed for, and no other."""
    tried = str((kept.found or {}).get("url", ""))
    return bool(url) and _host(url) == _host(tried) and _host(url)[1] == _host(cleaned(kept.wish["url"]))[1]


def _elsewhere(before: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    return "url" in given and _host(str(before.get("url", ""))) != _host(str(given["url"]))


def _host(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port
    except ValueError as error:
        raise InputError(messages.SETTING_WRONG, name="url", value=url[:200]) from error


def _proposed(found: trials.Kept) -> dict[str, str | bool]:
    """What the form behind a trial is filled with."""
    made = found.found or {}
    given: dict[str, Any] = {
        "schedule": scheduled("mỗi ngày 02:00"),
        "user": found.wish["user"],
        "url": made.get("url", ""),
    }
    given |= {"folder": made.get("url", ""), "prefix": made.get("prefix") or "marcxml"}
    given["quirks"] = made.get("quirks", {})
    given |= made.get("settings", {})
    return shown(made.get("kind", kinds.OAI), given)


def _free_name(store: Store, address: str) -> str:
    """What a source at an address may be called, as no other is."""
    taken = {one.name for one in [*sources.every(store), *sources.removed(store)]}
    name = trial.name_for(address) if "://" in address else address.rstrip("/\\").replace("\\", "/").split("/")[-1]
    return next(one for one in (name, *(f"{name}-{n}" for n in range(2, 1_000))) if one not in taken)
