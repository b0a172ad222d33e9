"""A record as a cataloguer types it: one field a line, or one field a row, whatever is still wrong in it.

    =LDR  00000nam a2200000 i 4500
    =245  10$aTruyện Kiều /$cNguyễn Du

It is the mnemonic form (`marc.mrk`), read line by line so that a line which is no field yet costs nothing but itself:
the others make a record that can be checked, and every line stays as it was typed until its writer changes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from foundation.errors import InputError, LimitError, Problem
from foundation.limits import DRAFT_LINES
from marc import messages, mrk, repair
from marc.record import FIELD_TERMINATOR, Field, Record, unpack

LEADER: Final = "LDR"
_ENDS: Final = re.compile(r"\r\n?|\n")
_LINE: Final = re.compile(r"\s*=?(LDR|ldr|[0-9A-Za-z]{3})(?:[ \t]{1,2}(.*))?", re.DOTALL)
_HEAD: Final = re.compile(r"[^$]{0,2}")


class Line(NamedTuple):
    """One line."""

    number: int
    """From 1."""
    text: str
    """As it was typed."""
    tag: str = ""
    """Empty where it is no field."""
    occurrence: int = 0
    """Which of the fields with this tag, from 1."""
    part: str = ""
    """The field as packed text; of the leader what it will be."""
    mended: tuple[Problem, ...] = ()
    """What had to be done to read it."""
    fault: Problem | None = None
    """Why it is no field."""


class Row(NamedTuple):
    """One line in the columns of a table. Blanks of indicators and of control fields are written `#` or nothing."""

    tag: str
    first: str
    second: str
    content: str
    """Subfields as `$aTruyện Kiều`; of a control field its value; of a line that is no field all of it."""


class Sheet(NamedTuple):
    """What was typed, read."""

    lines: tuple[Line, ...]
    record: Record
    """Of those lines that are fields."""
    faults: tuple[Line, ...]
    """Those that are not. While there are any, the record is not what its writer means."""

    def place(self, tag: str, occurrence: int) -> Line | None:
        """The line of a field; of the record as a whole, none."""
        wanted = (tag, max(occurrence, 1))
        return next((line for line in self.lines if (line.tag, line.occurrence) == wanted), None)


def text(record: Record) -> str:
    """A record as lines."""
    return mrk.write(record).decode()


def read(typed: str) -> Sheet:
    """What stands in the lines. Raises LimitError (DRAFT_LINES); nothing else is too wrong to be read."""
    kept: list[Line] = []
    seen: dict[str, int] = {}
    leader = ""
    for raw in _split(typed):
        if not raw.strip():
            continue
        line = _read(len(kept) + 1, raw)
        if line.tag:
            seen[line.tag] = seen.get(line.tag, 0) + 1
            line = line._replace(occurrence=seen[line.tag])
            if line.tag == LEADER and line.occurrence > 1:
                line = line._replace(tag="", fault=Problem(messages.SHEET_LEADER))
        if line.tag == LEADER:
            leader = line.part
        kept.append(line)
    parts = [line.part for line in kept if line.tag not in ("", LEADER)]
    used = leader or repair.LEADER_BLANK
    return Sheet(tuple(kept), Record(FIELD_TERMINATOR.join([used, *parts])), tuple(line for line in kept if line.fault))


def _split(typed: str) -> Sequence[str]:
    lines = _ENDS.split(typed)
    if len(lines) > DRAFT_LINES:
        raise LimitError(messages.SHEET_LINES, limit="DRAFT_LINES", seen=len(lines), allowed=DRAFT_LINES)
    return lines


def _read(number: int, raw: str) -> Line:
    found = _LINE.fullmatch(raw)
    if found is None:
        return Line(number, raw, fault=Problem(messages.SHEET_LINE, values={"text": raw[:80]}))
    tag, content = found[1], found[2] or ""
    if tag.upper() == LEADER or tag == "000":
        used, problems = repair.loose_leader(content.rstrip().replace("\\", " ").replace("#", " "))
        return Line(number, raw, LEADER, part=used, mended=problems)
    if not tag.startswith("00"):
        head = _HEAD.match(content)
        blanks = head[0].replace("#", " ").replace("_", " ") if head else ""
        content = blanks.ljust(2)[: max(2, len(blanks))] + content[len(blanks) :]
    try:
        tag, part, mended = mrk.line(f"={tag}  {content}")
    except InputError as error:
        return Line(number, raw, fault=error.problem.at(tag=""))
    if not part:
        said = mended[-1].at(tag="") if content.strip() and mended else Problem(messages.SHEET_EMPTY)
        return Line(number, raw, fault=said)
    return Line(number, raw, part[:3], part=part, mended=tuple(one.at(tag="") for one in mended))


def rows(typed: str) -> list[Row]:
    """The lines in columns; a line that is no field stands whole in the last one."""
    return [_row(line) for line in read(typed).lines]


def _row(line: Line) -> Row:
    if not line.tag:
        return Row("", "", "", line.text)
    if line.tag == LEADER:
        return Row(LEADER, "", "", line.part.replace(" ", "\\"))
    field = unpack(line.part)
    content = written(field)[6:]
    if field.tag.startswith("00"):
        return Row(field.tag, "", "", content)
    first, second = (one.replace(" ", "#") for one in field.indicators)
    return Row(field.tag, first, second, content[2:])


def of_rows(found: Iterable[Row]) -> str:
    """The lines of a table. A row without a tag is taken as the line that stands in it, an empty one left out."""
    lines = []
    for row in found:
        content = _ENDS.sub(" ", row.content)
        if not row.tag.strip():
            if content.strip():
                lines.append(content)
            continue
        tag = row.tag.strip()
        if tag.upper() == LEADER or tag.startswith("00"):
            lines.append(f"={tag}  {content}")
            continue
        if content and not content.startswith("$"):
            content = f"$a{content}"
        indicators = "".join((one.strip() or "#")[:1].replace("#", "\\") for one in (row.first, row.second))
        lines.append(f"={tag}  {indicators}{content}")
    return "\n".join(lines) + "\n" if lines else ""


def with_fields(typed: str, changed: dict[int, Field | None], added: Sequence[Field]) -> str:
    """The lines with some fields replaced (None: taken out) by the numbers of their lines, and new ones in their place.

    Every other line stays as it was typed. A new field stands behind the last one whose tag is not greater.
    """
    kept: list[tuple[str, str]] = []
    for line in read(typed).lines:
        if line.number not in changed:
            kept.append((line.tag, line.text))
        elif (field := changed[line.number]) is not None:
            kept.append((field.tag, written(field)))
    for field in added:
        place = max(
            (at for at, (tag, _) in enumerate(kept, 1) if tag == LEADER or (tag and tag <= field.tag)), default=0
        )
        kept.insert(place, (field.tag, written(field)))
    return "".join(f"{line}\n" for _, line in kept)


def written(field: Field) -> str:
    """One field as a line; the leader is one with the tag LDR."""
    if field.tag == LEADER:
        return f"={LEADER}  " + field.value.replace(" ", "\\")
    return text(Record.build(repair.LEADER_BLANK, [field])).split("\n")[1]
