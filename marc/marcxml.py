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
    leader, *parts = _with_subfields(text).split(FIELD_TERMINATOR)
    control = [f'<controlfield tag="{part[:3]}">{part[3:]}</controlfield>' for part in parts if part[:2] == "00"]
    data = [_datafield(part[:5]) + part[16:] for part in parts if part[:2] != "00"]
    end = "</subfield></datafield></record>" if data else "</record>"
    return "".join([_HEAD, leader, "</leader>", *control, "</subfield></datafield>".join(data), end]).encode()


def _with_subfields(text: str) -> str:
    """Each delimiter and code as markup, all of one code at once: a record has many subfields and few codes."""
    at = text.find(SUBFIELD_DELIMITER)
    while at >= 0:
        code = text[at + 1]
        if code == "&":  # & < > were escaped with the text
            code = text[at + 1 : text.index(";", at) + 1]
        shown = "&quot;" if code == '"' else code
        text = text.replace(SUBFIELD_DELIMITER + code, f'{_NEXT}{shown}">')
        at = text.find(SUBFIELD_DELIMITER, at)
    return text


@lru_cache(maxsize=4096)
def _datafield(head: str) -> str:
    """The start tags of a data field and its first subfield, up to the code: `part` goes on behind `</subfield>`."""
    return f'<datafield tag="{head[:3]}" ind1="{head[3]}" ind2="{head[4]}">'
