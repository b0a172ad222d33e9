"""What the readers of workbooks and of delimited text both give: sheets of rows of text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from foundation.errors import Problem


class Row(NamedTuple):
    """One row. `number` is the one the spreadsheet program shows, from 1; blank rows at the end of `cells` are cut.

    `problem` says why a row could not be read; `cells` then hold what there was of it, as one text.
    """

    number: int
    cells: tuple[str, ...]
    problem: Problem | None = None


class Sheet(NamedTuple):
    """One sheet before anything in it is understood. `rows` can be gone through once, in order, blank ones left out."""

    name: str
    rows: Iterable[Row]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """Merged cells: first row, first column, last row, last column; rows from 1, columns from 0."""
    encoding: str = "utf-8"
    height: int = 0
    """Rows up to the last filled one; 0 where they are read as they stream."""
