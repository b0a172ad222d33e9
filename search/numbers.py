"""Numbers, codes and dates as they are compared: without what people write around them."""

from __future__ import annotations

import re
from functools import lru_cache
from operator import mul
from typing import Final

from dublin_core.dates import written_date
from search.analysis import MANY, ONE
from vietnamese.text import fold, normalise

_ISBN: Final = re.compile(r"[0-9][0-9\s\-\u2010-\u2015]*[xX]?")
_ASKED_ISBN: Final = re.compile(
    rf"[\s(]*(?:e-?)?(?:isbn(?:[-\s]?1[03](?=[\s:]))?[\s:]*)?"
    rf"([0-9{MANY}{ONE}][0-9\s{MANY}{ONE}\-\u2010-\u2015]*[xX]?{MANY}?)(?:[^\w{MANY}{ONE}].*|(?<=\s)[^\W\d].*)?$",
    re.IGNORECASE | re.DOTALL,
)
_ISSN_NAME: Final = re.compile(r"^\s*(?:[ep]-?)?issn(?:-l)?[\s:]*(?=\d)", re.IGNORECASE)
_REMOVED: Final = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212]+")
_ASCII_REMOVED: Final = dict.fromkeys(map(ord, " \t\n\v\f\r\x1c\x1d\x1e\x1f-"))
_SPANS: Final = frozenset("cdikmqu")
"""008/06 of a resource whose two dates are beginning and end. Of a reprint, a copyright and their like (e p r s t) the
first date alone is the resource's."""
_OPEN: Final = frozenset(("9999", "uuuu", "    ", "||||"))
LAST: Final = 9999
_WEIGHTS: Final = range(10, 1, -1)
_ZERO: Final = ord("0")
"""Digits are added up as the bytes they are written with, and this is what each of them is too much."""


def compact(value: str) -> str:
    """`value` in lower case without marks, blanks and hyphens: `GT 2010-15` and `gt2010 15` are the same number."""
    if value.isascii():
        return value.lower().translate(_ASCII_REMOVED)
    return "".join(map(_compact_word, value.split()))


@lru_cache(maxsize=20_000)
def _compact_word(value: str) -> str:
    # Shelf marks are made of few words: a class, the letters of an author, a collection.
    return _REMOVED.sub("", fold(normalise(value)))


def isbn_keys(value: str) -> list[str]:
    """What an ISBN (ISO 2108) can be asked for by: its thirteen digits, and its ten if it has them.

    What has no right check digit, a running number for instance, stands for itself.
    """
    if len(value) == 13 and value.isdecimal() and value.isascii():  # as most are written
        number = value
    else:
        found = _ISBN.match(value.lstrip(" ("))
        number = compact(found[0]) if found else ""
    if len(number) == 10 and isbn10_check(number[:9]) == number[9]:
        return [thirteen(number), number]
    if (
        len(number) == 13
        and number.startswith("978")
        and number.isdecimal()
        and isbn13_check(number[:12]) == number[12]
    ):
        return [number, number[3:12] + isbn10_check(number[3:12])]
    return [number] if number else []


def asked_isbn(text: str) -> str:
    """What an ISBN that is asked for is compared as: thirteen digits, or as many as there are; "" of other texts.

    It may have masks in it (`analysis.MANY`, `ONE`), its name before it, and behind it what catalogues write there:
    `ISBN 978-604-…`, `978604… (bìa cứng)`. Letters that follow its digits at once make it something else.
    """
    found = _ASKED_ISBN.match(text)
    if found is None:
        return ""
    number = compact(found[1])
    if text.endswith(MANY):  # of `978604 (bìa cứng)*` the number is truncated
        number = number.rstrip(MANY) + MANY
    if MANY in number or ONE in number:
        return number if number.strip(MANY + ONE) else MANY
    return isbn_keys(number)[0]


def asked_issn(text: str) -> str:
    """An ISSN that is asked for without its name before it; other texts as they are."""
    return _ISSN_NAME.sub("", text)


def thirteen(ten: str) -> str:
    """The thirteen digits of an ISBN of ten."""
    return "978" + ten[:9] + isbn13_check("978" + ten[:9])


def isbn10_check(nine: str) -> str:
    """The check digit of nine digits; "" of anything else."""
    if not (nine.isdecimal() and nine.isascii()):
        return ""
    return "0123456789x"[-(sum(map(mul, nine.encode(), _WEIGHTS)) - _ZERO * sum(_WEIGHTS)) % 11]


def isbn13_check(twelve: str) -> str:
    """The check digit of twelve digits (ISBN Users' Manual, "Check digit": weights 1 and 3 in turn)."""
    digits = twelve.encode()
    return str(-(sum(digits[::2]) + 3 * sum(digits[1::2]) - 24 * _ZERO) % 10)


def control_keys(value: str) -> list[str]:
    """A control number with the code of the system that gave it, and without: `(OCoLC)2105618`, `2105618`."""
    if value.isalnum() and value.isascii():
        return [value.lower()]
    whole = compact(value)
    prefix, mark, bare = whole.partition(")")
    return [whole, bare] if mark and bare and prefix.startswith("(") else [whole] if whole else []


def class_keys(value: str) -> list[str]:
    """A class or shelf mark as a whole, and what stands before its first blank: `895.922 NG` is also 895.922."""
    words = [word.lower().replace("-", "") if word.isascii() else _compact_word(word) for word in value.split()]
    if len(words) == 1 and words[0]:
        return words
    whole = "".join(words)
    return [] if not whole else [whole] if words[0] in ("", whole) else [whole, words[0]]


def years(fixed: str, imprint: str) -> tuple[int, int] | None:
    """The years of publication by 008/06-14, else as the imprint writes them; None when neither says any.

    A serial that goes on, or whose end is unknown, ends in 9999.
    """
    kind, first, last = fixed[6:7], fixed[7:11], fixed[11:15]
    begin = _year(first)
    if not begin or kind in ("b", "n", "|", ""):
        begin = _year(written_date(imprint)[:4]) if imprint else 0
        return (begin, begin) if begin else None
    if kind not in _SPANS:
        return begin, begin
    end = LAST if last in _OPEN and kind in "cdku" else _year(last)
    if kind == "d" and end == LAST:
        end = begin
    return begin, max(begin, end)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 and text.isdecimal() and text.isascii() and "1000" <= text < "2200" else 0


def day_number(seconds: int) -> int:
    """The UTC day of a moment as the number 20261122."""
    # Civil date of a day count (proleptic Gregorian), for this runs for every record.
    days = seconds // 86_400 + 719_468
    era, of_era = divmod(days, 146_097)
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    day_of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return (year_of_era + era * 400 + (month <= 2)) * 10_000 + month * 100 + day
