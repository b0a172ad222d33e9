"""MARC 21 to simple Dublin Core: one engine for the rules of `dublin_core.crosswalk_table`.

The rules are prepared once into one function per tag; a record is read in one pass over its packed text. What needs
the whole record (date, publisher, language, type) and fields in another script (880) come after that pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from dublin_core import identifiers, languages, punctuation
from dublin_core.crosswalk_table import RULES, Rule
from dublin_core.dates import fixed_field_date, written_date
from dublin_core.elements import ELEMENTS, DublinCore, Statement
from dublin_core.punctuation import collapse, strip_brackets, strip_end, without_links
from dublin_core.resource_types import dcmi_types
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record

Sheet = list[list[str]]
"""The values of each element, by its position in ELEMENTS, then the packed fields that wait for the whole record."""

Reading = Callable[[str, Sheet], None]
"""Reads one packed field onto a sheet."""

_AT = {name: position for position, name in enumerate(ELEMENTS)}
_IMPRINTS = len(ELEMENTS)
_LANGUAGES = _IMPRINTS + 1
_ALTERNATES = _IMPRINTS + 2
_COLUMNS = range(_IMPRINTS + 3)
_PUBLISHER, _DATE, _TYPE, _LANGUAGE = (_AT[name] for name in ("publisher", "date", "type", "language"))

_ODD_SPACE = re.compile("[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_NON_SORTING = re.compile("[\x88\x89\x98\x9c]")  # ISO 6630 marks around an article; Unicode has them as C1 controls
_NOBODY = frozenset(
    (
        "s.n.",
        "s.n",
        "s.l.",
        "s.l",
        "publisher not identified",
        "k.nxb",
        "không rõ nhà xuất bản",
        "không có nhà xuất bản",
    )
)


def crosswalk(record: Record) -> DublinCore:
    """The simple Dublin Core description of a bibliographic record."""
    text = record.text
    if not text.isascii():
        text = _NON_SORTING.sub("", _ODD_SPACE.sub(" ", text))
    sheet: Sheet = [[] for _ in _COLUMNS]
    fixed = ""
    readings = READINGS
    for part in text.split(FIELD_TERMINATOR):
        tag = part[:3]
        if tag in readings:
            readings[tag](part, sheet)
        elif tag == "008" and not fixed:
            fixed = part[3:]
    _imprint(sheet, fixed_field_date(fixed))
    sheet[_LANGUAGE] = spoken = _spoken(fixed[35:38], sheet[_LANGUAGES])
    sheet[_TYPE][:0] = dcmi_types(text[:24], fixed)
    if sheet[_ALTERNATES]:
        return _with_alternates(sheet, spoken)
    return DublinCore(
        tuple([(name, value, "") for name, values in zip(ELEMENTS, sheet) for value in dict.fromkeys(values)])
    )


def _imprint(sheet: Sheet, date: str) -> None:
    """Publisher and date of 264 and 260.

    Second indicator of 264: 1 publication, 0 production, 2 distribution, 3 manufacture, 4 copyright notice. A copyright
    date is a date; its field names no publisher.
    """
    imprints = sheet[_IMPRINTS]
    if len(imprints) > 1:
        imprints.sort(key=lambda part: "1" if part[:3] == "260" else {"1": "0", "4": "2"}.get(part[4:5], "00"))
    group = ""
    for part in imprints:
        kind = part[:3] + ("1" if part[:3] == "264" and part[4] == "1" else "")
        copyright_notice = part[:3] == "264" and part[4] == "4"
        for piece in part.split(SUBFIELD_DELIMITER)[1:]:
            if piece[0] == "b" and not copyright_notice and group in ("", kind):
                publisher = strip_brackets(piece[1:])
                if publisher and publisher.lower() not in _NOBODY:
                    sheet[_PUBLISHER].append(publisher)
                    group = kind
            elif piece[0] == "c" and not date:
                date = written_date(piece[1:])
    if date:
        sheet[_DATE].append(date)


def _spoken(fixed: str, parts: list[str]) -> list[str]:
    """The languages of the resource as BCP 47: 008/35-37, then 041 $a $d; the notes (546) where both say nothing."""
    tag = languages.TAGS.get(fixed)
    if not parts:
        return [tag] if tag else []
    tags = [tag] if tag else []
    pieces = [(part, part.split(SUBFIELD_DELIMITER)[1:]) for part in parts]
    for part, subfields in pieces:
        if part[:3] == "041":
            source = next((piece[1:].strip() for piece in subfields if piece[0] == "2"), "") if part[4] == "7" else ""
            for piece in subfields:
                if piece[0] in "ad":
                    tags += languages.coded(piece[1:], source)
    if not tags:
        for part, subfields in pieces:
            if part[:3] == "546":
                for piece in subfields:
                    tags += languages.named(piece[1:])
    return tags


def _with_alternates(sheet: Sheet, spoken: list[str]) -> DublinCore:
    """The description with its fields in other scripts: an 880 is read by the rules of the tag its $6 names.

    MARC 21, Appendix A: `245-01/$1`. Each value stands behind those of the same element, with its language.
    """
    found: dict[Statement, int] = {
        (name, value, ""): position for position, name in enumerate(ELEMENTS) for value in sheet[position]
    }
    for part in sheet[_ALTERNATES]:
        linkage = next((piece[1:] for piece in part.split(SUBFIELD_DELIMITER)[1:] if piece[0] == "6"), "")
        reading = READINGS.get(linkage[:3])
        if reading is None or linkage[:3] == "880":
            continue
        other: Sheet = [[] for _ in _COLUMNS]
        reading(linkage[:3] + part[3:], other)
        _imprint(other, "-")
        other[_DATE].clear()  # the year is the same year in any script
        for position, name in enumerate(ELEMENTS):
            for value in other[position]:
                found[name, value, languages.script_tag(linkage, value, spoken)] = position
    return DublinCore(tuple(sorted(found, key=found.__getitem__)))


# --- forms: a rule made into a function -----------------------------------------------------------------------


def _text(rule: Rule) -> Reading:
    at, codes, joiner, clean = _AT[rule.element], rule.subfields, rule.joiner, CLEANERS[rule.clean]

    def read(part: str, sheet: Sheet) -> None:
        pieces = part.split(SUBFIELD_DELIMITER)
        del pieces[0]
        value = clean(joiner.join([piece[1:] for piece in pieces if piece[0] in codes]))
        if value:
            sheet[at].append(value)

    return read


def _each(rule: Rule) -> Reading:
    at, codes, clean = _AT[rule.element], rule.subfields, CLEANERS[rule.clean]

    def read(part: str, sheet: Sheet) -> None:
        for piece in part.split(SUBFIELD_DELIMITER)[1:]:
            if piece[0] in codes:
                value = clean(piece[1:])
                if value:
                    sheet[at].append(value)

    return read


def _title(rule: Rule) -> Reading:
    at, codes, clean = _AT[rule.element], rule.subfields, CLEANERS[rule.clean]

    def read(part: str, sheet: Sheet) -> None:
        title = ""
        for piece in part.split(SUBFIELD_DELIMITER)[1:]:
            code = piece[0]
            if code in codes:
                # Records without ISBD punctuation (leader/18 c, and many Vietnamese ones) leave the mark to the reader.
                if (
                    code == "b"
                    and title
                    and title.rstrip()[-1:] not in ":;=/,."
                    and piece[1:].lstrip()[:1] not in ":;=/"
                ):
                    title += " :"
                title = f"{title} {piece[1:]}" if title else piece[1:]
            elif code == "h":
                title += piece[piece.rfind("]") + 1 :] if "]" in piece else ""
        value = clean(title)
        if value:
            sheet[at].append(value)

    return read


def _name(rule: Rule) -> Reading:
    at, codes, persons = _AT[rule.element], rule.subfields, punctuation.persons

    def read(part: str, sheet: Sheet) -> None:
        pieces = part.split(SUBFIELD_DELIMITER)
        del pieces[0]
        sheet[at] += persons(" ".join([piece[1:] for piece in pieces if piece[0] in codes]))

    return read


def _heading(rule: Rule) -> Reading:
    at, codes, clean = _AT[rule.element], rule.subfields, CLEANERS[rule.clean]

    def read(part: str, sheet: Sheet) -> None:
        pieces = part.split(SUBFIELD_DELIMITER)
        del pieces[0]
        value = clean(" ".join([piece[1:] for piece in pieces if piece[0] in codes]))
        if len(pieces) > 1:
            parts = [clean(piece[1:]) for piece in pieces if piece[0] in "vxyz"]
            if parts:
                value = " -- ".join([piece for piece in (value, *parts) if piece])
        if "http" in value:
            value = clean(without_links(value))
        if value:
            sheet[at].append(value)

    return read


def _link(rule: Rule) -> Reading:
    at, codes = _AT[rule.element], rule.subfields

    def read(part: str, sheet: Sheet) -> None:
        pieces = [piece[1:].rstrip("- ") for piece in part.split(SUBFIELD_DELIMITER)[1:] if piece[0] in codes]
        value = ". ".join([closed for closed in map(strip_end, pieces) if closed])
        if value:
            sheet[at].append(value)

    return read


def _number(rule: Rule) -> Reading:
    at = _AT[rule.element]

    def read(part: str, sheet: Sheet) -> None:
        pieces = part.split(SUBFIELD_DELIMITER)[1:]
        scheme = next((piece[1:] for piece in pieces if piece[0] == "2"), "")
        for piece in pieces:
            if piece[0] == "a":
                value = identifiers.standard_number(part[3], scheme, piece[1:])
                if value:
                    sheet[at].append(value)

    return read


def _keep(column: int) -> Reading:
    return lambda part, sheet: sheet[column].append(part)


FORMS: dict[str, Callable[[Rule], Reading]] = {
    "text": _text,
    "each": _each,
    "title": _title,
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
    "standard_number": collapse,
}


def _only(when: str, reading: Reading) -> Reading:
    """`reading` for the fields that `when` (see `Rule`) lets through."""
    if when.startswith("ind"):
        place, refused, wanted = int(when[3]) + 2, when[4] == "≠", when[5]

        def by_indicator(part: str, sheet: Sheet) -> None:
            if (part[place] == wanted) is not refused:
                reading(part, sheet)

        return by_indicator
    if when.startswith("no "):
        absent = SUBFIELD_DELIMITER + when[-1]

        def without(part: str, sheet: Sheet) -> None:
            if absent not in part:
                reading(part, sheet)

        return without
    if when:
        marks = [SUBFIELD_DELIMITER + code for code in when.replace("$", "")]

        def having(part: str, sheet: Sheet) -> None:
            if any(mark in part for mark in marks):
                reading(part, sheet)

        return having
    return reading


def _all(readings: list[Reading]) -> Reading:
    if len(readings) == 1:
        return readings[0]

    def read(part: str, sheet: Sheet) -> None:
        for reading in readings:
            reading(part, sheet)

    return read


def _prepare() -> dict[str, Reading]:
    """One function per tag, from the table and the fields that wait."""
    by_tag: dict[str, list[Reading]] = {}
    for rule in RULES:
        if rule.form != "whole":
            reading = _only(rule.when, FORMS[rule.form](rule))
            for tag in rule.tags.split():
                by_tag.setdefault(tag, []).append(reading)
    for column, tags in ((_IMPRINTS, "260 264"), (_LANGUAGES, "041 546"), (_ALTERNATES, "880")):
        for tag in tags.split():
            by_tag[tag] = [_keep(column)]
    return {tag: _all(readings) for tag, readings in by_tag.items()}


READINGS = _prepare()
