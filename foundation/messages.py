"""What the XML parser and the archive reader say."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

XML_DOCTYPE: Final = Message(
    "xml.doctype",
    "dòng {line}: tài liệu XML có khai báo DOCTYPE; máy chủ không nhận vì khai báo này có thể đọc tệp khác hoặc "
    "làm cạn bộ nhớ. Hãy bỏ khai báo DOCTYPE rồi gửi lại.",
    "line {line}: the XML document has a DOCTYPE, which is refused because it can read other files or exhaust "
    "memory. Remove the DOCTYPE and send it again.",
)
XML_ENCODING: Final = Message(
    "xml.encoding",
    "dòng {line}: tài liệu XML khai báo bảng mã {seen}; chỉ nhận UTF-8, UTF-16, US-ASCII và ISO-8859-1. "
    "Hãy chuyển sang UTF-8 rồi gửi lại.",
    "line {line}: the XML document declares the encoding {seen}; only UTF-8, UTF-16, US-ASCII and ISO-8859-1 are "
    "read. Convert it to UTF-8 and send it again.",
)
XML_MALFORMED: Final = Message(
    "xml.malformed",
    "dòng {line}: XML không đúng cú pháp ({reason}). Hãy sửa chỗ này hoặc xuất lại tệp từ phần mềm nguồn.",
    "line {line}: the XML is not well-formed ({reason}). Mend this place or export the file again.",
)
XML_LIMIT: Final = Message(
    "xml.limit",
    "dòng {line}: tài liệu XML vượt giới hạn {limit}: {seen}, cho phép {allowed}. "
    "Hãy chia nhỏ tài liệu hoặc kiểm tra xem tệp có bị hỏng không.",
    "line {line}: the XML document goes beyond the limit {limit}: {seen} seen, {allowed} allowed. "
    "Split the document, or check whether the file is damaged.",
)
XML_SCHEMA: Final = Message(
    "xml.schema",
    "không đọc được lược đồ XML {path}: {reason}. Hãy kiểm tra đường dẫn và các lược đồ mà tệp ấy gọi tới.",
    "the XML schema {path} cannot be read: {reason}. Check the path and the schemas that the file imports.",
)

ARCHIVE_DAMAGED: Final = Message(
    "archive.damaged",
    "tệp nén {name} bị hỏng hoặc bị cắt ngang ({reason}). Hãy nén lại từ tệp gốc rồi gửi lại.",
    "the compressed file {name} is damaged or cut off ({reason}). Compress it again from the original and send it.",
)
ARCHIVE_ENCRYPTED: Final = Message(
    "archive.encrypted",
    "tệp {name} trong tệp nén được đặt mật khẩu. Hãy nén lại không dùng mật khẩu.",
    "the file {name} in the archive is protected by a password. Compress it again without one.",
)
ARCHIVE_METHOD: Final = Message(
    "archive.method",
    "tệp {name} được nén theo kiểu {method}, máy chủ không đọc kiểu này. Hãy giải nén rồi nén lại thành zip hoặc gzip.",
    "{name} is compressed as {method}, which is not read here. Unpack it and compress it again as zip or gzip.",
)
ARCHIVE_LIMIT: Final = Message(
    "archive.limit",
    "tệp nén {name} vượt giới hạn {limit}: {seen}, cho phép {allowed}. "
    "Hãy kiểm tra tệp, hoặc chia thành nhiều tệp nhỏ.",
    "the compressed file {name} goes beyond the limit {limit}: {seen} seen, {allowed} allowed. "
    "Check the file, or split it into smaller ones.",
)
ARCHIVE_SPOOL: Final = Message(
    "archive.spool",
    "không ghi được tệp tạm khi mở {name}: {reason}. Hãy giải phóng dung lượng đĩa rồi chạy lại.",
    "a temporary file could not be written while opening {name}: {reason}. Free disk space and run again.",
)
