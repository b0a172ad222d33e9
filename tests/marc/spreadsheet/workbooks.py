"""Little workbooks for tests, each made by a program or by hand, as libraries send them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from marc.reading import Reading
from marc.spreadsheet import rows

HEADINGS = ("STT", "Nhan đề", "Tác giả", "NXB", "Năm XB", "ISBN")
KIEU = ("1", "Truyện Kiều", "Nguyễn Du", "Văn học", "2015", "9786046996026")


def xlsx(*lines: Sequence[Any], sheet: str = "Sách", merged: Sequence[tuple[int, int, int, int, str]] = ()) -> bytes:
    """An .xlsx of one sheet; numbers are stored as numbers, None leaves a cell out."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False})
    page = book.add_worksheet(sheet)
    for row, line in enumerate(lines):
        for column, value in enumerate(line):
            if value is not None:
                page.write(row, column, value)
    for top, left, bottom, right, text in merged:
        page.merge_range(top, left, bottom, right, text)
    book.close()
    return out.getvalue()


def csv(*lines: Sequence[str], delimiter: str = ",", end: str = "\r\n") -> str:
    return "".join(delimiter.join(line) + end for line in lines)


def ods(body: str) -> bytes:
    """An OpenDocument spreadsheet around the XML of its tables."""
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3">'
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
        'manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
        "</manifest:manifest>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return out.getvalue()


def ods_table(*lines: Sequence[str], tail: str = "") -> str:
    """The XML of one table; LibreOffice ends rows and tables with empty cells said a thousand times."""
    made = []
    for line in lines:
        texts = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in line
        )
        made.append(
            f'<table:table-row>{texts}<table:table-cell table:number-columns-repeated="16378"/></table:table-row>'
        )
    return f'<table:table table:name="Sách">{"".join(made)}{tail}</table:table>'


def patched(data: bytes, name: str, change: Any) -> bytes:
    """A zip with the part whose name ends in `name` changed by a function of bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, change(content) if entry.filename.endswith(name) else content)
    return out.getvalue()


def read(data: bytes | str, name: str = "sách.xlsx", **options: Any) -> list[Reading]:
    return list(rows.read(io.BytesIO(data.encode() if isinstance(data, str) else data), name, **options))


def row(**cells: str) -> Reading:
    """The reading of one row, its headings given as keywords: underscores are blanks."""
    headings = [heading.replace("_", " ") for heading in cells]
    (reading,) = read(xlsx(headings, list(cells.values())))
    return reading


def values(reading: Reading, tag: str) -> list[str]:
    """The fields with a tag as people write them: indicators, then $a…; values of control fields bare."""
    assert reading.record is not None
    return [
        field.value
        or field.indicators.replace(" ", "_") + " " + "".join(f"${code}{text}" for code, text in field.subfields)
        for field in reading.record.select(tag)
    ]
