"""MARC-in-JSON, the shape that ruby-marc, pymarc, Catmandu and MARC::Record share (Ross Singer's proposal of 2010):

    {"leader": "00000nam a2200000 a 4500",
     "fields": [{"001": "bk1"}, {"245": {"ind1": "1", "ind2": "0", "subfields": [{"a": "Truyện Kiều"}]}}]}

Files hold one record to a line, an array, or records one behind the other; all are read without being told which.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, BinaryIO

from foundation.errors import FormatError, InputError, LimitError, Place, Problem
from foundation.limits import JSON_DEPTH, LOCAL_ID_CHARACTERS, MARC_FIELDS, MARC_RECORD_BYTES
from marc import form_messages, messages, repair
from marc.json_frames import depth, frames
from marc.reading import Reading
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record
from marc.soundness import sound

_SHOWN = 80
_NEXT = '"},{"'
"""Between one subfield's value and the next one's code."""


def readings(stream: BinaryIO) -> Iterator[Reading]:
    """Every record of a stream, in order, with flat memory; a broken one costs no other. Raises nothing.

    `original` is the object as it stood, without the commas and brackets around it. Numbers where text should be are
    taken as text, and told.
    """
    for number, frame in enumerate(frames(stream), 1):
        record, problems = read(frame.data)
        yield Reading(number, frame.offset, frame.data, record, problems, frame.line)


def read(data: bytes) -> tuple[Record | None, tuple[Problem, ...]]:
    """One record from its JSON in UTF-8, and what had to be repaired; None when it cannot be read.

    The last problem then says why.
    """
    try:
        value = _parse(data)
    except InputError as error:
        return None, (error.problem,)
    found = _quick(value)
    if found is not None:
        return found
    try:
        _check_depth(data)
    except LimitError as error:
        return None, (error.problem,)
    return _careful(value)


def _parse(data: bytes) -> Any:
    if len(data) >= MARC_RECORD_BYTES:
        raise LimitError(form_messages.JSON_LONG, limit="MARC_RECORD_BYTES", seen=len(data), allowed=MARC_RECORD_BYTES)
    try:
        return json.loads(data.decode())
    except RecursionError:
        _check_depth(data)
        raise FormatError(form_messages.JSON_SHAPE) from None
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError are both
        reason = getattr(error, "msg", "") or str(error)[:_SHOWN]
        start = data[:_SHOWN].decode("utf-8", "backslashreplace")
        raise FormatError(form_messages.JSON_BROKEN, reason=reason, start=start) from error


def _check_depth(data: bytes) -> None:
    seen = depth(data, JSON_DEPTH + 1)
    if seen > JSON_DEPTH:
        raise LimitError(form_messages.JSON_DEEP, limit="JSON_DEPTH", seen=seen, allowed=JSON_DEPTH)


def _quick(value: Any) -> tuple[Record, tuple[Problem, ...]] | None:
    """The record when everything is as it should be, None when it must be looked at field by field."""
    parts: list[str] = []
    tags: set[str] = set()
    codes: set[str] = set()
    count = 0
    try:
        leader, problems = repair.leader(value["leader"])
        for field in value["fields"]:
            tags.update(field)
            for tag, content in field.items():
                if content.__class__ is str:
                    parts.append(tag + content)
                    continue
                subfields = content["subfields"]
                count += len(subfields)
                codes.update(*subfields)
                body = [SUBFIELD_DELIMITER + code + one[code] for one in subfields for code in one]
                parts.append(tag + content["ind1"] + content["ind2"] + "".join(body))
    except (TypeError, KeyError, AttributeError, FormatError):
        return None
    if set(map(len, codes)) - {1} or set(map(len, tags)) - {3} or len(parts) > MARC_FIELDS:
        return None
    fields = sound("".join([FIELD_TERMINATOR + part for part in parts]), len(parts), count)
    return None if fields is None else (Record(leader + fields), problems)


def _careful(value: Any) -> tuple[Record | None, tuple[Problem, ...]]:
    problems: list[Problem] = []
    parts: list[str] = []
    try:
        fields = value.get("fields") if isinstance(value, dict) else None
        if not isinstance(fields, list):
            raise FormatError(form_messages.JSON_SHAPE)
        items = [item for field in fields for item in (field.items() if isinstance(field, dict) else [("", field)])]
        if len(items) > MARC_FIELDS:
            raise LimitError(messages.FIELDS_LIMIT, limit="MARC_FIELDS", seen=len(items), allowed=MARC_FIELDS)
        for tag, content in items:
            part, told = _field(tag, content)
            problems.extend(told)
            parts.append(part)
        if not any(parts):
            raise FormatError(messages.EMPTY_RECORD)
        seen = value.get("leader", "")
        leader, found = repair.loose_leader(seen if isinstance(seen, str) else "")
    except InputError as error:
        known = next((part[3:] for part in parts if part[:3] == "001"), "")
        return None, (*problems, error.problem.at(control_number=known[:LOCAL_ID_CHARACTERS]))
    return Record(FIELD_TERMINATOR.join([leader, *filter(None, parts)])), (*problems, *found)


def _field(seen: str, content: Any) -> tuple[str, list[Problem]]:
    tag = seen.zfill(3) if seen.isdigit() else seen  # tags that were numbers on their way here
    if not repair.TAG.fullmatch(tag) and not repair.TAG.fullmatch(tag.upper()):
        return "", [Problem(messages.TAG_LEFT_OUT, values={"seen": seen[:_SHOWN], "text": str(content)[:_SHOWN]})]
    problems: list[Problem] = []
    try:
        if isinstance(content, dict):
            indicators = _indicator(content.get("ind1")) + _indicator(content.get("ind2"))
            subfields = [(code, _text(text, problems)) for code, text in _subfields(content.get("subfields"))]
            if tag.startswith("00"):
                joined = "".join(SUBFIELD_DELIMITER + code + text for code, text in subfields)
                part, told = repair.field(tag, joined)
            else:
                part, told = repair.data_field(tag, indicators, subfields)
        elif tag.startswith("00"):
            part, told = repair.field(tag, _text(content, problems))
        else:
            return "", [Problem(messages.NO_SUBFIELDS, Place(tag=tag), {"text": _text(content, [])[:_SHOWN]})]
    except FormatError as error:
        raise repair.placed(error, tag) from error
    if tag != seen:
        problems.append(Problem(messages.TAG_MENDED, values={"seen": seen, "used": tag}))
    return part, [*told, *(problem.at(tag=tag) for problem in problems)]


def _indicator(value: Any) -> str:
    """An indicator; one of the wrong kind becomes a character that is mended and told. None and "" are blank."""
    if value is None or value == "":
        return " "
    return value if isinstance(value, str) and len(value) == 1 else "#"


def _subfields(value: Any) -> Iterator[tuple[str, Any]]:
    """The subfields in order; what is none comes with a code that is refused, so that it is told."""
    for subfield in value if isinstance(value, list) else []:
        yield from subfield.items() if isinstance(subfield, dict) else [("", subfield)]


def _text(value: Any, problems: list[Problem]) -> str:
    if isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False)
    problems.append(Problem(form_messages.JSON_NOT_TEXT, values={"text": text[:_SHOWN]}))
    return "" if value is None else text


def write(record: Record) -> bytes:
    """The record as one line of JSON in UTF-8, without the line end."""
    text = record.text
    odd = "\\" in text or '"' in text
    if odd:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
        odd = "\x1f\\" in text
    head, *pieces = text.split(SUBFIELD_DELIMITER)
    if odd:  # a code is one of the two characters that were escaped
        split = [(piece[:2], piece[2:]) if piece[0] == "\\" else (piece[0], piece[1:]) for piece in pieces]
        subfields = [f'{_NEXT}{code}":"{value}' for code, value in split]
    else:
        subfields = [f'{_NEXT}{piece[0]}":"{piece[1:]}' for piece in pieces]
    leader, *parts = "".join([head, *subfields]).split(FIELD_TERMINATOR)
    fields = [
        f'{{"{part[:3]}":"{part[3:]}"}}' if part[:2] == "00" else f'{_head(part[:5])}{part[10:]}"}}]}}}}'
        for part in parts
    ]
    return f'{{"leader":"{leader}","fields":[{",".join(fields)}]}}'.encode()


@lru_cache(maxsize=4096)
def _head(head: str) -> str:
    """The beginning of a data field with this tag and these indicators, up to the first subfield code."""
    return f'{{"{head[:3]}":{{"ind1":"{head[3]}","ind2":"{head[4]}","subfields":[{{"'
