"""What the SRU address says outside the protocol: HTTP refusals."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

NO_DATABASE: Final = Message(
    "sru.no_database",
    "không có cơ sở dữ liệu SRU nào ở địa chỉ này. Hãy kiểm tra mã thư viện, hoặc dùng /sru cho toàn mục lục.",
    "there is no SRU database at this address. Check the library code, or use /sru for the whole catalogue.",
)
WRONG_METHOD: Final = Message(
    "sru.wrong_method",
    "SRU không nhận phương thức {seen}. Hãy gửi yêu cầu bằng GET hoặc POST.",
    "SRU takes no {seen} requests. Send the request by GET or POST.",
)
BODY_TOO_LARGE: Final = Message(
    "sru.body_too_large",
    "nội dung yêu cầu vượt giới hạn SRU_BODY_BYTES ({allowed} byte). Hãy gửi yêu cầu ngắn hơn.",
    "the request body is beyond SRU_BODY_BYTES ({allowed} bytes). Send a shorter request.",
)
BODY_TYPE: Final = Message(
    "sru.body_type",
    "nội dung yêu cầu POST phải là application/x-www-form-urlencoded, không phải {seen}.",
    "the body of a POST request must be application/x-www-form-urlencoded, not {seen}.",
)
QUERY_TOO_LONG: Final = Message(
    "sru.query_too_long",
    "chuỗi truy vấn dài {seen} byte, vượt giới hạn SRU_QUERY_BYTES ({allowed} byte). Hãy gửi bằng POST.",
    "the query string has {seen} bytes, beyond SRU_QUERY_BYTES ({allowed} bytes). Send it by POST.",
)
CATALOGUE_AWAY: Final = Message(
    "sru.catalogue_away",
    "mục lục tạm thời không trả lời. Hãy thử lại sau {seconds} giây.",
    "the catalogue does not answer at the moment. Try again after {seconds} {seconds:second|seconds}.",
)
