"""A record as a form in plain words: for who knows books and not MARC 21.

An entry is one subfield that a person would fill in; what a form does not show stays as it is. Keys are the places of
subfields ("245.0.a.0": the first 245, its first $a), and "700.+.a" where something new would go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from marc import repair
from marc.record import Field, Record
from marc.spreadsheet.headings import TARGETS


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the form."""

    key: str
    vi: str
    en: str
    place: str
    """Where it stands in MARC 21, to be shown small: "245 $a"."""
    value: str


_LINES: Final = (
    ("title", "245", "a", "00"),
    ("subtitle", "245", "b", "00"),
    ("part", "245", "n", "00"),
    ("part_title", "245", "p", "00"),
    ("responsibility", "245", "c", "00"),
    ("author", "100", "a", "1 "),
    ("body", "110", "a", "2 "),
    ("contributor", "700", "a", "1 "),
    ("edition", "250", "a", "  "),
    ("place", "264", "a", " 1"),
    ("publisher", "264", "b", " 1"),
    ("year", "264", "c", " 1"),
    ("extent", "300", "a", "  "),
    ("size", "300", "c", "  "),
    ("series", "490", "a", "0 "),
    ("isbn", "020", "a", "  "),
    ("language", "041", "a", "0 "),
    ("class", "082", "a", "04"),
    ("subject", "650", "a", " 4"),
    ("keyword", "653", "a", "  "),
    ("summary", "520", "a", "  "),
    ("note", "500", "a", "  "),
)
"""Target of a list of books, tag, subfield, indicators of a new field."""
_REPEATED: Final = {"contributor", "isbn", "subject", "keyword", "note"}
"""Lines of which there is always one more to fill in."""
_KEY: Final = re.compile(r"([0-9]{3})\.(\+|[0-9]{1,4})\.([a-z])(?:\.([0-9]{1,4}))?")
_SAME: Final = {"264": "260"}
"""Imprint stands in 260 in older records (MARC 21, 260: used before RDA)."""


def entries(record: Record) -> list[Entry]:
    """The lines of the form, in the order in which a title page is read; every usual line is there, filled or not."""
    found: list[Entry] = []
    fields = record.fields
    for target, tag, code, _ in _LINES:
        used = _SAME[tag] if tag in _SAME and not _has(fields, tag) and _has(fields, _SAME[tag]) else tag
        name = TARGETS[target]
        some = [
            Entry(f"{used}.{at}.{code}.{place}", name.vi, name.en, f"{used} ${code}", value)
            for at, field in enumerate(field for field in fields if field.tag == used)
            for place, value in enumerate(value for found_code, value in field.subfields if found_code == code)
        ]
        found += some
        if not some or target in _REPEATED:
            found.append(Entry(f"{used}.+.{code}", name.vi, name.en, f"{used} ${code}", ""))
    return found


def filled(record: Record, values: Mapping[str, str]) -> Record:
    """The record with what a person wrote: changed where a value differs, without what was emptied.

    Keys that are none, or whose place is not there, are passed over. Punctuation is left to the person.
    """
    fields = list(record.fields)
    added: dict[str, Field] = {}
    for key, text in values.items():
        found = _KEY.fullmatch(key)
        if found is None:
            continue
        tag, at, code, place = found[1], found[2], found[3], found[4]
        value = repair.value(" ".join(text.split()))[0]
        if at == "+" or place is None:
            if value:
                _add(fields, added, tag, code, value)
            continue
        here = [index for index, field in enumerate(fields) if field.tag == tag]
        if int(at) < len(here):
            index = here[int(at)]
            fields[index] = _changed(fields[index], code, int(place), value)
    # An emptied subfield keeps its turn until every value is written, for keys count what was there.
    cut = [one._replace(subfields=tuple([pair for pair in one.subfields if pair[1]])) for one in fields]
    kept = [field for field in cut if field.value or field.subfields]
    for field in added.values():
        at_tag = next((index for index, one in enumerate(kept) if one.tag > field.tag), len(kept))
        kept.insert(at_tag, field)
    return record if kept == record.fields else Record.build(record.leader, kept)


def _has(fields: list[Field], tag: str) -> bool:
    return any(field.tag == tag for field in fields)


def _changed(field: Field, code: str, place: int, value: str) -> Field:
    """The field with another value in one subfield."""
    seen, pairs = 0, []
    for found, old in field.subfields:
        mine = found == code and seen == place
        seen += found == code
        pairs.append((found, value if mine else old))
    return field._replace(subfields=tuple(pairs))


def _add(fields: list[Field], added: dict[str, Field], tag: str, code: str, value: str) -> None:
    """Into the first field of the tag where that has none, else into a new one."""
    for index, field in enumerate(fields):
        if field.tag == tag and not field.get(code):
            fields[index] = field._replace(subfields=(*field.subfields, (code, value)))
            return
    signs = next((signs for _, known, _, signs in _LINES if known == tag), "  ")
    before = added.get(tag, Field(tag, signs))
    added[tag] = before._replace(subfields=(*before.subfields, (code, value)))
