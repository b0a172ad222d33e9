"""Standard numbers as identifiers that mean the same everywhere: URNs and addresses."""

from __future__ import annotations

import re

from dublin_core.punctuation import collapse

_ISBN = re.compile(r"[0-9](?:[- ]?[0-9]){8}(?:(?:[- ]?[0-9]){3})?[- ]?[0-9Xx](?![0-9])")
_ISSN = re.compile(r"([0-9]{4})-?([0-9]{3}[0-9Xx])(?![0-9])")
_STANDARD = {"0": "isrc", "1": "upc", "2": "ismn", "3": "ean", "4": "sici"}  # 024, first indicator
_ADDRESS = {"doi": "https://doi.org/", "hdl": "https://hdl.handle.net/"}
_NAMED = re.compile(r"(?:https?|ftp|urn|info|ark|doi|hdl):", re.IGNORECASE)


def isbn(value: str) -> str:
    """`urn:isbn:…` (RFC 8254) of the ISBN that 020 $a begins with; empty when it has none whose check digit is right.

    Vietnamese libraries put running numbers and prices there; those have no check digit.
    """
    found = _ISBN.match(value.lstrip(" ("))
    if not found:
        return ""
    number = found[0].replace("-", "").replace(" ", "").upper()
    if len(number) == 10:
        total = sum((10 - place) * (10 if sign == "X" else int(sign)) for place, sign in enumerate(number))
        return f"urn:isbn:{number}" if total % 11 == 0 else ""
    if number[-1] == "X" or number[:3] not in ("978", "979"):
        return ""
    total = sum(int(sign) * (3 if place % 2 else 1) for place, sign in enumerate(number))
    return f"urn:isbn:{number}" if total % 10 == 0 else ""


def issn(value: str) -> str:
    """`urn:issn:…` (RFC 3044) of the ISSN that 022 $a begins with; empty when the check digit is wrong (ISO 3297)."""
    found = _ISSN.match(value.lstrip())
    if not found:
        return ""
    number = (found[1] + found[2]).upper()
    total = sum((8 - place) * (10 if sign == "X" else int(sign)) for place, sign in enumerate(number))
    return f"urn:issn:{number[:4]}-{number[4:]}" if total % 11 == 0 else ""


def standard_number(kind: str, scheme: str, value: str) -> str:
    """The identifier in 024: first indicator, $2 and $a. A DOI or handle becomes the address that resolves it."""
    value = collapse(value)
    if not value:
        return ""
    scheme = collapse(scheme).lower() if kind == "7" else _STANDARD.get(kind, "")
    start = _ADDRESS.get(scheme)
    if start:
        bare = value.removeprefix(f"{scheme}:").lstrip()
        return value if "://" in bare else start + bare
    if not scheme or scheme == "uri" or _NAMED.match(value):
        return value
    return f"{scheme}:{value}"


def control_number(value: str) -> str:
    """035 $a with the code of the system that gave it, `(OCoLC)2105618`; a bare number identifies nothing outside."""
    value = collapse(value)
    return value if value.startswith("(") and ")" in value[2:-1] else ""
