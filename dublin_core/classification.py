"""Class numbers."""

from __future__ import annotations

import re

_DEWEY = re.compile(r"\d{3}(?:\.\d+)?")


def dewey(value: str) -> str:
    """The Dewey number of 082 $a without its prime marks (`959.7/03`), or an empty string.

    Vietnamese records often hold the whole shelf mark there (`005.275--LE-T`), which is no class number.
    """
    number = value.strip().replace("/", "").replace("'", "")
    return number if _DEWEY.fullmatch(number) else ""
