"""When to ask another server again: what it says itself, or a growing wait that no two clients share. Pure."""

from __future__ import annotations

import random
from email.utils import parsedate_to_datetime

from foundation.limits import RETRY_SECONDS

_FIRST = 2.0


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or a date), at most RETRY_SECONDS.

    `now`: seconds since 1970. None when there is no header or nothing can be made of it; what lies in the past is 0.
    """
    text = (value or "").strip()
    if not text:
        return None
    if text.isascii() and text.removeprefix("-").isdigit():
        # A number of any length; int() would refuse one of more than 4300 digits.
        return 0.0 if text.startswith("-") else float(min(int(text[:12]), RETRY_SECONDS))
    try:
        moment = parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, TypeError):
        return None
    return max(0.0, min(moment - now, float(RETRY_SECONDS)))


def backoff(attempt: int, chance: random.Random) -> float:
    """Seconds to wait before attempt number `attempt` (from 1) where nobody said how long: 2, 4, 8 …, at most
    RETRY_SECONDS, each between half and all of it, so that clients cut off together do not come back together."""
    longest = min(_FIRST * 2.0 ** min(attempt - 1, 30), float(RETRY_SECONDS))
    return longest * (0.5 + chance.random() / 2)
