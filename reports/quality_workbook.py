"""The standing of quality as an Excel workbook: counts by rule, library and month, and the records to be mended."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from typing import Final

from catalogue.store import Store
from foundation.settings import Settings
from reports import quality as standing
from reports.quality import KINDS, Quality
from reports.sheets import Book
from reports.shelf import Listed, Place
from reports.words import SEVERITIES

MOST: Final = 20_000
"""Records that a workbook lists if nothing else is asked; the counts are always those of all."""
_PAGE: Final = 1_000


def workbook(
    store: Store, settings: Settings, base_url: str, owners: Collection[str] | None = None, most: int = MOST
) -> bytes:
    """The workbook. `owners`: codes of the libraries that are looked at; None: all. `most`: records that are listed."""
    found = standing.quality(store, settings, owners)
    out = io.BytesIO()
    book = Book(out, "Chất lượng dữ liệu", settings.repository_name)
    _rules(book, found)
    _libraries(book, found)
    _months(book, found)
    _records(book, store, found, base_url, owners, most)
    book.close()
    return out.getvalue()


def _rules(book: Book, found: Quality) -> None:
    codes = [one.library.code for one in found.libraries if one.library]
    sheet = book.sheet("Quy tắc", (8, 20, 70, 26, 9, 9, 11, 9, *[10] * len(codes)), landscape=True)
    sheet.headings(
        ["Số", "Mã quy tắc", "Vấn đề và cách sửa", "Nhóm", "Mức", "Tự sửa", "Biểu ghi", "Tỷ lệ", *codes]
    )  # fmt: skip
    for one in found.rules:
        share = 100 * one.records / found.whole.records if found.whole.records else None
        level, mended = SEVERITIES[one.severity].vi, "có" if one.fixable else ""
        parts = [one.libraries.get(code, 0) for code in codes]
        sheet.cells([one.number, one.code, one.names.vi, KINDS[one.kind].vi, level, mended, one.records, share, *parts])


def _libraries(book: Book, found: Quality) -> None:
    sheet = book.sheet("Thư viện", (10, 44, 12, 14, 12, 14, 14))
    sheet.headings(["Mã", "Thư viện", "Biểu ghi", "Không vi phạm", "Có lỗi", "Chỉ nên xem", "Tỷ lệ đầy đủ"])
    for one in (*found.libraries, found.whole):
        code, name = (one.library.code, one.library.name_vi) if one.library else ("", "Tất cả")
        sheet.cells([code, name, one.records, one.clean, one.errors, one.remarks, one.share if one.records else None])


def _months(book: Book, found: Quality) -> None:
    sheet = book.sheet("Theo tháng", (12, 12, 14, 12, 14, 14))
    sheet.headings(["Cuối tháng", "Biểu ghi", "Không vi phạm", "Có lỗi", "Chỉ nên xem", "Tỷ lệ đầy đủ"])
    for month, one in found.trend:
        share = one.share if one.records else None
        sheet.cells([f"{month % 100:02}/{month // 100}", one.records, one.clean, one.errors, one.remarks, share])


def _records(
    book: Book, store: Store, found: Quality, base_url: str, owners: Collection[str] | None, most: int
) -> None:
    sheet = book.sheet("Biểu ghi", (20, 60, 10, 24, 20, 50))
    sheet.headings(["Mã quy tắc", "Vấn đề và cách sửa", "Thư viện", "Số của thư viện", "Mã biểu ghi", "Địa chỉ"])
    left = most
    for rule in found.rules:
        for one in _listed(store, rule.code, owners, left):
            address = f"{base_url}/record/{one.identifier}"
            sheet.cells([rule.code, rule.names.vi, one.library, one.local_id, one.identifier, address])
            left -= 1
    total = sum(rule.records for rule in found.rules)
    if total > most:
        sheet.across(
            f"Danh sách dừng ở {most:,} dòng trên {total:,}. Hãy chọn một thư viện để có danh sách ngắn hơn.", "note"
        )


def _listed(store: Store, code: str, owners: Collection[str] | None, most: int) -> Iterator[Listed]:
    after: Place | None = None
    while most > 0:
        _, some = standing.records(store, code, owners, after, min(_PAGE, most))
        yield from some
        if not some:
            return
        after, most = some[-1].place, most - len(some)
