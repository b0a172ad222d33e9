"""The record every room speaks of: a leader and fields, already repaired, decoded and in Unicode NFC.

A `Record` is one immutable string, its *packed text*:

    LEADER 1E 001value 1E 24510␟aTitle␟bsubtitle 1E …

24 characters of leader, then each field as tag + content behind a field terminator, in the order of the record. It is
ISO 2709 without the directory, and therefore without its limits on length: nothing has to be counted, a field is found
by one split, and the store keeps just these bytes. Fields are made into values only where somebody asks for them.

What holds for every Record (readers see to it, `check` proves it in tests):
- the leader has 24 ASCII characters and fits the pattern of MARC21slim.xsd; the lengths in it (00-04, 12-16) are 00000,
  09 is `a`, 10-11 are 22 and 20-23 are 4500, for they speak of one rendering and not of the record;
- a tag is three ASCII digits or letters of one case, not 000; 00X are control fields, all others data fields;
- a data field has two indicators (blank, digit or small letter) and at least one subfield; a code is one printable
  ASCII character other than blank, @ and |;
- values are NFC, hold no control characters (C0, DEL, C1), surrogates, U+FFFE or U+FFFF.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

FIELD_TERMINATOR = "\x1e"
SUBFIELD_DELIMITER = "\x1f"
RECORD_TERMINATOR = "\x1d"


class Field(NamedTuple):
    """One field. A control field has `value` alone; a data field has `indicators` and `subfields` alone."""

    tag: str
    indicators: str = ""
    subfields: tuple[tuple[str, str], ...] = ()
    value: str = ""

    def get(self, code: str) -> str:
        """The first subfield `code`, or an empty string."""
        return next((value for found, value in self.subfields if found == code), "")

    def all(self, codes: str) -> list[str]:
        """The values of all subfields whose code is among `codes`, in the field's order."""
        return [value for code, value in self.subfields if code in codes]


class Record:
    """One bibliographic record. Equal when every character is equal."""

    __slots__ = ("text",)

    text: str

    def __init__(self, text: str) -> None:
        """`text` is packed text that already holds what the module says; use `build` for fields."""
        self.text = text

    @classmethod
    def build(cls, leader: str, fields: Iterable[Field]) -> Record:
        """A record of a leader and fields that hold what the module says."""
        return cls(FIELD_TERMINATOR.join([leader, *map(pack, fields)]))

    @property
    def leader(self) -> str:
        return self.text[:24]

    @property
    def fields(self) -> list[Field]:
        """Every field, in order."""
        return [unpack(part) for part in self.parts()]

    def parts(self) -> list[str]:
        """Every field as packed text (tag first), in order: for work that must be quick."""
        return self.text.split(FIELD_TERMINATOR)[1:]

    def select(self, *tags: str) -> Iterator[Field]:
        """The fields with one of these tags, in order."""
        return (unpack(part) for part in self.parts() if part[:3] in tags)

    def control(self, tag: str) -> str:
        """The value of the first control field `tag`, or an empty string."""
        mark = FIELD_TERMINATOR + tag
        start = self.text.find(mark)
        if start < 0:
            return ""
        end = self.text.find(FIELD_TERMINATOR, start + 1)
        return self.text[start + len(mark) : end if end >= 0 else None]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"<Record {self.control('001') or '(no 001)'}: {len(self.parts())} fields>"


def pack(field: Field) -> str:
    """A field as packed text."""
    if field.tag.startswith("00"):
        return field.tag + field.value
    return (
        field.tag + field.indicators + "".join([SUBFIELD_DELIMITER + code + value for code, value in field.subfields])
    )


def unpack(part: str) -> Field:
    """The field that `part` of a packed text says."""
    if part.startswith("00"):
        return Field(part[:3], value=part[3:])
    head, *rest = part.split(SUBFIELD_DELIMITER)
    return Field(head[:3], head[3:5], tuple([(piece[:1], piece[1:]) for piece in rest]))
