"""Which form of a record somebody gets: by suffix, or by the Accept header (RFC 9110, 12.5.1). Pure functions."""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Form(NamedTuple):
    """One form of a record on the web."""

    suffix: str
    """Behind the identifier: `/record/ID.ttl`; the page itself has `html`."""
    media_types: tuple[str, ...]
    """What Accept may call it, the answer's own Content-Type first; none: by suffix alone."""
    content_type: str
    rdf: str = ""
    """rdflib's name of the serialisation; empty: not RDF."""


HTML: Final = Form("html", ("text/html", "application/xhtml+xml"), "text/html; charset=utf-8")
FORMS: Final = (
    HTML,
    Form("ttl", ("text/turtle", "application/x-turtle"), "text/turtle; charset=utf-8", "turtle"),
    Form("jsonld", ("application/ld+json",), "application/ld+json", "json-ld"),
    Form("rdf", ("application/rdf+xml",), "application/rdf+xml", "xml"),
    Form("nt", ("application/n-triples",), "application/n-triples", "nt"),
    Form("xml", ("application/marcxml+xml", "application/xml", "text/xml"), "application/marcxml+xml"),
    Form("mrc", ("application/marc",), "application/marc"),
    Form("json", ("application/marc-json", "application/json"), "application/json"),
    Form("mods", ("application/mods+xml",), "application/mods+xml"),
    Form("dc", (), "application/xml"),
    Form("ris", ("application/x-research-info-systems",), "application/x-research-info-systems; charset=utf-8"),
    Form("bib", ("application/x-bibtex", "text/x-bibtex"), "application/x-bibtex; charset=utf-8"),
)
"""In our order of preference, which decides between forms that a client likes equally."""
BY_SUFFIX: Final = {form.suffix: form for form in FORMS}
RDF_FORMS: Final = tuple(form for form in FORMS if form.rdf)

_QUALITY: Final = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)
_TYPE: Final = re.compile(r"[A-Za-z0-9!#$&^_.+-]+|\*")
_RANGES: Final = 50
"""Media ranges of one header that are looked at; browsers send under ten."""


def negotiate(accept: str, offered: tuple[Form, ...] = FORMS) -> Form | None:
    """The form that an Accept header asks for; None when it takes none of those offered.

    No header, or one that holds nothing readable, takes anything and gets the first. The most specific range that
    fits a form decides its quality; q=0 refuses it.
    """
    ranges = _ranges(accept)
    if not ranges:
        return offered[0]
    best: Form | None = None
    best_quality = 0.0
    for form in offered:
        quality = max((_quality(media_type, ranges) for media_type in form.media_types), default=0.0)
        refused = ranges.get(next(iter(form.media_types), "")) == 0.0  # whatever its other names
        if quality > best_quality and not refused:
            best, best_quality = form, quality
    return best


def split_suffix(name: str) -> tuple[str, Form | None]:
    """`ID.ttl` as its identifier and form; without a dot the form is None. Raises KeyError for an unknown suffix."""
    identifier, dot, suffix = name.partition(".")
    return (identifier, BY_SUFFIX[suffix]) if dot else (identifier, None)


def _ranges(accept: str) -> dict[str, float]:
    """Media range (in small letters) → quality. Parameters other than q are passed over, as are broken ranges."""
    found: dict[str, float] = {}
    for part in accept.split(",")[:_RANGES]:
        name, *parameters = [piece.strip() for piece in part.split(";")]
        kind, slash, subtype = name.lower().partition("/")
        if not (slash and _TYPE.fullmatch(kind) and _TYPE.fullmatch(subtype)) or (kind == "*" and subtype != "*"):
            continue
        quality = 1.0
        for parameter in parameters:
            if parameter.lower().startswith("q="):
                said = _QUALITY.fullmatch(parameter)
                quality = float(said[1]) if said else 0.0
        found[f"{kind}/{subtype}"] = max(quality, found.get(f"{kind}/{subtype}", 0.0))
    return found


def _quality(media_type: str, ranges: dict[str, float]) -> float:
    kind = media_type.partition("/")[0]
    for name in (media_type, f"{kind}/*", "*/*"):
        if name in ranges:
            return ranges[name]
    return 0.0
