"""UTCdatetime (section 3.3): the two granularities of the protocol, to and from whole seconds since 1970 UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

GRANULARITY = "YYYY-MM-DDThh:mm:ssZ"
"""What this repository says in Identify. Days are accepted as well, as 3.3.1 requires of every repository."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400
# 3.3.1 knows these two forms and no other: no offset, no fraction, no blank, ASCII digits, four of them for the year.
_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T(?!24)[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?")


class Moment(NamedTuple):
    """A datestamp argument: the seconds it covers, both inclusive (a day covers 00:00:00 to 23:59:59 UTC)."""

    first: int
    last: int
    is_day: bool


@lru_cache(maxsize=4096)  # what was published together stands together in a list
def parse_datestamp(text: str) -> Moment | None:
    """The moment that `text` names; None when it is neither form or no such date exists (2021-02-30, 24:00:00)."""
    if _FORM.fullmatch(text) is None:
        return None
    is_day = len(text) == 10
    try:
        seconds = int(datetime.fromisoformat(f"{text}T00:00:00Z" if is_day else text).timestamp())
    except ValueError:
        return None
    return Moment(seconds, seconds + _DAY - 1 if is_day else seconds, is_day)


@lru_cache(maxsize=4096)  # records of one change set share one stamp, and they stand together in a page
def format_datestamp(seconds: int) -> bytes:
    """`seconds` at seconds granularity, with `Z` (3.3.2)."""
    return (_EPOCH + timedelta(seconds=seconds)).isoformat()[:19].encode("ascii") + b"Z"
