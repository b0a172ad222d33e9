"""Response compression (section 3.1.3): what the client accepts, by the weights it gives (RFC 9110, 12.5.3)."""

from __future__ import annotations

import re

from isal import igzip

_LEVEL = 1  # 20 times the speed of zlib's level 6 for four fifths of its effect
_WEIGHT = re.compile(r"[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")  # RFC 9110, 12.4.2


def accepts_gzip(field: str) -> bool:
    """Whether an Accept-Encoding field prefers gzip to the plain answer, or takes nothing else."""
    weights: dict[str, float] = {}
    for element in field.split(","):
        coding, *parameters = (part.strip() for part in element.split(";"))
        weight = 1.0
        for parameter in parameters:
            # A weight that cannot be read is no consent.
            value = _WEIGHT.fullmatch(parameter)
            weight = float(value[1]) if value else 0.0
        weights[coding.lower()] = weight
    gzip = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def gzip(body: bytes) -> bytes:
    """`body` as one gzip member."""
    return igzip.compress(body, _LEVEL)
