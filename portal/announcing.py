"""Telling harvesters records anew, and who harvests what.

/workshop/announce             which records, what would happen, and only then the telling; silent corrections that wait
/workshop/partners             who harvests, how far they came, their errors; /workshop/partners/N: their lists
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from accounts.rights import Act
from catalogue import announcing, collecting, libraries, partners, partners_messages
from catalogue.announcing import Announcement, Choice
from catalogue.partners import Partner
from catalogue.renderings import FORMATS
from catalogue.snapshot import Feed
from catalogue.store import Store, iso
from foundation.errors import InputError, LienThongError, Message, RefusedError
from foundation.limits import API_PAGE, PARTNERS
from foundation.settings import Settings
from oaipmh.dates import parse_datestamp
from portal.lists import as_asked
from portal.telling import done, refused
from portal.wording import many
from portal.workshop import language, missing, noted, required
from union import kin

COLUMNS: Final = ("number", "name", "named", "network", "agent", "mail", "first", "last", "requests", "errors")
LIST_COLUMNS: Final = (
    "repository", "verb", "format", "set_spec", "since", "started", "last", "requests", "delivered", "total",
    "complete",
)  # fmt: skip
PAGE: Final = 50
NO_DAY: Final = Message(
    "announcing.no_day",
    "“{seen}” không phải ngày. Viết như 2026-11-22, hoặc 2026-11-22T08:00:00Z (giờ UTC).",
    "“{seen}” is no day. Write 2026-11-22, or 2026-11-22T08:00:00Z (UTC).",
)
MANY_RECORDS: Final = Message(
    "announcing.many_records",
    "nêu từng biểu ghi thì tối đa {allowed}, ở đây là {seen}. Hãy chọn theo bộ, theo thư viện, hoặc theo lô nhập.",
    "at most {allowed} records can be named one by one, these are {seen}. Choose a set, a library or a batch.",
)
_NAMES: Final = ("set", "library", "since", "change_set", "touched", "format")
Page = str | tuple[str, int] | Response


def create(store: Store, settings: Settings) -> tuple[Blueprint, Blueprint]:
    """The screens, of telling and of partners."""
    telling = Blueprint("announcing", __name__, url_prefix="/workshop")
    harvesters = Blueprint("partners", __name__, url_prefix="/workshop")
    _telling(telling, store, settings)
    _partners(harvesters, store, settings)
    return telling, harvesters


def _telling(pages: Blueprint, store: Store, settings: Settings) -> None:
    @pages.get("/announce")
    @required(Act.SYSTEM)
    def choose() -> Page:
        said = _said(store)
        return _previewed(store, settings, said) if any(said.values()) else _page(store, settings, said)

    @pages.post("/announce")
    @required(Act.SYSTEM)
    def tell() -> Page:
        said = _said(store)
        if request.form.get("what") != "tell":
            return _previewed(store, settings, said)
        try:
            made = told(store, choice(said), "many" in request.form)
        except (RefusedError, InputError) as error:
            return _page(store, settings, said, error=error), 409
        there = url_for("announcing.choose")
        return done(there, many("Đã báo lại %(n)s biểu ghi, với dấu thời gian mới.", n=made.records))


def _partners(pages: Blueprint, store: Store, settings: Settings) -> None:
    @pages.get("/partners")
    @required(Act.SYSTEM)
    def every() -> Page:
        start = max(0, request.args.get("start", 0, type=int))
        words = request.args.get("q", "").strip()[:100]
        found = matching(store, words)
        rows = (row(one) for one in found)
        return as_asked("partners", COLUMNS, rows) or render_template(
            "announcing/partners.html", found=found[start : start + PAGE], words=words, settings=settings,
            following=start + PAGE if len(found) > start + PAGE else None,
        )  # fmt: skip

    @pages.post("/partners")
    @required(Act.SYSTEM)
    def name() -> Response:
        form, there = request.form, url_for("partners.every")
        try:
            called(store, *(form.get(one, "").strip() for one in ("name", "network", "agent", "mail")))
        except (RefusedError, InputError) as error:
            return refused(there, error)
        return done(there, _("Đã đặt tên %(name)s.", name=form.get("name", "").strip()))

    @pages.get("/partners/<int:number>")
    @required(Act.SYSTEM)
    def one(number: int) -> Page:
        found = next((one for one in matching(store, "") if one.number == number), None)
        if found is None:
            missing()
        lists = partners.walks(store, number, API_PAGE)
        rows = ({name: getattr(one, name) for name in LIST_COLUMNS} for one in lists)
        return as_asked(f"partner-{number}", LIST_COLUMNS, rows) or render_template(
            "announcing/partner.html", one=found, lists=lists, day=_day, settings=settings
        )


# --- what screens and programs do alike -----------------------------------------------------------------------
def choice(said: Mapping[str, Any]) -> Choice:
    """What was asked for, by the names of the form and of `/api/v1/announcements`. Raises InputError for no day."""
    since = said.get("since") or ""
    moment = parse_datestamp(since) if since else None
    if since and moment is None:
        raise InputError(NO_DAY, seen=str(since)[:40])
    return Choice(
        tuple(said.get("records", ())),
        said.get("set") or "",
        said.get("library") or "",
        moment.first if moment is not None else None,
        said.get("change_set") or None,
        said.get("format") or "",
        said.get("touched") or None,
    )


def told(store: Store, chosen: Choice, many: bool) -> Announcement:
    """Tell them anew, with its line in the trail. Raises RefusedError."""
    made = announcing.tell_anew(store, chosen, many)
    noted(Act.SYSTEM, "announce", f"{made.records}", next(iter(made.change_sets), None), library=chosen.library)
    return made


def called(store: Store, name: str, network: str, agent: str, mail: str) -> None:
    """Give clients a name. Raises InputError, RefusedError."""
    if not name:
        raise RefusedError(partners_messages.NOTHING_SAID)
    partners.name(store, name, network, agent, mail)
    noted(Act.SYSTEM, "partner", f"= {name}")


def matching(store: Store, words: str) -> list[Partner]:
    """The partners with these words in their name, network, program or mail; those with a name first, then the latest.

    There are never more than PARTNERS without a name.
    """
    wanted = words.lower()
    found = partners.all_partners(store, 2 * PARTNERS)
    return [one for one in found if wanted in f"{one.name} {one.network} {one.agent} {one.mail}".lower()]


def row(one: Partner) -> dict[str, Any]:
    """A partner as lists tell it."""
    values = {name: getattr(one, name) for name in COLUMNS}
    errors = " ".join(f"{code}:{count}" for code, count in one.errors.items())
    return values | {"first": iso(one.first), "last": iso(one.last), "errors": errors}


# --- pages ----------------------------------------------------------------------------------------------------
def _said(store: Store) -> dict[str, Any]:
    """What the address or the form chooses. A contributed record brings the union record that it is in."""
    given = request.values
    named = [*given.getlist("record"), *collecting.named(given.get("records", "")[:100_000])]
    if request.method == "GET":
        plain = [name for name in named[:API_PAGE] if name.isascii() and name.isalnum()]
        named += [one for name in plain if (one := kin.of(store, name).union)]
    said: dict[str, Any] = {name: given.get(name, "").strip()[:300] for name in _NAMES}
    for name in ("change_set", "touched"):
        text = said[name]
        said[name] = int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
    return said | {"records": list(dict.fromkeys(named))}


def _previewed(store: Store, settings: Settings, said: dict[str, Any]) -> Page:
    try:
        if len(said["records"]) > API_PAGE:
            raise RefusedError(MANY_RECORDS, seen=len(said["records"]), allowed=API_PAGE)
        return _page(store, settings, said, found=announcing.preview(store, choice(said)))
    except (RefusedError, InputError) as error:
        return _page(store, settings, said, error=error), 409


def _page(
    store: Store, settings: Settings, said: dict[str, Any], *, found: Announcement | None = None,
    error: LienThongError | None = None,
) -> str:  # fmt: skip
    with Feed(store).snapshot() as snapshot:
        specs = snapshot.sets()
    return render_template(
        "announcing/choose.html", said=said, found=found, silent=announcing.unannounced(store), sets=specs,
        libraries=libraries.named(store), formats=[one.name for one in FORMATS], english=language() == "en",
        reason=error.text(language()) if error else "", settings=settings,
    )  # fmt: skip


def _day(seconds: int) -> str:
    return iso(seconds) if seconds >= 0 else ""
