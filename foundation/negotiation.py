"""What a client would rather have: the weighted fields of HTTP (RFC 9110, 12.4.2)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_WEIGHT: Final = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


def weights(field: str) -> dict[str, float]:
    """Each value the field names, in small letters, and its weight from 0 to 1.

    A weight that cannot be read is no consent.
    """
    found: dict[str, float] = {}
    for element in field.lower().split(","):
        value, *parameters = (part.strip() for part in element.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                said = _WEIGHT.fullmatch(parameter)
                weight = float(said[1]) if said else 0.0
        found[value] = weight
    return found


@lru_cache(maxsize=256)
def accepts_gzip(field: str) -> bool:
    """Whether an Accept-Encoding field prefers gzip to the plain answer, or takes nothing else (12.5.3)."""
    found = weights(field)
    gzip = found.get("gzip", found.get("x-gzip", found.get("*", 0.0)))
    return gzip > 0 and gzip >= found.get("identity", 0.0)
