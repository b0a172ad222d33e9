"""The codes of a UNIMARC record as MARC 21 has them: the leader, and field 008 made of 100, 101, 102, 105 and 110."""

from __future__ import annotations

import re

from marc import repair
from marc.record import Field
from marc.unimarc_table import AUDIENCES, CONTENTS, COUNTRIES, FREQUENCIES, KINDS, SERIALS

_DATES = {
    "a": "c",
    "b": "d",
    "c": "u",
    "d": "s",
    "e": "r",
    "f": "q",
    "g": "m",
    "h": "t",
    "i": "p",
    "j": "e",
    "k": "s",
    "u": "n",
}
"""100 $a/8, type of date → 008/06."""
_LEVELS = {"1": "1", "2": "8", "3": "7"}
"""Record label 17, encoding level → leader/17; blank is full in both."""
_LITERARY = {"a": "1", "b": "d", "c": "e", "d": "h", "e": "i", "f": "j", "g": "p", "h": "s", "y": "0", "z": "m"}
"""105 $a/11, literary form → 008/33."""
_REGULARITY = {"a": "r", "b": "n", "y": "x", "u": "u"}
"""110 $a/2 → 008/19."""
_YES = {"0": "0", "1": "1"}


def label(leader: str) -> str:
    """The leader of MARC 21 for that of a UNIMARC record: type of record, levels; the punctuation is ISBD's."""
    status = leader[5] if leader[5] in "cdnp" else "c"
    level = leader[7] if leader[7] in "acims" else "m"
    made = f"00000{status}{KINDS.get(leader[6], 'a')}{level} a2200000{_LEVELS.get(leader[17], ' ')}i 4500"
    return repair.leader(made)[0]


def coded(fields: list[Field], leader: str) -> str:
    """Field 008, 40 characters; what the record does not say is unknown (u, blank, und, xx) or not coded (|)."""
    general = _codes(fields, "100", 36)
    entered = general[2:8] if general[2:8].isdigit() else "000000"
    first = _date(general[9:13])
    kind = _DATES.get(general[8], "s" if first != "uuuu" else "n")
    second = "9999" if kind == "c" else _date(general[13:17], "uuuu" if kind in "dqmu" else "    ")
    country = COUNTRIES.get(_first(fields, "102").upper()[:2], "xx").ljust(3)
    language = _first(fields, "101").lower().strip(" .")
    language = language if re.fullmatch(r"[a-z]{3}", language) else "und"
    material = _serial(fields) if leader[7] == "s" else _book(fields, general) if leader[6] in "ab" else "|" * 17
    return f"{entered}{kind}{first}{second}{country}{material}{language} d"


def _codes(fields: list[Field], tag: str, length: int) -> str:
    """$a of the first field with this tag, with blanks where it is short or has another sign for them."""
    return re.sub(r"[^0-9a-z]", " ", _first(fields, tag)[:length].lower()).ljust(length)


def _first(fields: list[Field], tag: str) -> str:
    return next((field.get("a") for field in fields if field.tag == tag), "")


def _date(text: str, missing: str = "uuuu") -> str:
    """Four characters of a year; digits that are not known are u."""
    return missing if not text.strip() else re.sub(r"[^0-9]", "u", text.ljust(4))


def _book(fields: list[Field], general: str) -> str:
    """008/18-34 of a book."""
    codes = _codes(fields, "105", 13)
    if not codes.strip():
        return f"||||{AUDIENCES.get(general[17], ' ')}||||||||||||"
    pictures = "".join(code if code in "abcdefghijklm" else " " for code in codes[:4])
    contents = "".join(CONTENTS.get(code, " ") for code in codes[4:8])
    marks = "".join(_YES.get(code, "0") for code in codes[8:11])
    life = codes[12] if codes[12] in "abcd" else " "
    return f"{pictures}{AUDIENCES.get(general[17], ' ')} {contents} {marks} {_LITERARY.get(codes[11], '0')}{life}"


def _serial(fields: list[Field]) -> str:
    """008/18-34 of a continuing resource."""
    codes = _codes(fields, "110", 11)
    return f"{FREQUENCIES.get(codes[1], ' ')}{_REGULARITY.get(codes[2], 'u')} {SERIALS.get(codes[0], ' ')}|||||||||||||"
