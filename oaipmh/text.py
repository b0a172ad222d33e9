"""Text as XML: the one place where what comes from elsewhere becomes part of an answer."""

from __future__ import annotations

import re

_SPECIAL = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
_ESCAPES = str.maketrans(_SPECIAL)
# XML 1.0, production 2 (Char): what no document may hold, not even as a character reference.
_NO_CHAR = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escape(text: str) -> bytes:
    """`text` as UTF-8 for an element or an attribute between double quotes; what XML cannot carry is left out."""
    return _NO_CHAR.sub("", text).translate(_ESCAPES).encode()
