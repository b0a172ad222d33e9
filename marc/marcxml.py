"""MARCXML (the MARC21slim schema of the Library of Congress) out and in."""

from __future__ import annotations

from functools import lru_cache

from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record

NAMESPACE = "http://www.loc.gov/MARC21/slim"
SCHEMA = "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd"

_HEAD = (
    f'<record xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    f' xsi:schemaLocation="{NAMESPACE} {SCHEMA}"><leader>'
)
_NEXT = '</subfield><subfield code="'


def write(record: Record) -> bytes:
    """One `record` element in UTF-8 with its own namespace declarations, no prolog; valid for every Record.

    Control fields come first, as the schema wants them; otherwise the order is the record's.
    """
    text = record.text
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    head, *pieces = text.split(SUBFIELD_DELIMITER)
    if '\x1f"' in text or "\x1f&" in text:
        subfields = [_subfield(piece) for piece in pieces]
    else:
        subfields = [f'{_NEXT}{piece[0]}">{piece[1:]}' for piece in pieces]
    leader, *parts = "".join([head, *subfields]).split(FIELD_TERMINATOR)
    control = [f'<controlfield tag="{part[:3]}">{part[3:]}</controlfield>' for part in parts if part[:2] == "00"]
    data = [f"{_datafield(part[:5])}{part[16:]}" for part in parts if part[:2] != "00"]
    end = "</subfield></datafield></record>" if data else "</record>"
    return "".join([_HEAD, leader, "</leader>", *control, "</subfield></datafield>".join(data), end]).encode()


def _subfield(piece: str) -> str:
    """A subfield whose code is markup itself: & < > were escaped with the text, the quotation mark was not."""
    end = piece.index(";") + 1 if piece[0] == "&" else 1
    code, value = piece[:end], piece[end:]
    return f'{_NEXT}{"&quot;" if code == chr(34) else code}">{value}'


@lru_cache(maxsize=4096)
def _datafield(head: str) -> str:
    """The start tags of a data field and its first subfield, up to the code: `part` goes on behind `</subfield>`."""
    return f'<datafield tag="{head[:3]}" ind1="{head[3]}" ind2="{head[4]}">'
