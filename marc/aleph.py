"""Aleph sequential: the text form in which Ex Libris Aleph unloads records, one line for each field.

    000000228 LDR   L ^^^^^nam^a2200289^^^4500
    000000228 008   L 880715r19691828nyuab^^^^^^^^|00000^eng^^
    000000228 24514 L $$aThe descent of manuscripts.

Columns: system number (9 digits), blank, tag (3), indicators (2), blank, script of the field (L is Latin), blank, text.
`^` is a blank in leader and control fields. A record ends where the system number changes. FMT, Aleph's own field of
the kind of record, has a value and no subfields; it is kept as `$a`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from foundation.errors import FormatError, InputError, LimitError, Problem
from foundation.limits import MARC_FIELDS, MARC_RECORD_BYTES
from marc import decoding, form_messages, messages, repair
from marc.decoders import DECODERS, Decoder
from marc.judgement import UNJUDGED, File, Sample, Verdict
from marc.lines import BLANK, BOM, Line, lines
from marc.reading import Reading
from marc.record import FIELD_TERMINATOR, Record

LINE = re.compile(rb"([0-9]{9}) ([0-9A-Za-z]{3})(.)(.) [A-Z] ?(.*)", re.DOTALL)
_SUBFIELD = re.compile(rb"\$\$[^$\r\n]([^$\r\n]+)")
_VALUES = ("FMT", "LDR")
"""Tags whose content is a value, beside those of the control fields."""


def readings(
    stream: BinaryIO, *, encoding: str = decoding.AUTO, decoders: Mapping[str, Decoder] = DECODERS
) -> Iterator[Reading]:
    """Every record of a stream, in order, with flat memory; line ends may be LF or CR LF, a BOM is skipped.

    The system number becomes field 001 where the record has none. A line without number and tag is what is left of a
    value with a line end in it, and is joined to the field before. A record with DEL is a deletion (leader/05 `d`).
    Raises InputError for an unknown encoding, and nothing else.
    """
    decoding.check_name(encoding, decoders)
    file = File(_records(stream), _sample)
    for number, found in enumerate(file, 1):
        sample = _sample(found)
        verdict = file.judged(sample) if encoding == decoding.AUTO else UNJUDGED
        record, problems = _read(found, sample, encoding, decoders, verdict)
        yield Reading(number, found[0].offset, sample.data, record, problems, found[0].number)


def samples(stream: BinaryIO) -> Iterator[Sample]:
    """What each record of a stream shows of its encoding."""
    return map(_sample, _records(stream))


def _sample(found: list[Line]) -> Sample:
    """What a record shows of its encoding. Aleph itself is in UTF-8; an export may have gone through other hands."""
    data = b"".join(line.data for line in found)
    return Sample("a", data, len(data), _SUBFIELD)


def _read(
    found: list[Line], sample: Sample, encoding: str, decoders: Mapping[str, Decoder], verdict: Verdict
) -> tuple[Record | None, tuple[Problem, ...]]:
    problems: list[Problem] = []
    told: list[Problem] = []
    leader, parts, number = "", [], ""
    try:
        values = decoding.Values(sample, encoding, decoders, verdict)
        told = values.problems
        for head, content in _fields(found, problems):
            number = number or head[1].decode("ascii")
            tag, text = head[2].decode("ascii"), values(content.decode("latin-1"))
            if tag == "LDR":
                leader = text.replace("^", " ")
                continue
            part, mended = _field(tag, (head[3] + head[4]).decode("latin-1"), text)
            problems.extend(mended)
            parts.append(part)
        if not any(parts):
            raise FormatError(messages.EMPTY_RECORD)
        used, found_here = repair.loose_leader(leader)
    except InputError as error:
        return None, (*problems, *told, error.problem.at(control_number=number))
    problems.extend((*found_here, *told))
    if not any(part.startswith("001") for part in parts):
        parts.insert(0, "001" + number)
    if any(part.startswith("DEL") for part in parts):
        used = used[:5] + "d" + used[6:]
    return Record(FIELD_TERMINATOR.join([used, *filter(None, parts)])), tuple(problems)


def _fields(found: list[Line], problems: list[Problem]) -> Iterator[tuple[re.Match[bytes], bytes]]:
    """The head of each field and its content, with the lines joined that belong together."""
    head: re.Match[bytes] | None = None
    content: list[bytes] = []
    continued: list[int] = []
    count = 0
    for line in found:
        if len(line.data) >= MARC_RECORD_BYTES:
            raise LimitError(
                form_messages.ALEPH_LONG, line=line.number, limit="MARC_RECORD_BYTES", allowed=MARC_RECORD_BYTES
            )
        text = line.data.removeprefix(BOM).rstrip(b"\r\n")
        match = LINE.fullmatch(text)
        if match is None:
            if head is None:
                shown = text[:80].decode("utf-8", "backslashreplace")
                raise FormatError(form_messages.ALEPH_LINE, line=line.number, text=shown)
            content.append(text)
            continued.append(line.number)
            continue
        if head is not None:
            yield head, b" ".join(content)
        head, content = match, [match[5]]
        count += 1
        if count > MARC_FIELDS:
            raise LimitError(messages.FIELDS_LIMIT, limit="MARC_FIELDS", seen=len(found), allowed=MARC_FIELDS)
    if continued:
        values = {"line": continued[0], "count": len(continued)}
        problems.append(Problem(form_messages.ALEPH_CONTINUED, values=values))
    if head is not None:
        yield head, b" ".join(content)


def _field(tag: str, indicators: str, text: str) -> tuple[str, list[Problem]]:
    try:
        if tag.startswith("00"):
            return repair.field(tag, text.replace("^", " "))
        head, *pieces = text.split("$$")
        subfields = [(piece[:1], piece[1:]) for piece in pieces]
        if pieces:
            part, problems = repair.data_field(tag, indicators + head if head.strip() else indicators, subfields)
        else:
            part, problems = repair.data_field(tag, indicators, [("a", head)])
            if tag not in _VALUES:
                problems = [*problems, Problem(form_messages.ALEPH_UNDIVIDED).at(tag=tag)]
    except FormatError as error:
        raise repair.placed(error, tag) from error
    return part, problems


def _records(stream: BinaryIO) -> Iterator[list[Line]]:
    """The lines of each record. No more are kept than a record may have; the rest becomes a record of its own."""
    kept: list[Line] = []
    size, number = 0, b""
    for line in lines(stream):
        if not line.data.strip(BLANK):
            continue
        start = line.data.removeprefix(BOM)[:10]
        known = start[:9] if start[:9].isdigit() and start[9:] == b" " else number
        if kept and (known != number or size > MARC_RECORD_BYTES or len(kept) > 2 * MARC_FIELDS):
            yield kept
            kept, size = [], 0
        number = known
        kept.append(line)
        size += len(line.data)
    if kept:
        yield kept
