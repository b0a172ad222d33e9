"""MARCXML as nearly all programs write it, read without a parser: a record is cut at its tags, of which there are few.

What is read here is well-formed, and is what `marcxml.read` gives for the same bytes. Everything else, if it is only an
attribute in another place, is left to the parser. XML 1.0 (fifth edition) is cited by its numbers.

Of such a record it is known as well how we would write it: as it came, but for its first tag, its leader, its layout
and its prefix. So what was read need not be written again.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from foundation import xml
from foundation.errors import InputError
from foundation.limits import MARC_FIELDS, XML_TEXT_BYTES
from marc import repair
from marc.marcxml import HEAD, NAMESPACE

_LEADER: Final = len("<leader></leader>") + 24
_HEAD: Final = HEAD.encode()
_END: Final = b"</record>"
_SUBFIELD_END, _CONTROL_END, _FIELD_END = b"</subfield>", b"</controlfield>", b"</datafield>"
_START: Final = re.compile(rb"<(?:([A-Za-z_][A-Za-z0-9_.-]*):)?record[\s>]")
_START_BYTES: Final = 1000
_LAYOUT: Final = re.compile(rb">[ \t]*\r?\n[ \t\r\n]*<")
_REFERENCE: Final = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)")
_ESCAPED: Final = ((b"&lt;", b"<"), (b"&gt;", b">"), (b"&quot;", b'"'), (b"&apos;", b"'"), (b"&amp;", b"&"))
_ODD: Final = re.compile(rb"[^ -~]|[&<>]")
_HEADS: Final = 4096


class _Heads(dict[bytes, bytes]):
    """What field or subfield begins with, as it was met → the same in packed text. KeyError for what is not usual."""

    def __init__(self, usual: bytes, packed: bytes) -> None:
        self._usual, self._packed = re.compile(usual), packed

    def __missing__(self, head: bytes) -> bytes:
        found = self._usual.fullmatch(head)
        if found is None:
            raise KeyError(head)
        if len(self) >= _HEADS:
            self.clear()
        made = self[head] = found.expand(self._packed)
        return made


_CODE: Final = rb"""<subfield code="([0-9A-Za-z!#$%'()*+,\-./:;=?{}_^`~\[\]\\])">"""
"""The codes that a Record may have, but for those that are markup."""
_TAG: Final = rb'<datafield tag="((?:0[1-9]|[1-9][0-9])[0-9])" ind1="([0-9a-z ])" ind2="([0-9a-z ])">'
_CONTROLS: Final = _Heads(rb'<controlfield tag="(00[1-9])">', b"\x1e\\1")
_CONTROL: Final = len('<controlfield tag="001">')
_SUBFIELDS: Final = _Heads(_CODE, b"\x1f\\1")
_SUBFIELD: Final = len('<subfield code="a">')
_FIELDS: Final = _Heads(_FIELD_END + _TAG + _CODE, b"\x1e\\1\\2\\3\x1f\\4")
_FIELD: Final = len('</datafield><datafield tag="245" ind1="0" ind2="0"><subfield code="a">')


class Usual(NamedTuple):
    """A record that was read."""

    text: str
    """Packed text."""
    written: bytes
    """What `marcxml.write` gives for it; empty where only writing it can tell."""


def read(data: bytes) -> Usual | None:
    """One `record` element with its own namespace declaration; None: a parser has to look."""
    begin = data.find(b">") + 1
    prefix = _prefix(data[:begin]) if 0 < begin <= _START_BYTES else None
    end = b"</%brecord>" % (prefix or b"")
    if prefix is None or len(data) > XML_TEXT_BYTES or not data.endswith(end):
        return None
    body: bytes | None = data[begin : -len(end)]
    if prefix and body is not None:
        body = _unprefixed(body, prefix)
    if body is not None and b"\n" in body:
        body = _close(body)
    leader = None if body is None else _leader(body[:_LEADER])
    if body is None or leader is None:
        return None
    packed = _packed(leader, body)
    if packed is None:
        return None
    plain = b">" not in packed
    if b"&" in packed:
        if _REFERENCE.search(packed):
            return None
        plain = plain and b"&quot;" not in packed and b"&apos;" not in packed
        for reference, character in _ESCAPED:  # 4.6
            packed = packed.replace(reference, character)
    text = repair.characters(packed)
    whole = text if text is None or packed.isascii() else repair.in_nfc(text)
    if whole is None:
        return None
    return Usual(whole, _written(data, leader, body) if plain and whole is text else b"")


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


def _unprefixed(body: bytes, prefix: bytes) -> bytes | None:
    """The same without the prefix that all tags have; None when one has none, or another."""
    opening, closing = b"<" + prefix, b"</" + prefix
    if body.count(b"<") != body.count(opening) + body.count(closing):
        return None
    return body.replace(opening, b"<").replace(closing, b"</")


def _close(body: bytes) -> bytes | None:
    """The same without its layout. Blanks are none where they are a value, or stand in one behind its own `>`."""
    body = _LAYOUT.sub(b"><", b">%b<" % body)[1:-1]
    return None if b'"></' in body or body.count(b">") != body.count(b"<") else body


@lru_cache(maxsize=4096)
def _leader(element: bytes) -> bytes | None:
    """The leader as a Record has it, of its element; None when it is no usual one."""
    seen = element[8:32]
    if _ODD.search(seen) or element != b"<leader>%b</leader>" % seen:
        return None
    try:
        used, problems = repair.leader(seen.decode("ascii"))
    except InputError:
        return None
    return None if problems else used.encode()


def _packed(leader: bytes, body: bytes) -> bytes | None:
    """Packed bytes, references still in them; None when a tag is not in its usual form."""
    if b"\x1e" in body or b"\x1f" in body:  # 2.2; other characters are judged at the end
        return None
    first, *pieces = body[_LEADER:].split(_SUBFIELD_END)
    *controls, rest = first.split(_CONTROL_END)
    if pieces:
        rest = _FIELD_END + rest
        if pieces.pop() != _FIELD_END:
            return None
    try:
        parts = [_CONTROLS[one[:_CONTROL]] + one[_CONTROL:] for one in controls]
        if rest:
            parts.append(_FIELDS[rest[:_FIELD]] + rest[_FIELD:])
        parts += [
            _SUBFIELDS[piece[:_SUBFIELD]] + piece[_SUBFIELD:]
            if piece[1:2] == b"s"
            else _FIELDS[piece[:_FIELD]] + piece[_FIELD:]
            for piece in pieces
        ]
    except KeyError:
        return None
    packed = leader + b"".join(parts)
    # Every tag in its place is gone by now; one more would stand in a value. 2.4: nor may `]]>`.
    if b"<" in packed or (b">" in packed and b"]]>" in packed):
        return None
    return packed if 0 < packed.count(b"\x1e") <= MARC_FIELDS else None


def _written(data: bytes, leader: bytes, body: bytes) -> bytes:
    """The record with our first tag, its leader as a Record has it, and nothing between its tags."""
    made = b"".join([_HEAD, leader, body[32:], _END])
    return data if made == data else made
