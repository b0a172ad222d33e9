"""The one XML parser: bytes → elements, or our error; nothing outside the document is ever read.

Refused before an entity can act: any DOCTYPE (XML 1.0 §2.8), and every encoding but UTF-8, UTF-16, US-ASCII and
ISO-8859-1 (UTF-7 and EBCDIC hide markup from those who look at the bytes). Depth, attributes, text and the size
and number of elements are bounded by `foundation.limits`. XInclude, schemas and stylesheets are not acted upon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final, cast

from lxml import etree
from lxml.etree import _Element

from foundation import limits, messages
from foundation.errors import FormatError, InputError, LimitError

FEED: Final = 64 * limits.KIB
"""Bytes given to libxml2 at once; where a limit is judged while an element is still open, it is to this many bytes."""

forbidden: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document may hold, not even as a reference (§2.2, production Char)."""

_ENCODINGS: Final = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "us-ascii",
    "ascii": "us-ascii",
    "iso-8859-1": "iso-8859-1",
    "iso8859-1": "iso-8859-1",
    "latin-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    # .NET writes this declaration into text that it then saves as UTF-8. Real UTF-16 is known by its bytes.
    "utf-16": "utf-8",
}
_OTHER_FAMILIES: Final = (  # XML 1.0 appendix F, families we refuse; UCS-4 first, its mark begins like UTF-16's
    (b"\xff\xfe\x00\x00", "UCS-4"),
    (b"\x00\x00\xfe\xff", "UCS-4"),
    (b"<\x00\x00\x00", "UCS-4"),
    (b"\x00\x00\x00<", "UCS-4"),
    (b"Lo\xa7\x94", "EBCDIC"),
)
_UTF16: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\x00", "utf-16le"), (b"\x00<", "utf-16be"))
_DECLARED: Final = re.compile(r"<\?xml\s[^>]{0,200}?\sencoding\s*=\s*[\"']([^\"'>]{1,60})[\"']")
_CROWDED: Final = re.compile(rb"<(?:[^<=]*=){%d}" % (limits.XML_ATTRIBUTES + 1))
_TOO_DEEP: Final = etree.XPath(f"boolean({'/*' * (limits.XML_DEPTH + 1)})")
_MISC: Final = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_OPEN_MISC: Final = re.compile(r"<(\?|!|$)")


def escape(text: str) -> str:
    """`text` as the content of an element; characters that XML forbids become U+FFFD."""
    return forbidden.sub("\ufffd", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_attribute(text: str) -> str:
    """`text` as an attribute value between double quotes; line ends and tabs survive normalisation (§3.3.3)."""
    escaped = escape(text).replace('"', "&quot;")
    return escaped.replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")


def parse(data: bytes) -> _Element:
    """The root element of a whole document, at most XML_ELEMENT_BYTES long.

    Raises FormatError (DOCTYPE, encoding, not well-formed) or LimitError, each naming the line.
    """
    if len(data) > limits.XML_ELEMENT_BYTES:
        raise _limit("XML_ELEMENT_BYTES", len(data), limits.XML_ELEMENT_BYTES, 1)
    root = _quick(data)
    if root is None:
        [(root, _)] = _Reading(BytesIO(data), None).elements()
    return root


def fault(data: bytes) -> int | None:
    """Where a document stops being well-formed, as a byte offset; None when it does not, or that cannot be told.

    Prefixes that are declared outside of a piece are no fault of the piece.
    """
    if not 0 < len(data) <= limits.XML_ELEMENT_BYTES:
        return None
    try:
        head = data[: limits.XML_PROLOG_BYTES + 1]
        encoding = _encoding(head)
        _refuse_doctype(head, encoding)
    except FormatError:
        return max(0, head.find(b"<!DOCTYPE"))
    parser = etree.XMLParser(
        encoding=encoding, resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False
    )
    try:
        etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        first = next((entry for entry in parser.error_log if entry.domain_name != "NAMESPACE"), None)
        if first is None:
            return None
        lines = data.split(b"\n", first.line)
        behind = sum(len(line) + 1 for line in lines[: first.line - 1])
        # Columns are counted in characters, and stand behind what is at fault.
        line = lines[min(first.line, len(lines)) - 1].decode("utf-8", "surrogateescape")
        before = line[: max(0, int(first.column) - 1)]
        if first.type_name == "ERR_TAG_NAME_MISMATCH":
            before = before.rpartition("<")[0]
        return min(behind + len(before.encode("utf-8", "surrogateescape")), len(data) - 1)
    return None


def schema(path: Path) -> etree.XMLSchema:
    """The XML Schema in a file that the operator named, with what it imports beside it (W3C XML Schema 1.0).

    Raises InputError when it cannot be read or is none.
    """
    try:
        return etree.XMLSchema(file=str(path))
    except (etree.XMLSchemaParseError, etree.XMLSyntaxError, OSError) as error:
        raise InputError(messages.XML_SCHEMA, path=path, reason=str(error)[:200]) from error


def _quick(data: bytes) -> _Element | None:
    """The root element, parsed in one go where the bytes alone show that most limits cannot be met; else None.

    Elements are fewer than `<`, attributes of one fewer than `=` up to the next `<`, and no text is longer than the
    whole. Only the depth has to be looked at afterwards. Whatever is wrong, the careful way finds it and says where.
    """
    if len(data) > limits.XML_TEXT_BYTES or (
        len(data) > 4 * limits.XML_ELEMENTS and data.count(b"<") > limits.XML_ELEMENTS
    ):
        return None
    # An attribute takes five bytes at least; too many of them fill one stretch of half that length without a `<`.
    stretch = 5 * limits.XML_ATTRIBUTES // 2
    bare = any(data.find(b"<", at, at + stretch) < 0 for at in range(0, len(data) - stretch, stretch))
    if bare and _CROWDED.search(data):
        return None
    head = data[: limits.XML_PROLOG_BYTES + 1]
    encoding = _encoding(head)
    _refuse_doctype(head, encoding)
    try:
        root = etree.fromstring(data, _parser(encoding))
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root.getroottree().docinfo.internalDTD is not None or _TOO_DEEP(root) else root


@lru_cache(maxsize=8)
def _parser(encoding: str) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def elements(stream: BinaryIO, names: frozenset[str]) -> Iterator[tuple[_Element, int]]:
    """Each outermost element whose name is in `names`, whole, with the line it starts on (from 1).

    A name is a local name (`record`) or a name with its namespace (`{http://…}record`). Memory is flat: an element
    is emptied as soon as the next one is asked for, so take what you need from it first. Elements before a fault are
    given, then the fault is raised: FormatError or LimitError, each naming the line.
    """
    return _Reading(stream, names).elements()


class _Reading:
    """One document on its way through libxml2. `names` None: the root is the element that is wanted."""

    def __init__(self, stream: BinaryIO, names: frozenset[str] | None) -> None:
        self.stream = stream
        self.names = names
        self.fed = 0  # bytes given to libxml2
        self.heard = 0  # `fed` when it last told of a tag
        self.depth = 0
        self.wide = 1  # input bytes of one ASCII character
        self.whole_at = 0  # depth of the wanted element that is open, 0: none
        self.inside = 0  # elements of it, itself too
        self.whole_from = 0  # `fed` at the tag before it: a tag is told of when all its attributes are in
        self.last: _Element | None = None

    def elements(self) -> Iterator[tuple[_Element, int]]:
        chunk = _head(self.stream)
        encoding = _encoding(chunk)
        _refuse_doctype(chunk, encoding)
        # The encoding is given, so that libxml2 cannot come to another conclusion than the check above.
        parser = etree.XMLPullParser(
            events=("start", "end"),
            encoding=encoding,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        self.wide = 2 if encoding.startswith("utf-16") else 1
        while chunk:
            self.fed += len(chunk)
            fault: etree.XMLSyntaxError | None = None
            try:
                parser.feed(chunk)
            except etree.XMLSyntaxError as error:
                fault = error
            yield from self._events(parser)
            if fault is not None:
                raise self._told(fault, parser)
            self._refuse_endless()
            chunk = self.stream.read(FEED)
        try:
            parser.close()
        except etree.XMLSyntaxError as error:
            raise self._told(error, parser) from error

    def _events(self, parser: etree.XMLPullParser) -> Iterator[tuple[_Element, int]]:
        """The wanted elements that the last chunk completed."""
        for event, element in cast("Iterator[tuple[str, _Element]]", parser.read_events()):
            since, self.heard = self.heard, self.fed
            if event == "start":
                self._start(element, since)
                continue
            if self.whole_at == self.depth:
                _refuse_text(element, self.fed - self.whole_from + FEED)
                self.whole_at = 0
                yield element, _line(element)
            self.depth -= 1
            if not self.whole_at and self.depth:
                _free(element)

    def _start(self, element: _Element, since: int) -> None:
        self.depth += 1
        # The bytes were checked already; this is libxml2's own opinion of the same question.
        if self.depth == 1 and element.getroottree().docinfo.internalDTD is not None:
            raise FormatError(messages.XML_DOCTYPE, line=_line(element))
        if self.depth > limits.XML_DEPTH:
            raise _limit("XML_DEPTH", self.depth, limits.XML_DEPTH, _line(element))
        if len(element.attrib) > limits.XML_ATTRIBUTES:
            raise _limit("XML_ATTRIBUTES", len(element.attrib), limits.XML_ATTRIBUTES, _line(element))
        self.last = element
        if not self.whole_at and self._wanted(element.tag):
            self.whole_at, self.whole_from, self.inside = self.depth, since, 0
        self.inside += 1
        if self.whole_at and self.inside > limits.XML_ELEMENTS:
            raise _limit("XML_ELEMENTS", self.inside, limits.XML_ELEMENTS, _line(element))

    def _wanted(self, tag: str) -> bool:
        return self.names is None or tag in self.names or tag.rpartition("}")[2] in self.names

    def _refuse_endless(self) -> None:
        """What libxml2 is still collecting is in memory, told or not; refuse it here, before its own limits do."""
        silent = self.fed - self.heard
        if silent > self.wide * (limits.XML_TEXT_BYTES + 2 * FEED):
            raise _limit("XML_TEXT_BYTES", silent, limits.XML_TEXT_BYTES, self._line())
        if self.whole_at and self.fed - self.whole_from > self.wide * limits.XML_ELEMENT_BYTES:
            raise _limit("XML_ELEMENT_BYTES", self.fed - self.whole_from, limits.XML_ELEMENT_BYTES, self._line())

    def _line(self) -> int:
        return 1 if self.last is None else _line(self.last)

    def _told(self, error: etree.XMLSyntaxError, parser: etree.XMLPullParser) -> InputError:
        """libxml2's error as ours. The log knows the first cause; the exception may only say that nothing came."""
        first = next(iter(parser.feed_error_log), None)
        line = (first.line if first is not None else error.lineno) or self._line()
        if first is not None and first.type_name == "ERR_RESOURCE_LIMIT":
            return _limit("XML_TEXT_BYTES", self.fed - self.heard, limits.XML_TEXT_BYTES, line)
        reason = first.message if first is not None else error.msg
        reason = " ".join(forbidden.sub("", str(reason)).split())[:200]
        return FormatError(messages.XML_MALFORMED, line=line, reason=reason)


def _head(stream: BinaryIO) -> bytes:
    """The first XML_PROLOG_BYTES and one more: short reads from a pipe must not hide a DOCTYPE from the check."""
    parts: list[bytes] = []
    wanted = limits.XML_PROLOG_BYTES + 1
    while wanted and (part := stream.read(wanted)):
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)


def _encoding(head: bytes) -> str:
    """The encoding by byte order mark and declaration (XML 1.0 appendix F), as a name that libxml2 knows."""
    for mark, family in _OTHER_FAMILIES:
        if head.startswith(mark):
            raise FormatError(messages.XML_ENCODING, line=1, seen=family)
    for mark, name in _UTF16:
        if head.startswith(mark):
            return name
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    declared = _DECLARED.match(head[:400].decode("latin-1"))
    if declared is None:
        return "utf-8"
    name = _ENCODINGS.get(declared[1].strip().lower(), "")
    if not name:
        raise FormatError(messages.XML_ENCODING, line=1, seen=declared[1])
    return name


def _refuse_doctype(head: bytes, encoding: str) -> None:
    """A DOCTYPE can stand only before the root element, among white space, comments and instructions (§2.8)."""
    text = head.decode(encoding if encoding.startswith("utf-16") else "latin-1", "replace")
    position = 3 if text.startswith("\xef\xbb\xbf") else 1 if text.startswith("\ufeff") else 0
    while misc := _MISC.match(text, position):
        position = misc.end()
    line = text.count("\n", 0, position) + 1
    if text.startswith("<!DOCTYPE", position):
        raise FormatError(messages.XML_DOCTYPE, line=line)
    # Only a prolog that outgrows the head leaves the question open.
    if len(head) > limits.XML_PROLOG_BYTES and (position == len(text) or _OPEN_MISC.match(text, position)):
        raise _limit("XML_PROLOG_BYTES", len(head), limits.XML_PROLOG_BYTES, line)


def _refuse_text(whole: _Element, fed: int) -> None:
    """XML_TEXT_BYTES, exactly, for every text and attribute of an element that has ended.

    `fed`: input bytes that it may have taken. One of them makes at most two of UTF-8 (Latin-1), so the walk is spared
    for nearly every element.
    """
    if 2 * fed <= limits.XML_TEXT_BYTES:
        return
    for part in whole.iter():
        for text in (part.text, *(child.tail for child in part), *part.attrib.values()):
            size = len(text.encode()) if text and 4 * len(text) > limits.XML_TEXT_BYTES else 0
            if size > limits.XML_TEXT_BYTES:
                raise _limit("XML_TEXT_BYTES", size, limits.XML_TEXT_BYTES, _line(part))


def _line(element: _Element) -> int:
    """Where `element` starts. libxml2 keeps 16 bits of it; beyond, it knows where the next text ends."""
    line = cast("int | None", element.sourceline) or 1
    while line >= 0xFFFF and not element.text and len(element):
        element = element[0]
    return line if line < 0xFFFF else line - (element.text or element.tail or "").count("\n")


def _free(element: _Element) -> None:
    """Empty an element and drop those before it. The element itself stays: libxml2 may still be writing its tail."""
    element.clear(keep_tail=True)  # type: ignore[call-arg]  # the stubs are older than this argument
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _limit(name: str, seen: int, allowed: int, line: int) -> LimitError:
    return LimitError(messages.XML_LIMIT, limit=name, seen=seen, allowed=allowed, line=line)
