"""What the door says to which libraries send their records, and what the program says that sends them."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

NO_TOKEN: Final = Message(
    "push.token",
    "khoá không đúng, đã hết hạn hoặc đã bị thu hồi. Hãy xin thư viện tỉnh một khoá mới.",
    "the token is wrong, too old or revoked. Ask the provincial library for a new one.",
)
NO_SCOPE: Final = Message(
    "push.scope",
    "khoá này không có quyền gửi biểu ghi. Hãy xin thư viện tỉnh một khoá có quyền “{scope}”.",
    "this token may not send records. Ask the provincial library for one with the scope “{scope}”.",
)
NO_LENGTH: Final = Message(
    "push.length",
    "yêu cầu không nói độ dài (Content-Length). Hãy gửi kèm độ dài.",
    "the request does not say its length (Content-Length). Send it.",
)
TOO_LARGE: Final = Message(
    "push.large",
    "tệp quá lớn: {seen} byte, giới hạn {limit} cho phép {allowed}. Hãy nén bằng zstd hoặc chia tệp.",
    "the file is too large: {seen} bytes, the limit {limit} allows {allowed}. Compress it with zstd, or split it.",
)
CODING: Final = Message(
    "push.coding",
    "không nhận Content-Encoding {coding!r}. Nhận: {known}.",
    "the Content-Encoding {coding!r} is not taken. Taken are: {known}.",
)
MEDIA: Final = Message(
    "push.media",
    "không nhận kiểu nội dung {media!r}. Hãy gửi thẳng các byte của tệp, kiểu application/octet-stream.",
    "the content type {media!r} is not taken. Send the bytes of the file as they are, as application/octet-stream.",
)
RANGE: Final = Message(
    "push.range",
    "Content-Range {seen!r} không đúng. Cần dạng: bytes ĐẦU-CUỐI/TỔNG, khớp với Content-Length.",
    "the Content-Range {seen!r} is wrong. Its form is: bytes FIRST-LAST/TOTAL, in accord with Content-Length.",
)
NAME: Final = Message(
    "push.name",
    "tên tệp {name!r} không dùng được: cần 1–300 ký tự in được, không có “..”. Hãy gửi kèm ?name=TÊN.",
    "the name {name!r} cannot be used: 1–300 printable characters are needed, without “..”. Send ?name=NAME.",
)
UPLOAD_NAME: Final = Message(
    "push.upload_name",
    "tên lượt gửi {upload!r} không đúng: cần 32–64 chữ số thập lục phân.",
    "the upload {upload!r} is not named as it must be: 32–64 hexadecimal digits.",
)
KEY: Final = Message(
    "push.key",
    "Idempotency-Key {key!r} không đúng: cần SHA-256 của tệp chưa nén, 64 chữ số thập lục phân.",
    "the Idempotency-Key {key!r} is wrong: it is the SHA-256 of the file before compression, 64 hexadecimal digits.",
)
KEY_NEEDED: Final = Message(
    "push.key_needed",
    "nội dung nén hoặc gửi từng đoạn phải kèm Idempotency-Key (SHA-256 của tệp chưa nén).",
    "what is compressed or sent in pieces needs an Idempotency-Key (SHA-256 of the file before compression).",
)
DAMAGED: Final = Message(
    "push.damaged",
    "{name} đến nơi không giống lúc gửi đi (SHA-256 khác). Hãy gửi lại từ đầu.",
    "{name} did not arrive as it was sent (its SHA-256 differs). Send it again from the beginning.",
)
OFFSET: Final = Message(
    "push.offset",
    "đã có {offset} byte của lượt gửi này; yêu cầu lại bắt đầu từ {start}. Hãy gửi tiếp từ {offset}.",
    "this upload is here up to byte {offset}; the request begins at {start}. Go on from {offset}.",
)
OTHER: Final = Message(
    "push.other",
    "lượt gửi này đã bắt đầu với một tệp khác (tên, độ dài hoặc cách nén). Hãy huỷ nó (DELETE) rồi gửi lại.",
    "this upload was begun with another file (name, length or coding). Cancel it (DELETE) and send again.",
)
UNKNOWN: Final = Message(
    "push.unknown",
    "không có lượt gửi {upload} của thư viện này. Hãy gửi từ đầu.",
    "there is no upload {upload} of this library. Send from the beginning.",
)
TOO_MANY: Final = Message(
    "push.many",
    "thư viện đang có {seen} lượt gửi dở, giới hạn {limit} cho phép {allowed}. Hãy gửi nốt hoặc huỷ bớt.",
    "{seen} uploads of the library are under way, the limit {limit} allows {allowed}. Finish or cancel some.",
)
BUSY: Final = Message(
    "push.busy",
    "lượt gửi này đang được xử lý bởi một yêu cầu khác. Hãy thử lại sau vài giây.",
    "another request is at this upload. Try again in a few seconds.",
)
CANCELLED: Final = Message(
    "push.taking",
    "tệp đã đến đủ và đang được nhận vào, không huỷ được nữa. Thư viện tỉnh có thể hoàn tác đợt nhập.",
    "the file is all here and is being taken in; it cannot be cancelled. The provincial library can undo the import.",
)

# --- the program that sends -----------------------------------------------------------------------------------
NO_FOLDER: Final = Message(
    "push.folder",
    "không có thư mục {folder}. Hãy xem lại đường dẫn.",
    "there is no folder {folder}. Check the path.",
)
TOKEN_FILE: Final = Message(
    "push.token_file",
    "không đọc được khoá trong tệp {path}: {reason}. Tệp chỉ gồm một dòng bắt đầu bằng lt_.",
    "the token in the file {path} cannot be read: {reason}. The file is one line that begins with lt_.",
)
ALREADY: Final = Message(
    "push.already",
    "một lệnh gửi khác của thư mục {folder} đang chạy.",
    "another command is sending the folder {folder}.",
)
STATUS: Final = Message(
    "push.status",
    "{url} trả lời {status}: {said}",
    "{url} answers {status}: {said}",
)
NOT_OURS: Final = Message(
    "push.not_ours",
    "{url} không trả lời như máy chủ Liên Thông ({reason}). Hãy xem lại địa chỉ sau --to.",
    "{url} does not answer as a server of Liên Thông does ({reason}). Check the address behind --to.",
)
TOO_MANY_FILES: Final = Message(
    "push.files",
    "thư mục {folder} có quá {allowed} tệp (giới hạn {limit}). Hãy chọn đúng thư mục chứa tệp biểu ghi.",
    "the folder {folder} holds more than {allowed} files (limit {limit}). Choose the folder with the files of records.",
)
NOT_SECRET: Final = Message(
    "push.plain",
    "{url} không mã hoá đường truyền: khoá có thể bị đọc trộm. Hãy dùng địa chỉ https:// nếu máy chủ có.",
    "{url} does not encrypt the line: the token can be read on the way. Use https:// if the server has it.",
)
FILE_UNREADABLE: Final = Message(
    "push.file_unreadable",
    "chưa đọc được tệp {name} ({reason}). Hãy đóng chương trình đang mở nó; lần sau sẽ gửi.",
    "the file {name} cannot be read now ({reason}). Close the program that holds it; it is sent the next time.",
)
UNREADABLE: Final = Message(
    "push.unreadable",
    "chưa đọc được thư mục ({reason}); sẽ thử lại.",
    "the folder cannot be read now ({reason}); it will be tried again.",
)
