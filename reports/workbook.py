"""The yearly report as a Vietnamese public library hands it in, as an Excel workbook: in Vietnamese, whoever makes it.

The first sheet is laid out like the reports of state bodies (national motto, title, table of indicators, signatures);
those behind it hold what the indicators were added up from.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Final

from catalogue.store import Store
from foundation.settings import Settings
from harvesting.schedule import zone
from reports.quality import KINDS as RULE_KINDS
from reports.quality import Quality, quality
from reports.sheets import Book, Cell
from reports.words import DEFINITIONS, DOORS, SEVERITIES, USES
from reports.yearly import BESIDE, KINDS, Year

_INDICATORS: Final = ("STT", "Chỉ tiêu", "Đơn vị tính", "Năm trước", "Năm báo cáo", "Mục tiêu", "Đạt (%)", "Ghi chú")


def yearly(store: Store, settings: Settings, found: Year, owner: str = "") -> bytes:
    """The workbook of a year. `owner`: the name of the library that reports; empty: the repository's."""
    name = owner or settings.repository_name
    out = io.BytesIO()
    book = Book(out, f"Báo cáo thống kê năm {found.year}", name)
    with store.read() as connection:
        now = datetime.fromtimestamp(store.now(connection), zone(settings.timezone))
    owners = None if found.whole else [one.library.code for one in found.libraries]
    standing = quality(store, settings, owners)
    _report(book, settings, found, standing, name, now)
    _months(book, found)
    _libraries(book, found)
    if found.partners:
        _partners(book, found)
    _quality(book, standing, now)
    _definitions(book, settings)
    book.close()
    return out.getvalue()


def _report(book: Book, settings: Settings, found: Year, standing: Quality, name: str, now: datetime) -> None:
    sheet = book.sheet("Báo cáo năm", (6, 52, 12, 13, 13, 18, 10, 34), landscape=True)
    for left, right, form in (
        (name.upper(), "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "bold"),
        ("", "Độc lập - Tự do - Hạnh phúc", "bold"),
        ("", f"…………, ngày {now.day:02} tháng {now.month:02} năm {now.year}", "subtitle"),
    ):
        sheet.across(left, "bold", 0, 2)
        sheet.row -= 1
        sheet.across(right, form, 4, 7)
    sheet.row += 1
    sheet.across(f"BÁO CÁO THỐNG KÊ HOẠT ĐỘNG LIÊN THÔNG THƯ VIỆN NĂM {found.year}", "title")
    until = f"31/12/{found.year}" if now.year > found.year else f"{now.day:02}/{now.month:02}/{now.year}"
    sheet.across(f"(Số liệu từ ngày 01/01/{found.year} đến ngày {until})", "subtitle")
    sheet.row += 1
    sheet.headings(_INDICATORS, stay=False)
    for row in indicators(settings, found, standing):
        sheet.cells(row)
    sheet.row += 1
    for note in _notes(found):
        sheet.across(note, "note")
    sheet.row += 1
    sheet.across("NGƯỜI LẬP BIỂU", "bold", 0, 2)
    sheet.row -= 1
    sheet.across("THỦ TRƯỞNG ĐƠN VỊ", "bold", 4, 7)
    sheet.across("(Ký, ghi rõ họ tên)", "subtitle", 0, 2)
    sheet.row -= 1
    sheet.across("(Ký tên, đóng dấu)", "subtitle", 4, 7)


def indicators(settings: Settings, found: Year, standing: Quality) -> list[tuple[Cell, ...]]:
    """The rows of the report: number, indicator, unit, last year, this year, target, reached in per cent, remark."""
    records = [one.records for one in found.libraries if one.records is not None]
    before = [one.records_before for one in found.libraries if one.records_before is not None]
    low, high = settings.uses_low, settings.uses_high
    target = f"{_dotted(low)} – {_dotted(high)}" if high else _dotted(low)
    goal = found.whole and low > 0
    forecast = f"Ước cả năm: {_dotted(found.forecast)} lượt" if found.forecast is not None else None
    share = found.share
    rows: list[tuple[Cell, ...]] = [
        ("1", "Thư viện tham gia liên thông", "thư viện", None, len(found.libraries), None, None, None),
        ("2", "Biểu ghi đang công bố", "biểu ghi", sum(before) if before else None,
         sum(records) if records else None, None, None, None),
        ("3", "Lượt truy cập và sử dụng thông tin", "lượt", found.before, found.uses, target if goal else None,
         100 * found.uses / low if goal else None, forecast),
    ]  # fmt: skip
    for number, key in enumerate(KINDS, 1):
        rows.append((f"3.{number}", USES[key].vi, "lượt", None, sum(found.counts[key]), None, None, None))
    rows.append(("4", "Biểu ghi cung cấp cho phần mềm và thư viện khác", "biểu ghi", None,
                 sum(sum(found.counts[key]) for key in BESIDE), None, None, "Không cộng vào chỉ tiêu 3"))  # fmt: skip
    for number, key in enumerate(BESIDE, 1):
        rows.append((f"4.{number}", USES[key].vi, "biểu ghi", None, sum(found.counts[key]), None, None, None))
    rows += [
        ("5", "Tài liệu dân tộc thiểu số và thư tịch cổ trong mục lục", "tài liệu", None, share.documents, None, None,
         None),
        ("5.1", "Trong đó: tài liệu của các dân tộc thiểu số", "tài liệu", None, share.minority, None, None, None),
        ("5.2", "Trong đó: thư tịch cổ", "tài liệu", None, share.old, None, None,
         "Một tài liệu có thể thuộc cả 5.1 và 5.2"),
        ("5.3", "Đã số hóa", "tài liệu", None, share.digitised, None, None, None),
        ("5.4", "Tỷ lệ đã số hóa", "%", None, share.percent, f"{settings.digitised_percent} %",
         100 * share.percent / settings.digitised_percent if settings.digitised_percent else None, None),
        ("6", "Lần thu thập dữ liệu thành công", "lần", None, sum(one.harvests for one in found.libraries), None, None,
         None),
        ("6.1", "Lần thu thập không thành công", "lần", None, sum(one.failed for one in found.libraries), None, None,
         None),
        ("7", "Biểu ghi không vi phạm quy tắc nào", "biểu ghi", None, standing.whole.clean, None, standing.whole.share,
         "Tính tại thời điểm lập báo cáo"),
    ]  # fmt: skip
    return rows


def _notes(found: Year) -> list[str]:
    said = []
    if found.since is not None and found.since > found.months[0]:
        said.append(f"Lượt sử dụng được đếm từ tháng {found.since % 100:02}/{found.since // 100}.")
    if found.behind:
        said.append(
            f"Còn {_dotted(found.behind)} biểu ghi chưa được xét tới; số liệu mục 5 và 7 sẽ thay đổi khi xét xong."
        )
    if not found.whole:
        said.append(
            "Số liệu của riêng thư viện nêu ở tờ “Theo thư viện”; lượt tìm chung toàn mục lục không tính vào đây."
        )
    return said


def _months(book: Book, found: Year) -> None:
    keys = (*KINDS, *BESIDE)
    sheet = book.sheet("Theo tháng", (12, *[15] * (len(KINDS) + 1), *[15] * len(BESIDE), 15), landscape=True)
    names = [USES[key].vi for key in KINDS] + ["Cộng lượt sử dụng"] + [USES[key].vi for key in BESIDE]
    sheet.headings(["Tháng", *names, "Biểu ghi cuối tháng"])
    for place, month in enumerate(found.months):
        used = [found.counts[key][place] for key in KINDS]
        given = [found.counts[key][place] for key in BESIDE]
        sheet.cells([_month(month), *used, sum(used), *given, found.growth.get(month)])
    totals = [sum(found.counts[key]) for key in keys]
    sheet.cells(["Cả năm", *totals[: len(KINDS)], found.uses, *totals[len(KINDS) :], None], "total")
    chart = book.book.add_chart({"type": "column", "subtype": "stacked"})
    for column, key in enumerate(KINDS, 1):
        values = ["Theo tháng", 1, column, 12, column]
        chart.add_series({"name": USES[key].vi, "categories": ["Theo tháng", 1, 0, 12, 0], "values": values})
    chart.set_title({"name": f"Lượt sử dụng theo tháng, năm {found.year}"})
    chart.set_size({"width": 960, "height": 360})
    sheet.sheet.insert_chart(sheet.row + 1, 0, chart)


def _libraries(book: Book, found: Year) -> None:
    sheet = book.sheet("Theo thư viện", (10, 38, 12, 12, 12, 12, 14, 12, 12, 14, 12, 12, 12, 12), landscape=True)
    sheet.headings(
        ["Mã", "Thư viện", "Biểu ghi năm trước", "Biểu ghi", "Lượt tìm", "Lượt xem", "Lượt tải", "Cộng lượt sử dụng",
         "Biểu ghi cung cấp", "Dân tộc thiểu số, thư tịch cổ", "Đã số hóa", "Tỷ lệ số hóa", "Thu thập xong",
         "Thu thập hỏng"]
    )  # fmt: skip
    for one in found.libraries:
        share = one.share
        sheet.cells(
            [one.library.code, one.library.name_vi, one.records_before, one.records, one.searches, one.views,
             one.downloads, one.uses, one.given, share.documents, share.digitised,
             share.percent if share.documents else None, one.harvests, one.failed]
        )  # fmt: skip
    if found.whole:
        alone = found.uses - sum(one.uses for one in found.libraries)
        sheet.cells(["", "Tìm chung toàn mục lục", None, None, None, None, None, alone])


def _partners(book: Book, found: Year) -> None:
    sheet = book.sheet("Đơn vị thu thập", (60, 20))
    sheet.headings(["Đơn vị thu thập qua OAI-PMH", "Biểu ghi đã cung cấp"])
    for name, records in found.partners:
        sheet.cells([name, records])


def _quality(book: Book, found: Quality, now: datetime) -> None:
    sheet = book.sheet("Chất lượng", (10, 70, 30, 10, 12, 12, 10))
    whole = found.whole
    sheet.across(
        f"{_dotted(whole.clean)} trên {_dotted(whole.records)} biểu ghi không vi phạm quy tắc nào "
        f"(ngày {now.day:02}/{now.month:02}/{now.year}, hồ sơ kiểm tra {found.profile})."
    )
    sheet.headings(["Số", "Vấn đề và cách sửa", "Nhóm", "Mức", "Biểu ghi", "Tỷ lệ", "Tự sửa"])
    for one in found.rules:
        share = 100 * one.records / whole.records if whole.records else None
        level, mended = SEVERITIES[one.severity].vi, "có" if one.fixable else ""
        sheet.cells([one.number, one.names.vi, RULE_KINDS[one.kind].vi, level, one.records, share, mended])


def _definitions(book: Book, settings: Settings) -> None:
    sheet = book.sheet("Cách tính", (85,))
    sheet.headings(["Cách tính"])
    for one in DEFINITIONS:
        sheet.cells([one.vi.format(before=settings.heritage_before)])
    doors = ", ".join(one.vi for one in DOORS.values())
    sheet.cells([f"Các cửa được đếm: {doors}."])


def _month(month: int) -> str:
    return f"{month % 100:02}/{month // 100}"


def _dotted(number: int) -> str:
    """97034 as `97.034`."""
    return f"{number:,}".replace(",", ".")
