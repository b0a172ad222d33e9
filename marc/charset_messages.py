"""What the MARC-8 decoder and encoder have to say."""

from __future__ import annotations

from foundation.errors import Message

UNKNOWN_ESCAPE = Message(
    "charset.unknown_escape",
    "chuỗi thoát {escape} không chọn bộ ký tự nào của MARC-8; các ký tự sau nó được giữ nguyên. "
    "Hãy xem lại bảng mã khi xuất biểu ghi từ hệ thống nguồn.",
    "the escape sequence {escape} selects no MARC-8 character set; what follows was kept as it stands. "
    "Check the character set in which the source system exports.",
)
UNKNOWN_CODE = Message(
    "charset.unknown_code",
    "mã {code} không có trong bộ ký tự {name} của MARC-8, được thay bằng U+FFFD. "
    "Hãy đối chiếu với tài liệu gốc, hoặc kiểm tra biểu ghi có thật ở mã MARC-8 không.",
    "the code {code} is not assigned in the MARC-8 set {name} and became U+FFFD. "
    "Compare with the item, or check that the record really is in MARC-8.",
)
TRUNCATED = Message(
    "charset.truncated",
    "ký tự Đông Á (EACC) bị cắt còn {code}, thiếu đủ ba byte; được giữ lại dưới dạng chữ ASCII. Hãy nhập lại chỗ này.",
    "an East Asian character (EACC) is cut to {code}, short of three bytes; kept as ASCII. Enter this place again.",
)
MARK_ALONE = Message(
    "charset.mark_alone",
    "dấu {code} đứng cuối trường con, không có chữ theo sau; được giữ lại sau chữ đứng trước. Hãy kiểm tra chữ này.",
    "the mark {code} ends its subfield with no letter behind it; kept behind the letter before. Check that letter.",
)
TOO_MANY_MARKS = Message(
    "charset.too_many_marks",
    "có {seen} dấu trên một chữ (giới hạn MARC8_MARKS là {allowed}); đã tách bằng U+034F. Hãy sửa lại chữ này.",
    "one letter carries {seen} {seen:mark|marks} (the limit MARC8_MARKS is {allowed}); parted by U+034F. Mend that "
    "letter.",
)
BAD_REFERENCE = Message(
    "charset.bad_reference",
    "tham chiếu ký tự {reference} không chỉ ký tự hợp lệ nào, được giữ nguyên. Hãy thay bằng chữ đúng.",
    "the character reference {reference} names no permitted character and was kept. Put the right letter there.",
)
UNMAPPED = Message(
    "charset.unmapped",
    "ký tự {character} không viết được bằng MARC-8 ở chỗ này; đã ghi {count} lần thành {reference}. "
    "Hãy xuất bằng UTF-8 nếu bên nhận đọc được.",
    "the character {character} cannot be written in MARC-8 at this place; written {count} {count:time|times} as "
    "{reference}. Export in UTF-8 if the receiver can read it.",
)
MORE = Message(
    "charset.more",
    "còn {count} vấn đề khác về ký tự không được liệt kê (giới hạn MARC8_PROBLEMS là {allowed}). "
    "Hãy kiểm tra bảng mã của cả biểu ghi.",
    "{count} {count:further problem|further problems} with characters {count:is|are} not listed (the limit "
    "MARC8_PROBLEMS is {allowed}). Check the character set of the whole record.",
)
LOST = Message(
    "charset.lost",
    "chữ ở đây đã mất từ trước: hệ thống nguồn đã ghi U+FFFD bằng UTF-8 vào biểu ghi MARC-8. Hãy nhập lại.",
    "a letter was lost here before: the source wrote U+FFFD in UTF-8 into a MARC-8 record. Enter it again.",
)
UTF8_VALUE = Message(
    "charset.utf8_value",
    "giá trị này là UTF-8 trong một biểu ghi khai là MARC-8; đã đọc theo UTF-8. Hãy kiểm tra đầu biểu, vị trí 09.",
    "this value is UTF-8 in a record that says MARC-8; it was read as UTF-8. Check leader position 09.",
)
SPELT_OUT = Message(
    "charset.spelt_out",
    "hệ thống nguồn đã viết {code} thành chữ giữa hai dấu gạch chéo ngược; đã đọc thành ký tự. Hãy kiểm tra chữ này.",
    "the source spelt {code} out between backslashes; it was read as the character. Check that letter.",
)
