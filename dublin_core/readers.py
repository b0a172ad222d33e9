"""Open what digital repositories send: oai_dc, qdc, MODS and DIM in XML, OAI-PMH answers, DSpace archives, own items.

Everything becomes readings as those of `marc.readers`, so that the store keeps it in the same way: `original` is what
came, `record` the MARC that `to_marc` makes of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BufferedReader, RawIOBase
from itertools import chain
from typing import BinaryIO, cast

from lxml import etree
from lxml.etree import _Element

from dublin_core import dspace, messages, mods_reading
from dublin_core.elements import clean_text
from dublin_core.items import FORMAT, DigitalItem, read_item
from dublin_core.reading import DESCRIPTIONS, LeftOut, local, statements, text_of
from dublin_core.terms import QualifiedDublinCore
from dublin_core.to_marc import Origin, deletion, to_marc
from foundation import archives, xml
from foundation.errors import FormatError, InputError, Problem
from foundation.limits import DSPACE_FILE_BYTES
from marc.reading import Reading
from marc.record import Field, Record
from marc.repair import value as plain

HEAD_BYTES = 8_192
"""How much of a file is looked at to recognise it."""

_BLANK = b"\r\n\t \xef\xbb\xbf"
_WANTED = DESCRIPTIONS | {"record", "request"}
_FORMS = {"dc": "oai_dc", "qualifieddc": "qdc", "mods": "mods", "dublin_core": "dspace", "dim": "dim"}
_NAMESPACES = (
    "openarchives.org/OAI/2.0/oai_dc/",
    "purl.org/dc/elements/1.",
    "purl.org/dc/terms/",
    "www.loc.gov/mods/v3",
    "dspace.org/qualifieddc/",
    "dspace.org/xmlns/dspace/dim",
)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_ROOTS = DESCRIPTIONS | {"modsCollection"}
_ZIP = b"PK\x03\x04"
_ENTRY_HEADER = 30  # APPNOTE 4.3.7: the name of an entry begins there
_FIRST_ENTRIES = (b"dublin_core.xml", b"contents")


def recognise(head: bytes) -> bool:
    """Whether a file that begins so is for this room; its first 8 KiB are enough, and its name is never asked.

    A zip is ours when its first entries are named as a DSpace archive names them.
    """
    data = head.lstrip(b"\r\n\t \xef\xbb\xbf")
    if data.startswith(_ZIP):
        return b"/dublin_core.xml" in data or b"/contents" in data or data[_ENTRY_HEADER:].startswith(_FIRST_ENTRIES)
    if data.startswith(b"{"):
        return f'"format":"{FORMAT}"'.encode() in data or _item_begins(data)
    if not data.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return False
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-16-le" if data[1:2] == b"\0" else "utf-8"
    text = data.decode(encoding, "replace")
    if "MARC21/slim" in text or "marcxchange" in text:
        return False
    found = _ROOT.search(re.sub(r"<\?.*?\?>|<!--.*?-->|<!.*?>", "", text, flags=re.DOTALL))
    return (found is not None and found[1] in _ROOTS) or any(one in text for one in _NAMESPACES)


def _item_begins(data: bytes) -> bool:
    """A canonical line names its collection first; the format may stand behind 8 KiB of files."""
    return data.startswith(b'{"collection":"') and b'"files":[' in data


def readings(stream: BinaryIO, name: str) -> Iterator[Reading]:
    """Every item of a stream as a reading: XML, own items, plain or compressed, or a DSpace archive in zip.

    The stream only needs `read(size)`. Items of each file are numbered from 1, folders of an archive over all of it.
    What is broken in one item costs that item only; a member of an archive that is none of these gives one reading
    without a record. An empty file gives nothing. Raises FormatError at the first step when the file itself is
    something else; StoreError when the machine has no room for a temporary file.
    """
    shelf = dspace.Shelf()
    count = 0
    for path, member in archives.members(stream, name):
        if path == name:
            yield from _file(member, path, False)
            continue
        for found in shelf.leave(path):
            count += 1
            yield _item_reading(count, found)
        if not shelf.take(path, member):
            yield from _file(member, path, True)
    for found in shelf.close():
        count += 1
        yield _item_reading(count, found)


def read(data: bytes) -> tuple[Record | None, tuple[Problem, ...]]:
    """The record of one `original`, and what was noticed; None when it cannot be read, the last problem says why."""
    try:
        if data.lstrip()[:1] == b"{":
            return _item_record(read_item(data))
        return _element_record(xml.parse(data), 1, "")
    except InputError as error:
        return None, (error.problem,)


def described(element: _Element, origin: Origin) -> tuple[Record | None, tuple[Problem, ...]]:
    """The record of one parsed description that came from `origin`, and what was noticed; None: the last says why."""
    form = _FORMS.get(local(element), "dc")
    return _description(element, origin._replace(form=form), 1)


def _file(stream: BinaryIO, name: str, inside: bool) -> Iterator[Reading]:
    """The readings of one plain file."""
    number, head = 0, b""
    try:
        whole = BufferedReader(cast(RawIOBase, stream), HEAD_BYTES)
        head = whole.peek(HEAD_BYTES)[:HEAD_BYTES]
        if not head.strip(_BLANK):
            return
        if head.startswith(_ZIP) or not recognise(head):
            raise FormatError(messages.OTHER_FORMAT, name=name)
        own = head.lstrip(_BLANK).startswith(b"{")
        for reading in _lines(whole) if own else _elements(whole):
            number = reading.number
            yield reading.placed(name)
    except InputError as error:
        if not number and not inside and error.problem.message is messages.OTHER_FORMAT:
            raise
        line = int(error.problem.values.get("line", 0))
        yield Reading(number + 1, -1, b"" if number else head, None, (error.problem,), line).placed(name)


def _elements(stream: BinaryIO) -> Iterator[Reading]:
    repository, number = "", 0
    for element, line in xml.elements(stream, _WANTED):
        if local(element) == "request":  # of an OAI-PMH answer: the address of the repository
            repository = clean_text(text_of(element))
            continue
        number += 1
        original = etree.tostring(element, encoding="utf-8", with_tail=False)
        record, problems = _element_record(element, line, repository)
        yield Reading(number, -1, original, record, problems, line)


def _lines(stream: BinaryIO) -> Iterator[Reading]:
    offset = number = 0
    while line := stream.readline(DSPACE_FILE_BYTES + 1):
        if line.strip():
            number += 1
            record, problems = read(line) if len(line) <= DSPACE_FILE_BYTES else (None, (_too_long(len(line)),))
            yield Reading(number, offset, line, record, problems, number)
        offset += len(line)


def _too_long(seen: int) -> Problem:
    values = {"limit": "DSPACE_FILE_BYTES", "name": "item", "seen": seen, "allowed": DSPACE_FILE_BYTES}
    return Problem(messages.DSPACE_LIMIT, values=values)


def _item_reading(number: int, found: dspace.ReadItem) -> Reading:
    """A folder of a DSpace archive as a reading; its original is the item's canonical form."""
    if found.item is None:
        return Reading(number, -1, b"", None, found.problems).placed(found.folder)
    original = found.item.canonical()
    try:
        record, problems = _item_record(found.item)
    except InputError as error:
        return Reading(number, -1, original, None, (*found.problems, error.problem)).placed(found.folder)
    return Reading(number, -1, original, record, (*found.problems, *problems)).placed(found.folder)


def _item_record(item: DigitalItem) -> tuple[Record, tuple[Problem, ...]]:
    """The record of an item: its statements, its collection (773 $o) and the names of its files (856 $f)."""
    record = to_marc(item.statements, Origin(item.identifier, form="dspace"))
    more = [Field("773", "0 ", (("o", plain(item.collection)[0]),))] if item.collection else []
    for file in item.files:
        if file.bundle == "ORIGINAL":
            words = (("3", plain(file.description)[0]),) if file.description else ()
            more.append(Field("856", "4 ", (*words, ("f", plain(file.name)[0]))))
    fields = sorted([*record.fields, *more], key=lambda field: field.tag)
    problems = () if item.statements.values("title") else (Problem(messages.NO_TITLE),)
    return Record.build(record.leader, fields), problems


def _element_record(element: _Element, line: int, repository: str) -> tuple[Record | None, tuple[Problem, ...]]:
    """The record of one element: a description, or an OAI-PMH record around one."""
    header, inner = _parts(element)
    form = _FORMS.get(local(inner), "dc")
    origin = Origin(_header(header, "identifier"), _header(header, "datestamp"), repository, form)
    if header is not None and header.get("status") == "deleted" and origin.identifier:
        return deletion(origin), ()
    if form == "mods" and not origin.identifier:
        origin = origin._replace(identifier=mods_reading.record_identifier(inner))
    return _description(inner, origin, line)


def _description(element: _Element, origin: Origin, line: int) -> tuple[Record | None, tuple[Problem, ...]]:
    left_out = LeftOut()
    try:
        said = QualifiedDublinCore.of(statements(element, left_out))
        record = to_marc(said, origin)
    except InputError as error:
        return None, (*left_out.problems(), error.problem)
    problems = left_out.problems()
    if not said:
        return None, (*problems, Problem(messages.NOTHING_SAID, values={"line": line, "name": local(element)}))
    if not said.values("title"):
        problems.append(Problem(messages.NO_TITLE))
    return record, tuple(problems)


def _parts(element: _Element) -> tuple[_Element | None, _Element]:
    """The header of an OAI-PMH record and the description in it; any other element is the description itself."""
    if local(element) != "record":
        return None, element
    header = next(element.iterchildren("{*}header"), None)
    metadata = next(element.iterchildren("{*}metadata"), None)
    if metadata is None:
        return header, element
    inside = (child for child in metadata.iterdescendants() if local(child) in DESCRIPTIONS)
    return header, next(chain(inside, metadata), metadata)


def _header(header: _Element | None, name: str) -> str:
    found = None if header is None else next(header.iterchildren(f"{{*}}{name}"), None)
    return "" if found is None else clean_text(text_of(found))
