"""What the target says in words, to whoever reads a client's screen or our log."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

NOT_INITIALISED: Final = Message(
    "z3950.not_initialised",
    "yêu cầu đến trước Init. Hãy bắt đầu phiên bằng Init.",
    "a request came before Init. Begin the session with an Init.",
)
INITIALISED_TWICE: Final = Message(
    "z3950.initialised_twice",
    "Init đến lần thứ hai trong cùng một phiên. Hãy mở kết nối mới.",
    "a second Init came in the same session. Open another connection.",
)
NOT_EXPECTED: Final = Message(
    "z3950.not_expected",
    "máy chủ không nhận loại gói tin có nhãn {tag} ở chỗ này. Hãy chỉ dùng các dịch vụ đã thoả thuận trong Init.",
    "a PDU with the tag {tag} is not taken here. Use only the services that Init agreed on.",
)
WRONG_PASSWORD: Final = Message(
    "z3950.wrong_password",
    "tên đăng nhập hoặc mật khẩu không đúng. Hãy kiểm tra lại trong phần thiết đặt máy chủ Z39.50 của phần mềm.",
    "wrong user name or password. Check them in the Z39.50 server settings of your software.",
)
BUSY: Final = Message(
    "z3950.busy",
    "máy chủ đang có quá nhiều phiên. Hãy thử lại sau vài phút.",
    "there are too many sessions at the moment. Try again in a few minutes.",
)
IDLE: Final = Message(
    "z3950.idle",
    "phiên không có yêu cầu nào trong {seconds} giây nên được đóng. Hãy kết nối lại khi cần.",
    "the session was closed after {seconds} {seconds:second|seconds} without a request. Connect again when needed.",
)
SHUTDOWN: Final = Message(
    "z3950.shutdown",
    "máy chủ đang dừng. Hãy kết nối lại sau ít phút.",
    "the server is shutting down. Connect again in a few minutes.",
)
TOO_SLOW: Final = Message(
    "z3950.too_slow",
    "yêu cầu chạy quá {seconds} giây nên bị dừng. Hãy thu hẹp câu tìm.",
    "the request took longer than {seconds} {seconds:second|seconds} and was ended. Ask for less.",
)
FAILED: Final = Message(
    "z3950.failed",
    "máy chủ gặp lỗi khi trả lời. Hãy thử lại; nếu vẫn lỗi, báo cho người quản trị.",
    "the server failed on this request. Try again; if it fails again, tell its operator.",
)
TLS: Final = Message(
    "z3950.tls",
    "không dùng được chứng thư TLS {path} cho cổng Z39.50: {reason}. Hãy kiểm tra z3950_tls_certificate và "
    "z3950_tls_key.",
    "the TLS certificate {path} cannot be used for the Z39.50 port: {reason}. Check z3950_tls_certificate and "
    "z3950_tls_key.",
)
LISTEN: Final = Message(
    "z3950.listen",
    "không mở được cổng Z39.50 {host}:{port}: {reason}. Hãy chọn cổng khác bằng --z3950-port.",
    "the Z39.50 port {host}:{port} cannot be opened: {reason}. Choose another with --z3950-port.",
)
SELF_TEST_CLOSED: Final = Message(
    "z3950.self_test_closed",
    "máy chủ đóng kết nối hoặc không trả lời kịp. Hãy xem nhật ký của máy chủ.",
    "the server closed the connection or did not answer in time. Look at the server's log.",
)
SELF_TEST_ANSWER: Final = Message(
    "z3950.self_test_answer",
    "máy chủ trả lời không như chuẩn: {seen}. Hãy xem nhật ký của máy chủ.",
    "the server did not answer as the standard says: {seen}. Look at the server's log.",
)
