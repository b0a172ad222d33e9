"""What is said of a change that cannot be made."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

WRONG: Final = {
    "kind": Message(
        "amendment.kind",
        "không có cách sửa {seen!r}. Hãy chọn lại.",
        "there is no such change: {seen!r}. Choose again.",
    ),
    "rule": Message(
        "amendment.rule",
        "quy tắc {seen!r} không tự sửa được. Hãy sửa từng biểu ghi, hoặc chọn cách sửa khác.",
        "the rule {seen!r} mends nothing by itself. Edit the records, or choose another change.",
    ),
    "proposal": Message(
        "amendment.proposal",
        "quy tắc {seen!r} không đề nghị giá trị nào. Hãy sửa từng biểu ghi, hoặc chọn cách sửa khác.",
        "the rule {seen!r} proposes no value. Edit the records, or choose another change.",
    ),
    "tag": Message(
        "amendment.tag",
        "nhãn trường {seen!r} không dùng được: cần ba chữ số hoặc chữ cái, và không phải 001.",
        "the tag {seen!r} cannot be used: three digits or letters are needed, other than 001.",
    ),
    "code": Message(
        "amendment.code",
        "mã trường con {seen!r} không dùng được. Hãy ghi một chữ hoặc số, ví dụ a; trường điều khiển (00X) không có.",
        "the subfield code {seen!r} cannot be used. Write one letter or digit, such as a; control fields have none.",
    ),
    "positions": Message(
        "amendment.positions",
        "vị trí không khớp: {seen}. Hãy ghi như 008/35-37 và đúng bằng ấy ký tự.",
        "the positions do not fit: {seen}. Write them as 008/35-37, with just as many characters.",
    ),
    "indicator": Message(
        "amendment.indicator",
        "chỉ thị không dùng được: {seen}. Hãy chọn chỉ thị 1 hoặc 2, và ghi một chữ số, chữ thường hay khoảng trắng.",
        "the indicator cannot be used: {seen}. Choose 1 or 2, and write a digit, a small letter or a blank.",
    ),
    "old": Message(
        "amendment.old",
        "chưa ghi giá trị cần thay{seen}. Hãy ghi đúng như trong biểu ghi.",
        "the value to replace is missing{seen}. Write it as it stands in the records.",
    ),
    "new": Message(
        "amendment.new",
        "chưa ghi giá trị mới{seen}. Muốn bỏ trường thì chọn cách sửa “Bỏ”.",
        "the new value is missing{seen}. To take a field away, choose “remove”.",
    ),
}
UNREADABLE: Final = Message(
    "amendment.unreadable",
    "không đọc được biểu ghi vừa viết: {reason}",
    "the record as it is written cannot be read: {reason}",
)
NUMBER: Final = Message(
    "amendment.number",
    "trường 001 phải giữ nguyên là {wanted!r}: đó là mã để nhận ra biểu ghi ở lần nhập sau.",
    "field 001 must stay {wanted!r}: the record is known by it when it is imported again.",
)
