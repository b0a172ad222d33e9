"""Dates as queries write them → what the index is asked: one, a span of two, or a decade by a mask (`199?`)."""

from __future__ import annotations

import re
from typing import Final

from search.query import Field, Range, Term

DATES: Final = frozenset((Field.DATE, Field.ADDED, Field.MODIFIED))
DATE: Final = re.compile(
    r"([0-9]{1,4})(?:-(0[1-9]|1[0-2])(?:-([0-9]{2}))?)?|([0-9]{4})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"
)
"""A year, a month or a day of ISO 8601."""
SPAN: Final = re.compile(r"([0-9]{1,4})?\s*[-–/ ]\s*([0-9]{1,4})?")
"""Two years, of which one may be open."""
_MASKED: Final = re.compile(r"([0-9]+(?:-[0-9]*){0,2})(\?+|\*)")
_ENDS: Final = (4, 6, 8)
"""Digits behind which a year, a month and a day end."""


def asked(field: Field, text: str) -> Term | Range | None:
    """What finds one date, the years from one to another, or all that a mask at the end leaves open; None for what is
    none of them."""
    if DATE.fullmatch(text):
        return Term(field, day(field, text))
    span = SPAN.fullmatch(text)
    if span and (span[1] or span[2]):
        return Range(field, span[1], span[2])
    masked = _MASKED.fullmatch(text)
    return _open(field, masked[1].replace("-", ""), masked[2]) if masked else None


def _open(field: Field, digits: str, mask: str) -> Range | None:
    """The dates that begin with some digits: from the first to the last of the year, month or day they stop in."""
    end = next((end for end in _ENDS if len(digits) <= end), 0)
    if not end or (mask != "*" and len(digits) + len(mask) != end):
        return None
    keep = _ENDS[0] if field is Field.DATE else end
    return Range(field, digits.ljust(end, "0")[:keep], digits.ljust(end, "9")[:keep])


def day(field: Field, text: str) -> str:
    """A date as the field has it: years of publication, days of what happened here. Other texts as they are."""
    found = DATE.fullmatch(text)
    if found is None:
        return text
    parts = [part for part in found.groups() if part]
    return parts[0] if field is Field.DATE else "-".join(parts)
