"""Open whatever a library sends: recognise the form by its content, read every record of it, say what else it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO, Final, NamedTuple

from foundation import archives
from foundation.errors import FormatError, InputError, Problem
from foundation.streams import read_exactly, rejoined
from marc import (
    aleph,
    cdsisis,
    decoding,
    form_messages,
    isis_mapping,
    isis_master,
    iso2709,
    marcjson,
    marcxml,
    messages,
    mrk,
    unimarc,
)
from marc.decoders import DECODERS, Decoder
from marc.examination import Encoding, encoding_of
from marc.isis_mapping import Mapping as TagMapping
from marc.reading import Reading
from marc.stretches import Stretch, stretches
from vietnamese.detection import UNKNOWN

HEAD_BYTES = 8_192
"""How much of a file is looked at to recognise it."""


class Format(Enum):
    """A form of MARC that is read here."""

    ISO2709 = "iso2709"
    MARCXML = "marcxml"
    MRK = "mrk"
    JSON = "marc-in-json"
    ALEPH = "aleph"
    ISIS = "cds-isis"
    ISIS_MASTER = "cds-isis-master"


_FILLER = b"\r\n\t\0\x1a \xef\xbb\xbf"
_MAGIC = {
    b"PK\x03\x04": "Microsoft Excel / Word, OpenDocument (zip)",
    b"\xd0\xcf\x11\xe0": "Microsoft Excel / Word (.xls, .doc)",
    b"%PDF": "PDF",
    b"{\\rtf": "RTF",
    b"SQLite format 3": "SQLite",
    b"\x1f\x8b": "gzip",
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG": "PNG",
    b"GIF8": "GIF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7-Zip",
    b"MZ": "Windows (.exe)",
}
_NO_TEXT: Final = bytes(set(range(32)) - set(b"\0\t\n\r\x1a\x1b\x1d\x1e\x1f"))
_FEW: Final = 25
"""One such character in so many is more than any text has: VISCII writes six capitals with them, damage adds some."""
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_MARCXML_ROOTS = {"record", "collection", "records", "OAI-PMH", "ListRecords", "GetRecord", "searchRetrieveResponse"}
_MRK = re.compile(rb"=(?:LDR|ldr|[0-9A-Za-z]{3})(?: |\r?\n)")
_CDS_ISIS = re.compile(rb"[0-9]{24}")
"""Its label has digits and nothing else; MARC has letters at 05 to 07."""
_MARC_IN_JSON = re.compile(rb'"leader"\s*:|"fields"\s*:\s*\[\s*\{\s*"[0-9A-Za-z]{3}"')
_LEADER = re.compile(rb"[0-9]{5}[ -~]{5}[ 0-9]{2}[0-9]{5}|[ -~]{20}45")


def recognise(head: bytes) -> Format:
    """The form of MARC that a file begins with; `HEAD_BYTES` of it are enough. The name of a file is never asked.

    Raises FormatError that names the format it seems to be, or says that it is empty.
    """
    data = head.lstrip(_FILLER)
    if isis_master.recognise(head):
        return Format.ISIS_MASTER
    if not data:
        raise FormatError(messages.EMPTY_FILE)
    seems = next((name for magic, name in _MAGIC.items() if data.startswith(magic)), "")
    if seems:
        raise FormatError(messages.OTHER_FORMAT, seems=seems)
    if data.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return _xml(data)
    if _MRK.match(data):
        return Format.MRK
    if _CDS_ISIS.match(data):
        return Format.ISIS
    if aleph.LINE.match(data):
        return Format.ALEPH
    if _MARC_IN_JSON.search(data) and data[:1] in (b"{", b"["):
        return Format.JSON
    if _LEADER.match(data) or (b"\x1e" in data and not _binary(data)):
        return Format.ISO2709
    raise FormatError(messages.OTHER_FORMAT, seems=_text(data))


def _binary(data: bytes) -> bool:
    """Whether it is no text at all: in a picture every sign is as frequent, that of the end of a field too."""
    return (len(data) - len(data.translate(None, _NO_TEXT))) * _FEW > len(data)


def _xml(data: bytes) -> Format:
    if _HTML.match(data):
        raise FormatError(messages.OTHER_FORMAT, seems="HTML")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-16-le" if data[1:2] == b"\0" else "utf-8"
    text = data.decode(encoding, "replace")
    found = _ROOT.search(re.sub(r"<\?.*?\?>|<!--.*?-->|<!.*?>", "", text, flags=re.DOTALL))
    root = found[1] if found else "?"
    if "MARC21/slim" in text or "marcxchange" in text or (root in _MARCXML_ROOTS and "/oai_dc/" not in text):
        return Format.MARCXML
    raise FormatError(messages.OTHER_FORMAT, seems=f"XML <{root}>")


def _text(data: bytes) -> str | Problem:
    """What a text that is no MARC seems to be."""
    if data[:1] in (b"{", b"["):
        return "JSON"
    lines = [line for line in data.splitlines()[:5] if line]
    for mark in (b"\t", b";", b","):
        counts = {line.count(mark) for line in lines[:-1] or lines}
        if min(counts, default=0) > 0 and len(counts) <= 2:
            return "CSV"
    if b"\0" in data[:1000] or _binary(data):
        return Problem(messages.BINARY_DATA)
    return Problem(messages.PLAIN_TEXT)


class Piece(NamedTuple):
    """Records of a file in ISO 2709 that can be read by themselves, in whatever process."""

    file: str
    stretch: Stretch


def read(
    stream: BinaryIO,
    name: str,
    *,
    encoding: str = decoding.AUTO,
    decoders: Mapping[str, Decoder] = DECODERS,
    tags: TagMapping | None = None,
) -> Iterator[Reading]:
    """Every record in a stream, whatever it is: ISO 2709, MARCXML, mrk, MARC-in-JSON, Aleph sequential or, with the
    library's mapping of its `tags`, CDS/ISIS; plain, in gzip or in zip. UNIMARC records become MARC 21, and say so.

    The stream only needs `read(size)`, so standard input will do. Records of each file in an archive are numbered from
    1, and the place of every problem names the file in it. An empty file gives nothing. A member of an archive that is
    not MARC gives one reading without a record, and so does a file that breaks off inside its compression.

    Raises FormatError at the first step when the file itself is something else, or CDS/ISIS and there are no `tags`;
    InputError for an unknown encoding; StoreError when the machine has no room for a temporary file.
    """
    for piece in pieces(stream, name, encoding=encoding, decoders=decoders, tags=tags):
        if isinstance(piece, Reading):
            yield piece
        else:
            yield from of_piece(piece, encoding, decoders)


def pieces(
    stream: BinaryIO,
    name: str,
    *,
    encoding: str = decoding.AUTO,
    decoders: Mapping[str, Decoder] = DECODERS,
    tags: TagMapping | None = None,
    form: Format | None = None,
) -> Iterator[Piece | Reading]:
    """The same with ISO 2709 as pieces, for who shares them out: each gives by `of_piece` what `read` gives there.

    `form` is what all files in the stream are, where that is known better than by their content.
    """
    if encoding not in cdsisis.ENCODINGS or tags is None:
        decoding.check_name(encoding, decoders)
    for member, inner in archives.members(stream, name):
        yield from _member(inner, member, member != name, _Asked(encoding, decoders, tags, form))


def of_piece(
    piece: Piece, encoding: str = decoding.AUTO, decoders: Mapping[str, Decoder] = DECODERS
) -> Iterator[Reading]:
    """Every record of a piece and what else it is, in order."""
    for reading in iso2709.of_stretch(piece.stretch, encoding, decoders):
        yield settled(reading, piece.file)


def settled(reading: Reading, file: str) -> Reading:
    """A reading of one form as `read` gives it: MARC 21, and the place of its problems in the file."""
    return _marc21(reading).placed(file)


_SAMPLES = {Format.ISO2709: iso2709.samples, Format.MRK: mrk.samples, Format.ALEPH: aleph.samples}
_OWN_WORD = {Format.MARCXML: "xml", Format.JSON: decoding.UTF8}


@dataclass(frozen=True, slots=True)
class Examination:
    """What the head of a file says: the file (inside an archive, perhaps), its form, its encoding with samples."""

    file: str
    format: Format
    encoding: Encoding


def examine(stream: BinaryIO, name: str, *, encoding: str = decoding.AUTO) -> Examination:
    """Look into a file before reading it; with `encoding`, how its text would look in that. Reads only its head.

    In an archive, the first member that is MARC is looked at. XML says its encoding itself. Raises FormatError when
    there is no MARC in it, InputError for an unknown encoding.
    """
    decoding.check_name(encoding, DECODERS)
    refused: FormatError | None = None
    for member, inner in archives.members(stream, name):
        head = read_exactly(inner, HEAD_BYTES)
        try:
            form = recognise(head)
        except FormatError as error:
            refused = refused or error
            continue
        if form not in _SAMPLES:
            # XML and JSON say themselves what they are in; the tags of CDS/ISIS come first.
            return Examination(member, form, Encoding(_OWN_WORD.get(form, UNKNOWN), 1.0, (), ()))
        whole = rejoined(head, inner)
        samples = _SAMPLES[form](whole)
        return Examination(member, form, encoding_of(samples, encoding))
    raise refused or FormatError(messages.EMPTY_FILE)


class _Asked(NamedTuple):
    encoding: str
    decoders: Mapping[str, Decoder]
    tags: TagMapping | None
    form: Format | None


def _member(stream: BinaryIO, name: str, inside: bool, asked: _Asked) -> Iterator[Piece | Reading]:
    number, offset, blank = 0, 0, 0
    head = b""
    try:
        while (head := read_exactly(stream, HEAD_BYTES)) and not head.translate(None, _FILLER):
            blank += len(head)  # a disk image or a cut transfer can begin with any number of them
        if not head:
            return
        whole = rejoined(head, stream)
        form = asked.form or recognise(head)
        if form is Format.ISO2709:
            for stretch in stretches(whole, judged=asked.encoding == decoding.AUTO):
                moved = stretch._replace(piece=stretch.piece._replace(offset=stretch.piece.offset + blank))
                number, offset = moved.behind
                yield Piece(name, moved)
            return
        for reading in _records(whole, form, asked):
            if blank and reading.offset >= 0:
                reading = reading._replace(offset=reading.offset + blank)  # noqa: PLW2901
            number, offset = reading.number, reading.offset + len(reading.original)
            yield reading.placed(name)
    except InputError as error:
        if number == 0 and not inside and isinstance(error, FormatError):
            raise
        broken = Reading(number + 1, offset, head if number == 0 else b"", None, (error.problem,))
        yield broken.placed(name)


def _records(stream: BinaryIO, form: Format, asked: _Asked) -> Iterator[Reading]:
    """Every record of a file that is not ISO 2709, as MARC 21."""
    if form in (Format.ISIS, Format.ISIS_MASTER):
        return _isis(stream, form, asked.encoding, asked.tags)
    if form is Format.MARCXML:
        return map(_marc21, marcxml.readings(stream))
    if form is Format.JSON:
        return map(_marc21, marcjson.readings(stream))
    read_form = mrk.readings if form is Format.MRK else aleph.readings
    return map(_marc21, read_form(stream, encoding=asked.encoding, decoders=asked.decoders))


def _marc21(reading: Reading) -> Reading:
    """The reading with its record converted when it is UNIMARC."""
    if reading.record is None or not unimarc.recognise(reading.record):
        return reading
    record, problems = unimarc.to_marc21(reading.record)
    return reading._replace(record=record, problems=(*reading.problems, *problems))


def _isis(stream: BinaryIO, form: Format, encoding: str, tags: TagMapping | None) -> Iterator[Reading]:
    if tags is None:
        seems = "CDS/ISIS (ISO 2709)" if form is Format.ISIS else "CDS/ISIS (.mst)"
        raise FormatError(form_messages.ISIS_NEEDS_MAPPING, seems=seems)
    raw = cdsisis.raw_records(stream) if form is Format.ISIS else isis_master.raw_records(stream)
    return isis_mapping.mapped(cdsisis.decoded(raw, encoding), tags)
