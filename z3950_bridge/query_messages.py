"""What the readers of CQL, PQF and CCL say of a query they cannot read. Positions count characters from 1."""

from __future__ import annotations

from typing import Final, NamedTuple

from foundation.errors import Message


class Wanted(NamedTuple):
    """What a reader would have taken; a message names its language: `{wanted:vi}`."""

    vi: str
    en: str

    def __format__(self, language: str) -> str:
        return self.vi if language == "vi" else self.en


UNEXPECTED: Final = Message(
    "query.unexpected",
    "{language}, ký tự thứ {position}: cần {wanted:vi} nhưng gặp {seen}. Hãy sửa chỗ này; "
    "nếu tìm nhiều từ liền nhau, hãy đặt chúng trong dấu ngoặc kép.",
    "{language}, character {position}: {wanted:en} expected, {seen} found. Mend this place; "
    "put several words together in quotation marks.",
)
OPEN_QUOTE: Final = Message(
    "query.open_quote",
    "{language}, ký tự thứ {position}: dấu ngoặc kép mở ra mà không đóng. Hãy thêm dấu ngoặc kép đóng.",
    "{language}, character {position}: a quotation mark is opened and never closed. Add the closing mark.",
)
PARENTHESIS: Final = Message(
    "query.parenthesis",
    "{language}, ký tự thứ {position}: dấu ngoặc đơn không khớp. Hãy kiểm tra các dấu ngoặc mở và đóng.",
    "{language}, character {position}: the parentheses do not match. Check those that open and those that close.",
)
TOO_LONG: Final = Message(
    "query.too_long",
    "biểu thức tìm có {seen} ký tự, vượt giới hạn {limit} ({allowed}). Hãy chia thành nhiều lần tìm.",
    "the query has {seen} characters, beyond {limit} ({allowed}). Split it into several searches.",
)
TOO_DEEP: Final = Message(
    "query.too_deep",
    "{language}, ký tự thứ {position}: ngoặc lồng nhau {seen} lớp, vượt giới hạn {limit} ({allowed}). "
    "Hãy viết biểu thức đơn giản hơn.",
    "{language}, character {position}: {seen} levels inside each other, beyond {limit} ({allowed}). "
    "Write a simpler query.",
)
TOO_MANY: Final = Message(
    "query.too_many",
    "{language}, ký tự thứ {position}: đã có {seen}, vượt giới hạn {limit} ({allowed}). Hãy chia thành nhiều lần tìm.",
    "{language}, character {position}: {seen} so far, beyond {limit} ({allowed}). Split it into several searches.",
)
UNKNOWN_SET: Final = Message(
    "query.unknown_set",
    "PQF, ký tự thứ {position}: không biết bộ thuộc tính {seen}. Hãy dùng Bib-1 hoặc một OID.",
    "PQF, character {position}: the attribute set {seen} is not known. Use Bib-1 or an OID.",
)
UNKNOWN_QUALIFIER: Final = Message(
    "query.unknown_qualifier",
    "CCL, ký tự thứ {position}: không có nhãn tìm {seen}. Các nhãn dùng được: {known}.",
    "CCL, character {position}: there is no qualifier {seen}. Those there are: {known}.",
)
