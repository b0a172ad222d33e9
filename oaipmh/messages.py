"""What this door says outside the protocol: HTTP refusals. Errors inside it are English, as section 3.6 shows them."""

from __future__ import annotations

from foundation.errors import Message

NO_REPOSITORY = Message(
    "oaipmh.no_repository",
    "không có kho OAI-PMH nào ở địa chỉ này. Hãy kiểm tra mã thư viện trong địa chỉ, hoặc dùng /oai cho toàn mục lục.",
    "there is no OAI-PMH repository at this address. Check the library code, or use /oai for the whole catalogue.",
)
WRONG_METHOD = Message(
    "oaipmh.wrong_method",
    "OAI-PMH không nhận phương thức {seen}. Hãy gửi yêu cầu bằng GET hoặc POST.",
    "OAI-PMH takes no {seen} requests. Send the request by GET or POST.",
)
BODY_TOO_LARGE = Message(
    "oaipmh.body_too_large",
    "nội dung yêu cầu vượt giới hạn OAI_BODY_BYTES ({allowed} byte). Hãy gửi yêu cầu ngắn hơn.",
    "the request body is beyond OAI_BODY_BYTES ({allowed} bytes). Send a shorter request.",
)
QUERY_TOO_LONG = Message(
    "oaipmh.query_too_long",
    "chuỗi truy vấn dài {seen} byte, vượt giới hạn OAI_QUERY_BYTES ({allowed} byte). Hãy gửi yêu cầu ngắn hơn.",
    "the query string has {seen} bytes, beyond OAI_QUERY_BYTES ({allowed} bytes). Send a shorter request.",
)
STORE_AWAY = Message(
    "oaipmh.store_away",
    "kho dữ liệu tạm thời không trả lời. Hãy thử lại sau {seconds} giây.",
    "the store does not answer at the moment. Try again after {seconds} {seconds:second|seconds}.",
)
OVER_BUDGET = Message(
    "oaipmh.over_budget",
    "địa chỉ này đã gửi quá nhiều yêu cầu hoặc đã nhận quá nhiều dữ liệu trong một phút. Hãy gửi lại đúng yêu cầu này "
    "sau {seconds} giây; thư viện đối tác có thể xin hạn mức riêng.",
    "this address sent too many requests, or was sent too much, within a minute. Send this same request again after "
    "{seconds} {seconds:second|seconds}; partner libraries may ask for a budget of their own.",
)
BUSY = Message(
    "oaipmh.busy",
    "máy chủ đang phục vụ hết sức mình cho các bên thu thập khác. Hãy gửi lại đúng yêu cầu này sau {seconds} giây.",
    "the server is busy with other harvesters. Send this same request again after {seconds} {seconds:second|seconds}.",
)
WRONG_FORM = Message(
    "oaipmh.wrong_form",
    "OAI-PMH không nhận nội dung kiểu {seen!r}. Hãy gửi application/x-www-form-urlencoded (UTF-8), hoặc dùng GET.",
    "OAI-PMH takes no body of type {seen!r}. Send application/x-www-form-urlencoded (UTF-8), or use GET.",
)
NO_KEY = Message(
    "oaipmh.no_key",
    "thiếu khóa ký resumptionToken, hoặc khóa ngắn hơn 16 byte. Hãy kiểm tra tệp khóa trong thư mục dữ liệu.",
    "the key that signs resumption tokens is missing or shorter than 16 bytes. Check the key file in the home.",
)
KEY_UNREADABLE = Message(
    "manifest.key",
    "tệp khoá không chứa khoá công khai Ed25519 nào. Hãy tải lại từ /feed/key.pem của máy chủ.",
    "the key file holds no Ed25519 public key. Fetch it again from /feed/key.pem of the server.",
)
FILES_FAILED = Message(
    "manifest.files",
    "không ghi được vào {folder}: {reason}. Các bản kê cũ vẫn dùng được. Hãy xem lại dung lượng và quyền ghi.",
    "{folder} cannot be written: {reason}. The manifests of before still stand. Check free space and permissions.",
)
MANIFEST_NONE = Message(
    "manifest.none",
    "đây không phải bản kê của Liên Thông. Hãy tải lại tệp từ trang /feed của máy chủ.",
    "this is no manifest of Liên Thông. Fetch the file again from the page /feed of the server.",
)
MANIFEST_LINE = Message(
    "manifest.line",
    "bản kê có dòng không đúng dạng: {seen!r}. Hãy tải lại tệp.",
    "the manifest has a line that is none: {seen!r}. Fetch the file again.",
)
MANIFEST_CUT = Message(
    "manifest.cut",
    "bản kê bị cắt ngang hoặc bị sửa: số dòng hay mã SHA-256 không khớp. Hãy tải lại tệp.",
    "the manifest is cut off or was changed: its count or SHA-256 does not fit. Fetch the file again.",
)
MANIFEST_UNSIGNED = Message(
    "manifest.unsigned",
    "chữ ký của bản kê không thuộc khoá nào đã cho. Hãy tải lại /feed/key.pem và so dấu vân tay khoá với thư viện.",
    "none of the given keys has signed the manifest. Fetch /feed/key.pem again and compare its fingerprint with the "
    "library.",
)
MANIFEST_LIMIT = Message(
    "manifest.limit",
    "một dòng vượt giới hạn {limit}: {seen} byte, cho phép {allowed}. Tệp này không phải bản kê.",
    "a line is beyond {limit}: {seen} bytes, allowed {allowed}. The file is no manifest.",
)
