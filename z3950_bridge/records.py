"""A record in the syntax and the elements that a client asked for (Z39.50-2003, 3.2.3 and Appendix 5 REC).

MARC 21 is written by `marc.iso2709.write`, the function that `lienthong export` writes with, from the same normalised
record: what a cataloguer copies over Z39.50 is byte for byte what a dump holds.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from threading import Lock
from typing import Final, NamedTuple

from dublin_core.mods import mods
from dublin_core.xml import oai_dc
from foundation.errors import InputError
from marc import iso2709, iso2709_marc8, marcxml
from marc.record import FIELD_TERMINATOR, Record
from z3950_bridge import ber, grs1, opac, sutrs
from z3950_bridge.apdu_parts import EXTERNAL, External
from z3950_bridge.asn1 import STRING, Encoded
from z3950_bridge.charsets import MARC8, UTF8, native
from z3950_bridge.diagnostics import Bib1, Refused

_SYNTAXES: Final = "1.2.840.10003.5."
UNIMARC, MARC21, SUTRS, OPAC, GRS1, XML = (_SYNTAXES + end for end in ("1", "10", "101", "102", "105", "109.10"))
_OFFERED: Final = (MARC21, SUTRS, OPAC, GRS1, XML)

_SCHEMAS: Final = {
    "marcxml": "marcxml", "marc21": "marcxml", "marc": "marcxml", "info:srw/schema/1/marcxml-v1.1": "marcxml",
    "http://www.loc.gov/marc21/slim": "marcxml",
    "mods": "mods", "info:srw/schema/1/mods-v3.8": "mods", "http://www.loc.gov/mods/v3": "mods",
    "dc": "dc", "oai_dc": "dc", "info:srw/schema/1/dc-v1.1": "dc",
    "http://www.openarchives.org/oai/2.0/oai_dc/": "dc", "http://purl.org/dc/elements/1.1/": "dc",
}  # fmt: skip
"""Names of XML schemas, as element set names and as schema identifiers of a CompSpec, in small letters."""

_BRIEF_TAGS: Final = frozenset(
    "001 003 005 008 010 020 022 100 110 111 130 245 250 260 264 300 490 773 856".split()  # noqa: SIM905
)


class Form(NamedTuple):
    """What a record is rendered as. As hashable as it looks: records are kept by it."""

    syntax: str
    elements: str
    """`f` or `b`; for XML `marcxml`, `mods`, `dc` or `b` (MARCXML of the main fields)."""
    charset: str
    """Of text outside MARC and XML."""
    marc8: bool
    """Whether MARC 21 goes out in MARC-8."""


def form(syntax: str | None, elements: str | None, schema: str | None, charset: str, in_records: bool) -> Form:
    """The form for a syntax (None: MARC 21), an element set name and a schema, as far as they were given.

    Raises Refused: 238 for UNIMARC, which we read and do not write; 239 for other syntaxes; 25 for element sets; 1066
    for schemas.
    """
    syntax = syntax or MARC21
    if syntax not in _OFFERED:
        raise Refused(Bib1.SYNTAX_NOT_AVAILABLE if syntax == UNIMARC else Bib1.SYNTAX_UNSUPPORTED, syntax)
    name = (elements or "f").lower()
    marc8 = in_records and charset == MARC8
    if schema:
        known = _SCHEMAS.get(schema.lower())
        if known is None or syntax != XML:
            raise Refused(Bib1.UNKNOWN_SCHEMA, schema)
        if known == "marcxml" and name == "b":
            return Form(syntax, "b", UTF8, False)
        return Form(syntax, known, UTF8, False)
    if syntax == XML:
        name = {"f": "marcxml", "b": "b"}.get(name) or _SCHEMAS.get(name, "")
        if not name:
            raise Refused(Bib1.ELEMENT_SET_INVALID, elements or "")
        return Form(syntax, name, UTF8, False)
    if name not in ("f", "b"):
        raise Refused(Bib1.ELEMENT_SET_INVALID, elements or "")
    return Form(syntax, name, charset, marc8)


def brief(record: Record) -> Record:
    """The record with its main fields alone, and what they are in another script (880)."""
    kept = [
        part
        for part in record.parts()
        if part[:3] in _BRIEF_TAGS or (part.startswith("880") and part[7:10] in _BRIEF_TAGS)
    ]
    return Record(FIELD_TERMINATOR.join([record.leader, *kept]))


def render(record: Record, wanted: Form) -> bytes:
    """The EXTERNAL of a record, whole. Raises Refused (238) when the syntax cannot hold the record."""
    try:
        return EXTERNAL.write(_external(record, wanted))
    except InputError as error:
        raise Refused(Bib1.SYNTAX_NOT_AVAILABLE, error.text("en")) from error


def _external(record: Record, wanted: Form) -> External:
    short = wanted.elements == "b"
    if wanted.syntax == MARC21:
        return _marc21(record, wanted)
    if wanted.syntax == XML:
        return External(XML, None, None, ("octets", _xml(record, wanted.elements)))
    if wanted.syntax == SUTRS:
        text = native(sutrs.text_record(record, short), wanted.charset)
        return External(SUTRS, None, None, ("single", STRING.write(text)))
    if wanted.syntax == OPAC:
        return External(OPAC, None, None, ("single", opac.opac_record(record, _marc21(record, wanted), wanted.charset)))
    return External(GRS1, None, None, ("single", grs1.generic_record(record, short, wanted.charset)))


def _marc21(record: Record, wanted: Form) -> External:
    chosen = brief(record) if wanted.elements == "b" else record
    data = iso2709_marc8.write(chosen)[0] if wanted.marc8 else iso2709.write(chosen)
    return External(MARC21, None, None, ("octets", data))


def _xml(record: Record, elements: str) -> bytes:
    if elements == "mods":
        return mods(record)
    if elements == "dc":
        return oai_dc(record)
    return marcxml.write(brief(record) if elements == "b" else record)


class Kept:
    """Rendered records that were asked for lately, bounded by their bytes, for every session of a process.

    They are good for one position of the change sequence: when anything was published, all are given up.
    """

    _OVERHEAD: Final = 300

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._size = 0
        self._position = -1
        self._records: OrderedDict[Hashable, Encoded] = OrderedDict()
        self._lock = Lock()

    def get(self, numbers: Sequence[int], wanted: Form, database: str, position: int) -> list[Encoded | None]:
        """The `NamePlusRecord` of each record, or None where it has to be rendered first."""
        with self._lock:
            if not self._reached(position):
                return [None] * len(numbers)
            kept, move = self._records, self._records.move_to_end
            keys = [(number, wanted, database) for number in numbers]
            found = [kept.get(key) for key in keys]
            for key, data in zip(keys, found, strict=True):
                if data is not None:
                    move(key)
            return found

    def put(self, number: int, wanted: Form, database: str, position: int, data: Encoded) -> None:
        """Keeps what was rendered from the store as it was at `position`."""
        self._put((number, wanted, database), position, data)

    def page(self, key: Hashable, position: int) -> bytes | None:
        """A whole response with records in it; `key` is all that it depends on besides them."""
        with self._lock:
            if not self._reached(position) or (data := self._records.get(key)) is None:
                return None
            self._records.move_to_end(key)
            return data

    def put_page(self, key: Hashable, position: int, data: bytes) -> None:
        """Keeps a response whose records were all kept already."""
        self._put(key, position, Encoded(data))

    def _reached(self, position: int) -> bool:
        """Whether what is kept is of this position, after giving up what is of an older one."""
        if position > self._position:
            self._records.clear()
            self._size, self._position = 0, position
        return position == self._position

    def _put(self, key: Hashable, position: int, data: Encoded) -> None:
        with self._lock:
            if position != self._position or key in self._records:
                return
            self._records[key] = data
            self._size += len(data) + self._OVERHEAD
            while self._size > self._most:
                _, given_up = self._records.popitem(last=False)
                self._size -= len(given_up) + self._OVERHEAD


def named(external: bytes, database: str) -> Encoded:
    """`NamePlusRecord` of a rendered record."""
    name = ber.element(b"\x80", database.encode("utf-8", "surrogateescape"))
    return Encoded(ber.element(b"\x30", name + ber.element(b"\xa1", ber.element(b"\xa1", external))))
