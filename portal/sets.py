"""`/workshop/collections` and `/workshop/queries`: the sets of the feed that people make, and the records in them.

Both are lists of sets with a page for each (`catalogue.sets`); what differs is that records are put into collections by
hand (`portal.gathering`), and that a saved query is begun from a search.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from accounts.rights import Act
from catalogue import collecting, set_members, set_sweep, sets
from catalogue.membership import COLLECTION, QUERY
from catalogue.sets import DefinedSet, Preview
from catalogue.store import Store
from foundation.errors import InputError, LienThongError, RefusedError
from foundation.limits import COLLECTION_RECORDS
from foundation.settings import Settings
from portal import finding, saved
from portal.lists import as_asked
from portal.telling import done, refused
from portal.wording import many
from portal.workshop import language, libraries, missing, noted, required
from search.finder import Finder
from vietnamese.text import fold

COLUMNS: Final = (
    "slug", "spec", "name_vi", "name_en", "members", "query", "library", "called", "about_vi", "about_en",
)  # fmt: skip
GROUPS: Final = {COLLECTION: "collections", QUERY: "queries"}
"""Kind of a set → blueprint and address of its screens."""
PAGE: Final = 50
_TEXTS: Final = {"name_vi": 300, "name_en": 300, "about_vi": 5_000, "about_en": 5_000, "query": 4_000, "library": 40}
_DEFAULTS: Final = DefinedSet("", "", "")
Page = str | tuple[str, int] | Response


@dataclass(frozen=True)
class Site:
    """What the screens of one kind of sets share."""

    kind: str
    store: Store
    settings: Settings
    base_url: str
    finder: Finder

    @property
    def group(self) -> str:
        return GROUPS[self.kind]

    def render(self, template: str, **values: Any) -> str:
        """A page of this kind."""
        return render_template(
            f"sets/{template}", kind=self.kind, group=self.group, settings=self.settings, base_url=self.base_url,
            english=language() == "en", **values,
        )  # fmt: skip


def create(kind: str, store: Store, settings: Settings, base_url: str, finder: Finder) -> Blueprint:
    """The screens of one kind of sets. `base_url` has no slash at its end."""
    site = Site(kind, store, settings, base_url, finder)
    pages = Blueprint(site.group, __name__, url_prefix="/workshop")
    _listing(pages, site)
    _one(pages, site)
    if kind == QUERY:
        _begun(pages, site)
    return pages


def _listing(pages: Blueprint, site: Site) -> None:
    @pages.get(f"/{site.group}")
    @required(Act.COLLECTIONS)
    def every() -> Page:
        words = fold(request.args.get("q", "").strip()[:100])
        found = [
            one for one in sets.defined(site.store, site.kind)
            if words in fold(f"{one.slug} {one.name_vi} {one.name_en}")
        ]  # fmt: skip
        rows = ({name: _cell(getattr(one, name)) for name in COLUMNS} for one in found)
        return as_asked(site.group, COLUMNS, rows) or _every(site, found, _DEFAULTS)

    @pages.post(f"/{site.group}")
    @required(Act.COLLECTIONS)
    def add() -> Page:
        new = _said(site.kind, slug_of(request.form.get("slug", ""), request.form.get("name_vi", "")))
        try:
            sets.add(site.store, _checked(new))
        except (RefusedError, InputError) as error:
            return _every(site, sets.defined(site.store, site.kind), new, error), 409
        noted(Act.COLLECTIONS, new.spec, f"= {new.name_vi}")
        return done(url_for(f"{site.group}.one", slug=new.slug), _("Đã lập %(name)s.", name=new.name_vi))


def _one(pages: Blueprint, site: Site) -> None:
    @pages.get(f"/{site.group}/<slug>")
    @required(Act.COLLECTIONS)
    def one(slug: str) -> Page:
        found = sets.get(site.store, site.kind, slug) or missing()
        after = request.args.get("after", -1, type=int)
        members = set_members.page(site.store, site.kind, slug, after, PAGE + 1)
        columns = ("identifier", "title", "libraries", "placed")
        rows = ({name: _cell(getattr(row, name)) for name in columns} for row in members[:PAGE])
        return as_asked(slug.replace(":", "-"), columns, rows) or _shown(site, found, members)

    @pages.post(f"/{site.group}/<slug>")
    @required(Act.COLLECTIONS)
    def change(slug: str) -> Page:
        before = sets.get(site.store, site.kind, slug) or missing()
        new = _said(site.kind, slug)
        try:
            sets.add(site.store, _checked(new), replace=True)
        except (RefusedError, InputError) as error:
            return _shown(site, before, set_members.page(site.store, site.kind, slug, -1, PAGE + 1), new, error), 409
        told = f"{before.name_vi} → {new.name_vi}" if before.name_vi != new.name_vi else new.name_vi
        noted(Act.COLLECTIONS, new.spec, f"= {told}")
        return done(url_for(f"{site.group}.one", slug=slug), _("Đã lưu %(name)s.", name=new.name_vi))

    @pages.post(f"/{site.group}/<slug>/<any('remove','restore'):what>")
    @required(Act.COLLECTIONS)
    def turn(slug: str, what: str) -> Response:
        act: Callable[[Store, str, str], None] = sets.remove if what == "remove" else sets.restore
        try:
            act(site.store, site.kind, slug)
        except (RefusedError, InputError) as error:
            return refused(url_for(f"{site.group}.every"), error)
        noted(Act.COLLECTIONS, f"{site.kind}:{slug}", "-" if what == "remove" else "+")
        if what == "restore":
            return done(url_for(f"{site.group}.one", slug=slug), _("Đã lấy lại bộ %(slug)s.", slug=slug))
        said = _("Đã bỏ bộ %(slug)s; biểu ghi vẫn còn. Lấy lại được ở cuối trang này.", slug=slug)
        return done(url_for(f"{site.group}.every"), said)


def _begun(pages: Blueprint, site: Site) -> None:
    @pages.get("/new-query")
    @required(Act.COLLECTIONS)
    def new() -> Page:
        """A query tried before it is kept; begun from a search where the address has one."""
        asked, text = finding.read(request.args), request.args.get("query", "").strip()[: _TEXTS["query"]]
        error: LienThongError | None = None
        found: Preview | None = None
        searched: int | None = None
        try:
            if not text and not asked.empty:
                text = saved.written(finding.query(asked))
                searched = site.finder.search(finding.query(asked), limit=0).count
            found = sets.preview(site.store, text) if text else None
        except (RefusedError, InputError) as wrong:
            error = wrong
        name = request.args.get("name", "") or asked.text
        draft = DefinedSet(QUERY, "", name[:300], query=text)
        page = site.render(
            "new.html", draft=draft, found=found, searched=searched, asked=asked,
            reason=error.text(language()) if error else "",
        )  # fmt: skip
        return page, 400 if error else 200


def slug_of(slug: str, name: str) -> str:
    """The short name that was given, else one made of the name: small ASCII letters, digits and hyphens."""
    return slug.strip() or re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:40].strip("-")


def placed(done: collecting.Placed, inside: bool) -> str:
    """What putting in or taking out did, in one paragraph."""
    said = [
        many("Đã xếp %(n)s biểu ghi vào bộ sưu tập.", n=done.titles) if inside
        else many("Đã lấy %(n)s biểu ghi ra khỏi bộ sưu tập.", n=done.titles)
    ]  # fmt: skip
    if done.same and inside:
        said.append(many("%(n)s biểu ghi đã ở trong từ trước.", n=done.same))
    elif done.same:
        said.append(many("%(n)s biểu ghi không do ai xếp vào: câu chọn hoặc chính biểu ghi nêu bộ này.", n=done.same))
    if done.foreign:
        said.append(many("%(n)s biểu ghi là của thư viện khác, bộ này không nhận.", n=done.foreign))
    if done.unknown:
        names = ", ".join(done.unknown[:10]) + (" …" if len(done.unknown) > 10 else "")
        said.append(many("Không tìm thấy %(n)s mã: %(names)s", n=len(done.unknown), names=names))
    if done.titles:
        said.append(_("Danh sách và số đếm theo kịp sau vài giây."))
    return " ".join(said)


# --- pages ----------------------------------------------------------------------------------------------------
def _every(site: Site, found: list[DefinedSet], draft: DefinedSet, error: LienThongError | None = None) -> str:
    return site.render(
        "list.html", found=found, removed=sets.defined(site.store, site.kind, removed=True), draft=draft,
        libraries=libraries(Act.READ), left=set_sweep.left(site.store), reason=error.text(language()) if error else "",
    )  # fmt: skip


def _shown(
    site: Site, found: DefinedSet, members: list[set_members.Member], draft: DefinedSet | None = None,
    error: LienThongError | None = None,
) -> str:  # fmt: skip
    return site.render(
        "one.html", one=found, draft=draft or found, members=members[:PAGE],
        following=members[PAGE - 1].number if len(members) > PAGE else None, left=set_sweep.left(site.store),
        acts=collecting.acts(site.store, found.slug) if site.kind == COLLECTION else [],
        libraries=libraries(Act.READ), most=COLLECTION_RECORDS, reason=error.text(language()) if error else "",
    )  # fmt: skip


def _said(kind: str, slug: str) -> DefinedSet:
    """The set as the form says it."""
    form = request.form
    values: dict[str, Any] = {name: form.get(name, "").strip()[:most] for name, most in _TEXTS.items()}
    if kind == QUERY:
        return DefinedSet(kind, slug, **values | {"library": ""})
    called = (line.strip()[:300] for line in form.get("called", "").splitlines()[:50])
    return DefinedSet(kind, slug, **values, called=tuple(filter(None, called)))


def _checked(new: DefinedSet) -> DefinedSet:
    if not new.name_vi:
        raise RefusedError(saved.NO_NAME)
    return new


def _cell(value: object) -> object:
    return " ".join(value) if isinstance(value, tuple) else value
