"""Answers of a repository as values (section 3.2), read strictly: what is not as it must be becomes a finding."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from lxml import etree
from lxml.etree import _Element

from foundation import xml
from foundation.errors import InputError
from oaipmh.asking import Answer
from oaipmh.dates import parse_datestamp
from oaipmh.rules import CONTENT_TYPE, ENVELOPE, REACHED, RECORD, VALID, WELL_FORMED, Findings

OAI: Final = "{http://www.openarchives.org/OAI/2.0/}"
# A record, whatever blanks are around it. Metadata may hold a `record` of its own, but no `header` straight behind it.
_RAW: Final = re.compile(
    rb"<record>\s*<header.*?</record>(?=\s*(?:<record>\s*<header|<resumptionToken|</ListRecords>|</GetRecord>))", re.S
)
# Metadata in a format of which the schemas at hand say nothing: its own schema would have to tell.
_FOREIGN: Final = re.compile(
    r"Element '\{(?!http://www\.openarchives\.org/OAI/)[^']*': No matching global element decl"
)
_METADATA: Final = re.compile(rb"<metadata>(.*)</metadata>", re.S)


class Header(NamedTuple):
    """One record of a list."""

    identifier: str
    datestamp: str
    sets: tuple[str, ...]
    deleted: bool
    record: bytes
    """The whole `record` element: as it was sent where that can be cut out, canonical (C14N) elsewhere; empty for a
    header alone."""
    digest: str
    """BLAKE2b-128 of its metadata, as it was sent; empty where that cannot be cut out."""


class Token(NamedTuple):
    """A resumptionToken element (3.5)."""

    value: str
    size: int | None
    cursor: int | None


class Page(NamedTuple):
    """An answer that was understood."""

    root: _Element
    body: bytes
    response_date: str
    errors: tuple[str, ...]
    """Codes of its error elements."""

    def text(self, name: str) -> str:
        """The text of the first element called `name`."""
        return (self.root.findtext(f".//{OAI}{name}") or "").strip()

    def texts(self, name: str) -> list[str]:
        return [(element.text or "").strip() for element in self.root.iter(f"{OAI}{name}")]

    @property
    def token(self) -> Token | None:
        element = self.root.find(f"./*/{OAI}resumptionToken")
        if element is None:
            return None
        return Token(
            (element.text or "").strip(), *(_number(element.get(name)) for name in ("completeListSize", "cursor"))
        )


def read(answer: Answer, where: str, base_url: str, grammar: etree.XMLSchema | None, findings: Findings) -> Page | None:
    """The page that an answer holds; None, with a finding, when it holds none. `where` names the request."""
    if answer.status != 200:
        findings.add(REACHED, f"{where}: HTTP {answer.status} {answer.body[:200].decode('utf-8', 'replace')}")
        return None
    if not answer.content_type.lower().startswith("text/xml"):
        findings.add(CONTENT_TYPE, f"{where}: {answer.content_type}")
    try:
        root = xml.parse(answer.body)
    except InputError as error:
        findings.add(WELL_FORMED, f"{where}: {error.text('en')}")
        return None
    if root.tag != f"{OAI}OAI-PMH":
        findings.add(WELL_FORMED, f"{where}: {root.tag}")
        return None
    if grammar is not None and not grammar.validate(root.getroottree()):
        log: Any = grammar.error_log
        wrong = [one for one in log if not _FOREIGN.match(one.message)]
        if wrong:
            findings.add(VALID, f"{where}: {wrong[-1].line} {wrong[-1].message}")
    date = (root.findtext(f"{OAI}responseDate") or "").strip()
    if len(date) != 20 or parse_datestamp(date) is None:
        findings.add(ENVELOPE, f"{where}: responseDate {date!r}")
    said = (root.findtext(f"{OAI}request") or "").strip()
    if base_url and said != base_url:
        findings.add(ENVELOPE, f"{where}: request {said!r}")
    codes = tuple(element.get("code", "") for element in root.findall(f"{OAI}error"))
    return Page(root, answer.body, date, codes)


def headers(page: Page, where: str, findings: Findings) -> Iterator[Header]:
    """The records or headers of a page, in their order."""
    records = list(page.root.iterfind(f"./*/{OAI}record"))
    if not records:
        for element in page.root.iterfind(f"./*/{OAI}header"):
            yield _header(element, b"", "")
        return
    raw = _RAW.findall(page.body)
    for place, element in enumerate(records):
        head = element.find(f"{OAI}header")
        if head is None:
            findings.add(RECORD, f"{where}: a record without a header")
            continue
        # Cut out of the bytes only where the cuts can be trusted; else the canonical form has to do.
        as_sent = raw[place] if len(raw) == len(records) else b""
        parts = element.findall(f"{OAI}metadata")
        deleted = head.get("status") == "deleted"
        if deleted and parts:
            findings.add(RECORD, f"{where}: {_name(head)} is deleted and has metadata")
        elif not deleted and (len(parts) != 1 or len(parts[0]) != 1):
            findings.add(RECORD, f"{where}: {_name(head)} has {len(parts)} metadata")
        found = _METADATA.search(as_sent)
        digest = hashlib.blake2b(found[1], digest_size=16).hexdigest() if found else ""
        yield _header(head, as_sent or etree.tostring(element, method="c14n"), digest)


def _header(head: _Element, record: bytes, digest: str) -> Header:
    sets = tuple((element.text or "").strip() for element in head.findall(f"{OAI}setSpec"))
    stamp = " ".join((head.findtext(f"{OAI}datestamp") or "").split())
    return Header(_name(head), stamp, sets, head.get("status") == "deleted", record, digest)


def _name(head: _Element) -> str:
    return " ".join((head.findtext(f"{OAI}identifier") or "").split())


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,18}", text) else None
