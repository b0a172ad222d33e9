"""One row of a list of books: its cells by what they hold, and what was noticed while they were read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from foundation.errors import Message, Problem
from marc import repair


class Cell(NamedTuple):
    """A filled cell that a mapping gives a meaning: its target, its heading, the letter of its column, its text."""

    target: str
    heading: str
    column: str
    text: str


class Entry:
    """One row. `problems` name the sheet, the row, the column and its heading."""

    def __init__(self, sheet: str, row: int, cells: list[Cell]) -> None:
        self.sheet = sheet
        self.row = row
        self.problems: list[Problem] = []
        self._cells: dict[str, list[Cell]] = {}
        for cell in cells:
            whole = cell if cell.text.isprintable() else cell._replace(text=_printable(cell.text))
            if whole.text.strip():
                self._cells.setdefault(cell.target, []).append(whole)

    def __iter__(self) -> Iterator[Cell]:
        return chain.from_iterable(self._cells.values())

    def cells(self, target: str) -> list[Cell]:
        """The filled cells of a target, in the order of the columns."""
        return self._cells.get(target, [])

    def text(self, target: str) -> str:
        """The first of them as one line; empty when there is none."""
        cells = self._cells.get(target)
        return " ".join(cells[0].text.split()) if cells else ""

    def notice(self, message: Message, cell: Cell, **values: object) -> None:
        """Keep a problem with a cell."""
        place = {"sheet": self.sheet, "row": self.row, "column": cell.column, "heading": cell.heading}
        self.problems.append(Problem(message, values={**place, **values}))


def _printable(text: str) -> str:
    """`text` with what a Record may not hold removed from each of its lines."""
    return "\n".join(repair.value(line)[0] for line in text.splitlines())
