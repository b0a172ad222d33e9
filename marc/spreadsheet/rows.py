"""Rows of a list of books as readings: what a row says as JSON, the record made of it, what was noticed.

The original of a row is one line of JSON in UTF-8, heading to text in the order of the columns, blank cells left out.
It does not say where the row stood, so a row that moves stays the row it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import BinaryIO, Final

from foundation import archives
from foundation.errors import FormatError, InputError, Place, Problem
from marc.reading import ListCell, Reading
from marc.spreadsheet import cataloguing, cells, columns, delimited, messages, reading
from marc.spreadsheet.columns import IGNORE
from marc.spreadsheet.entry import Cell, Entry
from marc.spreadsheet.mapping import Mapping, propose
from marc.spreadsheet.reading import Table
from marc.spreadsheet.table import Row
from vietnamese.text import fold

EXAMPLE: Final = "ví dụ"
"""What stands as the identifier of the template's example row, which is not imported."""

HELP: Final = "Hướng dẫn"
"""The template's sheet of explanations, in which every heading occurs."""

_TOTALS: Final = ("tong cong", "tong so", "cong:", "tong:")
_SLUG_LETTERS: Final = 100


def read(
    stream: BinaryIO, name: str, *, encoding: str = delimited.AUTO, learned: Mapping | None = None
) -> Iterator[Reading]:
    """Every row of every table of a file that has a title column, mapped as proposed; a zip of lists too.

    Rows are numbered from 1 through the whole file. Raises what `reading.tables` raises, FormatError when no table has
    a title column; a file inside an archive that cannot be read gives one reading without a record instead.
    """
    for member, inner in archives.members(stream, name):
        number = 0
        try:
            for table, mapping in _mapped(reading.tables(inner, member, encoding), learned):
                for found in readings(table, mapping, number + 1, member):
                    number = found.number
                    yield _placed(found, member)
        except InputError as error:
            if number == 0 and member == name:
                raise
            problem = Problem(error.problem.message, Place(), error.problem.values)
            yield Reading(number + 1, -1, b"", None, (problem,)).placed(member)


def without_repeats(found: Iterable[Reading]) -> Iterator[Reading]:
    """The rows of a list, those without a record whose number stands in a row above that says something else."""
    known: dict[str, bytes] = {}
    for one in found:
        number = one.record.control("001") if one.record else ""
        if number and known.setdefault(number, digest := blake2b(one.original, digest_size=16).digest()) != digest:
            problem = repeated(one, number).at(file=one.file)
            yield one._replace(record=None, name=number, problems=(*one.problems, problem))
        else:
            yield one


def repeated(row: Reading, number: str) -> Problem:
    """That the number of a row stands in another one."""
    return Problem(messages.REPEATED, values={**(row.cell._asdict() if row.cell else {}), "local_id": number})


def readings(table: Table, mapping: Mapping, first: int = 1, file: str = "") -> Iterator[Reading]:
    """The rows of a table as readings, numbered from `first`; `line` is the number of the row.

    A row without an identifier is known by its place in `file`, for every other file has a row 2 of "Sheet1" too.

    Rows with nothing in a mapped column, repeated headings, sums and the template's example are left out. A row without
    a title is a reading without a record.
    """
    plan = _plan(table, mapping)
    title = _title(plan)
    place = table.sheet if table.sheet == file else f"{file} {table.sheet}"
    slug = "-".join(re.findall(r"[^\W_]+", fold(place)))[-_SLUG_LETTERS:].strip("-")
    number = first
    for row in table.rows:
        if row.problem is not None:
            yield Reading(number, -1, original(table.headings, row.cells), None, (row.problem,), row.number)
            number += 1
            continue
        filled = _cells(row, plan)
        titled = _titled(row, title)
        if _no_book(row, filled, titled):
            continue
        entry = Entry(table.sheet, row.number, filled)
        if table.encoding == "utf-8":
            entry = _one_font(entry, filled)
        record, position = None, f"{slug}-{row.number}" if slug else str(row.number)
        if titled:
            record = cataloguing.record(entry, position)
        elif title is not None:
            entry.notice(messages.TITLE_MISSING, Cell("title", title[1], cells.letter(title[0]), ""))
        made = Reading(number, -1, original(table.headings, row.cells), record, tuple(entry.problems), row.number)
        made = made._replace(cell=_cell(entry, filled[0]))
        # Once it is mended it is the record that it would have been.
        yield made if record is not None else made._replace(name=cataloguing.identifier(entry, position))
        number += 1


def left_out(table: Table, mapping: Mapping) -> Iterator[Row]:
    """The rows of a table that are no books: what stands above the headings, names of sections, sums, the example.
    Goes through the rows of the table."""
    yield from (row for row in table.found if row.number < table.heading_row and any(row.cells))
    plan = _plan(table, mapping)
    title = _title(plan)
    for row in table.rows:
        if row.problem is None and _no_book(row, _cells(row, plan), _titled(row, title)):
            yield row


def _plan(table: Table, mapping: Mapping) -> list[tuple[int, str, str]]:
    """The columns that are read: place, heading, target."""
    targets = mapping.targets()
    used = [
        (at, heading, targets.get(columns.marked_key(heading), IGNORE)) for at, heading in enumerate(table.headings)
    ]
    return [(at, heading, target) for at, heading, target in used if heading and target != IGNORE]


def _title(plan: list[tuple[int, str, str]]) -> tuple[int, str] | None:
    return next(((at, heading) for at, heading, target in plan if target == "title"), None)


def _titled(row: Row, title: tuple[int, str] | None) -> bool:
    return title is not None and title[0] < len(row.cells) and bool(row.cells[title[0]].strip())


def _cells(row: Row, plan: list[tuple[int, str, str]]) -> list[Cell]:
    return [
        Cell(target, heading, cells.letter(at), row.cells[at])
        for at, heading, target in plan
        if at < len(row.cells) and row.cells[at]
    ]


def _no_book(row: Row, filled: list[Cell], titled: bool) -> bool:
    return not filled or _sum(row.cells) or (not titled and _section(row.cells)) or _example(filled)


def _one_font(entry: Entry, filled: list[Cell]) -> Entry:
    """The entry with single cells of an old font in Unicode, where the list is in Unicode; with a notice of each."""
    turned = {cell: text for cell in filled if (text := reading.astray(cell.text))}
    if not turned:
        return entry
    made = Entry(entry.sheet, entry.row, [cell._replace(text=turned.get(cell, cell.text)) for cell in filled])
    for cell, text in turned.items():
        made.notice(messages.FONT, cell, seen=cell.text[:60], read=text[:60])
    return made


def _cell(entry: Entry, first: Cell) -> ListCell:
    """The cell that a row is known by; its first one where it is known by its place."""
    cell = cataloguing.identified(entry) or first
    return ListCell(entry.sheet, entry.row, cell.column, cell.heading)


def _placed(found: Reading, file: str) -> Reading:
    """The reading with its file in every problem's place: row, column and heading are what the problem itself says."""
    return found._replace(file=file, problems=tuple([problem.at(file=file) for problem in found.problems]))


def original(headings: tuple[str, ...], row: tuple[str, ...]) -> bytes:
    """A row as one line of JSON in UTF-8. A column without a heading is named by its letter ("Cột D")."""
    named = {}
    for at, cell in enumerate(row):
        if cell:
            heading = headings[at] if at < len(headings) and headings[at] else f"Cột {cells.letter(at)}"
            named[heading] = cell
    text = json.dumps(named, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def cells_of(line: bytes) -> dict[str, str]:
    """Heading to text, from the original of a row. Raises FormatError when it is not that."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise FormatError(messages.NOT_A_SPREADSHEET, reason="JSON") from error
    if not isinstance(value, dict) or not all(isinstance(cell, str) for cell in value.values()):
        raise FormatError(messages.NOT_A_SPREADSHEET, reason="JSON")
    return value


def is_row(original: bytes) -> bool:
    """Whether these bytes are the original of a row, and not of a record that came as MARC."""
    try:
        return original[:1] == b"{" and bool(cells_of(original))
    except FormatError:
        return False


def _mapped(tables: list[Table], learned: Mapping | None) -> list[tuple[Table, Mapping]]:
    """The tables with a title column; where some are known for sure, those that are only guessed are no lists."""
    sheets = [table for table in tables if fold(table.sheet) != fold(HELP)]
    proposed = [(table, propose(table.headings, table.samples, learned)) for table in sheets]
    titled = [(table, mapping) for table, mapping in proposed if mapping.has("title")]
    sure = [(table, mapping) for table, mapping in titled if mapping.sure_of("title")]
    lists = sure or titled
    if not lists:
        seen = ", ".join(heading for table in tables for heading in table.headings if heading)
        raise FormatError(messages.NO_TITLE, headings=seen[:500])
    return lists


def _section(row: tuple[str, ...]) -> bool:
    """Whether a row without a title is the name of a section."""
    return sum(map(bool, row)) == 1


def _sum(row: tuple[str, ...]) -> bool:
    """Whether a row says how many books there are: "Tổng cộng: 250"."""
    filled = [cell for cell in row if cell]
    return len(filled) <= 3 and fold(filled[0][:20]).startswith(_TOTALS)


def _example(filled: list[Cell]) -> bool:
    return any(cell.target in ("id", "accession") and fold(cell.text) == fold(EXAMPLE) for cell in filled)
