"""MARC 21 to simple Dublin Core: one engine for the rules of `dublin_core.crosswalk_table`.

The rules are prepared once into one function per tag; a record is read in one pass over its packed text. What needs
the whole record (date, publisher, language, type) and fields in another script (880) come after that pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from dublin_core import languages
from dublin_core.crosswalk_table import RULES, Rule
from dublin_core.dates import fixed_field_date, written_date
from dublin_core.elements import ELEMENTS, DublinCore, Statement
from dublin_core.forms import AT, FORMS, Reading, Sheet, all_of, only
from dublin_core.punctuation import strip_brackets
from dublin_core.resource_types import dcmi_types
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record

_IMPRINTS = len(ELEMENTS)
_LANGUAGES = _IMPRINTS + 1
ALTERNATES = _IMPRINTS + 2
_FIXED = _IMPRINTS + 3
WIDTH = _IMPRINTS + 4
_UNSCRIPTED = frozenset(("880", "008", "041", "546"))
_PUBLISHER, _DATE, _TYPE, _LANGUAGE = (AT[name] for name in ("publisher", "date", "type", "language"))

_ODD_SPACES = (
    "\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_NON_SORTING = "\x88\x89\x98\x9c"  # ISO 6630 marks around an article; Unicode has them as C1 controls
_NOTICE = 3
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
_NOBODY_LONGEST = max(map(len, _NOBODY))


def crosswalk(record: Record) -> DublinCore:
    """The simple Dublin Core description of a bibliographic record."""
    sheet = fill(record)
    found = {(name, value, ""): position for position, name in enumerate(ELEMENTS) for value in sheet[position]}
    if sheet[ALTERNATES]:
        _add_alternates(sheet, found)
        return DublinCore(tuple(sorted(found, key=found.__getitem__)))
    return DublinCore(tuple(found))


def fill(record: Record, readings: Mapping[str, Reading] | None = None, width: int = WIDTH) -> Sheet:
    """The sheet of a record: every value but those of 880, which wait in the column ALTERNATES. Values may repeat.

    Qualified Dublin Core gives its own readings, and more columns for them to write on.
    """
    text = record.text
    if not text.isascii():
        text = plain(text)
    sheet: Sheet = [[] for _ in range(width)]
    find = (readings or READINGS).get
    for part in text.split(FIELD_TERMINATOR):
        reading = find(part[:3])
        if reading is not None:
            reading(part, sheet)
    fixed = sheet[_FIXED][0][3:] if sheet[_FIXED] else ""
    _imprint(sheet, fixed_field_date(fixed))
    sheet[_LANGUAGE] = [*_spoken(fixed[35:38], *sheet[_LANGUAGES])]
    sheet[_TYPE][:0] = dcmi_types(text, fixed)
    return sheet


def alternates(sheet: Sheet, readings: Mapping[str, Reading]) -> Iterator[tuple[str, Sheet]]:
    """Each 880 as its $6 and a sheet of its own: it is read by the rules of the tag its $6 names.

    MARC 21, Appendix A: `245-01/$1`.
    """
    for part in sheet[ALTERNATES]:
        linkage = next((piece[1:] for piece in part.split(SUBFIELD_DELIMITER)[1:] if piece[0] == "6"), "")
        reading = readings.get(linkage[:3])
        if reading is None or linkage[:3] in _UNSCRIPTED:
            continue
        other: Sheet = [[] for _ in sheet]
        reading(linkage[:3] + part[3:], other)
        _imprint(other, "")
        other[_DATE].clear()  # the year is the same year in any script
        yield linkage, other


def plain(text: str) -> str:
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
        if preference < _NOTICE and (not publishers or preference == chosen):
            named = _publishers(part)
            if named:
                publishers += named
                chosen = preference
        if not date:
            dates = [written_date(piece[1:]) for piece in part.split(SUBFIELD_DELIMITER) if piece[0] == "c"]
            date = next(filter(None, dates), "")
    if imprints and not publishers:
        publishers += _publishers_in_place(imprints)
    if date:
        sheet[_DATE].append(date)


@lru_cache(maxsize=4096)  # the books of one publisher in one year
def _publishers(part: str) -> tuple[str, ...]:
    """The publishers that a statement names."""
    found = [strip_brackets(piece[1:]) for piece in part.split(SUBFIELD_DELIMITER) if piece[0] == "b"]
    return tuple([name for name in found if name and (len(name) > _NOBODY_LONGEST or name.lower() not in _NOBODY)])


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


@lru_cache(maxsize=4096)  # nearly all records of a library say the same
def _spoken(fixed: str, *parts: str) -> tuple[str, ...]:
    """The languages of the resource as BCP 47: 008/35-37, then 041 $a $d; the notes (546) where both say nothing."""
    tag = languages.TAGS.get(fixed)
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
    return tuple(tags)


def _add_alternates(sheet: Sheet, found: dict[Statement, int]) -> None:
    """Add the fields in other scripts. Each value stands behind those of the same element, with its language."""
    for linkage, other in alternates(sheet, READINGS):
        for position, name in enumerate(ELEMENTS):
            for value in other[position]:
                found[name, value, languages.script_tag(linkage, value, sheet[_LANGUAGE])] = position


def _keep(column: int) -> Reading:
    return lambda part, sheet: sheet[column].append(part)


WAITING = {
    tag: _keep(column)
    for column, tags in ((_IMPRINTS, "260 264"), (_LANGUAGES, "041 546"), (ALTERNATES, "880"), (_FIXED, "008"))
    for tag in tags.split()
}
"""The fields that wait until the whole record is read."""


def prepare(rules: Iterable[Rule]) -> dict[str, list[Reading]]:
    """The functions that read each tag, from the rows of the table that do not wait."""
    by_tag: dict[str, list[Reading]] = {}
    for rule in rules:
        if rule.form != "whole":
            reading = only(rule.when, FORMS[rule.form](rule))
            for tag in rule.tags.split():
                by_tag.setdefault(tag, []).append(reading)
    return by_tag


READINGS = {tag: all_of(readings) for tag, readings in prepare(RULES).items()} | WAITING
