"""MARCXML (the MARC21slim schema of the Library of Congress) out and in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO

from lxml import etree
from lxml.etree import _Element

from foundation import xml
from foundation.errors import FormatError, InputError, LimitError, Place, Problem
from foundation.limits import LOCAL_ID_CHARACTERS, MARC_FIELDS
from marc import messages, repair
from marc.reading import Reading
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record

NAMESPACE = "http://www.loc.gov/MARC21/slim"
SCHEMA = "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd"

HEAD = (
    f'<record xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    f' xsi:schemaLocation="{NAMESPACE} {SCHEMA}"><leader>'
)
_NEXT = '</subfield><subfield code="'


def write(record: Record) -> bytes:
    """One `record` element in UTF-8 with its own namespace declarations, no prolog; valid for every Record.

    Control fields come first, as the schema wants them; otherwise the order is the record's.
    """
    text = record.text
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    head, *pieces = text.split(SUBFIELD_DELIMITER)
    if '\x1f"' in text or "\x1f&" in text:
        subfields = [_subfield(piece) for piece in pieces]
    else:
        subfields = [f'{_NEXT}{piece[0]}">{piece[1:]}' for piece in pieces]
    leader, *parts = "".join([head, *subfields]).split(FIELD_TERMINATOR)
    controls = text.count("\x1e00")
    if not all(part[:2] == "00" for part in parts[:controls]):
        parts.sort(key=lambda part: part[:2] != "00")
    control = [f'<controlfield tag="{part[:3]}">{part[3:]}</controlfield>' for part in parts[:controls]]
    data = [_datafield(part[:5]) + part[16:] for part in parts[controls:]]
    end = "</subfield></datafield></record>" if data else "</record>"
    return "".join([HEAD, leader, "</leader>", *control, "</subfield></datafield>".join(data), end]).encode()


def _subfield(piece: str) -> str:
    """A subfield whose code is markup itself: & < > were escaped with the text, the quotation mark was not."""
    end = piece.index(";") + 1 if piece[0] == "&" else 1
    code, value = piece[:end], piece[end:]
    return f'{_NEXT}{"&quot;" if code == chr(34) else code}">{value}'


@lru_cache(maxsize=4096)
def _datafield(head: str) -> str:
    """The start tags of a data field and its first subfield, up to the code: `part` goes on behind `</subfield>`."""
    return f'<datafield tag="{head[:3]}" ind1="{head[3]}" ind2="{head[4]}">'


def readings(stream: BinaryIO) -> Iterator[Reading]:
    """Every record of a document of any size: a collection, one record, or an OAI-PMH or SRU answer around them.

    The namespace is not asked for (there are prefixes, none, and marcxchange). `original` is the element as libxml2
    writes it. What is broken in one record costs that record only; where the XML itself stops being well-formed, the
    last reading has no record and says the line.
    """
    number = 0
    try:
        for outer, line in xml.elements(stream, frozenset({"record"})):
            for element in _marc(outer):
                number += 1
                record, problems = read_element(element, line if element is outer else _line(element, line))
                original = etree.tostring(element, encoding="utf-8", with_tail=False)
                yield Reading(number, -1, original, record, problems, line)
    except InputError as error:
        line = int(error.problem.values.get("line", 0))
        yield Reading(number + 1, -1, b"", None, (error.problem,), line)


def read(data: bytes) -> tuple[Record | None, tuple[Problem, ...]]:
    """One MARCXML record element from its bytes, and what had to be repaired; None when it cannot be read.

    The last problem then says why.
    """
    try:
        root = xml.parse(data)
    except InputError as error:
        return None, (error.problem,)
    return read_element(next(_marc(root), root), 1)


def read_element(element: _Element, line: int) -> tuple[Record | None, tuple[Problem, ...]]:
    """The same from a parsed `record` element that begins on `line`."""
    text = _quick(element)
    if text is not None:
        return Record(text), ()
    problems: list[Problem] = []
    try:
        leader, parts = None, []
        for child in element:
            name = _local(child)
            if name == "leader":
                leader = _text(child)
            elif name in ("controlfield", "datafield"):
                part, found = _field(child, name)
                problems.extend(found)
                parts.append(part)
        if len(parts) > MARC_FIELDS:
            raise LimitError(messages.FIELDS_LIMIT, limit="MARC_FIELDS", seen=len(parts), allowed=MARC_FIELDS)
        if not any(parts):
            raise FormatError(messages.NO_MARC_ELEMENTS, line=line)
        used, found_here = repair.loose_leader(leader or "")
        problems.extend(found_here)
    except InputError as error:
        known = next((_text(child) for child in element if child.get("tag") == "001"), "")
        return None, (*problems, error.problem.at(control_number=known[:LOCAL_ID_CHARACTERS]))
    return Record(FIELD_TERMINATOR.join([used, *filter(None, parts)])), tuple(problems)


def _quick(element: _Element) -> str | None:
    """Packed text of an element that is as it should be; None when anything is not."""
    space = str(element.tag)[: -len("record")]
    controlfield, datafield, subfield = space + "controlfield", space + "datafield", space + "subfield"
    first, *rest = list(element) or [element]
    if first.tag != space + "leader" or not rest or len(rest) > MARC_FIELDS:
        return None
    parts = []
    for child in rest:
        name = child.tag
        if name == datafield:
            head = (child.get("tag", ""), child.get("ind1", ""), child.get("ind2", ""))
            subfields = [(part.get("code", ""), part.text or "") for part in child if part.tag == subfield]
            if tuple(map(len, head)) != (3, 1, 1) or any(len(code) != 1 for code, _ in subfields):
                return None
            if sum(map(len, child)) or len(subfields) != len(child):
                return None
            parts.append("".join([*head, *[SUBFIELD_DELIMITER + code + text for code, text in subfields]]))
        elif name == controlfield and not len(child):
            tag = child.get("tag", "")
            if len(tag) != 3:
                return None
            parts.append(tag + (child.text or ""))
        else:
            return None
    leader = first.text or ""
    if len(leader) != 24 or not leader.isascii():
        return None
    used, problems = repair.leader(leader)
    return None if problems else repair.sound(FIELD_TERMINATOR.join([used, *parts]).encode())


def _marc(outer: _Element) -> Iterator[_Element]:
    """The MARC records in an element called `record`: itself, or those inside when it is OAI-PMH's or SRU's.

    One that holds none is given as it is, to be refused by name; an OAI-PMH record without metadata is a deletion.
    """
    names = {_local(child) for child in outer}
    if names & {"leader", "controlfield", "datafield"}:
        yield outer
        return
    inner = [element for element in outer.iterdescendants("{*}record") if element is not outer]
    if inner:
        yield from inner
    elif not ("header" in names and "metadata" not in names):
        yield outer


def _field(element: _Element, name: str) -> tuple[str, list[Problem]]:
    seen = str(element.get("tag", ""))
    tag = seen.zfill(3) if seen.isdigit() else seen  # tags that were numbers on their way here
    if not repair.TAG.fullmatch(tag) and not repair.TAG.fullmatch(tag.upper()):
        return "", [Problem(messages.TAG_LEFT_OUT, values={"seen": seen[:80], "text": _text(element)[:80]})]
    try:
        part, problems = _repaired(element, name, tag)
    except InputError as error:
        raise repair.placed(error, tag) from error
    if tag != seen:
        problems = [*problems, Problem(messages.TAG_MENDED, Place(tag=tag), {"seen": seen, "used": tag})]
    return part, problems


def _repaired(element: _Element, name: str, tag: str) -> tuple[str, list[Problem]]:
    if name == "controlfield":
        return repair.field(tag, _text(element))
    subfields = [(str(child.get("code", "")), _text(child)) for child in element if _local(child) == "subfield"]
    indicators = _indicator(element, "ind1") + _indicator(element, "ind2")
    if tag.startswith("00"):
        return repair.field(tag, "".join(SUBFIELD_DELIMITER + code + value for code, value in subfields))
    return repair.data_field(tag, indicators, subfields)


def _indicator(element: _Element, name: str) -> str:
    """The attribute; one of the wrong length becomes a character that is mended and told."""
    value = str(element.get(name, ""))
    return value if len(value) == 1 else "#"


def _line(element: _Element, outer: int) -> int:
    line = element.sourceline
    return line if isinstance(line, int) else outer


def _local(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: _Element) -> str:
    return element.text or "" if not len(element) else "".join(str(text) for text in element.itertext())
