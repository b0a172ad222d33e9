"""The reports of `lienthong check` for programs (JSON, CSV) and for the office (a workbook).

They go out finding by finding, so that a national catalogue can be checked in little memory.
"""

from __future__ import annotations

import csv
import json
import sys
from typing import Any

from cli.check_report import Base, TextReport
from marc.reading import Reading
from marc.rules import Finding

COLUMNS = {
    "file": "Tệp",
    "record": "Biểu ghi thứ",
    "control_number": "Số 001",
    "severity": "Mức",
    "rule": "Số quy tắc",
    "code": "Mã quy tắc",
    "tag": "Trường",
    "occurrence": "Lần thứ",
    "subfield": "Trường con",
    "position": "Vị trí",
    "seen": "Đang ghi",
    "wanted": "Nên ghi",
    "vi": "Vấn đề và cách sửa",
    "en": "Problem and what to do",
}
"""Column → its heading in Vietnamese."""

SEVERITIES = {"E": "lỗi", "W": "nên xem"}


def row(reading: Reading, finding: Finding) -> dict[str, Any]:
    """One finding as the columns of a table."""
    spot = finding.spot
    return {
        "file": reading.file,
        "record": reading.number,
        "control_number": reading.record.control("001") if reading.record else "",
        "severity": finding.severity,
        "rule": finding.rule.number,
        "code": finding.rule.code,
        "tag": spot.tag,
        "occurrence": spot.occurrence,
        "subfield": spot.subfield,
        "position": spot.position,
        "seen": spot.seen or (finding.note.text("vi") if finding.note else ""),
        "wanted": spot.wanted,
        "vi": finding.rule.message.vi,
        "en": finding.rule.message.en,
    }


class JsonReport(Base):
    """One document: the findings as they come, then the summary."""

    def begin(self) -> None:
        self._out = self.stream()
        self._out.write(f'{{"profile": {json.dumps(self.summary.profile.name)},\n"findings": [')
        self._first = True

    def add(self, reading: Reading, findings: list[Finding]) -> None:
        for finding in findings:
            self._out.write("\n" if self._first else ",\n")
            self._out.write(json.dumps(row(reading, finding), ensure_ascii=False))
            self._first = False

    def end(self) -> None:
        counts = self.summary
        rules = [
            {
                "rule": rule.number,
                "code": rule.code,
                "severity": group.severity,
                "fixable": rule.fixable,
                "records": group.records,
                "findings": group.findings,
                "vi": rule.message.vi,
                "en": rule.message.en,
            }
            for rule, group in counts.sorted()
        ]
        told = {
            "records": counts.records,
            "unreadable": counts.unreadable,
            "with_errors": counts.errors,
            "with_warnings_only": counts.warned,
            "fixable": counts.fixable,
            "rules": rules,
        }
        self._out.write(f'\n],\n"summary": {json.dumps(told, ensure_ascii=False, indent=1)}}}\n')


def tame(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before what might be one (CWE-1236)."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


class CsvReport(Base):
    """A finding to the row, under English names for programs."""

    def begin(self) -> None:
        self._rows = csv.DictWriter(self.stream(), list(COLUMNS), lineterminator="\r\n")
        self._rows.writeheader()

    def add(self, reading: Reading, findings: list[Finding]) -> None:
        for finding in findings:
            self._rows.writerow({name: tame(value) for name, value in row(reading, finding).items()})


class XlsxReport(Base):
    """A workbook: every finding on sheets that can be filtered, a summary sheet with the counts."""

    ROWS = 1_000_000
    """Findings to a sheet; a sheet ends at 1,048,576 rows."""
    _WIDTHS = (18, 10, 14, 9, 8, 20, 8, 8, 8, 8, 40, 40, 70, 60)

    def begin(self) -> None:
        if self.path:
            self.stream()  # so that a folder that is not there is told before an hour's work
        target = str(self.path) if self.path else sys.stdout.buffer
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415 - who writes no workbook need not load it

        self._book = xlsxwriter.Workbook(target, {**options, "strings_to_numbers": False})
        self._bold = self._book.add_format({"bold": True, "bg_color": "#DDEBF7"})
        self._totals = self._book.add_worksheet("Tóm tắt")
        self._sheet: Any = None
        self._row = self.ROWS

    def add(self, reading: Reading, findings: list[Finding]) -> None:
        for finding in findings:
            if self._row >= self.ROWS:
                self._begin_sheet()
            self._row += 1
            told = row(reading, finding)
            told["severity"] = SEVERITIES[finding.severity]
            for column, value in enumerate(told.values()):
                self._cell(self._sheet, self._row, column, value)

    def _begin_sheet(self) -> None:
        self._sheet = self._book.add_worksheet(f"Chi tiết {len(self._book.worksheets())}")
        for column, (heading, width) in enumerate(zip(COLUMNS.values(), self._WIDTHS, strict=True)):
            self._sheet.set_column(column, column, width)
            self._sheet.write_string(0, column, heading, self._bold)
        self._sheet.freeze_panes(1, 0)
        self._sheet.autofilter(0, 0, self.ROWS, len(COLUMNS) - 1)
        self._row = 0

    @staticmethod
    def _cell(sheet: Any, line: int, column: int, value: Any) -> None:
        if isinstance(value, int):
            sheet.write_number(line, column, value)
        else:
            sheet.write_string(line, column, value)  # never a formula or a link, whatever it looks like

    def end(self) -> None:
        counts, sheet = self.summary, self._totals
        lines: list[tuple[Any, ...]] = [
            ("Biểu ghi đã kiểm tra", counts.records),
            ("Biểu ghi có lỗi", counts.errors),
            ("Biểu ghi có điểm nên xem", counts.warned),
            ("Chỗ tự sửa được bằng --fix", counts.fixable),
            (),
            ("Vấn đề và cách sửa", "Mức", "Biểu ghi", "Chỗ", "Tự sửa", "Số quy tắc", "Mã quy tắc"),
        ]
        for rule, group in counts.sorted():
            fixed = "có" if rule.fixable else ""
            level = SEVERITIES[group.severity]
            lines.append((rule.message.vi, level, group.records, group.findings, fixed, rule.number, rule.code))
        sheet.set_column(0, 0, 90)
        for number, line in enumerate(lines):
            for column, value in enumerate(line):
                self._cell(sheet, number, column, value)
        self._book.close()


REPORTS: dict[str, Any] = {"text": TextReport, "json": JsonReport, "csv": CsvReport, "xlsx": XlsxReport}
"""Name of a form → its report, made of where to write (None: standard output) and the summary."""
