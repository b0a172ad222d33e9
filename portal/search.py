"""`/search` and `/browse`: finding records without knowing how they are catalogued; `/opensearch.xml` for browsers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_babel import get_locale

from catalogue.parts import LIBRARY, Part, Parts
from catalogue.uses import SEARCH
from foundation.errors import InputError, LienThongError, RefusedError
from foundation.limits import HEADING_CHARACTERS, SEARCH_LISTED
from foundation.settings import Settings
from portal import counting, finding, listing, result_forms
from portal.finding import Asked
from portal.listing import Choice, Row
from search.fields import HEADINGS
from search.finder import Finder
from search.index import Answer, Facet
from search.query import Field

BROWSED: Final = 25
"""Headings of one page."""
_LISTS: Final = {field.value: field for field in HEADINGS}
FORMATS: Final = {
    "json": "application/json",
    "atom": "application/atom+xml; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}


def create(settings: Settings, base_url: str, finder: Finder, parts: Parts) -> Blueprint:
    """The pages of searching. `base_url` has no slash at its end."""
    pages = Blueprint("search", __name__)
    door = _Door(settings, base_url, finder, parts)

    @pages.get("/search")
    def search() -> Response:
        asked = finding.read(request.args)
        door.count(asked, request.args.get("format", ""))
        try:
            return _varying(door.results(asked, request.args.get("format", "")))
        except (InputError, RefusedError) as error:
            return _varying(door.refused(asked, error))

    @pages.get("/collection/<slug>")
    def collection(slug: str) -> Response:
        """The page of a collection: what it is, and the search narrowed to it."""
        part = parts.collection(slug) or abort(404)
        asked = finding.read(request.args).with_filter((Field.COLLECTION, part.code))
        try:
            return _varying(door.results(asked, ""))
        except (InputError, RefusedError) as error:
            return _varying(door.refused(asked, error))

    @pages.get("/browse")
    def browse() -> Response:
        field = _LISTS.get(request.args.get("list", ""), Field.AUTHOR)
        start, end = (request.args.get(name, "")[:HEADING_CHARACTERS] for name in ("start", "end"))
        return _varying(door.headings(field, start, end))

    @pages.get("/opensearch.xml")
    def opensearch() -> Response:
        data = result_forms.description(base_url, settings.repository_name)
        return Response(data, content_type="application/opensearchdescription+xml; charset=utf-8")

    return pages


class _Door:
    """What the pages share."""

    def __init__(self, settings: Settings, base_url: str, finder: Finder, parts: Parts) -> None:
        self._settings, self._base_url, self._finder, self._parts = settings, base_url, finder, parts

    def count(self, asked: Asked, form: str) -> None:
        """Count a search by its first page; none when nothing was asked, or a program looks for news (Atom)."""
        if asked.empty or asked.page > 1 or form == "atom":
            return
        chosen = [value for field, value in asked.filters if field is Field.LIBRARY]
        part = self._parts.find(chosen[0]) if len(chosen) == 1 else None
        counting.note(SEARCH, part.code if part is not None and part.kind == LIBRARY else "", asked.address())

    def results(self, asked: Asked, form: str) -> Response:
        """A page of results, or the same for programs. Raises InputError, LimitError, RefusedError, StoreError."""
        if form == "csv":
            asked = replace(asked, page=1)
        limit = SEARCH_LISTED if form == "csv" else asked.size
        found = self._found(asked, limit, () if form in ("atom", "csv") else listing.FACETS)
        rows = listing.rows(self._finder.contents(found.records), self._parts)
        last = finding.pages(asked, found.count)
        if form in FORMATS:
            return self._written(form, asked, found, rows, last)
        page = render_template(
            "search.html",
            asked=asked,
            found=found,
            rows=rows,
            groups=listing.groups(asked, found.facets, self._parts),
            taken=listing.taken(asked, self._parts),
            last=last,
            looser=[] if found.count else self._looser(asked),
            collection=self._collection(asked),
            part_name=listing.named,
            listed=SEARCH_LISTED,
            lists=_lists(),
            settings=self._settings,
        )
        return make_response(page)

    def _collection(self, asked: Asked) -> Part | None:
        """The one collection to which a search is narrowed."""
        chosen = [value for field, value in asked.filters if field is Field.COLLECTION]
        return self._parts.collection(chosen[0]) if len(chosen) == 1 else None

    def _written(self, form: str, asked: Asked, found: Answer, rows: list[Row], last: int) -> Response:
        base_url, name = self._base_url, self._settings.repository_name
        if form == "json":
            data = result_forms.as_json(asked, found.count, rows, found.facets, last, base_url)
        elif form == "atom":
            title = f"{name}: {asked.text}" if asked.text else name
            data = result_forms.as_atom(asked, found.count, rows, last, base_url, title)
        else:
            data = result_forms.as_csv(rows, base_url)
        answer = Response(data, content_type=FORMATS[form])
        if form == "csv":
            answer.headers["Content-Disposition"] = 'attachment; filename="lienthong.csv"'
        return answer

    def _found(self, asked: Asked, limit: int, facets: Sequence[Facet]) -> Answer:
        return self._finder.search(
            finding.query(asked),
            sort=finding.order(asked),
            offset=asked.offset,
            limit=limit,
            facets=facets,
            scope=finding.scope(asked),
        )

    def _looser(self, asked: Asked) -> list[tuple[str, Choice]]:
        """Other ways to ask that do find something."""
        made = []
        for way, other in finding.looser(asked):
            try:
                count = self._finder.search(finding.query(other), limit=0, scope=finding.scope(other)).count
            except InputError:
                continue
            if count:
                made.append((way, Choice(other.text, count, other.address())))
        return made

    def refused(self, asked: Asked, error: LienThongError) -> Response:
        """The page with the reason in the place of results."""
        reason = error.text("en" if listing.english() else "vi")
        status = 400 if isinstance(error, InputError) else 503
        page = render_template("search.html", asked=asked, reason=reason, settings=self._settings)
        answer = make_response(page, status)
        if status == 503:
            answer.headers["Retry-After"] = "30"
        return answer

    def headings(self, field: Field, start: str, end: str) -> Response:
        """The headings from `start` on or, with `end`, those before it. Raises StoreError."""
        if end:
            page = self._finder.scan(field, end, before=BROWSED + 1, after=1)
            shown = page.entries[: page.position][-BROWSED:]
            earlier, later = page.position > BROWSED, page.entries[page.position :]
        else:
            page = self._finder.scan(field, start, before=1, after=BROWSED + 1)
            shown = page.entries[page.position :][:BROWSED]
            earlier, later = page.position > 0, page.entries[page.position + BROWSED :]
        here = {"list": field.value}
        before = shown[0].text if shown else start
        made = render_template(
            "browse.html",
            field=field.value,
            label=listing.field_label(field),
            lists=_lists(),
            start=start,
            entries=[Choice(one.text, one.count, Asked(filters=((field, one.text),)).address()) for one in shown],
            earlier=here | {"end": before} if earlier else None,
            later=here | {"start": later[0].text} if later else None,
            settings=self._settings,
        )
        return make_response(made)


def _lists() -> list[tuple[str, str]]:
    return [(field.value, listing.field_label(field)) for field in HEADINGS]


def _varying(answer: Response) -> Response:
    answer.vary.update(["Accept-Language", "Cookie"])
    answer.headers["Content-Language"] = str(get_locale())
    return answer
