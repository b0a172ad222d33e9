"""Link headers that tell programs what a page is about (FAIR Signposting Profile; RFC 8288)."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from dublin_core.citation import Citation
from linked_data.graph import schema_type, web_iri
from linked_data.negotiation import FORMS, HTML

_MEDIA_TYPE: Final = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,60}/[A-Za-z0-9!#$&^_.+-]{1,60}")
_ITEMS: Final = 20
"""Digital objects named in the header; a record with more names them in its graph."""
_URI: Final = "!#$%&'()*+,/:;=?@[]~-._"


def of_page(address: str, base_url: str, found: Citation) -> str:
    """The links of a record's page, from `address`: what to cite, its metadata, its files, its kind, its collection."""
    links = [_link(address, "cite-as")]
    for form in FORMS:
        if form is not HTML:
            media_type = form.content_type.partition(";")[0]
            links.append(_link(f"{address}.{form.suffix}", "describedby alternate", media_type))
    for link in [link for link in found.links if not link.related][:_ITEMS]:
        target = web_iri(link.address)
        if target is not None:
            links.append(_link(str(target), "item", link.media_type))
    links.append(_link("https://schema.org/AboutPage", "type"))
    links.append(_link(schema_type(found.kind), "type"))
    links.append(_link(f"{base_url}/dataset", "collection"))
    return ", ".join(links)


def of_metadata(address: str, base_url: str) -> str:
    """The links of a record in another form: back to the page, and on to the collection."""
    return ", ".join((_link(address, "describes"), _link(f"{base_url}/dataset", "collection")))


def of_gone(base_url: str, heirs: tuple[str, ...]) -> str:
    """The links of a record that is gone, to those that stand in its place (RFC 5829, 3.4)."""
    return ", ".join(_link(f"{base_url}/record/{one}", "successor-version") for one in heirs)


def _link(target: str, relation: str, media_type: str = "") -> str:
    """One link. A header holds ASCII alone, so letters of other scripts are percent-encoded."""
    kind = f'; type="{media_type}"' if _MEDIA_TYPE.fullmatch(media_type) else ""
    return f'<{quote(target, safe=_URI)}>; rel="{relation}"{kind}'
