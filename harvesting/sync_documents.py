"""The documents of ResourceSync (ANSI/NISO Z39.99-2017): Sitemaps with its terms, read into values. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

from lxml.etree import _Element

from foundation import limits, xml
from foundation.errors import FormatError
from harvesting import messages
from oaipmh.dates import parse_datestamp

_SITEMAP: Final = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_TERMS: Final = "{http://www.openarchives.org/rs/terms/}"


class Entry(NamedTuple):
    """A resource, or another list."""

    loc: str
    capability: str = ""
    change: str = ""
    """created, updated or deleted; empty in lists of what there is."""
    moment: int | None = None
    """When it changed, in seconds since 1970."""
    until: int | None = None
    """Of a list that is closed: it holds no later change."""


class Document(NamedTuple):
    """One of its documents."""

    is_index: bool
    """Whether its entries are other documents of the same capability (14)."""
    capability: str
    """description, capabilitylist, resourcelist, changelist …"""
    moment: int | None
    """`at` of a list of what there is, `until` of a closed list of changes."""
    entries: tuple[Entry, ...]


def read(data: bytes) -> Document:
    """A document. Raises FormatError for what is none, LimitError."""
    root = xml.parse(data)
    if root.tag not in (f"{_SITEMAP}urlset", f"{_SITEMAP}sitemapindex"):
        raise FormatError(messages.NOT_SYNC, seen=str(root.tag)[:80])
    md = root.find(f"{_TERMS}md")
    capability = "" if md is None else md.get("capability", "")
    if not capability:
        raise FormatError(messages.NOT_SYNC, seen="Sitemap")
    moment = None if md is None else _moment(md.get("at") or md.get("until") or "")
    inside = (*root.iterchildren(f"{_SITEMAP}url"), *root.iterchildren(f"{_SITEMAP}sitemap"))
    entries = tuple(entry for entry in map(_entry, inside) if entry.loc)
    return Document(root.tag.endswith("sitemapindex"), capability, moment, entries)


def _entry(element: _Element) -> Entry:
    loc = (element.findtext(f"{_SITEMAP}loc") or "").strip()
    md = element.find(f"{_TERMS}md")
    said: dict[str, str] = {} if md is None else {str(name): str(value) for name, value in md.attrib.items()}
    stamp = said.get("datetime") or (element.findtext(f"{_SITEMAP}lastmod") or "").strip()
    return Entry(
        loc[: limits.URL_CHARACTERS], said.get("capability", ""), said.get("change", ""), _moment(stamp),
        _moment(said.get("until", "")),
    )  # fmt: skip


def _moment(text: str) -> int | None:
    """Seconds since 1970 of a W3C datetime in UTC; fractions of a second are cut off."""
    plain = text.strip().partition(".")[0]
    found = parse_datestamp(plain if plain.endswith("Z") or "T" not in plain else f"{plain}Z")
    return None if found is None else found.first
