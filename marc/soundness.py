"""One look at a whole record that says whether it needs no repair, for readers that meet thousands a second."""

from __future__ import annotations

import re
import unicodedata

from marc import repair

_CONTROLS = bytes([*range(0x1E), 0x7F])
_BAD_FIELD = re.compile("\x1e(?!00[1-9][^\x1f\x1e]*(?:\x1e|\\Z)|(?:0[1-9]|[1-9][0-9])[0-9][0-9a-z ]{2}\x1f)")
_BAD_CODE = re.compile(f"\x1f(?!{repair.CODE.pattern})")
_BAD_CHARACTER = re.compile("[\x80-\x9f\ufffe\uffff]")


def sound(fields: str, count: int, subfields: int) -> str | None:
    """`fields` in NFC when they hold all that `marc.record` promises, None when they must be looked at one by one.

    `fields` is packed text without the leader, each field behind its terminator; `count` and `subfields` say how many
    of each were joined, so that a delimiter inside a value is found. Tags are numbers here: letters are looked at.
    """
    if fields.count("\x1e") != count or fields.count("\x1f") != subfields or not count:
        return None
    try:
        data = fields.encode()
    except UnicodeEncodeError:  # a surrogate
        return None
    if len(data.translate(None, _CONTROLS)) != len(data):
        return None
    if not fields.isascii():
        if _BAD_CHARACTER.search(fields):
            return None
        # a mark behind a code would join it; the code is then none and the next check says so
        fields = unicodedata.normalize("NFC", fields)
    return None if _BAD_FIELD.search(fields) or _BAD_CODE.search(fields) else fields
