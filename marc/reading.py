"""What reading one record gives, whatever form it came in."""

from __future__ import annotations

from typing import NamedTuple

from foundation.errors import Problem
from marc.record import Record

_OWN_WORDS = {"line", "row"}
"""Values by which a message names the line itself."""


class ListCell(NamedTuple):
    """A cell of a list of books, as the spreadsheet program names it."""

    sheet: str
    row: int
    column: str
    heading: str


class Written(NamedTuple):
    """A record and what `marc.marcxml.write` gives for it, from who knew that without writing it."""

    record: Record
    data: bytes


class Reading(NamedTuple):
    """One record as it was found in a file: read, read with repairs, or set aside.

    `record` is None when the record could not be read; the last problem then says why, and `original` still holds
    every byte of it. All other problems are repairs that were made or things worth a look.
    """

    number: int
    """Which reading of its file this is, from 1."""
    offset: int
    """Where `original` begins in the file, in bytes from 0; -1 where only the line is known."""
    original: bytes
    record: Record | None
    problems: tuple[Problem, ...] = ()
    line: int = 0
    """The line it begins on, from 1, in the forms that have lines; else 0."""
    file: str = ""
    """The name of the file, once `placed`."""
    provenance: str = ""
    """Of a harvested record: where it came from, as `catalogue.provenance` packs it."""
    name: str = ""
    """What its source calls it, if that is not its control number: the OAI identifier of a harvested record."""
    deleted: bool = False
    """Its source says that it is gone; `record` is None then."""
    cell: ListCell | None = None
    """Of a row of a list: the cell that gave it its number, or would have."""
    written: Written | None = None

    @property
    def marcxml(self) -> bytes:
        """Its record as MARCXML, where its reader knew that; else empty. Nothing of one that was put in its place."""
        return self.written.data if self.written is not None and self.written.record is self.record else b""

    def placed(self, file: str) -> Reading:
        """The same reading with file, record number, byte offset or line, and control number in every problem's place.

        A problem that names its line or row itself (those of XML and of spreadsheets do) is not given another.
        """
        if not self.problems:
            return self._replace(file=file)
        control_number = self.record.control("001") if self.record else ""
        return self._replace(
            file=file,
            problems=tuple(
                problem.at(
                    file=file,
                    record=self.number,
                    offset=self.offset,
                    line=problem.place.line or (0 if _OWN_WORDS & problem.values.keys() else self.line),
                    control_number=control_number or problem.place.control_number,
                )
                for problem in self.problems
            ),
        )
