"""Which column of a library's lists holds what: proposed from headings and cells, corrected by people, remembered.

A `Mapping` is a value. The store keeps its JSON for each library and gives it back with the next file, so what a
librarian has once put right stays right.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from foundation.errors import FormatError, InputError, LimitError
from foundation.limits import SPREADSHEET_MAPPING_BYTES
from marc.spreadsheet import columns, messages
from marc.spreadsheet.columns import IGNORE
from marc.spreadsheet.headings import TARGETS
from marc.spreadsheet.table import Row

_VERSION: Final = 1
_SAMPLES: Final = 3
_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class Column:
    """One heading and its target, a name of `headings.TARGETS`.

    `confidence` is 1.0 for what a person or a known heading says, less for a guess, 0.0 where nothing is known;
    `samples` are the first values of the column, to be shown beside it.
    """

    heading: str
    target: str
    confidence: float = 1.0
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """The columns of a sheet, or of all sheets that a library has sent."""

    columns: tuple[Column, ...] = ()

    def targets(self) -> dict[str, str]:
        """Heading, in the form that `columns.marked_key` gives it, to target."""
        return {columns.marked_key(column.heading): column.target for column in self.columns}

    def has(self, target: str) -> bool:
        """Whether some column has this target."""
        return any(column.target == target for column in self.columns)

    def sure_of(self, target: str) -> bool:
        """Whether some column has this target by a known heading or a person's word."""
        return any(column.target == target and column.confidence == 1.0 for column in self.columns)

    def with_target(self, heading: str, target: str) -> Mapping:
        """The same mapping with one column decided by a person. Raises InputError for a target that does not exist."""
        if target not in TARGETS:
            raise InputError(messages.UNKNOWN_TARGET, heading=heading, target=target)
        decided = {columns.marked_key(column.heading): column for column in self.columns}
        decided[columns.marked_key(heading)] = Column(heading, target)
        return Mapping(tuple(decided.values()))

    def to_json(self) -> str:
        """Headings and targets, to be kept; samples and confidence speak of one file and are left out."""
        kept = {column.heading: column.target for column in self.columns}
        return json.dumps({"version": _VERSION, "columns": kept}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Mapping:
        """The inverse of `to_json`. Raises FormatError when it is not that, InputError for an unknown target."""
        if len(text) > SPREADSHEET_MAPPING_BYTES:
            limit, allowed = "SPREADSHEET_MAPPING_BYTES", SPREADSHEET_MAPPING_BYTES
            raise LimitError(messages.LIMIT, limit=limit, seen=len(text), allowed=allowed)
        try:
            value = json.loads(text)
            kept = value["columns"]
            whole = value["version"] == _VERSION and all(isinstance(target, str) for target in kept.values())
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise FormatError(messages.MAPPING, reason=str(error)[:100]) from error
        if not whole:
            raise FormatError(messages.MAPPING, reason=str(value.get("version")))
        for heading, target in kept.items():
            if target not in TARGETS:
                raise InputError(messages.UNKNOWN_TARGET, heading=heading, target=target)
        return cls(tuple(Column(heading, target) for heading, target in kept.items()))


def propose(headings: Sequence[str], rows: Sequence[Row], learned: Mapping | None = None) -> Mapping:
    """A mapping for these headings: what was learned first, then what the headings say, then what the cells say.

    `rows` are some rows below the headings. Columns without a heading are left out.
    """
    known = learned.targets() if learned else {}
    proposed = []
    for at, heading in enumerate(headings):
        if not heading:
            continue
        cells = [row.cells[at] for row in rows if at < len(row.cells) and row.cells[at] and row.problem is None]
        samples = tuple(cell[:_SHOWN] for cell in cells[:_SAMPLES])
        target, confidence = known.get(columns.marked_key(heading), ""), 1.0
        if not target:
            target, confidence = columns.recognise(heading)
            spoken = columns.by_content(heading, cells)
            target, confidence = (spoken, 0.5) if spoken else (target, confidence)
        proposed.append(Column(heading, target, confidence, samples))
    return Mapping(tuple(_one_title(proposed)))


def _one_title(proposed: list[Column]) -> list[Column]:
    """Of several columns guessed to be the title the surest stays: "Tên sách", not "Tên sách tham khảo kèm theo"."""
    titles = [column for column in proposed if column.target == "title"]
    best = max(titles, key=lambda column: column.confidence, default=None)
    return [
        Column(column.heading, IGNORE, 0.0, column.samples)
        if column.target == "title" and column is not best and column.confidence < 1.0
        else column
        for column in proposed
    ]


def learn(old: Mapping | None, corrected: Mapping) -> Mapping:
    """What a library's lists have taught: the old mapping, and over it every column of the corrected one."""
    every = (*(old.columns if old else ()), *corrected.columns)
    decided = {columns.marked_key(column.heading): column for column in every}
    return Mapping(tuple(Column(column.heading, column.target) for column in decided.values()))
