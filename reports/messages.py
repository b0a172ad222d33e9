"""What the figures say when something cannot be had."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

ROBOTS_UNREADABLE: Final = Message(
    "reports.robots_unreadable",
    "không đọc được danh sách rô-bốt {path} (thiết đặt robots): {reason}. Hãy xem lại đường dẫn, hoặc bỏ thiết đặt để "
    "dùng danh sách có sẵn.",
    "the list of robots {path} (setting robots) cannot be read: {reason}. Check the path, or take the setting away to "
    "use the list that comes with the server.",
)
ROBOTS_PATTERN: Final = Message(
    "reports.robots_pattern",
    "danh sách rô-bốt {path}, dòng {line}: {seen!r} không phải biểu thức chính quy ({reason}). Hãy sửa dòng ấy.",
    "list of robots {path}, line {line}: {seen!r} is no regular expression ({reason}). Mend that line.",
)
ROBOTS_COUNT: Final = Message(
    "reports.robots_count",
    "danh sách rô-bốt {path} có {seen} mẫu, phải có từ 1 đến {allowed} (giới hạn ROBOT_PATTERNS). Hãy xem lại tệp.",
    "the list of robots {path} has {seen} patterns, but must have 1 to {allowed} (limit ROBOT_PATTERNS). Look at it.",
)
RULE_UNKNOWN: Final = Message(
    "reports.rule_unknown",
    "không có quy tắc hay đặc điểm {seen!r}. Hãy xem mã bằng lệnh `lienthong quality show`.",
    "there is no rule or feature {seen!r}. `lienthong quality show` lists their codes.",
)
YEAR: Final = Message(
    "reports.year",
    "năm {seen!r} không dùng được. Hãy ghi bốn chữ số, từ 2000 đến 2999.",
    "the year {seen!r} cannot be used. Write four digits, from 2000 to 2999.",
)
FORM: Final = Message(
    "reports.form",
    "tệp {name}: không rõ dạng. Hãy đặt tên kết thúc bằng {known}.",
    "file {name}: its form is not known. Let its name end in {known}.",
)
UNWRITABLE: Final = Message(
    "reports.unwritable",
    "không ghi được tệp {name}: {reason}. Hãy xem lại thư mục và quyền ghi.",
    "the file {name} cannot be written: {reason}. Check the folder and that you may write there.",
)
AT_IT: Final = Message(
    "reports.at_it",
    "máy chủ đang xét các biểu ghi rồi. Hãy xem kết quả bằng `lienthong quality show`.",
    "the server is looking at the records already. See the result with `lienthong quality show`.",
)
