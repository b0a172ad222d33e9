"""The generic record syntax GRS-1 (Z39.50-2003, Appendix 5 REC, RecordSyntax-generic; Appendix 12 TAG).

A record is given twice: its Dublin Core by the numbers of tagSet-G, which every client can show, and its MARC fields
under their own tags (tagType 3, "locally defined"), as Zebra gives MARC in GRS-1.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from dublin_core.crosswalk import crosswalk
from marc.record import Record
from z3950_bridge import ber
from z3950_bridge.apdu_parts import EXTERNAL, Choice
from z3950_bridge.asn1 import (
    BOOLEAN,
    CONTENTS,
    INTEGER,
    NULL,
    OCTETS,
    OID,
    STRING,
    Sequence,
    choice,
    decode,
    explicit,
    later,
    sequence,
    sequence_of,
)
from z3950_bridge.charsets import native


class TaggedElement(NamedTuple):
    tag_type: int | None
    tag: Choice
    """`string` or `numeric`."""
    occurrence: int | None
    content: Choice
    metadata: bytes | None = None
    variant: bytes | None = None


def _tagged() -> Sequence:
    return TAGGED_ELEMENT


TAGGED_ELEMENT: Final = sequence(
    TaggedElement,
    INTEGER[1],
    explicit(2, choice(string=STRING[1], numeric=INTEGER[2])),
    INTEGER[3],
    explicit(
        4,
        choice(
            octets=OCTETS,
            numeric=INTEGER,
            date=STRING.universal(24),
            external=EXTERNAL,
            string=STRING,
            boolean=BOOLEAN,
            oid=OID,
            unit=CONTENTS[1],
            not_there=NULL[2],
            empty=NULL[3],
            no_data=NULL[4],
            diagnostic=EXTERNAL[5],
            subtree=explicit(6, sequence_of(later(_tagged))),
        ),
    ),
    CONTENTS[5],
    CONTENTS[6],
)
GENERIC_RECORD: Final = sequence_of(TAGGED_ELEMENT)

META, GENERIC, LOCAL = 1, 2, 3
"""tagSet-M, tagSet-G, the target's own."""
_CONTROL_NUMBER: Final = 14
"""localControlNumber of tagSet-M."""
_ELEMENTS: Final = {
    "title": 1, "creator": 2, "subject": 21, "description": 17, "publisher": 31, "contributor": 32, "date": 4,
    "type": 22, "format": 27, "identifier": 28, "source": 33, "language": 20, "relation": 30, "coverage": 34,
    "rights": 29,
}  # fmt: skip
"""Dublin Core element → tagSet-G (Maintenance Agency, "TagSet -G and -M Elements", 1999)."""
_BRIEF: Final = ("title", "creator", "date")


def read(data: bytes) -> Any:
    """The elements of a record. Raises FormatError or LimitError."""
    return decode(GENERIC_RECORD, ber.definite(data))  # which bounds how deep they are nested


def write(elements: Any) -> bytes:
    """The record of these elements."""
    return GENERIC_RECORD.write(elements)


def generic_record(record: Record, brief: bool, charset: str) -> bytes:
    """The record as GRS-1, text in `charset`; brief: control number, title, creators and date alone."""
    dc = crosswalk(record)
    made = []
    control = record.control("001")
    if control:
        made.append(_element(META, _CONTROL_NUMBER, control, charset))
    names = _BRIEF if brief else _ELEMENTS
    made += [_element(GENERIC, _ELEMENTS[name], value, charset) for name in names for value in dc.values(name)]
    if not brief:
        made += [_field(part, charset) for part in record.parts()]
    return write(tuple(made))


def _element(tag_type: int, tag: int | str, value: str, charset: str) -> TaggedElement:
    return TaggedElement(tag_type, _tag(tag), None, ("string", native(value, charset)))


def _tag(tag: int | str) -> Choice:
    return ("numeric", tag) if isinstance(tag, int) else ("string", tag)


def _field(part: str, charset: str) -> TaggedElement:
    """A MARC field: its value, or a tree of indicators with subfields under them."""
    if part.startswith("00"):
        return _element(LOCAL, part[:3], part[3:], charset)
    head, *pieces = part.split("\x1f")
    subfields = tuple(_element(LOCAL, piece[:1], piece[1:], charset) for piece in pieces)
    indicators = TaggedElement(LOCAL, _tag(head[3:5]), None, ("subtree", subfields))
    return TaggedElement(LOCAL, _tag(head[:3]), None, ("subtree", (indicators,)))
