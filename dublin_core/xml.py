"""oai_dc: simple Dublin Core as the XML that every OAI-PMH repository must speak (OAI-PMH 2.0, section 2.5)."""

from __future__ import annotations

from dublin_core.crosswalk import ALTERNATES, crosswalk, fill
from dublin_core.elements import ELEMENTS, DublinCore
from marc.record import SUBFIELD_DELIMITER, Record

OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
OAI_DC_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"

_START = (
    f'<oai_dc:dc xmlns:oai_dc="{OAI_DC}" xmlns:dc="{DC}" xmlns:xsi="{XSI}" '
    f'xsi:schemaLocation="{OAI_DC} {OAI_DC_SCHEMA}">'
)
_END = "</oai_dc:dc>"
_TAGS = [(f"<dc:{name}>", f"</dc:{name}><dc:{name}>", f"</dc:{name}>") for name in ELEMENTS]


def write_oai_dc(dc: DublinCore) -> bytes:
    """The description as one `oai_dc:dc` element, UTF-8, without an XML declaration, valid against oai_dc.xsd.

    Simple Dublin Core has no attribute but xml:lang; an empty description gives the element without children.
    """
    pieces = [_START]
    for element, value, language in dc.statements:
        text = escaped(value)
        if language:
            pieces.append(f'<dc:{element} xml:lang="{language}">{text}</dc:{element}>')
        else:
            pieces.append(f"<dc:{element}>{text}</dc:{element}>")
    pieces.append(_END)
    return "".join(pieces).encode()


def oai_dc(record: Record) -> bytes:
    """A MARC record as oai_dc: the bytes of `write_oai_dc(crosswalk(record))`.

    A record without fields in other scripts goes from its columns to bytes without a value for every statement, since
    every record of a catalogue passes here.
    """
    sheet = fill(record)
    if sheet[ALTERNATES]:
        return write_oai_dc(crosswalk(record))
    text = record.text
    escaping = "&" in text or "<" in text or ">" in text
    pieces = [_START]
    for (start, between, end), values in zip(_TAGS, sheet, strict=False):
        if values:
            texts = values
            if escaping:  # once for the column; no value holds a delimiter
                texts = escaped(SUBFIELD_DELIMITER.join(values)).split(SUBFIELD_DELIMITER)
            pieces += (start, between.join(dict.fromkeys(texts)) if len(texts) > 1 else texts[0], end)
    pieces.append(_END)
    return "".join(pieces).encode()


def escaped(value: str) -> str:
    """A value as the content of an element; `>` too, since it may hold `]]>`, which XML 1.0 forbids there (2.4)."""
    if "&" in value or "<" in value or ">" in value:  # three searches cost less than three replacements
        return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value
