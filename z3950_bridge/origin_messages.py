"""What is said of other libraries' catalogues: that they do not answer, or not as they should."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

NOT_ASKED: Final = Message(
    "peer.not_asked",
    "máy chủ trả lời bằng {seen}, không phải điều được hỏi. Hãy báo cho người quản trị máy chủ đó.",
    "the server answered with {seen}, which is not what it was asked for. Tell the people who run it.",
)
REJECTED: Final = Message(
    "peer.rejected",
    "{name} không mở phiên: {reason}. Hãy kiểm tra tên đăng nhập và mật khẩu (lienthong target add … --user).",
    "{name} opens no session: {reason}. Check user name and password (lienthong target add … --user).",
)
CLOSED: Final = Message(
    "peer.closed",
    "{name} đã đóng phiên ({reason}): {words}. Hãy thử lại sau.",
    "{name} closed the session ({reason}): {words}. Try again later.",
)
BROKE_OFF: Final = Message(
    "peer.broke_off",
    "mất kết nối với {name}: {reason}. Hãy thử lại sau.",
    "the connection to {name} broke: {reason}. Try again later.",
)
TOO_LATE: Final = Message(
    "peer.too_late",
    "{name} không trả lời xong trong {seconds:g} giây. Hãy thử lại sau, hoặc cho thêm thời gian (timeout).",
    "{name} did not finish within {seconds:g} {seconds:second|seconds}. Try again later, or give it more time "
    "(timeout).",
)
STOPPED: Final = Message(
    "peer.stopped",
    "đã dừng hỏi {name} theo yêu cầu.",
    "{name} is no longer asked, as was wished.",
)
DIAGNOSED: Final = Message(
    "peer.diagnosed",
    "{name} từ chối: {words} ({condition}) {addinfo}. Hãy hỏi cách khác hoặc sửa thiết đặt của nguồn này.",
    "{name} refuses: {words} ({condition}) {addinfo}. Ask in another way or mend the settings of this target.",
)
NO_RECORDS: Final = Message(
    "peer.no_records",
    "{name} tìm được {hits} biểu ghi nhưng không gửi biểu ghi nào. Hãy thử khuôn dạng (syntax) khác.",
    "{name} found {hits} {hits:record|records} and sends none of them. Try another record syntax.",
)
RECORD_UNREAD: Final = Message(
    "peer.record_unread",
    "{name}: biểu ghi thứ {position} ở dạng {kind}, không đọc thành MARC được. Hãy đặt syntax hoặc schema khác.",
    "{name}: record {position} is in {kind}, which cannot be read as MARC. Set another syntax or schema.",
)
RECORD_LARGE: Final = Message(
    "peer.record_large",
    "{name}: biểu ghi thứ {position} vượt giới hạn {limit}: {seen} byte, cho phép {allowed}; đã bỏ qua.",
    "{name}: record {position} goes beyond {limit}: {seen} bytes, allowed {allowed}; it was left out.",
)
NOT_ASKABLE: Final = Message(
    "peer.not_askable",
    "không hỏi {name} như thế được: {what}. Hãy dùng trường hoặc cách viết khác.",
    "{name} cannot be asked so: {what}. Use another field or another way to write it.",
)
NO_FIELD: Final = Message(
    "peer.no_field",
    "{name} không tìm được theo trường {what}. Hãy dùng trường khác.",
    "{name} cannot be searched by the field {what}. Use another one.",
)
NO_MASK: Final = Message(
    "peer.no_mask",
    "{name} không nhận dấu thay chữ như trong {what}. Chỉ dùng được * ở cuối.",
    "{name} cannot be asked with a mask as in {what}. Write * at the end only.",
)
NO_MARKS: Final = Message(
    "peer.no_marks",
    "{name} không tìm đúng từng dấu được ({what}). Hãy bỏ yêu cầu ấy.",
    "{name} cannot be asked for exact diacritics ({what}). Leave that out.",
)
STATUS: Final = Message(
    "peer.status",
    "{name} trả lời HTTP {status}. Hãy kiểm tra địa chỉ {url}.",
    "{name} answers HTTP {status}. Check the address {url}.",
)
SETTING_UNKNOWN: Final = Message(
    "peer.setting_unknown",
    "không có thiết đặt nguồn {name!r}. Có: {known}.",
    "there is no target setting {name!r}. There are: {known}.",
)
SETTING_WRONG: Final = Message(
    "peer.setting_wrong",
    "thiết đặt nguồn {name} không nhận giá trị {value!r}; phải là {wanted}.",
    "the target setting {name} cannot be {value!r}; it must be {wanted}.",
)
NO_TARGET: Final = Message(
    "peer.no_target",
    "không có nguồn {name!r} đang bật. Đang bật: {known}. Bật: lienthong target enable {name}",
    "there is no enabled target {name!r}. Enabled: {known}. To enable it: lienthong target enable {name}",
)
FAILED: Final = Message(
    "peer.failed",
    "{name}: lỗi phía chúng ta, đã ghi vào nhật ký. Hãy báo cho người quản trị.",
    "{name}: we failed; the log says how. Tell the administrator.",
)
BUSY: Final = Message(
    "peer.busy",
    "đang có {allowed} lượt tìm ở thư viện khác (GATEWAY_SEARCHES). Hãy thử lại sau ít phút.",
    "{allowed} searches in other catalogues are running (GATEWAY_SEARCHES). Try again in some minutes.",
)
