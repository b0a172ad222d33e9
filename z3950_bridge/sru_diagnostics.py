"""The diagnostics of SRU (OASIS searchRetrieve Part 3, Annex "Diagnostics"), in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from foundation.errors import InputError, Language, LimitError
from z3950_bridge import query_messages

URI: Final = "info:srw/diagnostic/1/"

DIAGNOSTICS: Final[dict[int, tuple[str, str]]] = {
    1: ("General system error", "Lỗi chung của hệ thống"),
    2: ("System temporarily unavailable", "Hệ thống tạm thời không hoạt động"),
    3: ("Authentication error", "Không xác thực được người dùng"),
    4: ("Unsupported operation", "Không hỗ trợ thao tác này"),
    5: ("Unsupported version", "Không hỗ trợ phiên bản này"),
    6: ("Unsupported parameter value", "Không hỗ trợ giá trị này của tham số"),
    7: ("Mandatory parameter not supplied", "Thiếu tham số bắt buộc"),
    8: ("Unsupported parameter", "Không hỗ trợ tham số này"),
    9: ("Unsupported combination of parameters", "Không hỗ trợ các tham số này đi cùng nhau"),
    10: ("Query syntax error", "Biểu thức tìm sai cú pháp"),
    11: ("Unsupported query type", "Không hỗ trợ kiểu biểu thức tìm này"),
    12: ("Too many characters in query", "Biểu thức tìm quá dài"),
    13: ("Invalid or unsupported use of parentheses", "Dùng dấu ngoặc đơn không đúng"),
    14: ("Invalid or unsupported use of quotes", "Dùng dấu ngoặc kép không đúng"),
    15: ("Unsupported context set", "Không hỗ trợ bộ ngữ cảnh này"),
    16: ("Unsupported index", "Không có chỉ mục này"),
    17: ("Unsupported combination of index and context set", "Bộ ngữ cảnh không có chỉ mục này"),
    18: ("Unsupported combination of indexes", "Không hỗ trợ các chỉ mục này đi cùng nhau"),
    19: ("Unsupported relation", "Không hỗ trợ quan hệ này"),
    20: ("Unsupported relation modifier", "Không hỗ trợ bổ nghĩa này của quan hệ"),
    21: ("Unsupported combination of relation modifiers", "Không hỗ trợ các bổ nghĩa này đi cùng nhau"),
    22: ("Unsupported combination of relation and index", "Không hỗ trợ quan hệ này với chỉ mục này"),
    23: ("Too many characters in term", "Từ cần tìm quá dài"),
    24: ("Unsupported combination of relation and term", "Không hỗ trợ quan hệ này với từ cần tìm này"),
    25: ("Special characters not quoted in term", "Ký tự đặc biệt chưa đặt trong dấu ngoặc kép"),
    26: ("Non special character escaped in term", "Dấu chéo ngược đứng trước ký tự không đặc biệt"),
    27: ("Empty term unsupported", "Từ cần tìm còn trống"),
    28: ("Masking character not supported", "Không hỗ trợ ký tự thay thế này"),
    29: ("Masked words too short", "Từ có ký tự thay thế quá ngắn"),
    30: ("Too many masking characters in term", "Quá nhiều ký tự thay thế"),
    31: ("Anchoring character not supported", "Không hỗ trợ dấu neo"),
    32: ("Anchoring character in unsupported position", "Dấu neo ở vị trí không hỗ trợ"),
    33: (
        "Combination of proximity/adjacency and masking characters not supported",
        "Không hỗ trợ ký tự thay thế khi tìm từ gần nhau",
    ),
    34: (
        "Combination of proximity/adjacency and anchoring characters not supported",
        "Không hỗ trợ dấu neo khi tìm từ gần nhau",
    ),
    35: ("Term contains only stopwords", "Từ cần tìm chỉ gồm hư từ"),
    36: ("Term in invalid format for index or relation", "Từ cần tìm không đúng dạng của chỉ mục hay quan hệ"),
    37: ("Unsupported boolean operator", "Không hỗ trợ toán tử này"),
    38: ("Too many boolean operators in query", "Quá nhiều toán tử trong biểu thức tìm"),
    39: ("Proximity not supported", "Không hỗ trợ tìm từ gần nhau ở đây"),
    40: ("Unsupported proximity relation", "Không hỗ trợ quan hệ khoảng cách này"),
    41: ("Unsupported proximity distance", "Không hỗ trợ khoảng cách này"),
    42: ("Unsupported proximity unit", "Không hỗ trợ đơn vị khoảng cách này"),
    43: ("Unsupported proximity ordering", "Không hỗ trợ thứ tự từ này"),
    44: ("Unsupported combination of proximity modifiers", "Không hỗ trợ các bổ nghĩa khoảng cách này đi cùng nhau"),
    45: ("Prefix assigned to multiple identifiers", "Một tiền tố được gán cho nhiều bộ ngữ cảnh"),
    46: ("Unsupported boolean modifier", "Không hỗ trợ bổ nghĩa này của toán tử"),
    47: ("Cannot process query; reason unknown", "Không xử lý được biểu thức tìm, không rõ lý do"),
    48: ("Query feature unsupported", "Không hỗ trợ tính năng này của biểu thức tìm"),
    49: ("Masking character in unsupported position", "Ký tự thay thế ở vị trí không hỗ trợ"),
    50: ("Result sets not supported", "Không lưu tập kết quả"),
    51: ("Result set does not exist", "Không có tập kết quả này"),
    52: ("Result set temporarily unavailable", "Tập kết quả tạm thời không dùng được"),
    53: ("Result sets only supported for retrieval", "Tập kết quả chỉ dùng để lấy biểu ghi"),
    54: ("Retrieval may only occur from an existing result set", "Chỉ lấy được biểu ghi từ tập kết quả đã có"),
    55: (
        "Combination of result sets with search terms not supported",
        "Không hỗ trợ tập kết quả đi cùng từ cần tìm",
    ),
    56: (
        "Only combination of single result set with search terms supported",
        "Chỉ hỗ trợ một tập kết quả đi cùng từ cần tìm",
    ),
    57: ("Result set created but no records available", "Có tập kết quả nhưng không lấy được biểu ghi"),
    58: (
        "Result set created with unpredictable partial results available",
        "Tập kết quả chỉ có một phần, không rõ phần nào",
    ),
    59: ("Result set created with valid partial results available", "Tập kết quả chỉ có một phần"),
    60: ("Result set not created: too many matching records", "Không tạo tập kết quả: quá nhiều biểu ghi"),
    61: ("First record position out of range", "Vị trí biểu ghi đầu nằm ngoài kết quả"),
    62: ("Negative number of records requested", "Số biểu ghi yêu cầu là số âm"),
    63: ("System error in retrieving records", "Hệ thống gặp lỗi khi lấy biểu ghi"),
    64: ("Record temporarily unavailable", "Biểu ghi tạm thời không lấy được"),
    65: ("Record does not exist", "Không có biểu ghi này"),
    66: ("Unknown schema for retrieval", "Không biết lược đồ biểu ghi này"),
    67: ("Record not available in this schema", "Biểu ghi không có ở lược đồ này"),
    68: ("Not authorized to send record", "Không được phép gửi biểu ghi"),
    69: ("Not authorized to send record in this schema", "Không được phép gửi biểu ghi ở lược đồ này"),
    70: ("Record too large to send", "Biểu ghi quá lớn để gửi"),
    71: ("Unsupported recordXMLEscaping value", "Không hỗ trợ cách đóng gói biểu ghi này"),
    72: ("XPath retrieval unsupported", "Không hỗ trợ lấy biểu ghi bằng XPath"),
    73: ("XPath expression contains unsupported feature", "Biểu thức XPath có phần không hỗ trợ"),
    74: ("Unable to evaluate XPath expression", "Không tính được biểu thức XPath"),
    80: ("Sort not supported", "Không hỗ trợ sắp xếp"),
    81: ("Unsupported sort type", "Không hỗ trợ kiểu sắp xếp này"),
    82: ("Unsupported sort sequence", "Không hỗ trợ thứ tự sắp xếp này"),
    83: ("Too many records to sort", "Quá nhiều biểu ghi để sắp xếp"),
    84: ("Too many sort keys to sort", "Quá nhiều khóa sắp xếp"),
    85: ("Duplicate sort keys", "Khóa sắp xếp lặp lại"),
    86: ("Cannot sort: incompatible record formats", "Không sắp xếp được: biểu ghi khác dạng nhau"),
    87: ("Unsupported schema for sort", "Không hỗ trợ lược đồ này để sắp xếp"),
    88: ("Unsupported path for sort", "Không sắp xếp được theo mục này"),
    89: ("Path unsupported for schema", "Lược đồ không có mục này"),
    90: ("Unsupported direction", "Không hỗ trợ chiều sắp xếp này"),
    91: ("Unsupported case", "Không hỗ trợ cách phân biệt chữ hoa này"),
    92: ("Unsupported missing value action", "Không hỗ trợ cách xử lý giá trị thiếu này"),
    93: ("Sort ended due to missing value", "Dừng sắp xếp vì thiếu giá trị"),
    94: ("Sort spec included both in query and protocol", "Thứ tự có cả trong biểu thức tìm và trong tham số"),
    95: ("Sort spec included both in query and protocol; query used", "Dùng thứ tự trong biểu thức tìm, bỏ tham số"),
    96: ("Sort spec included both in query and protocol; protocol used", "Dùng thứ tự trong tham số, bỏ biểu thức tìm"),
    100: ("Explain not supported", "Không hỗ trợ explain"),
    101: ("Explain request type not supported", "Không hỗ trợ kiểu yêu cầu explain này"),
    102: ("Explain record temporarily unavailable", "Biểu ghi explain tạm thời không có"),
    110: ("Stylesheets not supported", "Không hỗ trợ stylesheet"),
    111: ("Unsupported stylesheet", "Không dùng stylesheet này"),
    120: ("Response position out of range", "Vị trí trong danh sách nằm ngoài phạm vi"),
    121: ("Too many terms requested", "Yêu cầu quá nhiều đề mục"),
    235: ("Database does not exist", "Không có cơ sở dữ liệu này"),
    236: ("Access to specified database denied", "Không được vào cơ sở dữ liệu này"),
}
"""Number → message in English and in Vietnamese. 235 and 236 are Bib-1's, which SRU has taken over."""

_CODES: Final = {
    query_messages.UNEXPECTED.code: 10,
    query_messages.OPEN_QUOTE.code: 14,
    query_messages.PARENTHESIS.code: 13,
    # What the index says of a query that is well formed.
    "search.mask_short": 29,
    "search.mask_wide": 29,
    "search.near_field": 39,
    "search.range_field": 22,
    "search.date_syntax": 36,
    "search.sort_field": 88,
    "search.sort_size": 83,
    "search.window": 61,
}
_LIMITS: Final = {
    "QUERY_CHARACTERS": 12,
    "QUERY_DEPTH": 13,
    "QUERY_OPERATORS": 38,
    "SEARCH_WORDS": 38,
    "SEARCH_DEPTH": 38,
}


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One diagnostic: its number, and the value that is at fault or, in both languages, what is wrong with it."""

    number: int
    details: str = ""
    details_vi: str = ""

    @property
    def uri(self) -> str:
        return f"{URI}{self.number}"

    def message(self, language: Language = "en") -> str:
        """The standard's sentence."""
        english, vietnamese = DIAGNOSTICS[self.number]
        return vietnamese if language == "vi" else english

    def detail(self, language: Language = "en") -> str:
        return self.details_vi if language == "vi" and self.details_vi else self.details


class RefusedQueryError(Exception):
    """Carries a diagnostic out of the depth of a query; never leaves this room."""

    def __init__(self, number: int, details: object = "", details_vi: object = "") -> None:
        self.diagnostic = Diagnostic(number, str(details)[:200], str(details_vi)[:200])


def of(error: InputError) -> Diagnostic:
    """The diagnostic of a query that could not be read or answered, with the place and what to do."""
    problem = error.problem
    number = _CODES.get(problem.code, 48)
    if isinstance(error, LimitError):
        number = _LIMITS.get(problem.values["limit"], number)
    return Diagnostic(number, error.text("en"), error.text("vi"))
