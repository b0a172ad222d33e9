"""What this room says. A problem of a row begins with its cell, as the spreadsheet program names it."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message


def _cell(code: str, vi: str, en: str) -> Message:
    return Message(
        f"spreadsheet.{code}",
        "trang tính “{sheet}”, dòng {row}, cột {column} ({heading}): " + vi,
        "sheet “{sheet}”, row {row}, column {column} ({heading}): " + en,
    )


def _row(code: str, vi: str, en: str) -> Message:
    return Message(
        f"spreadsheet.{code}", "trang tính “{sheet}”, dòng {row}: " + vi, "sheet “{sheet}”, row {row}: " + en
    )


# --- the file -----------------------------------------------------------------------------------------------
NOT_A_SPREADSHEET: Final = Message(
    "spreadsheet.not_a_spreadsheet",
    "tệp không phải là bảng tính đọc được ({reason}). Hãy mở tệp bằng Excel hoặc LibreOffice, lưu lại thành .xlsx rồi "
    "gửi lại.",
    "the file is not a spreadsheet that can be read ({reason}). Open it in Excel or LibreOffice, save it as .xlsx and "
    "send it again.",
)
BINARY_WORKBOOK: Final = Message(
    "spreadsheet.binary_workbook",
    "tệp ở dạng .xlsb, máy chủ không đọc dạng này. Hãy lưu lại thành .xlsx rồi gửi lại.",
    "the file is an .xlsb workbook, which is not read here. Save it as .xlsx and send it again.",
)
PASSWORD: Final = Message(
    "spreadsheet.password",
    "bảng tính được đặt mật khẩu. Hãy bỏ mật khẩu (Tệp › Thông tin › Bảo vệ sổ làm việc) rồi gửi lại.",
    "the spreadsheet is protected by a password. Remove it (File › Info › Protect Workbook) and send it again.",
)
LIMIT: Final = Message(
    "spreadsheet.limit",
    "bảng tính vượt giới hạn {limit}: {seen}, cho phép {allowed}. Hãy xoá dòng, cột thừa hoặc chia thành nhiều tệp.",
    "the spreadsheet goes beyond the limit {limit}: {seen} seen, {allowed} allowed. Delete superfluous rows and "
    "columns, or split the file.",
)
EMPTY: Final = Message(
    "spreadsheet.empty",
    "bảng tính không có dòng nào. Hãy kiểm tra tệp đã gửi.",
    "the spreadsheet has no rows. Check the file that was sent.",
)
ENCODING: Final = Message(
    "spreadsheet.encoding",
    "không nhận ra bảng mã của tệp CSV. Hãy chọn một trong: {encodings}; hoặc lưu lại thành .xlsx.",
    "the encoding of the CSV file was not recognised. Choose one of: {encodings}; or save the file as .xlsx.",
)
NO_TITLE: Final = Message(
    "spreadsheet.no_title",
    "không tìm thấy cột nhan đề; các cột đã thấy: {headings}. Hãy đặt tên cột “Nhan đề”, hoặc chọn cột nhan đề trong "
    "bảng ghép cột.",
    "there is no title column; the columns are: {headings}. Name one “Title”, or choose it in the mapping of columns.",
)
MAPPING: Final = Message(
    "spreadsheet.mapping",
    "bảng ghép cột đã lưu không đọc được ({reason}). Hãy ghép cột lại từ đầu.",
    "the kept mapping of columns cannot be read ({reason}). Map the columns again.",
)
UNKNOWN_TARGET: Final = Message(
    "spreadsheet.unknown_target",
    "cột “{heading}” được ghép với mục {target!r} không có trong danh sách. Hãy chọn một mục khác.",
    "the column “{heading}” is mapped to {target!r}, which does not exist. Choose another target.",
)

# --- a row, which is set aside ------------------------------------------------------------------------------
ROW_BROKEN: Final = _row(
    "row_broken",
    "dòng CSV bị hỏng ({reason}), thường vì thiếu dấu ngoặc kép đóng. Hãy sửa dòng này hoặc gửi tệp .xlsx.",
    "the CSV row is broken ({reason}), mostly by a missing closing quotation mark. Mend it or send an .xlsx file.",
)
ROW_ENCODING: Final = _row(
    "row_encoding",
    "chữ không thuộc bảng mã {encoding} của tệp ({reason}). Hãy lưu cả tệp bằng UTF-8 rồi gửi lại.",
    "the text is not in the encoding {encoding} of the file ({reason}). Save the file as UTF-8 and send it again.",
)
ROW_LIMIT: Final = _row(
    "row_limit",
    "dòng vượt giới hạn {limit}: {seen}, cho phép {allowed}. Hãy rút ngắn hoặc tách dòng này.",
    "the row goes beyond the limit {limit}: {seen} seen, {allowed} allowed. Shorten or split it.",
)
TITLE_MISSING: Final = _cell(
    "title_missing",
    "thiếu nhan đề. Hãy điền nhan đề vào ô này.",
    "the title is missing. Write the title into this cell.",
)
CELL_LIMIT: Final = _cell(
    "cell_limit",
    "ô có {seen} ký tự; giới hạn {limit} là {allowed}. Hãy rút ngắn.",
    "the cell has {seen} characters; the limit {limit} is {allowed}. Shorten it.",
)

# --- a cell, which is left out or kept as it is -------------------------------------------------------------
FONT: Final = _cell(
    "font",
    "ô này gõ bằng phông chữ cũ: “{seen}” đã đọc thành “{read}”. Hãy xem có đúng không.",
    "this cell was typed in an old font: “{seen}” was read as “{read}”. See whether that is right.",
)
YEAR: Final = _cell(
    "year",
    "năm xuất bản {seen!r} không hợp lệ; đã giữ nguyên văn. Hãy ghi bốn chữ số, ví dụ 2014.",
    "the year of publication {seen!r} is not valid; it was kept as it stands. Write four digits, as in 2014.",
)
ISBN: Final = _cell(
    "isbn",
    "ISBN {seen!r} sai số kiểm tra hoặc sai độ dài; đã giữ lại như một ISBN sai. Hãy đối chiếu với sách rồi sửa ô này.",
    "the ISBN {seen!r} has a wrong check digit or length; it was kept as a wrong ISBN. Compare it with the book and "
    "mend this cell.",
)
ISBN_SUGGESTED: Final = _cell(
    "isbn_suggested",
    "ISBN {seen!r} sai số kiểm tra, có phải {suggested}? Đã giữ lại như một ISBN sai. Hãy đối chiếu với sách rồi sửa ô "
    "này.",
    "the ISBN {seen!r} has a wrong check digit; is it {suggested}? It was kept as a wrong ISBN. Compare it with the "
    "book and mend this cell.",
)
ISSN: Final = _cell(
    "issn",
    "ISSN {seen!r} không hợp lệ; đã giữ lại như một ISSN sai. Hãy đối chiếu với ấn phẩm rồi sửa ô này.",
    "the ISSN {seen!r} is not valid; it was kept as a wrong ISSN. Compare it with the publication and mend this cell.",
)
CLASS_NUMBER: Final = _cell(
    "class_number",
    "ký hiệu {seen!r} không đúng dạng DDC (ba chữ số, rồi dấu chấm thập phân); đã giữ lại như một ký hiệu phân loại "
    "khác. Hãy kiểm tra rồi sửa ô này.",
    "the number {seen!r} is not shaped as DDC (three digits, then a decimal point); it was kept as another class "
    "number. Check and mend this cell.",
)
LANGUAGE: Final = _cell(
    "language",
    "không biết ngôn ngữ {seen!r}; đã ghi vào phụ chú về ngôn ngữ. Hãy ghi tên thường dùng (“Tiếng Việt”) hoặc mã ba "
    "chữ.",
    "the language {seen!r} is not known; it was put into a note on the language. Write a usual name, or its code of "
    "three letters.",
)
KIND: Final = _cell(
    "kind",
    "không biết loại tài liệu {seen!r}; đã coi là sách và giữ nguyên văn. Hãy chọn trong danh mục của tệp mẫu.",
    "the kind of material {seen!r} is not known; it was taken for a book, and the words were kept. Choose one of the "
    "template.",
)
COPIES: Final = _cell(
    "copies",
    "số bản {seen!r} không phải là số từ 1 đến {allowed}; đã bỏ qua. Hãy ghi một số.",
    "the number of copies {seen!r} is not a number from 1 to {allowed}; it was left out. Write a number.",
)
COPIES_DIFFER: Final = _cell(
    "copies_differ",
    "ghi {seen} bản nhưng có {found} số đăng ký cá biệt; đã theo số đăng ký cá biệt. Hãy kiểm tra.",
    "{seen} {seen:copy is|copies are} given, but {found} {found:accession number|accession numbers}; "
    "what the accession numbers say was followed. Check them.",
)
ACCESSIONS: Final = _cell(
    "accessions",
    "dãy số đăng ký cá biệt {seen!r} gồm {count} số; giới hạn {limit} là {allowed}; đã giữ nguyên văn. Hãy kiểm tra.",
    "the range of accession numbers {seen!r} has {count} of them; the limit {limit} is {allowed}; it was kept as it "
    "stands. Check the range.",
)
URL: Final = _cell(
    "url",
    "địa chỉ {seen!r} không bắt đầu bằng http:// hoặc https://; đã ghi vào phụ chú. Hãy sửa địa chỉ.",
    "the address {seen!r} does not begin with http:// or https://; it was put into a note. Mend the address.",
)
CUT_ID: Final = _cell(
    "cut_id",
    "mã {seen!r} dài hơn {allowed} ký tự (giới hạn {limit}); đã dùng số dòng làm mã. Hãy rút ngắn mã.",
    "the identifier {seen!r} has more than {allowed} characters (limit {limit}); the row number was used. Shorten it.",
)
REPEATED: Final = _cell(
    "repeated",
    "mã {local_id!r} đã có ở một dòng khác phía trên với nội dung khác. Dòng trên được giữ, dòng này được để riêng. "
    "Nếu "
    "là hai cuốn khác nhau, hãy ghi mã khác vào ô này; nếu là cùng một cuốn, hãy xoá một trong hai dòng. Rồi gửi lại.",
    "{local_id!r} stands in a row above with other content. That row was kept, this one was set aside. If these are "
    "two "
    "books, write another identifier into this cell; if they are one, delete one of the rows. Then send the list "
    "again.",
)
