"""MARC 21 to simple Dublin Core: one engine for the rules of `dublin_core.crosswalk_table`.

The rules are prepared once into one function per tag; a record is read in one pass over its packed text. What needs
the whole record (date, publisher, language, type) and fields in another script (880) come after that pass.
"""

from __future__ import annotations

from collections.abc import Callable

from dublin_core import identifiers, languages
from dublin_core.crosswalk_table import RULES, Rule
from dublin_core.dates import fixed_field_date, written_date
from dublin_core.elements import ELEMENTS, DublinCore, Statement
from dublin_core.punctuation import collapse, persons, strip_brackets, strip_end, without_links
from dublin_core.resource_types import dcmi_types
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record

Sheet = list[list[str]]
"""The values of each element, by its position in ELEMENTS, then the packed fields that wait for the whole record."""

Reading = Callable[[str, Sheet], None]
"""Reads one packed field onto a sheet."""

_AT = {name: position for position, name in enumerate(ELEMENTS)}
_IMPRINTS = len(ELEMENTS)
_LANGUAGES = _IMPRINTS + 1
ALTERNATES = _IMPRINTS + 2
_FIXED = _IMPRINTS + 3
_COLUMNS = range(_IMPRINTS + 4)
_UNSCRIPTED = frozenset(("880", "008", "041", "546"))
_PUBLISHER, _DATE, _TYPE, _LANGUAGE = (_AT[name] for name in ("publisher", "date", "type", "language"))

_ODD_SPACES = (
    "\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_NON_SORTING = "\x88\x89\x98\x9c"  # ISO 6630 marks around an article; Unicode has them as C1 controls
_NOTICE = 3
_ISBD = ":;=/,."
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
    sheet = fill(record)
    found = {(name, value, ""): position for position, name in enumerate(ELEMENTS) for value in sheet[position]}
    if sheet[ALTERNATES]:
        _add_alternates(sheet, found)
        return DublinCore(tuple(sorted(found, key=found.__getitem__)))
    return DublinCore(tuple(found))


def fill(record: Record) -> Sheet:
    """The sheet of a record: every value but those of 880, which wait in the column ALTERNATES. Values may repeat."""
    text = record.text
    if not text.isascii():
        text = _plain(text)
    sheet: Sheet = [[] for _ in _COLUMNS]
    find = READINGS.get
    for part in text.split(FIELD_TERMINATOR):
        reading = find(part[:3])
        if reading is not None:
            reading(part, sheet)
    fixed = sheet[_FIXED][0][3:] if sheet[_FIXED] else ""
    _imprint(sheet, fixed_field_date(fixed))
    sheet[_LANGUAGE] = _spoken(fixed[35:38], sheet[_LANGUAGES])
    sheet[_TYPE][:0] = dcmi_types(text, fixed)
    return sheet


def _plain(text: str) -> str:
    """`text` with one kind of space and without non-sorting marks. Searching for each is quicker than any pattern."""
    for odd in _ODD_SPACES:
        if odd in text:
            text = text.replace(odd, " ")
    for mark in _NON_SORTING:
        if mark in text:
            text = text.replace(mark, "")
    return text


def _imprint(sheet: Sheet, date: str) -> None:
    """Publisher and date of 264 and 260.

    Second indicator of 264: 1 publication, 0 production, 2 distribution, 3 manufacture, 4 copyright notice. A copyright
    date is a date; its field names no publisher.
    """
    imprints = sheet[_IMPRINTS]
    if len(imprints) > 1:
        imprints.sort(key=_preference)
    publishers = sheet[_PUBLISHER]
    chosen = _NOTICE  # the preference of the field that gave the publishers
    for part in imprints:
        preference = _preference(part)
        wanted = preference < _NOTICE and (not publishers or preference == chosen)
        for piece in part.split(SUBFIELD_DELIMITER)[1:]:
            code = piece[0]
            if code == "b" and wanted:
                publisher = strip_brackets(piece[1:])
                if publisher and publisher.lower() not in _NOBODY:
                    publishers.append(publisher)
                    chosen = preference
            elif code == "c" and not date:
                date = written_date(piece[1:])
    if imprints and not publishers:
        publishers += _publishers_in_place(imprints)
    if date:
        sheet[_DATE].append(date)


def _publishers_in_place(imprints: list[str]) -> list[str]:
    """The publisher of a statement written whole into $a, `Hà Nội : Kim Đồng`: what its first colon introduces."""
    found = []
    for part in imprints:
        for piece in part.split(SUBFIELD_DELIMITER)[1:]:
            if piece[0] == "a" and " : " in piece:
                found.append(strip_brackets(piece.split(" : ")[1]))
    return [publisher for publisher in found if publisher and publisher.lower() not in _NOBODY]


def _preference(part: str) -> int:
    """Publication, then production, distribution and manufacture, then 260, then the copyright notice."""
    if part[2] == "0":
        return 2
    kind = part[4]
    return 0 if kind == "1" else _NOTICE if kind == "4" else 1


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


def _add_alternates(sheet: Sheet, found: dict[Statement, int]) -> None:
    """Add the fields in other scripts: an 880 is read by the rules of the tag its $6 names.

    MARC 21, Appendix A: `245-01/$1`. Each value stands behind those of the same element, with its language.
    """
    for part in sheet[ALTERNATES]:
        linkage = next((piece[1:] for piece in part.split(SUBFIELD_DELIMITER)[1:] if piece[0] == "6"), "")
        reading = READINGS.get(linkage[:3])
        if reading is None or linkage[:3] in _UNSCRIPTED:
            continue
        other: Sheet = [[] for _ in _COLUMNS]
        reading(linkage[:3] + part[3:], other)
        _imprint(other, "")
        other[_DATE].clear()  # the year is the same year in any script
        for position, name in enumerate(ELEMENTS):
            for value in other[position]:
                found[name, value, languages.script_tag(linkage, value, sheet[_LANGUAGE])] = position


# --- forms: a rule made into a function -----------------------------------------------------------------------


def _text(rule: Rule) -> Reading:
    at, codes, joiner, clean = _AT[rule.element], rule.subfields, rule.joiner, CLEANERS[rule.clean]

    def read(part: str, sheet: Sheet) -> None:
        if part.find(SUBFIELD_DELIMITER, 6) < 0:  # one subfield, the usual case
            value = clean(part[7:]) if part[6] in codes else ""
        else:
            value = ""
            for piece in part.split(SUBFIELD_DELIMITER)[1:]:
                if piece[0] in codes:
                    value += joiner + piece[1:]
            value = clean(value[len(joiner) :])
        if value:
            sheet[at].append(value)

    return read


def _each(rule: Rule) -> Reading:
    at, clean, mark = _AT[rule.element], CLEANERS[rule.clean], SUBFIELD_DELIMITER + rule.subfields

    def read(part: str, sheet: Sheet) -> None:
        if mark in part:  # several rules of this form share a field and seldom find their subfield
            for piece in part.split(mark)[1:]:
                if value := clean(piece.partition(SUBFIELD_DELIMITER)[0]):
                    sheet[at].append(value)

    return read


def _title(rule: Rule, first: bool = True) -> Reading:
    at, codes, clean = _AT[rule.element], rule.subfields, CLEANERS[rule.clean]

    def read(part: str, sheet: Sheet) -> None:
        title: list[str] = []
        for piece in part.split(SUBFIELD_DELIMITER)[1:]:
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
    at, codes = _AT[rule.element], rule.subfields

    def read(part: str, sheet: Sheet) -> None:
        value = ""
        for piece in part.split(SUBFIELD_DELIMITER)[1:]:
            if piece[0] in codes:
                value += " " + piece[1:]
        if ";" in value or "http" in value or "[" in value:
            sheet[at] += persons(value)
        elif value := strip_end(value):
            sheet[at].append(value)

    return read


def _heading(rule: Rule) -> Reading:
    at, clean = _AT[rule.element], CLEANERS[rule.clean]
    marks = dict.fromkeys(rule.subfields, " ") | dict.fromkeys("vxyz", " -- ")

    def read(part: str, sheet: Sheet) -> None:
        value = ""
        for piece in part.split(SUBFIELD_DELIMITER)[1:]:
            mark = marks.get(piece[0])
            if mark:
                value += mark + piece[1:]
        value = clean(value)
        if ". -- " in value or " -- -- " in value or "http" in value or value[:2] == "--":
            value = " -- ".join([closed for piece in without_links(value).split("-- ") if (closed := clean(piece))])
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
            for mark in marks:
                if mark in part:
                    reading(part, sheet)
                    return

        return having
    return reading


def _all(readings: list[Reading]) -> Reading:
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


def _prepare() -> dict[str, Reading]:
    """One function per tag, from the table and the fields that wait."""
    by_tag: dict[str, list[Reading]] = {}
    for rule in RULES:
        if rule.form != "whole":
            reading = _only(rule.when, FORMS[rule.form](rule))
            for tag in rule.tags.split():
                by_tag.setdefault(tag, []).append(reading)
    for column, tags in ((_IMPRINTS, "260 264"), (_LANGUAGES, "041 546"), (ALTERNATES, "880"), (_FIXED, "008")):
        for tag in tags.split():
            by_tag[tag] = [_keep(column)]
    return {tag: _all(readings) for tag, readings in by_tag.items()}


READINGS = _prepare()
