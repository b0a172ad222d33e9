"""`/record/ID` and its forms, `/concept/ID`, `/dataset`: pages for people, graphs and files for programs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from rdflib import Graph
from werkzeug.http import is_resource_modified, quote_etag

from accounts.rights import Act
from catalogue import clock, items
from catalogue.items import Item
from catalogue.libraries import all_libraries
from catalogue.store import Store
from catalogue.uses import DOWNLOAD, VIEW
from dublin_core import bibtex, mods, ris
from dublin_core.citation import citation
from dublin_core.xml import oai_dc
from foundation.errors import LimitError
from foundation.settings import Settings
from linked_data.concepts import SCHEMES, concept_graph, concepts, scheme_graph
from linked_data.dataset import Contributor, dataset_graph
from linked_data.graph import ItemContext, Origin, graph
from linked_data.negotiation import FORMS, HTML, RDF_FORMS, Form, negotiate, split_suffix
from linked_data.serialisation import serialise
from marc import iso2709, marcjson, marcxml
from marc.record import Record
from portal import counting, holdings, looks, record_view, signposting
from portal.wording import language
from portal.workshop import anonymous, offered
from union import chronicle, kin
from union.kin import Kin

_PROLOG: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_MADE: Final = "4"
"""Raised whenever the same item is shown otherwise; part of every ETag."""
_HAPPENED: Final = 50
_PAGES: Final = (HTML, *RDF_FORMS)

_WRITERS: Final[dict[str, Callable[[Record, str], bytes]]] = {
    "xml": lambda record, identifier: _PROLOG + marcxml.write(record),
    "dc": lambda record, identifier: _PROLOG + oai_dc(record),
    "mods": lambda record, identifier: _PROLOG + mods.mods(record),
    "json": lambda record, identifier: marcjson.write(record),
    "mrc": lambda record, identifier: iso2709.write(record),
    "ris": ris.write,
    "bib": bibtex.write,
}


def create(store: Store, settings: Settings, base_url: str) -> Blueprint:
    """The pages of records, concepts and the dataset. `base_url` has no slash at its end."""
    pages = Blueprint("records", __name__)

    @pages.get("/record/<name>")
    def record(name: str) -> Response:
        with store.moment():  # one transaction for all that is read for a page, and of one moment
            return _answered(*_named(name))

    def _answered(identifier: str, form: Form | None) -> Response:
        item = items.get(store, identifier)
        if item is None:
            abort(404)
        related = kin.of(store, identifier)
        if item.deleted or item.record is None:
            return _gone(item, form, related, base_url)
        if form is None:
            form = negotiate(request.headers.get("Accept", ""))
            if form is not HTML:
                return _elsewhere(url_for("records.record", name=identifier), form, FORMS)
        if form is HTML:
            counting.note(VIEW, _owner(item, related), identifier)
        else:
            counting.note(DOWNLOAD, _owner(item, related), identifier, form.suffix)
        answer = _unchanged(item, related, form, base_url)
        if answer is None:
            if form is HTML:
                answer = _page(store, item, related, settings, base_url)
            else:
                answer = _other(item, related, form, settings, base_url)
        return _dressed(answer, item, related, form, base_url)

    @pages.get("/concept/<name>")
    def concept(name: str) -> Response:
        identifier, form = _named(name)
        known = concepts().get(identifier)
        if (known is None and identifier not in SCHEMES) or (form is not None and form not in _PAGES):
            abort(404)
        if form is None:
            # A people is not a page (303, see other): W3C, Cool URIs for the Semantic Web, 4.2.
            chosen = negotiate(request.headers.get("Accept", ""), _PAGES)
            return _elsewhere(url_for("records.concept", name=identifier), chosen, _PAGES)
        if form is HTML:
            shown = [known] if known else [one for one in concepts().values() if one.scheme == identifier]
            title = SCHEMES[identifier] if known is None else (known.vi, known.en)
            return _varying(make_response(render_template("concept.html", shown=shown, names=title, all=concepts())))
        return _rdf(concept_graph(known, base_url) if known else scheme_graph(identifier, base_url), form)

    @pages.get("/dataset")
    @pages.get("/dataset.<suffix>")
    def dataset(suffix: str = "") -> Response:
        form = _named(f"dataset.{suffix}")[1] if suffix else negotiate(request.headers.get("Accept", ""), _PAGES)
        if form not in _PAGES and suffix:
            abort(404)
        if form is not HTML and not suffix:
            return _elsewhere(url_for("records.dataset"), form, _PAGES)
        known = all_libraries(store)
        if form is None or form is HTML:
            page = render_template(
                "dataset.html",
                libraries=known,
                settings=settings,
                base_url=base_url,
                here=url_for("records.dataset"),
                concepts=url_for("records.concept", name="peoples").rpartition("/")[0],
            )
            return _varying(make_response(page), "Accept")
        with store.read() as connection:
            moment = clock.read(connection)
        shown = [Contributor(one.code, one.name_vi, one.name_en, one.records) for one in known]
        name, email = settings.repository_name, settings.admin_email
        return _rdf(dataset_graph(base_url, name, email, moment.last_stamp, shown), form)

    @pages.get("/.well-known/void")
    def void() -> Response:
        return _redirect(url_for("records.dataset"), 302)  # VoID, 7.2: redirect to the description

    return pages


def _named(name: str) -> tuple[str, Form | None]:
    """Identifier and form of the last part of an address; 404 for a suffix nobody knows."""
    try:
        return split_suffix(name)
    except KeyError:
        abort(404)


def _elsewhere(address: str, form: Form | None, offered: tuple[Form, ...]) -> Response:
    """303 to the form that was asked for, or 406 with the forms there are."""
    if form is None:
        text = "".join(f"{address}.{one.suffix}  {one.content_type}\n" for one in offered)
        answer = Response(text, 406, mimetype="text/plain")
    else:
        answer = _redirect(f"{address}.{form.suffix}", 303)
    answer.vary.add("Accept")
    return answer


def _redirect(address: str, status: int) -> Response:
    made = redirect(address, status, Response)
    assert isinstance(made, Response)
    return made


def _owner(item: Item, related: Kin) -> str:
    """Whose record it is, for the figures: of a union record, the one library that it comes from; "" for several."""
    owners = {one.library for one in related.contributors}
    return item.library or (owners.pop() if len(owners) == 1 else "")


def _unchanged(item: Item, related: Kin, form: Form, base_url: str) -> Response | None:
    """304 when the client has this already, found without making it again."""
    modified = datetime.fromtimestamp(item.datestamp, UTC)
    fresh = is_resource_modified(request.environ, etag=_etag(item, related, form, base_url), last_modified=modified)
    return None if fresh else Response(status=304)


def _etag(item: Item, related: Kin, form: Form, base_url: str) -> str:
    """Weak (RFC 9110, 8.8.3): of what the answer is made of, not of its bytes."""
    seen = (language(), *map(looks.chosen, looks.CHOICES), *_offered()) if form is HTML else ()
    members = [name for one in related.contributors for name in (one.identifier, one.library_vi, one.library_en)]
    parts = (
        _MADE,
        related.union,
        *members,
        item.identifier,
        item.number,
        item.datestamp,
        item.library_vi,
        item.library_en,
        form.suffix,
    )
    joined = "\0".join(map(str, (*parts, *seen, base_url)))
    return quote_etag(hashlib.blake2b(joined.encode(), digest_size=12).hexdigest(), weak=True)


def _offered() -> list[str]:
    """What the page offers to this reader alone."""
    return [act for act in (Act.EDIT, Act.DECIDE, Act.COLLECTIONS) if offered(act)] + ["nobody"] * anonymous()


def _context(item: Item, related: Kin, settings: Settings, base_url: str) -> ItemContext:
    return ItemContext(
        identifier=item.identifier,
        base_url=base_url,
        domain=settings.repository_domain,
        library_code=item.library,
        library_vi=item.library_vi,
        library_en=item.library_en,
        local_id=item.local_id,
        datestamp=item.datestamp,
        origins=tuple(
            Origin(one.identifier, one.library, one.library_vi, one.library_en) for one in related.contributors
        ),
    )


def _page(store: Store, item: Item, related: Kin, settings: Settings, base_url: str) -> Response:
    assert item.record is not None
    found = citation(item.record)
    page = render_template(
        "record.html",
        item=item,
        kin=related,
        found=found,
        rows=record_view.rows(found, item.record),
        cited=record_view.cited(found),
        holdings=holdings.of(store, item, related),
        happened=[] if item.library else chronicle.events(store, int(item.local_id), _HAPPENED),
        links=record_view.web_links(found.links),
        marc=record_view.marc(item.record),
        forms=[form for form in FORMS if form is not HTML],
        kinds=record_view.download_kinds(),
        address=f"{base_url}/record/{item.identifier}",
        here=f"/record/{item.identifier}",
        settings=settings,
    )
    answer = make_response(page)
    answer.headers["Link"] = signposting.of_page(f"{base_url}/record/{item.identifier}", base_url, found)
    return answer


def _other(item: Item, related: Kin, form: Form, settings: Settings, base_url: str) -> Response:
    assert item.record is not None
    try:
        if form.rdf:
            data = serialise(graph(item.record, _context(item, related, settings, base_url)), form.rdf)
        else:
            data = _WRITERS[form.suffix](item.record, item.identifier)
    except LimitError as error:
        # Too long for ISO 2709: the other forms have it whole.
        return Response(f"{error.text('vi')}\n{error.text('en')}\n", 406, mimetype="text/plain")
    answer = Response(data, content_type=form.content_type)
    answer.headers["Link"] = signposting.of_metadata(f"{base_url}/record/{item.identifier}", base_url)
    if form.suffix in ("mrc", "ris", "bib"):
        answer.headers["Content-Disposition"] = f'attachment; filename="{item.identifier}.{form.suffix}"'
    return answer


def _dressed(answer: Response, item: Item, related: Kin, form: Form, base_url: str) -> Response:
    """`answer` with what caches need to know."""
    if answer.status_code in (200, 304):
        answer.headers["ETag"] = _etag(item, related, form, base_url)
        answer.last_modified = datetime.fromtimestamp(item.datestamp, UTC)
        answer.headers["Cache-Control"] = "no-cache"  # keep it, and ask whether it still holds
    if form is HTML:
        return _varying(answer, "Accept")
    return answer


def _gone(item: Item, form: Form | None, related: Kin, base_url: str) -> Response:
    """410 (RFC 9110, 15.5.11): it was here and was taken away, in every form.

    A union record that another one took in is where that one is (301, in the same form), one whose records went apart
    names those they are in now (RFC 5829, 3.4: successor-version). A cache has to ask again: an undo brings it back.
    """
    if len(related.heirs) == 1:
        suffix = "" if form is None else f".{form.suffix}"
        answer = _redirect(url_for("records.record", name=related.heirs[0] + suffix), 301)
    else:
        page = render_template("gone.html", item=item, heirs=related.heirs)
        answer = _varying(make_response(page, 410), "Accept")
        if related.heirs:
            answer.headers["Link"] = signposting.of_gone(base_url, related.heirs)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _rdf(made: Graph, form: Form) -> Response:
    return Response(serialise(made, form.rdf), content_type=form.content_type)


def _varying(answer: Response, *headers: str) -> Response:
    answer.vary.update(["Accept-Language", "Cookie", *headers])
    return answer
