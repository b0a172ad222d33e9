"""The year of publication, as W3CDTF wants it (W3C Note NOTE-datetime; DCMI recommends it for dc:date)."""

from __future__ import annotations

import re
from datetime import date

_YEAR = re.compile(r"(?<!\d)(?:1\d|20)\d\d(?!\d)")
_CORRECTED = re.compile(r"(?:i\. ?e\.|that is|tức)[^\d]{0,12}((?:1\d|20)\d\d)(?!\d)")
_DAY = re.compile(r"(?:1\d|20)\d\d-\d\d-\d\d")

_DATED = frozenset("cdeikmpqrstu")
"""008/06 whose Date 1 (008/07-10) is a year of the resource: all but b (before our era), n (unknown) and the fill
character. Of a span, Date 1 is where it begins."""


def fixed_field_date(value: str) -> str:
    """The date a bibliographic 008 says (positions 06-14), or an empty string.

    A year, or a day when the type of date is `e`. Unknown digits (`19uu`), fill characters and the stub `9999` give
    nothing.
    """
    kind, first = value[6:7], value[7:11]
    if kind not in _DATED or not (first.isdecimal() and first.isascii() and "1000" <= first < "2100"):
        return ""
    if kind == "e":
        return _day(f"{first}-{value[11:13]}-{value[13:15]}") or first
    return first


def written_date(value: str) -> str:
    """The date in a transcribed statement (260 $c, 264 $c): `[1974?]`, `c2001`, `1998-2001`, `Minh Mạng 12 [1831]`.

    The first year that is plausible, the corrected one where the cataloguer corrected it, or an empty string.
    """
    if _DAY.fullmatch(value):
        return _day(value) or value[:4]
    if "i" in value or "tức" in value:
        corrected = _CORRECTED.search(value)
        if corrected:
            return corrected[1]
    year = _YEAR.search(value)
    return year[0] if year else ""


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return ""


def coded_date(value: str) -> str:
    """A date of 046 as W3CDTF: `20031212` → `2003-12-12`, `200312` → `2003-12`, `2003`; else as it stands."""
    value = value.strip()
    if not value.isdecimal() or len(value) not in (6, 8):
        return value
    return "-".join(filter(None, (value[:4], value[4:6], value[6:8])))
