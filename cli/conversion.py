"""Turn what was read of a file into another form, piece by piece: the same bytes in whatever process it is done."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from catalogue.export_forms import FORMS, Exported
from foundation.errors import LimitError
from marc import decoding, readers
from marc.readers import Piece
from marc.reading import Reading
from marc.record import FIELD_TERMINATOR, Record

_NOT_IN_KEYS: Final = re.compile(r"[^0-9A-Za-z]")
_STRAIGHT: Final = "marcxml"


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of every piece."""

    form: str
    """A name among `export_forms.FORMS`."""
    encoding: str
    """That of the file, as `readers.read` takes it."""
    keep: bool = False
    """Whether the bytes of what cannot be converted are wanted."""


@dataclass(slots=True)
class Converted:
    """What became of some pieces."""

    data: list[bytes | memoryview] = field(default_factory=list)
    records: int = 0
    """How many are in `data`."""
    references: int = 0
    """Characters written as numeric references (MARC-8)."""
    told: list[Reading] = field(default_factory=list)
    """Readings with problems, without their bytes and all of their record but its number (001); without a record where
    it could not be converted."""
    rejects: list[bytes] = field(default_factory=list)
    """As they came: the records that could not be converted."""
    behind: int = 0
    """Where in its file the last piece ends."""


def converted(pieces: Iterable[Piece | Reading], order: Order) -> Converted:
    """These pieces in the form that is wanted; a record that it cannot hold is told and left out."""
    done = Converted()
    for piece in pieces:
        if isinstance(piece, Reading):
            done.behind = piece.offset + len(piece.original)
            _add(done, piece, order)
            continue
        done.behind = piece.stretch.behind[1]
        if order.form == _STRAIGHT and order.encoding == decoding.AUTO:
            from marc import marcxml_straight  # noqa: PLC0415 - numpy, which other forms do not need

            for one in marcxml_straight.of_stretch(piece.stretch):
                if isinstance(one, Reading):
                    _add(done, readers.settled(one, piece.file), order)
                else:
                    done.data += one.pieces
                    done.records += one.records
        else:
            for reading in readers.of_piece(piece, order.encoding):
                _add(done, reading, order)
    return done


def _add(done: Converted, reading: Reading, order: Order) -> None:
    record, problems = reading.record, reading.problems
    if record is not None:
        try:
            written = FORMS[order.form].write(_named(reading, record, order.form), record)
        except LimitError as error:
            told = reading._replace(problems=(error.problem,)).placed(reading.file)
            record, problems = None, (*problems, *told.problems)
        else:
            done.data.append(written.data)
            done.records += 1
            done.references += written.references
    if problems:
        number = reading.record.control("001") if reading.record else ""
        short = Record(f"{' ' * 24}{FIELD_TERMINATOR}001{number}") if record else None
        done.told.append(reading._replace(original=b"", record=short, problems=problems))
    if record is None and order.keep:
        done.rejects.append(reading.original)


def _named(reading: Reading, record: Record, form: str) -> Exported:
    """A record of a file, named by its number (001) or else by its place."""
    number = record.control("001")
    name = number or str(reading.number)
    if form == "bibtex":
        name = _NOT_IN_KEYS.sub("", number) or f"record{reading.number}"
    return Exported(name, "", "", "", number, 0, record)


def chunks(pieces: Iterable[Piece | Reading], size: int) -> Iterator[list[Piece | Reading]]:
    """Pieces together, of about so many bytes."""
    held: list[Piece | Reading] = []
    room = size
    for piece in pieces:
        held.append(piece)
        room -= len(piece.original if isinstance(piece, Reading) else piece.stretch.piece.data)
        if room <= 0:
            yield held
            held, room = [], size
    if held:
        yield held
