"""What another repository answered: bytes in, values out, whatever its people's software did to the XML.

Strictly first: a well-formed page is parsed once, for its truth, and its records are taken out of the bytes as they
came wherever that is safe. Then mended (`oaipmh.mending`), every mend told. Then record by record, so that one that
cannot be saved costs itself alone. The standard's numbers are those of OAI-PMH 2.0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from lxml import etree
from lxml.etree import _Element

from foundation import xml
from foundation.errors import FormatError, InputError, LimitError, Problem
from oaipmh import harvest_messages as messages
from oaipmh.dates import parse_datestamp
from oaipmh.mending import Mended

NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/"
_LISTS: Final = ("ListRecords", "ListIdentifiers", "GetRecord")
_START: Final = re.compile(r"<(?:[\w.-]+:)?record(?:\s[^>]*)?>\s*<(?:[\w.-]+:)?header[\s>]")
_END: Final = re.compile(r"<(?:[\w.-]+:)?resumptionToken|</(?:[\w.-]+:)?(?:ListRecords|GetRecord)")
_FINISHED: Final = re.compile(r"</(?:[\w.-]+:)?record\s*>")
_IDENTIFIER: Final = re.compile(r"<(?:[\w.-]+:)?identifier>\s*([^<\s]+)")
_OTHER_ENCODING: Final = re.compile(
    rb"""encoding\s*=\s*["'](?!utf-?8["'])|^(?:\xff\xfe|\xfe\xff|<\0|\0<)""", re.IGNORECASE
)
_RECORD: Final = b"<record>"
_OPEN, _CLOSE = b"<metadata>", b"</metadata>"
_TEXT: Final = rb"([!-%'-;=?-~]+)"
"""Letters of ASCII that mean nothing to XML."""
_USUAL: Final = re.compile(
    rb"\s*<header>\s*<identifier>%b</identifier>\s*<datestamp>([0-9TZ:-]+)</datestamp>((?:\s*<setSpec>%b</setSpec>)*)"
    rb"\s*</header>\s*<metadata>" % (_TEXT, _TEXT)
)
"""How nearly every record begins behind its first tag, and `_ENDED` how it ends; such a one needs no parser."""
_ENDED: Final = re.compile(rb"</metadata>\s*</record>\s*")
_SETS: Final = re.compile(rb"<setSpec>%b<" % _TEXT)
_NONE: Final = etree.Element("metadata")


@dataclass(frozen=True, slots=True)
class Harvested:
    """One record or header of a list."""

    identifier: str
    datestamp: int | None
    """Seconds; a day is its first. None: missing or wrong."""
    deleted: bool
    sets: tuple[str, ...]
    metadata: bytes | None
    """One XML element with its own namespace declarations; None for a header, a deletion, or where nothing came."""
    about: tuple[bytes, ...] = ()
    problems: tuple[Problem, ...] = ()
    element: _Element | None = field(default=None, compare=False)
    """The metadata as it was parsed with its page."""
    original: bytes = b""
    """What could not be read, for the quarantine; empty when it could."""


@dataclass(frozen=True, slots=True)
class Token:
    """A resumptionToken (3.5). Empty text: the list ends here."""

    text: str
    total: int | None = None
    cursor: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, whatever verb it was to."""

    response_date: int | None
    errors: tuple[tuple[str, str], ...] = ()
    """(code, text) as they came; codes that the protocol does not know too."""
    records: tuple[Harvested, ...] = ()
    token: Token | None = None
    complete: bool = True
    """False: it was cut off, and what is missing has to be asked for again."""
    problems: tuple[Problem, ...] = ()
    """Of the page as a whole."""
    root: _Element | None = field(default=None, compare=False)
    """The parsed answer, for Identify, ListSets and ListMetadataFormats."""

    @property
    def said(self) -> str:
        """Its errors in one line, as they came."""
        return "; ".join(f"{code}: {text}" if text else code for code, text in self.errors)


def read(data: bytes) -> Answer:
    """The answer in `data`. Raises FormatError when it is no OAI-PMH answer even when mended, LimitError (XML_…)."""
    try:
        root = xml.parse(data)
    except LimitError:
        raise
    except InputError:
        return _mended(data)
    if _local(root) != "OAI-PMH":
        Mended(data)  # raises with what it is instead
        return _mended(data)
    return _answer(root, data, ())


def skim(data: bytes) -> Answer | None:
    """The answer without looking into its metadata, which is as it came and may be no XML at all.

    Enough for records that are known already, byte for byte. None where that cannot be had.
    """
    head, *pieces = data.split(_RECORD)
    if not pieces or not _plain(data):
        return None
    # The last one is parsed with the frame, for what is declared above it is declared above all of them.
    usual = [*map(_usual, pieces[:-1]), None]
    others = [piece for piece, found in zip(pieces, usual, strict=True) if found is None]
    cuts = [_metadata(piece) for piece in others]
    hollow = [piece if cut is None else piece.replace(cut, b"", 1) for piece, cut in zip(others, cuts, strict=True)]
    try:
        answer = _answer(xml.parse(_RECORD.join([head, *hollow])), b"", (), cuts)
    except InputError:
        return None
    parsed = iter(answer.records)
    return replace(answer, records=tuple(found or next(parsed) for found in usual))


def _mended(data: bytes) -> Answer:
    mended = Mended(data)
    problems = mended.problems
    text = mended.text
    if not mended.cut:
        try:
            return _answer(xml.parse(text.encode()), b"", problems)
        except LimitError:
            raise
        except InputError:
            pass
    return _piecemeal(text, problems, mended.cut)


def _piecemeal(text: str, problems: tuple[Problem, ...], cut: bool) -> Answer:
    """Record by record: the frame around them is parsed without them, and each of them inside that frame."""
    starts = [found.start() for found in _START.finditer(text)]
    if cut:
        problems = (*problems, Problem(messages.ANSWER_CUT))
    if not starts:
        if cut:
            return Answer(None, complete=False, problems=problems)
        xml.parse(text.encode())  # raises with the place
    end = _END.search(text, starts[-1])
    ends = [*starts[1:], end.start() if end else len(text)]
    head, tail = text[: starts[0]], text[ends[-1] :]
    closing = "".join(f"</{name}>" for name in reversed(_open_elements(head)))
    frame = _answer(xml.parse((head + (closing if cut else tail)).encode()), b"", problems)
    records: list[Harvested] = []
    for start, stop in zip(starts, ends, strict=True):
        piece = text[start:stop]
        finished = list(_FINISHED.finditer(piece))
        piece = piece[: finished[-1].end()] if finished else piece
        try:
            records += _answer(xml.parse((head + piece + closing).encode()), b"", ()).records
        except InputError as error:
            if cut and start == starts[-1]:
                break  # the one that the cut went through comes again
            known = _IDENTIFIER.search(piece)
            told = Problem(messages.RECORD_BROKEN, values={"reason": error.problem})
            records.append(
                Harvested(known[1] if known else "", None, False, (), None, (), (told,), None, piece.encode())
            )
    return replace(frame, records=tuple(records), complete=not cut)


def _open_elements(head: str) -> list[str]:
    """Names of the elements that are open where `head` ends; it holds no text with angle brackets."""
    names: list[str] = []
    for found in re.finditer(r"<(/?)([\w.:-]+)[^<>]*?(/?)>", head):
        if found[1]:
            if names:
                names.pop()
        elif not found[3]:
            names.append(found[2])
    return names


def _answer(
    root: _Element, data: bytes, problems: tuple[Problem, ...], cuts: list[bytes | None] | None = None
) -> Answer:
    """`data`: the bytes that `root` was parsed from, if records may be cut out of them.

    `cuts`: the metadata that was taken out of each record before; FormatError when it does not belong there.
    """
    if _local(root) != "OAI-PMH":
        raise FormatError(messages.ANSWER_OTHER, start=f"<{_local(root)}>")
    seen = etree.QName(root).namespace or ""
    if seen != NAMESPACE:
        problems = (*problems, Problem(messages.NAMESPACE_WRONG, values={"seen": seen}))
    moment: int | None = None
    errors: list[tuple[str, str]] = []
    records: tuple[Harvested, ...] = ()
    token: Token | None = None
    for child in root:
        name = _local(child)
        if name == "responseDate":
            found = parse_datestamp((child.text or "").strip())
            moment = None if found is None else found.first
        elif name == "error":
            errors.append((child.get("code", ""), " ".join("".join(map(str, child.itertext())).split())[:500]))
        elif name in _LISTS:
            records, token = _list(child, data, cuts)
        elif name == "ListSets":
            _, token = _list(child, b"")
    return Answer(moment, tuple(errors), records, token, True, problems, root)


def _list(
    element: _Element, data: bytes, cuts: list[bytes | None] | None = None
) -> tuple[tuple[Harvested, ...], Token | None]:
    token: Token | None = None
    found: list[_Element] = []
    for child in element:
        name = _local(child)
        if name in ("record", "header"):
            found.append(child)
        elif name == "resumptionToken":
            token = Token(child.text or "", _number(child.get("completeListSize")), _number(child.get("cursor")))
    if cuts is None:
        slices = _slices(data, found)
        return tuple(_record(one, cut) for one, cut in zip(found, slices, strict=True)), token
    if len(cuts) != len(found) or _local(found[0]) != "record" or not _alone(found[0]):
        raise FormatError(messages.ANSWER_OTHER, start=_local(element))
    return tuple(_record(one, cut, hollow=True) for one, cut in zip(found, cuts, strict=True)), token


def _slices(data: bytes, found: list[_Element]) -> list[bytes | None]:
    """The bytes of the metadata of each record as they came; None where they do not stand for themselves.

    Safe when nothing but the protocol's own namespaces is declared above the records, for then a piece means alone
    what it means in the page, and when pieces and parsed records agree in number, which a `<record>` inside metadata,
    a comment or CDATA would upset.
    """
    nothing: list[bytes | None] = [None] * len(found)
    if not data or not found or _local(found[0]) != "record":
        return nothing
    if not _alone(found[0]) or not _plain(data):
        return nothing
    # MARCXML has records of its own in them, but those are declared: `<record xmlns=…>`, `<marc:record …>`.
    pieces = data.split(_RECORD)[1:]
    if len(pieces) != len(found):
        return nothing
    return [_metadata(piece) for piece in pieces]


def _alone(record: _Element) -> bool:
    """Whether nothing but the protocol's own namespaces is declared above this record."""
    above = record.nsmap
    return not set(above) - {None, "xsi"} and above.get(None) == NAMESPACE


def _plain(data: bytes) -> bool:
    """Whether the tags in these bytes are tags: no CDATA, no comments."""
    # One byte that is rare is found ten times faster than two of which the first is not.
    return not ((b"!" in data and b"<!" in data) or _OTHER_ENCODING.search(data[:200]))


def _metadata(piece: bytes) -> bytes | None:
    start, end = piece.find(_OPEN), piece.rfind(_CLOSE)
    return _inside(piece[start + len(_OPEN) : end]) if 0 <= start < end else None


def _inside(cut: bytes) -> bytes | None:
    """What stands between the tags of metadata, if it can stand alone."""
    inside = cut.strip()
    # `xsi` is the one prefix that pieces may have from the page.
    alone = b"xsi:" not in inside or b"xmlns:xsi" in inside
    return inside if alone and inside[:1] == b"<" and inside[-1:] == b">" else None


def _usual(piece: bytes) -> Harvested | None:
    """A record of which nothing but its metadata can be in question; None: a parser has to look."""
    begun, end = _USUAL.match(piece), piece.rfind(_CLOSE)
    if begun is None or _ENDED.fullmatch(piece, end) is None:
        return None
    metadata, moment = _inside(piece[begun.end() : end]), parse_datestamp(begun[2].decode("ascii"))
    if metadata is None or moment is None:
        return None
    sets = tuple(one.decode("ascii") for one in _SETS.findall(begun[3])) if begun[3] else ()
    return Harvested(begun[1].decode("ascii"), moment.first, False, sets, metadata)


def _record(element: _Element, cut: bytes | None, *, hollow: bool = False) -> Harvested:
    """A record, or a header that stands alone in a list of identifiers.

    `cut`: its metadata as it came; `hollow`: which was taken out of it.
    """
    problems: list[Problem] = []
    header, metadata, inside = element, None, element
    about: tuple[bytes, ...] = ()
    whole = _local(element) == "record"
    if whole:
        parts = {_local(child): child for child in reversed(element)}
        header, inside = parts.get("header", element), parts.get("metadata", _NONE)
        if hollow and not len(inside):
            metadata = cut
        elif len(inside):
            if len(inside) > 1:
                problems.append(Problem(messages.SEVERAL_METADATA, values={"count": len(inside)}))
                cut = None
            metadata = _bytes(inside[0]) if cut is None else cut
        if "about" in parts:
            about = tuple(_bytes(child[0]) for child in element if _local(child) == "about" and len(child))
    identifier, stamp, sets = _header(header)
    moment = parse_datestamp(stamp)
    deleted = header.get("status", "").strip().lower() == "deleted"
    if moment is None:
        problems.append(Problem(messages.DATESTAMP_WRONG, values={"seen": stamp[:60]}))
    fault = None
    if not identifier:
        fault = Problem(messages.NO_IDENTIFIER)
    elif whole and metadata is None and not deleted:
        fault = Problem(messages.NO_METADATA)
    return Harvested(
        identifier,
        None if moment is None else moment.first,
        deleted,
        sets,
        None if deleted else metadata,
        about,
        tuple([*problems, fault] if fault else problems),
        None if deleted or metadata is None or not len(inside) else inside[0],
        _bytes(element) if fault else b"",
    )


def _header(header: _Element) -> tuple[str, str, tuple[str, ...]]:
    """Identifier, datestamp and sets as they stand in a header, blanks around them removed."""
    identifier, stamp, sets = "", "", []
    for child in header:
        name, text = _local(child), (child.text or "").strip()
        if name == "identifier":
            identifier = text
        elif name == "datestamp":
            stamp = text
        elif name == "setSpec" and text:
            sets.append(text)
    return identifier, stamp, tuple(sets)


def _bytes(element: _Element) -> bytes:
    return etree.tostring(element, encoding="utf-8", with_tail=False)


def _local(element: _Element) -> str:
    return element.tag.rpartition("}")[2]


def _number(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
