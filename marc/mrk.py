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
from typing import BinaryIO

from foundation.errors import FormatError, InputError, LimitError, Problem
from foundation.limits import MARC_FIELDS, MARC_RECORD_BYTES, MARC_SUBFIELDS
from marc import decoding, messages, mnemonics, repair
from marc.decoders import DECODERS, VIQR, Decoder
from marc.judgement import UNJUDGED, File, Sample, Verdict
from marc.lines import BLANK, BOM, Line, lines
from marc.reading import Reading
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record, unpack

_LINE = re.compile(r"=([^\s=]{3})(?: {1,2}(.*))?", re.DOTALL)
_SUBFIELD = re.compile(rb"\$[^$\r\n]([^$\r\n]+)")


def readings(
    stream: BinaryIO, *, encoding: str = decoding.AUTO, decoders: Mapping[str, Decoder] = DECODERS
) -> Iterator[Reading]:
    """Every record of a stream, in order, with flat memory; line ends may be LF or CR LF, a BOM is skipped.

    A line that is no field costs its record, and the problem says its number. Raises InputError for an unknown
    encoding, and nothing else.
    """
    decoding.check_name(encoding, decoders)
    file = File(_records(stream), _sample)
    for number, found in enumerate(file, 1):
        sample = _sample(found)
        verdict = file.judged(sample) if encoding == decoding.AUTO else UNJUDGED
        record, problems = _read(found, sample, encoding, decoders, verdict)
        yield Reading(number, found[0].offset, sample.data, record, problems, found[0].number)


def read(data: bytes) -> tuple[Record | None, tuple[Problem, ...]]:
    """One record from its lines in UTF-8, and what had to be repaired; None when it cannot be read."""
    found = [Line(line, -1, number) for number, line in enumerate(data.splitlines(keepends=True), 1) if line.strip()]
    return _read(found, _sample(found), decoding.UTF8, {}, UNJUDGED)


def samples(stream: BinaryIO) -> Iterator[Sample]:
    """What each record of a stream shows of its encoding."""
    return map(_sample, _records(stream))


def _sample(found: list[Line]) -> Sample:
    """What a record shows of its encoding. Its leader is that of the record it was made from: it says nothing here."""
    data = b"".join(line.data for line in found)
    return Sample("a", data, len(data), _SUBFIELD)


def _read(
    found: list[Line], sample: Sample, encoding: str, decoders: Mapping[str, Decoder], verdict: Verdict
) -> tuple[Record | None, tuple[Problem, ...]]:
    problems: list[Problem] = []
    told: list[Problem] = []
    leader, parts, number = "", [], 0
    try:
        values = decoding.Values(sample, encoding, decoders, verdict)
        told = values.problems
        if len(found) > MARC_FIELDS + 1:
            raise LimitError(messages.FIELDS_LIMIT, limit="MARC_FIELDS", seen=len(found), allowed=MARC_FIELDS)
        for line in found:
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


def line(text: str) -> tuple[str, str, list[Problem]]:
    """One line in Unicode, without its end: tag, packed field, and what had to be mended.

    Of a leader (`LDR`) the packed field is what stands there, blanks and all. The packed field is empty where the line
    says nothing that could be kept. Raises FormatError or LimitError when it is no field.
    """
    found = _LINE.fullmatch(text)
    if found is None:
        raise FormatError(messages.MRK_LINE, text=text[:80])
    tag, content = found[1], found[2] or ""
    if tag.upper() in ("LDR", "000"):
        return "LDR", content.replace("\\", " "), []
    part, problems = _field(tag, content)
    return part[:3] or tag, part, problems


def _parse(line: Line, values: decoding.Values) -> tuple[str, str]:
    """Tag and content of a line."""
    if len(line.data) >= MARC_RECORD_BYTES:
        raise LimitError(messages.MRK_LONG, limit="MARC_RECORD_BYTES", allowed=MARC_RECORD_BYTES)
    text = _text(line.data.removeprefix(BOM).rstrip(b"\r\n").decode("latin-1"), values)
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
    written = ["=LDR  " + record.leader.replace(" ", "\\")]
    for field in map(unpack, record.parts()):
        if field.tag.startswith("00"):
            content = mnemonics.write(field.value).replace(" ", "\\")
        else:
            subfields = [f"${mnemonics.write(code + value)}" for code, value in field.subfields]
            content = field.indicators.replace(" ", "\\") + "".join(subfields)
        written.append(f"={field.tag}  {content}")
    return ("\n".join(written) + "\n").encode()


def _records(stream: BinaryIO) -> Iterator[list[Line]]:
    """The lines of each record. No more are kept than a record may have; the rest becomes a record of its own."""
    kept: list[Line] = []
    size = 0
    for line in lines(stream):
        blank = not line.data.strip(BLANK)
        begins = line.data.removeprefix(BOM)[:4].upper() in (b"=LDR", b"=000")
        if kept and (blank or begins or size > MARC_RECORD_BYTES or len(kept) > 2 * MARC_FIELDS):
            yield kept
            kept, size = [], 0
        if not blank:
            kept.append(line)
            size += len(line.data)
    if kept:
        yield kept
