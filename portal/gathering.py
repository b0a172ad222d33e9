"""Records put into a collection and taken out of it: from its page, from a search, from a record page.

/workshop/put-into-collection?record=ID…   or with the address of a search: what is meant, and which collection
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from accounts.rights import Act
from catalogue import collecting, contents, items
from catalogue import sets as defined
from catalogue.editing import title
from catalogue.membership import COLLECTION
from catalogue.store import Store
from foundation.errors import InputError, LienThongError, RefusedError
from foundation.limits import COLLECTION_RECORDS
from foundation.settings import Settings
from portal import finding, sets
from portal.finding import Asked
from portal.sets import Page, Site, placed
from portal.telling import done, refused
from portal.wording import many
from portal.workshop import language, noted, required
from search.finder import Finder

_SHOWN: Final = 10
_ARGUMENTS: Final = ("q", "f", "from", "to", "sort")


def create(store: Store, settings: Settings, base_url: str, finder: Finder) -> Blueprint:
    """The screens of collections. `base_url` has no slash at its end."""
    pages = sets.create(COLLECTION, store, settings, base_url, finder)
    site = Site(COLLECTION, store, settings, base_url, finder)
    _choosing(pages, site)
    _placing(pages, store)
    return pages


def _choosing(pages: Blueprint, site: Site) -> None:
    @pages.get("/put-into-collection")
    @required(Act.COLLECTIONS)
    def choose() -> Page:
        try:
            count, names = meant(site)
        except (RefusedError, InputError) as error:
            return _choose(site, 0, [], error), 400
        return _choose(site, count, names)

    @pages.post("/put-into-collection")
    @required(Act.COLLECTIONS)
    def put() -> Page:
        slug, inside = request.form.get("slug", ""), request.form.get("what") != "take"
        try:
            _count, names = meant(site)
            made = placing(site.store, slug, names, inside)
        except (RefusedError, InputError) as error:
            return refused(_here(), error)
        return done(url_for("collections.one", slug=slug), placed(made, inside))


def _placing(pages: Blueprint, store: Store) -> None:
    @pages.post("/collections/<slug>/records")
    @required(Act.COLLECTIONS)
    def place(slug: str) -> Response:
        inside = request.form.get("what") != "take"
        names = [*request.form.getlist("record"), *collecting.named(request.form.get("names", "")[:200_000])]
        there = url_for("collections.one", slug=slug)
        try:
            return done(there, placed(placing(store, slug, names, inside), inside))
        except (RefusedError, InputError) as error:
            return refused(there, error)

    @pages.post("/collections/<slug>/acts/<int:number>/undo")
    @required(Act.COLLECTIONS)
    def undo(slug: str, number: int) -> Response:
        there = url_for("collections.one", slug=slug)
        try:
            back = undoing(store, slug, number)
        except RefusedError as error:
            return refused(there, error)
        said = many("Đã hoàn tác lần xếp số %(number)s: %(n)s biểu ghi của thư viện.", n=back.records, number=number)
        if back.kept:
            said += " " + many("%(n)s biểu ghi đã thay đổi từ đó nên được giữ nguyên.", n=back.kept)
        return done(there, said)


def placing(store: Store, slug: str, names: list[str], inside: bool) -> collecting.Placed:
    """Put in or take out, with its line in the trail. Raises RefusedError, LimitError."""
    made = (collecting.put if inside else collecting.take)(store, slug, names)
    if made.act is not None:
        noted(Act.COLLECTIONS, f"{COLLECTION}:{slug}", f"{'+' if inside else '-'}{made.titles}", made.act)
    return made


def undoing(store: Store, slug: str, number: int) -> collecting.Undone:
    """Undo one act, with its line in the trail. Raises RefusedError."""
    back = collecting.take_back(store, slug, number)
    noted(Act.COLLECTIONS, f"{COLLECTION}:{slug}", f"↶ {number}: {back.records}", number)
    return back


def meant(site: Site) -> tuple[int, list[str]]:
    """How many records the address means, and the identifiers of as many as can be put in at once.

    Raises InputError, RefusedError as a search does.
    """
    named = list(dict.fromkeys(filter(None, request.values.getlist("record"))))
    if named:
        return len(named), named[: COLLECTION_RECORDS + 1]
    asked = _asked()
    if asked.empty:
        return 0, []
    count, numbers = site.finder.identifiers(finding.query(asked), limit=COLLECTION_RECORDS + 1)
    return count, contents.identifiers(site.store, list(numbers))


def _asked() -> Asked:
    return finding.read(request.values)


def _here() -> str:
    """The address of the page that chooses, for the same records."""
    said: dict[str, Any] = {name: request.values.getlist(name) for name in (*_ARGUMENTS, "record")}
    return url_for("collections.choose", **{name: value for name, value in said.items() if any(value)})


def _choose(site: Site, count: int, names: list[str], error: LienThongError | None = None) -> str:
    found = [items.get(site.store, name) for name in names[:_SHOWN]]
    shown = [(one.identifier, title(one.record)) for one in found if one is not None and one.record is not None]
    carried = [(name, value) for name in (*_ARGUMENTS, "record") for value in request.args.getlist(name) if value]
    return site.render(
        "put.html", count=count, rows=shown, most=COLLECTION_RECORDS, carried=carried, asked=_asked(),
        collections=defined.defined(site.store, COLLECTION),
        reason=error.text(language()) if error else "",
    )  # fmt: skip
