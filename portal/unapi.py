"""unAPI 1.0: how Zotero and other clients copy a record from its page."""

from __future__ import annotations

from html import escape
from typing import Final

from flask import Blueprint, Response, abort, redirect, request, url_for

from catalogue import items
from catalogue.store import Store
from linked_data.negotiation import BY_SUFFIX

FORMATS: Final = {
    "mods": "mods",
    "ris": "ris",
    "bibtex": "bib",
    "marcxml": "xml",
    "marc": "mrc",
    "oai_dc": "dc",
    "rdf": "rdf",
}
"""The name a client asks by → our suffix."""


def create(store: Store) -> Blueprint:
    """`/unapi`, `/unapi?id=ID` and `/unapi?id=ID&format=FORMAT`; ID is the opaque identifier."""
    pages = Blueprint("unapi", __name__)

    @pages.get("/unapi")
    def unapi() -> Response:
        identifier, name = request.args.get("id", ""), request.args.get("format", "")
        if not identifier:
            return _formats("", 200)
        item = items.get(store, identifier)
        if item is None or item.deleted:
            abort(404)
        if not name:
            return _formats(identifier, 300)
        if name not in FORMATS:
            return Response(f"format: {', '.join(FORMATS)}\n", 406, mimetype="text/plain")
        made = redirect(url_for("records.record", name=f"{identifier}.{FORMATS[name]}"), 302, Response)
        assert isinstance(made, Response)
        return made

    return pages


def _formats(identifier: str, status: int) -> Response:
    named = f' id="{escape(identifier)}"' if identifier else ""
    lines = [f'<?xml version="1.0" encoding="UTF-8"?>\n<formats{named}>']
    for name, suffix in FORMATS.items():
        media_type = BY_SUFFIX[suffix].content_type.partition(";")[0]
        lines.append(f'<format name="{name}" type="{media_type}"/>')
    return Response("\n".join([*lines, "</formats>\n"]), status, mimetype="application/xml")
