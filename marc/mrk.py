"""Mnemonic MARC text (.mrk): one line for each field, as the Library of Congress MARCMaker and MarcEdit write it.

    =LDR  00000nam a2200000 a 4500
    =001  bk1
    =245  10$aTruyện Kiều /$cNguyễn Du

A blank is written as a backslash in leader, control fields and indicators; `marc.mnemonics` has the names in braces.
A record ends at an empty line, or where the next leader begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO, NamedTuple

from foundation.errors import FormatError, InputError, LimitError, Problem
from foundation.limits import MARC_FIELDS, MARC_RECORD_BYTES, MARC_SUBFIELDS, READ_CHUNK
from marc import decoding, messages, mnemonics, repair
from marc.decoders import DECODERS, VIQR, Decoder
from marc.judgement import UNJUDGED, File, Sample, Verdict
from marc.reading import Reading
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record, unpack

_LINE = re.compile(r"=([^\s=]{3})(?: {1,2}(.*))?", re.DOTALL)
_SUBFIELD = re.compile(rb"\$[^$\r\n]([^$\r\n]+)")
_BOM = b"\xef\xbb\xbf"


class _Line(NamedTuple):
    data: bytes
    offset: int
    number: int


def readings(
    stream: BinaryIO, *, encoding: str = decoding.AUTO, decoders: Mapping[str, Decoder] = DECODERS
) -> Iterator[Reading]:
    """Every record of a stream, in order, with flat memory; line ends may be LF or CR LF, a BOM is skipped.

    A line that is no field costs its record, and the problem says its number. Raises InputError for an unknown
    encoding, and nothing else.
    """
    decoding.check_name(encoding, decoders)
    file = File(_records(stream), _sample)
    for number, lines in enumerate(file, 1):
        sample = _sample(lines)
        verdict = file.judged(sample) if encoding == decoding.AUTO else UNJUDGED
        record, problems = _read(lines, sample, encoding, decoders, verdict)
        yield Reading(number, lines[0].offset, sample.data, record, problems, lines[0].number)


def read(data: bytes) -> tuple[Record | None, tuple[Problem, ...]]:
    """One record from its lines in UTF-8, and what had to be repaired; None when it cannot be read."""
    lines = [_Line(line, -1, number) for number, line in enumerate(data.splitlines(keepends=True), 1) if line.strip()]
    return _read(lines, _sample(lines), decoding.UTF8, {}, UNJUDGED)


def samples(stream: BinaryIO) -> Iterator[Sample]:
    """What each record of a stream shows of its encoding."""
    return map(_sample, _records(stream))


def _sample(lines: list[_Line]) -> Sample:
    """What a record shows of its encoding. Its leader is that of the record it was made from: it says nothing here."""
    data = b"".join(line.data for line in lines)
    return Sample("a", data, len(data), _SUBFIELD)


def _read(
    lines: list[_Line], sample: Sample, encoding: str, decoders: Mapping[str, Decoder], verdict: Verdict
) -> tuple[Record | None, tuple[Problem, ...]]:
    problems: list[Problem] = []
    told: list[Problem] = []
    leader, parts, number = "", [], 0
    try:
        values = decoding.Values(sample, encoding, decoders, verdict)
        told = values.problems
        if len(lines) > MARC_FIELDS + 1:
            raise LimitError(messages.FIELDS_LIMIT, limit="MARC_FIELDS", seen=len(lines), allowed=MARC_FIELDS)
        for line in lines:
            number = line.number
            tag, content = _parse(line, values)
            if tag.upper() in ("LDR", "000"):
                leader = content.replace("\\", " ")
                continue
            part, found_here = _field(tag, content)
            problems.extend(problem.at(line=line.number) for problem in found_here)
            parts.append(part)
        number = 0  # what follows is about the record
        if not any(parts):
            raise FormatError(messages.EMPTY_RECORD)
        used, mended = repair.loose_leader(leader)
    except InputError as error:
        known = next((part[3:] for part in parts if part[:3] == "001"), "")
        return None, (*problems, *told, error.problem.at(control_number=known, line=number))
    problems.extend((*mended, *told))
    return Record(FIELD_TERMINATOR.join([used, *filter(None, parts)])), tuple(problems)


def _parse(line: _Line, values: decoding.Values) -> tuple[str, str]:
    """Tag and content of a line."""
    if len(line.data) >= MARC_RECORD_BYTES:
        raise LimitError(messages.MRK_LONG, limit="MARC_RECORD_BYTES", allowed=MARC_RECORD_BYTES)
    text = _text(line.data.removeprefix(_BOM).rstrip(b"\r\n").decode("latin-1"), values)
    found = _LINE.fullmatch(text)
    if found is None:
        raise FormatError(messages.MRK_LINE, text=text[:80])
    return found[1], found[2] or ""


def _text(line: str, values: decoding.Values) -> str:
    """A line as text. VIQR takes the signs of this form for marks, so there each subfield is decoded by itself."""
    if values.encoding != VIQR:
        return values(line)
    head, *pieces = line.split("$")
    return "$".join([head, *(piece[:1] + values(piece[1:]) for piece in pieces)])


def _field(tag: str, content: str) -> tuple[str, list[Problem]]:
    try:
        if tag.startswith("00"):
            text, unknown = mnemonics.read(content.replace("\\", " "))
            part, problems = repair.field(tag, text.replace(SUBFIELD_DELIMITER, ""))
        else:
            if content.count("$") > MARC_SUBFIELDS:
                seen = content.count("$")
                raise LimitError(messages.SUBFIELDS_LIMIT, limit="MARC_SUBFIELDS", seen=seen, allowed=MARC_SUBFIELDS)
            head, *pieces = content.split("$")
            read_pieces = [mnemonics.read(piece) for piece in pieces]
            unknown = [name for _, names in read_pieces for name in names]
            subfields = [(text[:1], text[1:]) for text, _ in read_pieces]
            part, problems = repair.data_field(tag, head.replace("\\", " "), subfields)
    except InputError as error:
        raise repair.placed(error, tag) from error
    if unknown:
        told = Problem(messages.MRK_NAMES, values={"names": ", ".join(sorted(set(unknown))[:10])})
        problems = [*problems, told.at(tag=tag)]
    return part, problems


def write(record: Record) -> bytes:
    """The record as lines in UTF-8, each ending in LF, without the empty line that separates it from the next."""
    lines = ["=LDR  " + record.leader.replace(" ", "\\")]
    for field in map(unpack, record.parts()):
        if field.tag.startswith("00"):
            content = mnemonics.write(field.value).replace(" ", "\\")
        else:
            subfields = [f"${mnemonics.write(code + value)}" for code, value in field.subfields]
            content = field.indicators.replace(" ", "\\") + "".join(subfields)
        lines.append(f"={field.tag}  {content}")
    return ("\n".join(lines) + "\n").encode()


def _records(stream: BinaryIO) -> Iterator[list[_Line]]:
    """The lines of each record. No more are kept than a record may have; the rest becomes a record of its own."""
    lines: list[_Line] = []
    size = 0
    for line in _lines(stream):
        blank = not line.data.strip(b"\r\n\t \x1a\xef\xbb\xbf")
        begins = line.data.removeprefix(_BOM)[:4].upper() in (b"=LDR", b"=000")
        if lines and (blank or begins or size > MARC_RECORD_BYTES):
            yield lines
            lines, size = [], 0
        if not blank:
            lines.append(line)
            size += len(line.data)
    if lines:
        yield lines


def _lines(stream: BinaryIO) -> Iterator[_Line]:
    """Lines with their ends, byte offsets and numbers; one longer than a record may be is cut there."""
    rest, offset, number = b"", 0, 1
    while chunk := stream.read(READ_CHUNK):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield _Line(line + b"\n", offset, number)
            offset += len(line) + 1
            number += 1
        if len(rest) >= MARC_RECORD_BYTES:
            yield _Line(rest, offset, number)
            offset += len(rest)
            rest = b""
    if rest:
        yield _Line(rest, offset, number)
