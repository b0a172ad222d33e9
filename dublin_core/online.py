"""Whether a document can be read on the web: the same in search, in lists of results and in the figures."""

from __future__ import annotations

import re
from typing import Final

from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record

ONLINE: Final = "online"
"""The code for what can be read on the web, in searches and in saved queries."""
NAMES: Final = {ONLINE: ("trực tuyến", "online")}
"""Code → its names, Vietnamese and English."""
_LOCATED: Final = FIELD_TERMINATOR + "856"
_WEB: Final = re.compile(
    r"https?://(?:[^/?#@]*@)?(?:\[[0-9a-f:.]+\]|[^/?#@:\[\]\s][^/?#@:\[\]]*)(?::[0-9]*)?(?=[/?#]|$)", re.IGNORECASE
)
"""Scheme and authority (RFC 3986, 3.2), with letters of any script in the name of the host."""
_PART: Final = re.compile(
    r"table of contents|publisher description|contributor biograph|sample text|cover|abstract|mục lục|bìa|tóm tắt",
    re.IGNORECASE,
)
"""What 856 $3, $y or $z says of an address that leads to something about the document and not to the document."""


def online(record: Record) -> bool:
    """Whether one of its addresses leads to the document itself."""
    text = record.text
    return _LOCATED in text and any(leads_there(part) for part in record.parts() if part[:3] == "856")


def leads_there(part: str) -> bool:
    """Whether a field 856 (packed) leads to the document: $u on the web, whose second indicator does not say "related
    resource" (2) and that is not said to be only a table of contents, a cover or a description."""
    pieces = part.split(SUBFIELD_DELIMITER)
    if pieces[0][4:5] == "2" or not any(piece[:1] == "u" and on_web(piece[1:]) for piece in pieces[1:]):
        return False
    return not _PART.search(" ".join([piece[1:] for piece in pieces[1:] if piece[:1] in ("3", "y", "z")]))


def on_web(address: str) -> bool:
    """Whether this is an http or https address with a host."""
    return _WEB.match(address.strip()) is not None
