"""The workbook that a library without a system starts with: headings, explanations, lists, an example row."""

from __future__ import annotations

import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Final, NamedTuple

from marc.spreadsheet.cells import letter
from marc.spreadsheet.coding import KINDS, LANGUAGES
from marc.spreadsheet.headings import TARGETS
from marc.spreadsheet.rows import EXAMPLE, HELP

if TYPE_CHECKING:
    from xlsxwriter.format import Format  # type: ignore[import-untyped]
    from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]

SHEET: Final = "Sách"
_LISTS: Final = "Lựa chọn"
_ROWS: Final = 5_000
"""Rows below the heading that offer the lists."""
_CREATED: Final = datetime.datetime(2026, 1, 1)  # noqa: DTZ001 - the format knows no zones
"""Written into every template, so that the same version gives the same bytes."""


class _Column(NamedTuple):
    target: str
    width: int
    example: str
    vi: str
    en: str


_COLUMNS: Final = (
    _Column("id", 12, EXAMPLE, "Mã riêng của thư viện, không trùng nhau. Có thể để trống nếu đã ghi số ĐKCB.",
            "The library's own number, each different. May stay empty beside accession numbers."),
    _Column("accession", 20, "VN.000123-VN.000125",
            "Số ĐKCB của từng bản: cách nhau bằng dấu chấm phẩy, hoặc ghi cả dãy.",
            "The accession number of each copy, separated by semicolons, or as a range."),
    _Column("title", 36, "Truyện Kiều", "Bắt buộc. Ghi đúng như trên trang tên sách, không viết hoa toàn bộ.",
            "Required. As it stands on the title page, not all in capitals."),
    _Column("subtitle", 24, "truyện thơ Nôm", "Phần bổ sung cho nhan đề.", "Other title information."),
    _Column("author", 28, "Nguyễn Du; Đào Duy Anh hiệu đính",
            "Nhiều người thì cách nhau bằng dấu chấm phẩy; vai trò ghi sau tên.",
            "Several persons are separated by semicolons; a role stands behind the name."),
    _Column("translator", 20, "", "Người dịch, nếu có.", "The translator, if any."),
    _Column("part", 8, "1", "Số tập, nếu là bộ nhiều tập.", "Number of the volume, in a set."),
    _Column("edition", 14, "Tái bản lần thứ 2", "Lần xuất bản hoặc tái bản.", "The edition."),
    _Column("place", 14, "Hà Nội", "Nơi xuất bản, ghi đủ tên.", "Place of publication, in full."),
    _Column("publisher", 18, "Văn học", "Không cần ghi chữ “Nhà xuất bản”.", "Without the word for publisher."),
    _Column("year", 8, "2015", "Bốn chữ số.", "Four digits."),
    _Column("extent", 10, "271", "Số trang của sách.", "Number of pages."),
    _Column("size", 10, "21 cm", "Khổ sách tính bằng cm.", "Height in centimetres."),
    _Column("series", 18, "Tủ sách Văn học", "Tên tùng thư, bộ sách hoặc tủ sách.", "Name of the series."),
    _Column("isbn", 18, "978-604-69-9602-6", "Ghi cả dãy số; hệ thống tự kiểm tra số cuối.",
            "The whole number; its check digit is verified."),
    _Column("price", 10, "52000", "Giá bìa, tính bằng đồng.", "Price in đồng."),
    _Column("language", 16, "Tiếng Việt", "Chọn trong danh sách.", "Choose from the list."),
    _Column("class", 14, "895.92212", "Ký hiệu phân loại DDC.", "Class number (DDC)."),
    _Column("shelf_mark", 18, "895.92212 NG-D", "Ký hiệu trên nhãn gáy sách.", "The mark on the label of the spine."),
    _Column("subject", 22, "Văn học cổ điển -- Việt Nam", "Đề mục chủ đề; nhiều đề mục cách nhau bằng dấu chấm phẩy.",
            "Subject headings, separated by semicolons."),
    _Column("keyword", 24, "Truyện thơ; Văn học cổ điển", "Từ khoá, cách nhau bằng dấu chấm phẩy.",
            "Keywords, separated by semicolons."),
    _Column("summary", 36, "Cuộc đời mười lăm năm lưu lạc của Thuý Kiều.", "Tóm tắt nội dung, một hai câu.",
            "One or two sentences on the content."),
    _Column("kind", 18, "Sách", "Chọn trong danh sách.", "Choose from the list."),
    _Column("copies", 8, "3", "Số bản thư viện có.", "How many copies the library has."),
    _Column("location", 16, "Kho mượn", "Kho hoặc phòng để sách.", "The storeroom."),
    _Column("note", 24, "", "Ghi chú khác.", "Other notes."),
)  # fmt: skip


def template() -> bytes:
    """The template as an .xlsx. What it says is Vietnamese, with English in the help sheet; the example row, marked as
    such in its first column, is left out when the workbook comes back."""
    out = BytesIO()
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415 - who writes no workbook need not load it

    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "Liên Thông", "created": _CREATED})
    _sheet(book)
    _help(book)
    _lists(book)
    book.close()
    return out.getvalue()


def _sheet(book: Workbook) -> None:
    sheet = book.add_worksheet(SHEET)
    required, optional = _heading(book, "#9C0006"), _heading(book, "#1F4E78")
    example = book.add_format({"italic": True, "font_color": "#7F7F7F", "num_format": "@"})
    plain = book.add_format({"num_format": "@"})  # text: Excel must not make a number of an ISBN, nor a date of 1/2
    for at, column in enumerate(_COLUMNS):
        name = TARGETS[column.target].vi
        needed = column.target == "title"
        sheet.set_column(at, at, column.width, plain)
        sheet.write_string(0, at, f"{name} *" if needed else name, required if needed else optional)
        sheet.write_comment(0, at, f"{column.vi}\n{column.en}", {"x_scale": 2})
        sheet.write_string(1, at, column.example, example)
    sheet.freeze_panes(1, 0)
    for target, place in (("language", _list_place(0, len(LANGUAGES))), ("kind", _list_place(1, len(KINDS)))):
        at = next(at for at, column in enumerate(_COLUMNS) if column.target == target)
        # "warning", not "stop": a language that is not in the list may still be written
        told = {
            "error_type": "warning",
            "error_title": "Không có trong danh mục",
            "error_message": "Vẫn dùng giá trị này?",
        }
        sheet.data_validation(1, at, _ROWS, at, {"validate": "list", "source": place, **told})
    year = next(at for at, column in enumerate(_COLUMNS) if column.target == "year")
    hint = {"input_title": "Năm xuất bản", "input_message": "Bốn chữ số, ví dụ 2015"}
    sheet.data_validation(1, year, _ROWS, year, {"validate": "any", **hint})


def _heading(book: Workbook, colour: str) -> Format:
    return book.add_format(
        {"bold": True, "font_color": "#FFFFFF", "bg_color": colour, "border": 1, "text_wrap": True, "valign": "vcenter"}
    )


def _list_place(column: int, count: int) -> str:
    return f"='{_LISTS}'!${letter(column)}$1:${letter(column)}${count}"


def _help(book: Workbook) -> None:
    sheet = book.add_worksheet(HELP)
    heading, wrapped = _heading(book, "#1F4E78"), book.add_format({"text_wrap": True, "valign": "top"})
    for at, (width, text) in enumerate(((22, "Mục"), (50, "Cách ghi"), (50, "How to fill it in"), (20, "MARC 21"))):
        sheet.set_column(at, at, width, wrapped)
        sheet.write_string(0, at, text, heading)
    for row, column in enumerate(_COLUMNS, 1):
        target = TARGETS[column.target]
        for at, text in enumerate((f"{target.vi} ({target.en})", column.vi, column.en, target.field)):
            sheet.write_string(row, at, text, wrapped)
    notes = (
        "Mỗi dòng là một nhan đề. Dòng ví dụ (màu xám) không được nhập; bạn có thể xoá đi.",
        "Có thể đổi thứ tự, bỏ bớt hoặc thêm cột; cột lạ sẽ được hỏi lại khi nhập.",
    )
    for row, text in enumerate(notes, len(_COLUMNS) + 2):
        sheet.merge_range(row, 0, row, 3, text, wrapped)
    sheet.freeze_panes(1, 0)


def _lists(book: Workbook) -> None:
    sheet = book.add_worksheet(_LISTS)
    for row, language in enumerate(LANGUAGES):
        sheet.write_string(row, 0, language.name)
    for row, kind in enumerate(KINDS):
        sheet.write_string(row, 1, kind.names[0])
    sheet.hide()
