"""The forms of the table: each makes a rule into a function that reads one packed field onto a sheet.

The pieces of a field include its head, tag and indicators: a tag of the table begins with a digit, which no form but
`number` takes for the code of a subfield. Not cutting it off first saves a list per field.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from dublin_core import classification, dates, identifiers
from dublin_core.crosswalk_table import Rule
from dublin_core.elements import ELEMENTS
from dublin_core.punctuation import collapse, persons, strip_brackets, strip_end, without_links
from marc.record import SUBFIELD_DELIMITER

Sheet = list[list[str]]
"""The values of each element, by its position in ELEMENTS, then the packed fields that wait for the whole record."""

Reading = Callable[[str, Sheet], None]
"""Reads one packed field onto a sheet."""

AT = {name: position for position, name in enumerate(ELEMENTS)}
_ISBD = ":;=/,."


def _text(rule: Rule) -> Reading:
    at, codes, joiner, clean = AT[rule.element], rule.subfields, rule.joiner, CLEANERS[rule.clean]

    def read(part: str, sheet: Sheet) -> None:
        if SUBFIELD_DELIMITER not in part[6:]:  # one subfield, the usual case
            value = clean(part[7:]) if part[6] in codes else ""
        else:
            value = ""
            for piece in part.split(SUBFIELD_DELIMITER):
                if piece[0] in codes:
                    value += joiner + piece[1:]
            value = clean(value[len(joiner) :])
        if value:
            sheet[at].append(value)

    return read


def _each(rule: Rule) -> Reading:
    at, clean, mark = AT[rule.element], CLEANERS[rule.clean], SUBFIELD_DELIMITER + rule.subfields

    def read(part: str, sheet: Sheet) -> None:
        if mark in part:  # several rules of this form share a field and seldom find their subfield
            for piece in part.split(mark)[1:]:
                if value := clean(piece.partition(SUBFIELD_DELIMITER)[0]):
                    sheet[at].append(value)

    return read


def _title(rule: Rule, first: bool = True) -> Reading:
    at, codes, clean = AT[rule.element], rule.subfields, CLEANERS[rule.clean]

    def read(part: str, sheet: Sheet) -> None:
        title: list[str] = []
        for piece in part.split(SUBFIELD_DELIMITER):
            code = piece[0]
            if code in codes:
                text = piece[1:]
                # Records without ISBD punctuation (leader/18 c, and many Vietnamese ones) leave the mark to the reader.
                if code == "b" and title and title[-1].rstrip()[-1:] not in _ISBD and text.lstrip()[:1] not in ":;=/":
                    title.append(":")
                title.append(text)
            elif code == "h" and (mark := piece.rpartition("]")[2].strip()) and "]" in piece:
                title.append(mark)
        value = clean(" ".join(title))
        if value:
            sheet[at].insert(0 if first else len(sheet[at]), value)

    return read


def _name(rule: Rule) -> Reading:
    at, codes = AT[rule.element], rule.subfields

    def read(part: str, sheet: Sheet) -> None:
        value = ""
        for piece in part.split(SUBFIELD_DELIMITER):
            if piece[0] in codes:
                value += " " + piece[1:]
        if ";" in value or "http" in value or "[" in value:
            sheet[at] += persons(value)
        elif value := strip_end(value):
            sheet[at].append(value)

    return read


def _heading(rule: Rule) -> Reading:
    at, clean = AT[rule.element], CLEANERS[rule.clean]
    marks = dict.fromkeys(rule.subfields, " ") | dict.fromkeys("vxyz", " -- ")

    @lru_cache(maxsize=4096)  # half of the headings of a catalogue, and more, are ones that came lately
    def value_of(part: str) -> str:
        value = ""
        for piece in part.split(SUBFIELD_DELIMITER):
            if piece[0] in marks:
                value += marks[piece[0]] + piece[1:]
        value = clean(value)
        divided = "-- " in value and (". -- " in value or " -- -- " in value or value[:2] == "--")
        if divided or "http" in value:
            value = " -- ".join([closed for piece in without_links(value).split("-- ") if (closed := clean(piece))])
        return value

    def read(part: str, sheet: Sheet) -> None:
        if value := value_of(part):
            sheet[at].append(value)

    return read


def _link(rule: Rule) -> Reading:
    at, codes = AT[rule.element], rule.subfields

    def read(part: str, sheet: Sheet) -> None:
        pieces = [piece[1:].rstrip("- ") for piece in part.split(SUBFIELD_DELIMITER) if piece[0] in codes]
        value = ". ".join([closed for closed in map(strip_end, pieces) if closed])
        if value:
            sheet[at].append(value)

    return read


def _number(rule: Rule) -> Reading:
    at = AT[rule.element]

    def read(part: str, sheet: Sheet) -> None:
        pieces = part.split(SUBFIELD_DELIMITER)[1:]
        scheme = next((piece[1:] for piece in pieces if piece[0] == "2"), "")
        for piece in pieces:
            if piece[0] == "a":
                value = identifiers.standard_number(part[3], scheme, piece[1:])
                if value:
                    sheet[at].append(value)

    return read


FORMS: dict[str, Callable[[Rule], Reading]] = {
    "text": _text,
    "each": _each,
    "title": _title,
    "variant": lambda rule: _title(rule, first=False),
    "name": _name,
    "heading": _heading,
    "link": _link,
    "number": _number,
}

CLEANERS: dict[str, Callable[[str], str]] = {
    "collapse": collapse,
    "strip_end": strip_end,
    "strip_brackets": strip_brackets,
    "isbn": identifiers.isbn,
    "issn": identifiers.issn,
    "control_number": identifiers.control_number,
    "dewey": classification.dewey,
    "written_date": dates.written_date,
    "coded_date": dates.coded_date,
}


def only(when: str, reading: Reading) -> Reading:
    """`reading` for the fields that `when` (see `Rule`) lets through."""
    first, joint, second = when.partition(" & ")
    if joint:
        return only(first, only(second, reading))
    if when.startswith("ind"):
        place, refused, wanted = int(when[3]) + 2, when[4] == "≠", when[5]

        def by_indicator(part: str, sheet: Sheet) -> None:
            if (part[place] == wanted) is not refused:
                reading(part, sheet)

        return by_indicator
    if when.startswith("no "):
        refusing = [SUBFIELD_DELIMITER + mark for mark in when[3:].split("$")[1:]]

        first_mark, last_mark = refusing[0], refusing[-1]  # no row has more than two

        def without(part: str, sheet: Sheet) -> None:
            if first_mark not in part and last_mark not in part:
                reading(part, sheet)

        return without
    if when:
        marks = [SUBFIELD_DELIMITER + mark for mark in when.split("$")[1:]]
        if len(marks) == 1:
            (only_mark,) = marks

            def holding(part: str, sheet: Sheet) -> None:
                if only_mark in part:
                    reading(part, sheet)

            return holding

        def having(part: str, sheet: Sheet) -> None:
            for mark in marks:
                if mark in part:
                    reading(part, sheet)
                    return

        return having
    return reading


def all_of(readings: list[Reading]) -> Reading:
    """All of `readings`, one after the other."""
    if len(readings) == 1:
        return readings[0]
    if len(readings) == 2:
        first, second = readings

        def both(part: str, sheet: Sheet) -> None:
            first(part, sheet)
            second(part, sheet)

        return both

    def read(part: str, sheet: Sheet) -> None:
        for reading in readings:
            reading(part, sheet)

    return read
