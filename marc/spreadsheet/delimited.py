"""Delimited text (.csv, .tsv) as a sheet of rows, read as it streams (RFC 4180, and what Excel makes of it).

A semicolon separates where the comma is the decimal sign, as in Vietnam. The encoding is told by the byte order mark,
by the bytes being UTF-8, or by how Vietnamese they read in each encoding of `vietnamese.encodings`. A row that breaks
off is given with its problem, and reading goes on with the line behind it.
"""

from __future__ import annotations

import codecs
import csv
from collections import Counter, deque
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import BinaryIO, Final

from foundation import limits
from foundation.errors import FormatError, InputError, LimitError, Problem
from marc.spreadsheet import cells, messages
from marc.spreadsheet.table import Row, Sheet
from vietnamese import detection, encodings

AUTO: Final = "auto"
UTF16: Final = "utf-16"
HEAD_BYTES: Final = 256 * limits.KIB
"""How much of a file is looked at to tell its encoding and delimiter."""

_DELIMITERS: Final = "\t;,|"
_SAMPLES: Final = 200
_SHOWN: Final = 1000
"""Characters of a broken row that are kept in its cells; the file has the rest."""

Line = tuple[str, Problem | None]


def sheet(stream: BinaryIO, name: str, encoding: str = AUTO) -> Sheet:
    """The one sheet of a stream of delimited text, named `name`; `encoding` is AUTO, UTF16 or one of ENCODINGS.

    Raises FormatError (binary data, an encoding that nobody can name), InputError (no such encoding), LimitError.
    """
    if encoding not in (AUTO, UTF16, *encodings.ENCODINGS):
        raise InputError(messages.ENCODING, encodings=_choices())
    pieces, missing = [], HEAD_BYTES
    while missing > 0 and (piece := stream.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    head = b"".join(pieces)
    used = _encoding(head) if encoding == AUTO else encoding
    chunks: Iterator[bytes] = chain([head], iter(lambda: stream.read(limits.READ_CHUNK), b""))
    if used == UTF16:
        chunks, used = _from_utf16(chunks, head), "utf-8"
        head = next(chunks, b"")
        chunks = chain([head], chunks)
    end = b"\r" if b"\r" in head and b"\n" not in head else b"\n"
    start = [text for text, problem in islice(_decoded(_lines(iter([head]), end), used), _SAMPLES) if not problem]
    named = start[0].strip().lower() if start else ""
    told = named.startswith("sep=") and len(named) == 5  # Excel's own first line
    delimiter = named[4] if told else _delimiter(start)
    lines = _decoded(_lines(chunks, end), used)
    return Sheet(name, _rows(islice(lines, told, None), delimiter, name), encoding=used)


def _choices() -> str:
    return ", ".join([AUTO, UTF16, *encodings.ENCODINGS])


def _encoding(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return UTF16
    if head.count(0) > len(head) // 4:
        return UTF16
    if 0 in head:
        raise FormatError(messages.NOT_A_SPREADSHEET, reason="NUL")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # which does not mind a letter cut in two at the end
    except UnicodeDecodeError:
        samples = [line for line in head.replace(b"\r", b"\n").split(b"\n") if not line.isascii()]
        guess = detection.detect(samples[:_SAMPLES])
        if guess.encoding not in encodings.ENCODINGS:
            raise FormatError(messages.ENCODING, encodings=_choices()) from None
        return guess.encoding
    return "utf-8"


def _from_utf16(chunks: Iterator[bytes], head: bytes) -> Iterator[bytes]:
    """UTF-16 as UTF-8. Without a mark, the zero bytes of the ASCII letters say which byte comes first."""
    little = head.startswith(codecs.BOM_UTF16_LE) or head[1::2].count(0) >= head[::2].count(0)
    decoder = codecs.getincrementaldecoder("utf-16-le" if little else "utf-16-be")()
    try:
        for chunk in chunks:
            yield decoder.decode(chunk).encode("utf-8")
        yield decoder.decode(b"", final=True).encode("utf-8")
    except UnicodeError as error:
        raise FormatError(messages.NOT_A_SPREADSHEET, reason=f"UTF-16: {error}") from error


def _lines(chunks: Iterator[bytes], end: bytes) -> Iterator[bytes]:
    """Lines without their ends; of one beyond SPREADSHEET_ROW_CHARACTERS (in bytes) only the beginning."""
    rest, cut = b"", False
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(end)
        for line in whole:
            if not cut:
                yield line
            cut = False
        if cut:
            rest = b""
        elif len(rest) > limits.SPREADSHEET_ROW_CHARACTERS:
            yield rest[: limits.SPREADSHEET_ROW_CHARACTERS + 1]
            rest, cut = b"", True
    if rest and not cut:
        yield rest


def _decoded(lines: Iterator[bytes], encoding: str) -> Iterator[Line]:
    """Lines of text, or what there is of one and why it is not whole. The row is put into the problem later."""
    repaired: Callable[[str], str] = encodings.repair_case if encoding == "tcvn3" else str
    for number, data in enumerate(lines):
        line = data.removeprefix(codecs.BOM_UTF8) if number == 0 and encoding == "utf-8" else data
        line = line.removesuffix(b"\r")
        if len(line) > limits.SPREADSHEET_ROW_CHARACTERS:
            values = _limit("SPREADSHEET_ROW_CHARACTERS", len(line), limits.SPREADSHEET_ROW_CHARACTERS)
            yield line[:_SHOWN].decode("utf-8", "replace"), Problem(messages.ROW_LIMIT, values=values)
            continue
        try:
            yield repaired(encodings.decode(line, encoding)), None
        except FormatError as error:
            values = {"encoding": encoding, "reason": f"0x{error.problem.values.get('byte', 0):02X}"}
            yield line[:_SHOWN].decode("latin-1"), Problem(messages.ROW_ENCODING, values=values)


def _limit(name: str, seen: int, allowed: int) -> dict[str, object]:
    return {"limit": name, "seen": seen, "allowed": allowed}


def _delimiter(lines: list[str]) -> str:
    """The delimiter that cuts the most rows into the same number of cells."""
    best, most = ",", 0.0
    for delimiter in _DELIMITERS:
        widths = Counter(len(row) for row in _tried(lines, delimiter) if len(row) > 1)
        if widths:
            width, times = widths.most_common(1)[0]
            score = times * min(width, 20)
            best, most = (delimiter, score) if score > most else (best, most)
    return best


def _tried(lines: list[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []


class _Unclosed(Exception):  # noqa: N818 - it leaves this module never
    """A row went on for too many lines."""


class _Feed:
    """Lines for the csv module, and those it took for the row in hand, so that they can be given back."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self.lines = lines
        self.waiting: deque[Line] = deque()
        self.taken: list[Line] = []
        self.length = 0

    def next_row(self) -> None:
        self.taken, self.length = [], 0

    def give_back(self) -> None:
        """All lines of the row but its first will be read again."""
        self.waiting.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self.waiting.popleft() if self.waiting else next(self.lines)
        if self.taken and line[1]:
            self.waiting.appendleft(line)
            raise _Unclosed
        self.taken.append(line)
        self.length += len(line[0])
        many = len(self.taken) > limits.SPREADSHEET_ROW_LINES
        if line[1] or many or self.length > limits.SPREADSHEET_ROW_CHARACTERS:
            raise _Unclosed
        return line[0] + "\n"


def _rows(lines: Iterator[Line], delimiter: str, name: str) -> Iterator[Row]:
    feed, number, bad = _Feed(lines), 0, 0
    reader = csv.reader(feed, delimiter=delimiter)
    while True:
        feed.next_row()
        number += 1
        problem = None
        try:
            values = next(reader)
            if len(feed.taken) > 1 and not feed.waiting and _open(feed.taken, delimiter):
                raise _Unclosed
        except StopIteration:
            return
        except (_Unclosed, csv.Error) as error:
            bad += 1
            if bad > limits.SPREADSHEET_BAD_ROWS:
                raise LimitError(
                    messages.LIMIT, limit="SPREADSHEET_BAD_ROWS", seen=bad, allowed=limits.SPREADSHEET_BAD_ROWS
                ) from error
            feed.give_back()
            reader = csv.reader(feed, delimiter=delimiter)
            problem = _placed(feed.taken[0][1], str(error) or '"', name, number)
            values = [feed.taken[0][0][:_SHOWN]]
        if len(values) > limits.SPREADSHEET_COLUMNS:
            seen = _limit("SPREADSHEET_COLUMNS", len(values), limits.SPREADSHEET_COLUMNS)
            problem = _placed(Problem(messages.ROW_LIMIT, values=seen), "", name, number)
            values = [delimiter.join(values)[:_SHOWN]]
        row = [cells.unprotect(value).strip() for value in values]
        while row and not row[-1]:
            row.pop()
        if row:
            yield Row(number, tuple(row), problem)


def _open(taken: list[Line], delimiter: str) -> bool:
    """Whether a row of several lines is one only because the file ends before its quotation mark is closed."""
    try:
        list(csv.reader([line + "\n" for line, _ in taken], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def _placed(problem: Problem | None, reason: str, name: str, number: int) -> Problem:
    where = {"sheet": name, "row": number}
    if problem is None:
        return Problem(messages.ROW_BROKEN, values={**where, "reason": reason})
    return Problem(problem.message, values={**where, **problem.values})
