"""Standard numbers as matching compares them: with a true check digit, in one form, those of a set kept apart."""

from __future__ import annotations

import re
from typing import Final

from marc.record import SUBFIELD_DELIMITER
from marc.rules.numbers import isbn_digit, issn_holds
from vietnamese.text import fold

_ISBN: Final = re.compile(r"\s*([0-9][0-9\- \u2010-\u2015]{8,20}[0-9Xx])")
_SEPARATORS: Final = re.compile(r"[\- \u2010-\u2015]")
_SET: Final = re.compile(r"\b(?:tron bo|ca bo|bo \d+ tap|set|complete|gesamt\w*)\b|^\W*bo\b")
_QUALIFIER: Final = re.compile(r"\(([^)]*)\)")
_ISSN: Final = re.compile(r"\d{4}-?\d{3}[\dXx]")
_MOST: Final = 20
"""Numbers kept of one kind; a record with more is a list of volumes and its numbers identify none of them."""


def isbn(value: str) -> str:
    """The ISBN-13 a text begins with (ISO 2108; an ISBN-10 becomes 978…); empty when its check digit is wrong."""
    found = _ISBN.match(value)
    if not found:
        return ""
    number = _SEPARATORS.sub("", found[1]).upper()
    if len(number) == 13 and number[:3] in ("978", "979") and isbn_digit(number[:12]) == number[12]:
        return number
    if len(number) == 10 and isbn_digit(number[:9]) == number[9]:
        core = "978" + number[:9]
        return core + isbn_digit(core)
    return ""


def of_book(field: str) -> tuple[str, bool]:
    """(ISBN-13, whether it is that of a set) of a packed field 020: $a is the number, $q and brackets say of what."""
    number, qualifiers = "", ""
    for piece in field.split(SUBFIELD_DELIMITER)[1:]:
        if piece[:1] == "a":
            number = number or isbn(piece[1:])
            qualifiers += " " + " ".join(_QUALIFIER.findall(piece))
        elif piece[:1] == "q":
            qualifiers += " " + piece[1:]
    return number, bool(number and qualifiers.strip() and _SET.search(fold(qualifiers.strip())))


def of_serial(field: str) -> str:
    """The ISSN in $a of a packed field 022, without hyphen; empty when its check digit is wrong (ISO 3297)."""
    for piece in field.split(SUBFIELD_DELIMITER)[1:]:
        found = _ISSN.search(piece[1:]) if piece[:1] == "a" else None
        if found:
            digits = found[0].replace("-", "").upper()
            return digits if issn_holds(f"{digits[:4]}-{digits[4:]}") else ""
    return ""


def numbered(field: str) -> str:
    """A number that others gave the edition: 010 $a (LCCN), 024 $a, 028 $a, 035 $a of a named system; else empty."""
    tag = field[:3]
    for piece in field.split(SUBFIELD_DELIMITER)[1:]:
        if piece[:1] != "a":
            continue
        value = "".join(piece[1:].split()).lower()
        if tag == "035" and not value.startswith(("(ocolc)", "(dlc)", "(de-599)", "(vn-")):
            return ""  # a control number of one library identifies nothing for another
        value = value.replace("ocm", "").replace("ocn", "").replace("(ocolc)0", "(ocolc)") if tag == "035" else value
        return f"{tag}{value}" if len(value) > 4 else ""
    return ""


def limited(numbers: list[str]) -> tuple[str, ...]:
    """The numbers sorted, each once; none at all when there are too many to identify one edition."""
    kept = tuple(sorted({number for number in numbers if number}))
    return kept if len(kept) <= _MOST else ()
