"""The small parts every MODS element is made of: tags, attributes, addresses, authorities."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote

from dublin_core.punctuation import collapse, strip_end
from dublin_core.xml import escaped
from foundation.xml import escape_attribute
from marc.record import SUBFIELD_DELIMITER, Field

Builder = Callable[[Field, str], str]
"""A field and the attributes that link it to its other script → elements, or an empty string."""

_SAFE = ":/?#@!$&'()*+,;=%-._~"
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ADDRESS = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:"
    r"(?://(?:[^/?#@]*@)?[^/?#:@]+(?::\d{1,5})?(?=[/?#]|$)|(?!//)(?=[^?#]))"
    r"[^#]*(?:#[^#]*)?"
)
_NOT_NOTES = frozenset("012345678u")


def data_field(part: str) -> Field:
    """`marc.record.unpack` for a part that is known to be a data field; every field of a catalogue passes here."""
    pieces = part.split(SUBFIELD_DELIMITER)
    return Field(part[:3], part[3:5], tuple([(piece[0], piece[1:]) for piece in pieces[1:]]))


def tag(name: str, value: str, attributes: str = "") -> str:
    """`<name attributes>value</name>`, or nothing where there is no value. `attributes` are markup already."""
    if not value:
        return ""
    if "&" in value or "<" in value or ">" in value:
        value = escaped(value)
    return f"<{name}{attributes}>{value}</{name}>"


def wrap(name: str, content: str, attributes: str = "") -> str:
    """The same around markup."""
    return f"<{name}{attributes}>{content}</{name}>" if content else ""


@lru_cache(maxsize=4096)  # types, authorities and roles are few
def attribute(name: str, value: str) -> str:
    """` name="value"`, or nothing where there is no value."""
    return f' {name}="{escape_attribute(value)}"' if value else ""


def address(value: str) -> str:
    """`value` as an absolute URI (RFC 3986), its other characters percent-encoded; empty when it cannot be one."""
    found = quote(_STRAY.sub("%25", value.strip()), safe=_SAFE)
    return found if _ADDRESS.fullmatch(found) else ""


def identity(field: Field) -> str:
    """valueURI of a heading: the first $0 or $1 that is a URI."""
    for code, value in field.subfields:
        if code in "01" and value.startswith("http") and (found := address(value)):
            return f' valueURI="{found.replace("&", "&amp;")}"'
    return ""


def joined(field: Field, codes: str, joiner: str = " ") -> str:
    """The subfields with these codes as one value."""
    return strip_end(joiner.join([value for code, value in field.subfields if code in codes]))


def note_text(field: Field) -> str:
    """Everything a note says: all subfields but control subfields and addresses."""
    return collapse(" ".join([value for code, value in field.subfields if code not in _NOT_NOTES]))
