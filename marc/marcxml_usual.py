"""MARCXML as nearly all programs write it, read without a parser: a record is cut at its tags, of which there are few.

What is read here is well-formed, and is what `marcxml.read` gives for the same bytes. Everything else, if it is only an
attribute in another place, is left to the parser. XML 1.0 (fifth edition) is cited by its numbers.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from foundation import xml
from foundation.errors import InputError
from foundation.limits import MARC_FIELDS, XML_TEXT_BYTES
from marc import repair
from marc.marcxml import NAMESPACE
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER

_LEADER, _LEADER_END = "<leader>", "</leader>"
_CONTROL, _CONTROL_END = '<controlfield tag="', "</controlfield>"
_DATA, _DATA_END = '<datafield tag="', "</subfield></datafield>"
_HEAD: Final = re.compile(r'(...)" ind1="(.)" ind2="(.)"><subfield code="', re.DOTALL)
_HEAD_LENGTH: Final = 39
_NEXT: Final = '</subfield><subfield code="'
_START: Final = re.compile(rb"<(?:([A-Za-z_][A-Za-z0-9_.-]*):)?record[\s>]")
_START_BYTES: Final = 1000
_LAYOUT: Final = re.compile(r">[ \t]*\r?\n[ \t\r\n]*<")
_REFERENCE: Final = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
_ESCAPED: Final = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))


def packed(data: bytes) -> str | None:
    """Packed text of one `record` element with its own namespace declaration; None: a parser has to look."""
    begin = data.find(b">") + 1
    prefix = _prefix(data[:begin]) if 0 < begin <= _START_BYTES else None
    end = b"</%brecord>" % (prefix or b"")
    if prefix is None or len(data) > XML_TEXT_BYTES or not data.endswith(end):
        return None
    try:
        body = data[begin : -len(end)].decode()
    except UnicodeDecodeError:
        return None
    if "\x1e" in body or "\x1f" in body or "]]>" in body:  # 2.2 and 2.4; other characters are judged at the end
        return None
    unprefixed = _unprefixed(body, prefix.decode()) if prefix else body
    text = None if unprefixed is None else _text(unprefixed)
    if text is None:
        return None
    if "&" in text:
        if _REFERENCE.search(text):
            return None
        for reference, character in _ESCAPED:  # 4.6
            text = text.replace(reference, character)
    return repair.sound(text.encode())


@lru_cache(maxsize=64)  # a repository writes the same one for all its records
def _prefix(start: bytes) -> bytes | None:
    """The prefix of MARC21slim in a start tag, with its colon; None where it is another or no such tag."""
    found = _START.match(start)
    if found is None:
        return None
    prefix = found[1] + b":" if found[1] else b""
    try:
        element = xml.parse(b"%b</%brecord>" % (start, prefix))
    except InputError:
        return None
    return prefix if element.tag == f"{{{NAMESPACE}}}record" else None


def _unprefixed(body: str, prefix: str) -> str | None:
    """The same without the prefix that all tags have; None when one has none, or another."""
    if body.count("<") != body.count(f"<{prefix}") + body.count(f"</{prefix}"):
        return None
    return body.replace(f"<{prefix}", "<").replace(f"</{prefix}", "</")


def _text(body: str) -> str | None:
    """Packed text, references still in it; None when a tag is not in its usual form."""
    if "\n" in body:
        body = _LAYOUT.sub("><", f">{body}<")[1:-1]
        # Blanks are no layout where they are a value, or stand in one behind its own `>`.
        if '"></' in body or body.count(">") != body.count("<"):
            return None
    if not body.startswith(_LEADER) or body[32:41] != _LEADER_END:
        return None
    seen = body[8:32]
    if not seen.isascii() or "&" in seen:
        return None
    used, problems = repair.leader(seen)
    head, _, rest = body[41:].partition(_DATA)
    nothing, *controls = head.split(_CONTROL)
    if problems or nothing or not (controls or rest):
        return None
    parts = [used]
    for control in controls:
        if control[3:5] != '">' or not control.endswith(_CONTROL_END):
            return None
        parts.append(control[:3] + control[5:-15])
    if rest:
        if not rest.endswith(_DATA_END):
            return None
        for field in rest[: -len(_DATA_END)].replace(_NEXT, SUBFIELD_DELIMITER).split(_DATA_END + _DATA):
            start = _head(field[:_HEAD_LENGTH])
            if start is None:
                return None
            parts.append(start + field[_HEAD_LENGTH:])
    first, *pieces = FIELD_TERMINATOR.join(parts).split(SUBFIELD_DELIMITER)
    if "".join([piece[1:3] for piece in pieces]) != '">' * len(pieces):
        return None
    # Every tag that was cut at is counted; one more would stand in a value.
    if len(parts) > MARC_FIELDS or body.count("<") != 2 * (len(parts) + len(pieces)):
        return None
    text = SUBFIELD_DELIMITER.join([first, *[piece[0] + piece[3:] for piece in pieces]])
    return None if '\x1f"' in text else text


@lru_cache(maxsize=4096)
def _head(start: str) -> str | None:
    """Tag, indicators and delimiter of a data field of which this is the beginning, up to the code."""
    found = _HEAD.fullmatch(start)
    return None if found is None else f"{found[1]}{found[2]}{found[3]}{SUBFIELD_DELIMITER}"
