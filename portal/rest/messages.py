"""What programs are told at `/api/v1`."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

NO_ADDRESS: Final = Message(
    "rest.no_address",
    "không có gì ở địa chỉ này, hoặc nó là của thư viện khác. Mọi địa chỉ có trong /api/v1/openapi.json.",
    "there is nothing at this address, or it is another library's. All addresses are in /api/v1/openapi.json.",
)
NO_METHOD: Final = Message(
    "rest.no_method",
    "địa chỉ này không nhận {method}; xem trường Allow của câu trả lời.",
    "this address does not take {method}; see the field Allow of this answer.",
)
NOT_HTTP: Final = Message(
    "rest.request",
    "không đọc được yêu cầu ({status}). Hãy gửi lại đúng như /api/v1/openapi.json mô tả.",
    "the request cannot be read ({status}). Send it again as /api/v1/openapi.json describes it.",
)
NO_TOKEN: Final = Message(
    "rest.token",
    "khoá trong Authorization không dùng được: không có khoá ấy, đã hết hạn hoặc đã thu hồi. Hãy gửi khoá khác; "
    "việc công khai thì không cần khoá.",
    "the token in Authorization is no good: there is none such, or it has ended or was revoked. Send another one; what "
    "is public needs none.",
)
FAILED: Final = Message(
    "rest.failed",
    "máy chủ gặp lỗi và đã ghi vào nhật ký. Hãy báo cho người quản trị máy chủ.",
    "the server failed; its log says how. Tell the people who run it.",
)
QUERY: Final = Message(
    "rest.parameter",
    "tham số {name!r} có giá trị {seen!r} không dùng được; cần: {wanted}.",
    "the parameter {name!r} has the value {seen!r}, which cannot be used; wanted: {wanted}.",
)
QUERY_UNKNOWN: Final = Message(
    "rest.parameter_unknown",
    "địa chỉ này không có tham số {name!r}. Các tham số: {known}.",
    "this address has no parameter {name!r}. Its parameters: {known}.",
)
QUERY_MISSING: Final = Message(
    "rest.parameter_missing",
    "thiếu tham số {name!r}; cần: {wanted}.",
    "the parameter {name!r} is missing; wanted: {wanted}.",
)
BODY: Final = Message(
    "rest.body",
    "nội dung gửi đến không đúng ở {at!r}; cần: {wanted}.",
    "what was sent does not fit at {at!r}; wanted: {wanted}.",
)
BODY_JSON: Final = Message(
    "rest.body_json",
    "nội dung gửi đến không phải là JSON đọc được (RFC 8259), mã hoá UTF-8.",
    "what was sent is no JSON (RFC 8259) in UTF-8 that can be read.",
)
BODY_MEDIA: Final = Message(
    "rest.body_media",
    "không nhận nội dung loại {seen!r}; hãy gửi Content-Type: {wanted}.",
    "a body of the type {seen!r} is not taken; send Content-Type: {wanted}.",
)
BODY_LARGE: Final = Message(
    "rest.body_large",
    "nội dung quá dài: {seen} byte, giới hạn {limit} là {allowed}. Hãy chia nhỏ.",
    "the body is too long: {seen} bytes, the limit {limit} is {allowed}. Send it in parts.",
)
NO_LENGTH: Final = Message(
    "rest.no_length",
    "thiếu Content-Length: phải biết tệp dài bao nhiêu byte trước khi nhận.",
    "Content-Length is missing: it has to be known how long the file is before it is taken.",
)
CUT: Final = Message(
    "rest.cut",
    "đường truyền đứt: mới nhận {seen} trong {allowed} byte. Hãy gửi lại cả tệp; phần đã nhận được giữ.",
    "the line broke: {seen} of {allowed} bytes came. Send the whole file again; what came is kept.",
)
KEY: Final = Message(
    "rest.key",
    "Idempotency-Key phải có 1 đến {allowed} ký tự ASCII in được.",
    "Idempotency-Key must be 1 to {allowed} printable ASCII characters.",
)
KEY_OTHER: Final = Message(
    "rest.key_other",
    "Idempotency-Key này đã dùng cho một yêu cầu khác trong vòng một ngày. Hãy dùng khoá mới cho mỗi việc.",
    "this Idempotency-Key was used for another request within the last day. Use a new key for each act.",
)
KEY_BUSY: Final = Message(
    "rest.key_busy",
    "yêu cầu đầu tiên mang Idempotency-Key này vẫn đang được làm. Hãy hỏi lại sau ít giây.",
    "the first request with this Idempotency-Key is still being done. Ask again in a few seconds.",
)
KEY_SECRET: Final = Message(
    "rest.key_secret",
    "việc này đã làm xong, nhưng bí mật chỉ hiện một lần, không được giữ. Hãy thu hồi khoá vừa tạo và tạo khoá khác.",
    "this was done already, but a secret is shown once and not kept. Revoke the token that was made, make another.",
)
MATCH_NEEDED: Final = Message(
    "rest.match_needed",
    "phải gửi If-Match mang ETag của biểu ghi khi đọc nó, để không ghi đè lên sửa đổi của người khác.",
    "If-Match with the ETag that the record had when it was read is needed, so that nobody's change is overwritten.",
)
MATCH_FAILED: Final = Message(
    "rest.match_failed",
    "biểu ghi đã thay đổi từ lúc được đọc. Hãy đọc lại, sửa trên bản mới rồi gửi với ETag mới.",
    "the record has changed since it was read. Read it again, make the change on that, and send the new ETag.",
)
TOO_FAST: Final = Message(
    "rest.too_fast",
    "quá {allowed} yêu cầu trong một phút. Hãy đợi {seconds} giây rồi gửi tiếp.",
    "more than {allowed} requests in a minute. Wait {seconds} {seconds:second|seconds} before you go on.",
)
GONE: Final = Message(
    "rest.gone",
    "biểu ghi {identifier} đã bị xoá.",
    "the record {identifier} was deleted.",
)
RECORD_WRONG: Final = Message(
    "rest.record",
    "không đọc được biểu ghi gửi đến: {reason}",
    "the record that was sent cannot be read: {reason}",
)
CURSOR: Final = Message(
    "rest.cursor",
    "{seen!r} không phải là chỗ đọc tiếp của danh sách này. Hãy dùng địa chỉ trong trường Link, hoặc đọc lại từ đầu.",
    "{seen!r} is no place at which this list goes on. Use the address in the field Link, or begin again.",
)
NOTHING_CHOSEN: Final = Message(
    "rest.nothing_chosen",
    "không có biểu ghi nào trong lần tìm này mang các số đã gửi.",
    "no record of this search has the numbers that were sent.",
)
SYSTEM_NEEDED: Final = Message(
    "rest.system_needed",
    "những giá trị này cho máy chủ đi vào mạng hoặc ổ đĩa riêng, nên khoá phải có cả quyền `system`.",
    "these values let the server reach into its own network or disk, so the token needs the scope `system` as well.",
)
COLUMN: Final = Message(
    "rest.column",
    "tệp không có cột hay trường {name!r}. Đang có: {known}.",
    "the file has no column or tag {name!r}. It has: {known}.",
)
DRAFT_FAULTS: Final = Message(
    "rest.draft_faults",
    "bản nháp trống, hoặc còn dòng chưa phải là trường. Hãy sửa (xem `problems` của bản nháp) rồi công bố.",
    "the draft is empty, or has lines that are no fields. Mend them (`problems` of the draft), then publish.",
)
DRAFT_ERRORS: Final = Message(
    "rest.draft_errors",
    "quy tắc còn thấy {count} lỗi trong bản nháp. Hãy sửa, hoặc gửi lại với `anyway` nếu vẫn muốn công bố.",
    "the rules still find {count} {count:error|errors} in the draft. Mend them, or send `anyway` to publish all the "
    "same.",
)
