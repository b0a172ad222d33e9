"""What a file seems to be, before it is read: its form, its encoding with real text before and after, what its columns
or tags mean, and how its first records would come out. Only its head is read; a workbook whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, cast

from catalogue import forms
from catalogue.store import Store
from dublin_core import readers as dublin_core
from foundation import archives
from foundation.errors import FormatError, InputError, LienThongError
from foundation.limits import SPREADSHEET_BYTES
from foundation.streams import read_exactly
from marc import cdsisis, isis_mapping, isis_master, isis_suggestion, messages
from marc import readers as marc
from marc.reading import Reading
from marc.spreadsheet import delimited, reading, rows, workbook
from marc.spreadsheet import messages as sheet_messages
from marc.spreadsheet.mapping import Column, propose
from marc.spreadsheet.table import Row
from vietnamese import detection, encodings
from vietnamese.encodings import read_as_cp1252

SHEET: Final = "sheet"
ISIS: Final = "isis"
DUBLIN_CORE: Final = "dublin-core"
MARC: Final = "marc"
AUTO: Final = "auto"
_SHOWN: Final = 5
_TRIED: Final = 40
_VALUE_CHARACTERS: Final = 160
_SAMPLE_RECORDS: Final = 200

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Listed:
    """One table of a list of books: its columns and what each is taken for."""

    name: str
    columns: tuple[Column, ...]
    """With targets of `marc.spreadsheet.headings`, samples, and how sure each is."""
    rows: int = 0
    """Rows below the headings; 0 where they were not counted."""
    left_out: tuple[tuple[int, str], ...] = ()
    """Number and text of the rows of a workbook that are no books and will not be read: titles, sections, sums."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of a CDS/ISIS base."""

    tag: int
    records: int
    """How many of the records that were looked at have it."""
    samples: tuple[str, ...]
    target: str
    """The MARC tag that the mapping makes of it; empty for none."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What was seen."""

    form: str
    """`sheet`, `isis`, `dublin-core` or `marc`."""
    detail: str
    """Which form of it: "xlsx", "csv", "iso2709", "cds-isis" …"""
    file: str
    """The file that was looked at: inside an archive, its first one."""
    encoding: str
    """What it is read in: a name that can be chosen, or "unknown" when a person has to choose."""
    confidence: float
    candidates: tuple[str, ...]
    """Names that can be chosen; empty where the file says itself what it is in."""
    samples: tuple[Pair, ...]
    """Real text: as the bytes look in Windows, and as it would be read."""
    tables: tuple[Listed, ...] = ()
    tags: tuple[Tag, ...] = ()
    mapping: isis_mapping.Mapping | None = None
    """Of CDS/ISIS: the one that is kept, or a suggestion."""
    kept: bool = False
    """Whether that mapping is the library's own."""
    records: tuple[Reading, ...] = ()
    """The first records as they would be read."""
    expected: int = 0
    """Records that the file seems to hold; 0 where that is not known."""
    whole_utf8: bool = False
    """Whether a list in plain text is UTF-8 for certain, whatever it is read in."""


def examine(store: Store, library: str, path: Path, name: str, encoding: str = AUTO) -> Examined:
    """Look into the file at `path`, called `name`.

    Raises FormatError when it is nothing that is read here or damaged, LimitError, InputError (unknown encoding,
    columns without a title are none: they come back to be mapped), RefusedError (unknown library), OSError.
    """
    with path.open("rb") as stream:
        head = archives.begins(stream.peek(forms.HEAD_BYTES)[: forms.HEAD_BYTES])
        if dublin_core.recognise(head):
            first = tuple(islice(_quiet(dublin_core.readings(stream, name)), _SHOWN))
            return Examined(DUBLIN_CORE, DUBLIN_CORE, name, "utf-8", 1.0, (), (), records=first)
        refused: FormatError | None = None
        for member, inner in archives.members(stream, name):
            whole = BufferedReader(cast("BufferedReader", inner))
            start = whole.peek(forms.HEAD_BYTES)[: forms.HEAD_BYTES]
            try:
                if forms.is_list_of_books(start):
                    return _sheet(store, library, cast(BinaryIO, whole), member, encoding)
                form = marc.recognise(start)
            except FormatError as error:
                refused = refused or error
                continue
            if form in (marc.Format.ISIS, marc.Format.ISIS_MASTER):
                return _isis(store, library, cast(BinaryIO, whole), member, encoding, form)
            return _marc(path, name, encoding)
        raise refused or FormatError(messages.EMPTY_FILE)


# --- lists of books -----------------------------------------------------------------------------------------------
def _sheet(store: Store, library: str, stream: BinaryIO, name: str, encoding: str) -> Examined:
    head = read_exactly(stream, delimited.HEAD_BYTES)
    is_book = head.startswith((workbook.ZIP, b"\xd0\xcf\x11\xe0"))
    data = head + stream.read(SPREADSHEET_BYTES + 1) if is_book else head
    learned = forms.columns(store, library)
    try:
        found = [table for table in reading.tables(BytesIO(data), name, encoding) if table.sheet != rows.HELP]
    except FormatError as error:
        if is_book or error.problem.message is not sheet_messages.ENCODING:
            raise
        raw = _raw_lines(data)
        readable = tuple(one for one in encodings.ENCODINGS if _decodes(raw, one))
        return Examined(SHEET, "csv", name, detection.UNKNOWN, 0.0, readable, tuple(_pairs(raw, "cp1258")))
    used = next((table.encoding for table in found if table.encoding != "utf-8"), "utf-8")
    listed: list[Listed] = []
    first: list[Reading] = []
    total = 0
    for table in found:
        mapping = propose(table.headings, table.samples, learned)
        titled = mapping.has("title")
        left: tuple[tuple[int, str], ...] = ()
        if titled and is_book:
            kept = list(table.rows)
            table = table._replace(rows=iter(kept))  # noqa: PLW2901
            left = tuple(_texts(rows.left_out(table._replace(rows=iter(kept)), mapping)))
        if titled:
            first += list(islice(_quiet(rows.readings(table, mapping, 1, name)), _SHOWN - len(first)))
        total += table.expected if titled else 0
        listed.append(Listed(table.sheet, mapping.columns, table.expected, left))
    raw = _raw_cells(found) if is_book else _raw_lines(data)
    candidates = tuple(one for one in encodings.ENCODINGS if _decodes(raw, one)) if raw else ()
    if used == "utf-8":
        texts = map(read_as_cp1252, raw) if is_book else (line.decode("utf-8", "ignore") for line in raw)
        samples = _astray(found) or tuple((text, text) for text in islice(texts, _SHOWN))
    else:
        samples = tuple(_pairs(raw, used))
    detail = "csv" if not is_book else "xls" if head.startswith(b"\xd0") else "xlsx"
    sure = 1.0 if encoding != AUTO or not raw or used == "utf-8" else detection.detect(raw).confidence
    choices = () if is_book and not raw else (candidates if "utf-8" in candidates else ("utf-8", *candidates))
    return Examined(SHEET, detail, name, used, sure, choices, samples, tuple(listed), records=tuple(first),
                    expected=total, whole_utf8=not is_book and bool(raw) and _decodes(raw, "utf-8"))  # fmt: skip


def _texts(found: Iterable[Row]) -> Iterator[tuple[int, str]]:
    for row in islice(found, _TRIED):
        yield row.number, " · ".join(cell for cell in row.cells if cell)[:_VALUE_CHARACTERS]


def _raw_cells(tables: Iterable[reading.Table]) -> list[bytes]:
    """Cells of a workbook that could be text of a font with an encoding of its own, as the bytes of that."""
    found: dict[bytes, None] = {}
    listed = [table.found for table in tables]
    # Headings, which any list has, tell less than what stands below them.
    for row in [row for some in listed for row in some[1:]] + [row for some in listed for row in some[:1]]:
        for cell in (cell for cell in row.cells if not cell.isascii()):
            raw = encodings.cp1252_bytes(cell)
            if raw is not None and len(found) < _TRIED:
                found[raw[:_VALUE_CHARACTERS]] = None
    return list(found)


def _astray(tables: list[reading.Table]) -> tuple[Pair, ...]:
    """Cells that an old font left in a list that is in Unicode, before and after."""
    cells = map(read_as_cp1252, _raw_cells(tables))
    return tuple(islice(((cell, turned) for cell in cells if (turned := reading.astray(cell))), _SHOWN))


def _raw_lines(data: bytes) -> list[bytes]:
    lines = data.replace(b"\r", b"\n").split(b"\n")[:-1] or [data]
    return [line[:_VALUE_CHARACTERS] for line in lines if line and not line.isascii()][:_TRIED]


# --- CDS/ISIS -----------------------------------------------------------------------------------------------------
def _isis(
    store: Store, library: str, stream: BinaryIO, name: str, encoding: str, form: marc.Format
) -> Examined:  # fmt: skip
    read = isis_master.raw_records if form is marc.Format.ISIS_MASTER else cdsisis.raw_records
    raw = list(islice(read(stream), _SAMPLE_RECORDS))
    values = [value for one in raw for _, value in one.fields or () if not value.isascii()]
    guess = detection.detect(values)
    known = guess.encoding in encodings.ENCODINGS
    used = encoding if encoding != AUTO else guess.encoding if known else "utf-8"
    readable = encoding != AUTO or known or not values
    found = [one.record for one in cdsisis.decoded(iter(raw), used) if one.record is not None]
    own = forms.isis(store, library)
    mapping = own or isis_suggestion.suggest(found)
    first = tuple(islice(isis_mapping.mapped(cdsisis.decoded(iter(raw), used), mapping), _SHOWN))
    tags: dict[int, list[str]] = {}
    for record in found:
        for tag, value in record.fields:
            tags.setdefault(tag, []).append(value)
    listed = tuple(
        Tag(
            tag,
            len(tags[tag]),
            tuple([value[:_VALUE_CHARACTERS] for value in dict.fromkeys(tags[tag])][:3]),
            ", ".join(rule.tag for rule in mapping.rules.get(tag, ())),
        )
        for tag in sorted(tags)
    )
    short = [value[:_VALUE_CHARACTERS] for value in dict.fromkeys(values)][:_TRIED]
    candidates = tuple(one for one in cdsisis.ENCODINGS if _decodes(short, one, cdsisis.decode)) if values else ()
    samples = tuple(_pairs(short, used, cdsisis.decode))
    sure = 1.0 if encoding != AUTO or not values else guess.confidence
    return Examined(
        ISIS, form.value, name, used if readable else detection.UNKNOWN, sure, candidates, samples,
        tags=listed, mapping=mapping, kept=own is not None, records=first,
    )  # fmt: skip


# --- MARC ---------------------------------------------------------------------------------------------------------
def _marc(path: Path, name: str, encoding: str) -> Examined:
    with path.open("rb") as stream:
        seen = marc.examine(stream, name, encoding=encoding)
    with path.open("rb") as stream:
        first = tuple(islice(_quiet(marc.read(stream, name, encoding=encoding)), _SHOWN))
    found = seen.encoding
    return Examined(
        MARC, seen.format.value, seen.file, found.name, found.confidence, found.candidates, found.samples, records=first
    )  # fmt: skip


# --- text before and after ----------------------------------------------------------------------------------------
def _text(value: bytes, encoding: str) -> str:
    text = encodings.decode(value, encoding)
    return encodings.repair_case(text) if encoding == "tcvn3" else text


def _pairs(values: Iterable[bytes], encoding: str, decode: Callable[[bytes, str], str] = _text) -> Iterator[Pair]:
    """The first values that read in the encoding, before and after."""
    left = _SHOWN
    for value in values:
        try:
            pair = (read_as_cp1252(value), decode(value, encoding))
        except (LienThongError, UnicodeError):
            continue
        yield pair
        left -= 1
        if not left:
            return


def _decodes(values: Iterable[bytes], encoding: str, decode: Callable[[bytes, str], str] = _text) -> bool:
    try:
        for value in values:
            decode(value, encoding)
    except (LienThongError, UnicodeError):
        return False
    return True


def _quiet(readings: Iterator[Reading]) -> Iterator[Reading]:
    """The readings until one is at fault so much that nothing comes behind it."""
    try:
        yield from readings
    except InputError:
        return
