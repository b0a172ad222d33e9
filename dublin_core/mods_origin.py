"""Imprint, edition, dates and frequency → MODS originInfo."""

from __future__ import annotations

import re

from dublin_core.mods_codes import FREQUENCIES, ISSUANCE, MANUSCRIPTS
from dublin_core.mods_parts import joined, tag, wrap
from dublin_core.punctuation import strip_brackets, strip_end
from marc.record import Field

_EVENTS = {"0": "production", "1": "publication", "2": "distribution", "3": "manufacture"}
_YEAR = re.compile(r"[0-9u]{4}")
_PLACE_CODE = re.compile(r"[a-z]{2,3}")
_SPANS = "cdikmuq"
"""008/06: types of date whose Date 1 and Date 2 are the ends of a span."""


def imprint(field: Field, more: str, link: str) -> str:
    """260 or 264 as an originInfo; `more` is what belongs to the resource and not to one imprint."""
    event = _EVENTS.get(field.indicators[1], "") if field.tag == "264" else "publication"
    made = ""
    for code, value in field.subfields:
        if code == "a":
            supplied = ' supplied="yes"' if value.lstrip()[:1] == "[" else ""
            made += wrap("place", tag("placeTerm", strip_brackets(value), ' type="text"'), supplied)
        elif code == "b":
            made += tag("publisher", strip_brackets(value))
        elif code == "c":
            made += _written_date(event, strip_end(value))
    return wrap("originInfo", made + more, (f' eventType="{event}"' if event else "") + link)


def _written_date(event: str, value: str) -> str:
    if event == "publication":
        return tag("dateIssued", value)
    if event == "production":
        return tag("dateCreated", value)
    return tag("dateOther", value, f' type="{event}"') if event else tag("copyrightDate", value)


def edition(field: Field) -> str:
    """250."""
    return tag("edition", joined(field, "ab"))


def frequency(field: Field) -> str:
    """310."""
    return tag("frequency", joined(field, "ab"))


def coded(leader: str, fixed: str) -> str:
    """What leader and 008 say: place of publication, dates, issuance, frequency."""
    made = ""
    place = fixed[15:18].strip()
    if _PLACE_CODE.fullmatch(place) and place != "xx":
        made = wrap("place", tag("placeTerm", place, ' type="code" authority="marccountry"'))
    name = "dateCreated" if leader[6] in MANUSCRIPTS else "dateIssued"
    made += _coded_dates(fixed[6:7], fixed[7:11], fixed[11:15], name)
    made += tag("issuance", ISSUANCE.get(leader[7], ""))
    if leader[6] in "at" and leader[7] in "bis":
        made += tag("frequency", FREQUENCIES.get(fixed[18:19], ""), ' authority="marcfrequency"')
    return made


def _coded_dates(kind: str, first: str, second: str, name: str) -> str:
    """008/06-14 (MARC 21, Date 1 and Date 2 by type of date). The stub 9999 is a date only where a span has no end."""
    from_year = first if _YEAR.fullmatch(first) and first != "9999" else ""
    to_year = second if _YEAR.fullmatch(second) else ""
    if kind in _SPANS and kind:
        doubt = ' qualifier="questionable"' if kind == "q" else ""
        made = tag(name, from_year, f' encoding="marc" point="start"{doubt}')
        return made + tag(name, to_year, f' encoding="marc" point="end"{doubt}')
    if kind == "t":
        return tag(name, from_year, ' encoding="marc"') + tag("copyrightDate", to_year, ' encoding="marc"')
    if kind == "p":
        return tag("dateIssued", from_year, ' encoding="marc"') + tag("dateCreated", to_year, ' encoding="marc"')
    if kind == "e" and from_year:
        return tag(name, (first + second).rstrip(" |u"), ' encoding="marc"')
    return tag(name, from_year, ' encoding="marc"') if kind in ("s", "r") else ""
