"""A workbook as these reports write it: rows from the top, headings that stay, nothing that a spreadsheet would run."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any, BinaryIO, Final

Cell = str | int | float | None
_LINE_POINTS: Final = 15.5
_FULL: Final = 0.9
"""How much of a line words fill before the next one does not fit."""

_FORMATS: Final[dict[str, dict[str, Any]]] = {
    "text": {"text_wrap": True, "valign": "top", "border": 1},
    "number": {"num_format": "#,##0", "valign": "top", "border": 1},
    "percent": {"num_format": '0.0" %"', "valign": "top", "border": 1},
    "heading": {
        "bold": True,
        "text_wrap": True,
        "align": "center",
        "valign": "vcenter",
        "bg_color": "#DCEBE4",
        "border": 1,
    },
    "total": {"num_format": "#,##0", "bold": True, "valign": "top", "border": 1},
    "title": {"bold": True, "font_size": 14, "align": "center"},
    "subtitle": {"italic": True, "align": "center"},
    "bold": {"bold": True, "align": "center"},
    "centre": {"align": "center"},
    "plain": {"text_wrap": True, "valign": "top"},
    "note": {"italic": True, "text_wrap": True, "valign": "top"},
}


class Book:
    """A workbook that is being written to a file of bytes."""

    def __init__(self, out: BinaryIO, title: str, author: str) -> None:
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415 - who writes no workbook need not load it

        self.book: Any = xlsxwriter.Workbook(out, options)
        self.book.set_properties({"title": title, "author": author})
        self.formats: dict[str, Any] = {name: self.book.add_format(form) for name, form in _FORMATS.items()}
        for form in self.formats.values():
            form.set_font_name("Times New Roman")  # as offices in Vietnam write (Decree 30/2020/NĐ-CP, annex I)

    def sheet(self, name: str, widths: Sequence[int], landscape: bool = False) -> Sheet:
        """A new sheet with columns of these widths, made to be printed on A4."""
        made = self.book.add_worksheet(name)
        for column, width in enumerate(widths):
            made.set_column(column, column, width)
        made.set_paper(9)
        made.fit_to_pages(1, 0)
        if landscape:
            made.set_landscape()
        return Sheet(made, self.formats, tuple(widths))

    def close(self) -> None:
        self.book.close()


class Sheet:
    """One sheet; rows go below one another."""

    def __init__(self, sheet: Any, formats: dict[str, Any], widths: tuple[int, ...]) -> None:
        self.sheet, self.row = sheet, 0
        self._formats, self._widths = formats, widths

    def across(self, text: str, form: str = "plain", first: int = 0, last: int | None = None) -> None:
        """A line over several columns; the next one goes below it."""
        end = len(self._widths) - 1 if last is None else last
        self.sheet.merge_range(self.row, first, self.row, end, text, self._formats[form])
        self.row += 1

    def headings(self, names: Sequence[str], stay: bool = True) -> None:
        """The headings of a table; they stay when the sheet is scrolled, and are printed on every page."""
        self._high(names)
        for column, name in enumerate(names):
            self.sheet.write_string(self.row, column, name, self._formats["heading"])
        if stay:
            self.sheet.freeze_panes(self.row + 1, 1)
            self.sheet.repeat_rows(self.row)
        self.row += 1

    def cells(self, values: Sequence[Cell], form: str = "") -> None:
        """A row of a table. Text stays text, whatever it looks like."""
        self._high(values)
        for column, value in enumerate(values):
            if value is None:
                self.sheet.write_blank(self.row, column, None, self._formats["text"])
            elif isinstance(value, str):
                self.sheet.write_string(self.row, column, value, self._formats[form or "text"])
            else:
                shown = form or ("percent" if isinstance(value, float) else "number")
                self.sheet.write_number(self.row, column, value, self._formats[shown])
        self.row += 1

    def _high(self, values: Sequence[Cell]) -> None:
        """The row as high as its longest text, which not every program measures when it opens a workbook."""
        texts = [
            (len(value), width) for value, width in zip(values, self._widths, strict=False) if isinstance(value, str)
        ]
        lines = max((ceil(size / (width * _FULL)) for size, width in texts if size > width * _FULL), default=1)
        if lines > 1:
            self.sheet.set_row(self.row, _LINE_POINTS * lines)
